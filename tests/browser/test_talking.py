"""A browser among others: coming in, talking, and what is typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visitors import Visitor
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import Server

Visit = Callable[..., Visitor]


def test_somebody_with_only_a_browser_talks_with_somebody_with_netcat(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("tea")
    with Peer(server.address) as nc:
        for line in ("nora", "join tea", "is there a cup left?"):
            nc.send(line)
        pia.sees("is there a cup left?")
        pia.say("two of them")
        while "<pia> two of them" not in (nc.receive() or ""):
            pass
    pia.sees("two of them")


def test_a_name_that_somebody_has_is_refused_and_another_one_let_in(visit: Visit) -> None:
    visit("pia")
    other = visit()
    other.page.get_by_role("textbox", name="Name").fill("Pia")
    other.page.keyboard.press("Enter")
    other.page.get_by_text("is in use").wait_for()
    other.enter("pietro")


def test_the_lobby_lists_rooms_and_enter_goes_to_the_one_that_is_typed(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="oolong", topic="Leaves")
        urn.ask("create", room="mate")
        pia = visit("pia")
        pia.page.get_by_role("button", name="oolong").wait_for()
        pia.box.fill("oo")
        pia.page.get_by_text("Enter goes to oolong.").wait_for()
        pia.box.press("Enter")
        pia.page.get_by_role("heading", name="oolong", exact=True).wait_for()
        urn.ask("say", room="oolong", text="welcome")
        pia.sees("welcome")


def test_what_is_new_elsewhere_is_counted_and_stands_below_a_line(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="assam")
        pia = visit("pia", "assam")
        urn.ask("say", room="assam", text="old news")
        pia.sees("old news")
        pia.create("attic")
        urn.ask("say", room="assam", text="pia, are you there?")
        pia.page.get_by_label("1 new, 1 mention").wait_for()
        pia.page.get_by_role("navigation").get_by_role("button", name="assam").click()
        pia.sees("pia, are you there?")
        rows = pia.log.locator("li").all_inner_texts()
        assert rows.index("new") == len(rows) - 2
        pia.page.get_by_label("1 new").wait_for(state="detached", timeout=5_000)


def test_an_answer_names_what_it_answers_and_leads_there(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="darjeeling")
        pia = visit("pia", "darjeeling")
        urn.ask("say", room="darjeeling", text="milk?")
        pia.sees("milk?")
        pia.log.get_by_text("milk?").hover()
        pia.log.get_by_role("button", name="Answer").click()
        pia.page.get_by_text("Answering urn: milk?").wait_for()
        pia.say("no, thanks")
        said = urn.event("said")
        while said["text"] != "no, thanks":
            said = urn.event("said")
        assert said["re"] == 1
        pia.log.get_by_role("button", name="urn: milk?").wait_for()


def test_what_was_said_is_taken_back_from_its_menu(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("keemun")
    pia.say("the key is under the mat")
    pia.sees("the key is under the mat")
    pia.stored()
    pia.page.keyboard.press("Alt+x")
    pia.page.keyboard.press("Enter")
    pia.page.get_by_role("dialog").get_by_role("button", name="take back").click()
    pia.sees("taken back")
    assert pia.said() == ["taken back"]


def test_what_was_copied_carries_nothing_out(server: Server, web_url: str, visit: Visit) -> None:
    pia = visit("pia")
    pia.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=web_url)
    pia.create("congou")
    with Bot(server.address, "mallory") as mallory:
        mallory.ask("join", room="congou")
        mallory.ask("say", room="congou", text="/owner mallory")
        pia.sees("/owner mallory")
        for clipboard in ("there", "missing"):
            if clipboard == "missing":
                pia.measure("void Object.defineProperty(navigator, 'clipboard', { value: undefined })")
            pia.page.keyboard.press("Alt+x")
            pia.page.keyboard.press("Enter")
            pia.page.get_by_role("dialog").get_by_role("button", name="copy what was said").click()
            pia.page.get_by_text("Copied.").wait_for()
            assert pia.box.input_value() == ""
            pia.page.keyboard.press("Control+v")
            assert pia.box.input_value() == "/owner mallory"
            pia.box.fill("")
        assert mallory.ask("who", room="congou")["roles"] == {"pia": "owner"}


def test_the_owner_of_a_room_mutes_somebody_from_the_menu_of_a_name(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("sencha")
    with Bot(server.address, "spam") as spam:
        spam.ask("join", room="sencha")
        people = pia.page.get_by_role("complementary", name="People")
        people.get_by_role("button", name="spam").click()
        pia.page.get_by_role("dialog").get_by_role("button", name="mute spam for 10 minutes").click()
        pia.page.get_by_text("You muted spam for 10m.").wait_for()
        assert spam.ask("say", room="sencha", text="buy!")["code"] == "muted"


def test_a_mask_means_all_whom_it_fits(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("gyokuro")
    with Bot(server.address, "spam") as spam:
        spam.ask("join", room="gyokuro")
        pia.say("/mute *!*@*.frames 10m loud")
        pia.page.get_by_text("You muted *!*@*.frames for 10m.").wait_for()
        assert spam.ask("say", room="gyokuro", text="buy!")["code"] == "muted"
        pia.say("/exempt spam")
        pia.page.get_by_text("You exempt spam.").wait_for()
        assert spam.ask("say", room="gyokuro", text="hello")["type"] == "ok"
        pia.say("/unexempt spam")
        pia.page.get_by_text("spam is exempt no more.").wait_for()
        pia.say("/unmute *!*@*.frames")
        pia.page.get_by_text("*!*@*.frames may speak again.").wait_for()
        assert spam.ask("say", room="gyokuro", text="hello again")["type"] == "ok"
        pia.say("/invite account:spam")
        pia.page.get_by_text("You invited account:spam to gyokuro.").wait_for()
        pia.say("/uninvite account:spam")
        pia.page.get_by_text("account:spam is invited no more.").wait_for()


def test_what_the_moderators_alone_are_told_stands_in_its_room(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("bancha")
    with Bot(server.address, "urn") as urn:
        urn.ask("join", room="bancha")
        assert urn.ask("confide", room="bancha", text="a troll is here")["count"] == 1
        pia.page.get_by_text("urn to the moderators: a troll is here").wait_for()
        urn.ask("confide", room="bancha", text="tea?", role="voiced")
        pia.page.get_by_text("urn to all with a role: tea?").wait_for()
        pia.say("/op urn")
        pia.page.get_by_text("pia made urn a moderator").wait_for()
        pia.say("/mods thank you")
        pia.page.get_by_text("Told 1 moderator.").wait_for()
        assert urn.event("told")["text"] == "thank you"


def test_a_talk_with_one_person_has_a_page(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        pia = visit("pia")
        urn.ask("tell", to="pia", text="psst")
        pia.page.get_by_role("button", name="@urn").click()
        pia.sees("psst")
        pia.say("yes?")
        assert urn.event("told")["text"] == "yes?"
        pia.sees("yes?")


def test_search_leads_to_what_was_found_far_above(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="gyokuro")
        urn.ask("say", room="gyokuro", text="the first needle")
        for number in range(300):
            urn.begin("say", room="gyokuro", text=f"hay {number}")
        urn.ask("ping")
        pia = visit("pia", "gyokuro")
        pia.sees("hay 299")
        pia.say("/search needle")
        pia.page.get_by_role("dialog").get_by_role("button", name="the first needle").click()
        pia.sees("the first needle")
        pia.page.get_by_role("button", name="newest").click()
        pia.sees("hay 299")


def test_many_lines_are_asked_about_and_sent_as_one_message(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="bancha")
        pia = visit("pia", "bancha")
        text = "\n".join(f"line {number}" for number in range(30))
        pia.say(text)
        pia.page.get_by_role("dialog", name="Send 30 lines?").get_by_role("button", name="Send").click()
        assert urn.event("said")["text"] == text


CONFIRM = """(key) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, keyCode: 229, bubbles: true, cancelable: true }))"""
"""Press a key that confirms a word of an input method, as Safari tells of it: the word is done already."""


def test_what_confirms_a_word_sends_and_chooses_nothing(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="matcha")
        pia = visit("pia", "matcha")
        pia.box.fill("に")
        assert pia.page.evaluate(CONFIRM, "Enter")
        assert pia.box.input_value() == "に"
        pia.say("日本")
        pia.sees("日本")
        assert pia.said() == ["日本"]
        pia.page.keyboard.press("Control+k")
        dialog = pia.page.get_by_role("dialog", name="Go to a room")
        dialog.get_by_role("button", name="matcha").wait_for()
        for key in ("Enter", "Escape", "ArrowDown"):
            assert pia.page.evaluate(CONFIRM, key)
            assert dialog.is_visible()
        pia.page.keyboard.press("Escape")


def test_tab_completes_names_and_commands(server: Server, visit: Visit) -> None:
    with Bot(server.address, "theodora") as theo:
        theo.ask("create", room="hojicha")
        pia = visit("pia", "hojicha")
        pia.page.get_by_role("complementary", name="People").get_by_role("button", name="theodora").wait_for()
        pia.box.fill("the")
        pia.box.press("Tab")
        assert pia.box.input_value() == "theodora: "
        pia.box.fill("/cr")
        pia.box.press("Tab")
        assert pia.box.input_value() == "/create "


def test_a_page_says_of_no_text_that_it_is_markup(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="rooibos", topic="<b>bold</b>")
        pia = visit("pia", "rooibos")
        urn.ask("say", room="rooibos", text="<img src=x onerror=alert(1)> & <b>x</b>")
        pia.sees("<img src=x onerror=alert(1)> & <b>x</b>")
        assert pia.measure("document.querySelectorAll('#log img, #log b, #topic b').length") == 0


def test_a_password_behind_a_command_is_neither_used_nor_kept(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("puerh")
    pia.say("/register correct horse")
    pia.page.get_by_text("Write /register alone").wait_for()
    assert pia.box.input_value() == "/register"
    pia.box.fill("")
    pia.box.press("ArrowUp")
    assert pia.box.input_value() == "/register"
    assert "horse" not in pia.measure("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    pia.box.fill("")


def test_a_link_is_opened_by_a_click_in_a_tab_of_its_own(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="lapsang")
        pia = visit("pia", "lapsang")
        urn.ask("say", room="lapsang", text=f"{web_url}app.webmanifest, and more")
        pia.sees(f"{web_url}app.webmanifest, and more")
        with pia.page.expect_popup() as opened:
            pia.log.locator(".text").click(position={"x": 20, "y": 10})
        assert opened.value.url == f"{web_url}app.webmanifest"
        assert opened.value.evaluate("window.opener") is None
        opened.value.close()
        assert pia.measure("[...CSS.highlights.get('link')].length") == 1


NOTIFIED = """
window.told = [];
window.Notification = class {
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(title, { body }) { window.told.push([title, body]); }
};
document.hasFocus = () => !window.away;
"""
"""A browser that tells what it would show, and that has the focus until somebody is *away*."""


def test_who_asked_for_it_is_called_when_they_look_elsewhere(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="sencha")
        pia = visit("pia", "sencha")
        pia.page.context.add_init_script(NOTIFIED)
        pia.page.reload()
        pia.is_now("online")
        pia.page.get_by_role("heading", name="sencha", exact=True).wait_for()
        pia.page.get_by_role("button", name="pia guest").click()
        pia.page.get_by_role("dialog").get_by_role("button", name="call me").click()
        pia.page.get_by_text("You are notified of mentions").wait_for()
        urn.ask("say", room="sencha", text="pia, I see you")
        pia.sees("pia, I see you")
        pia.measure("window.away = true")
        urn.ask("say", room="sencha", text="to nobody")
        urn.ask("say", room="sencha", text="hello, Pia!")
        urn.ask("tell", to="pia", text="psst")
        pia.until("window.told.length === 2")
        assert pia.measure("window.told") == [["urn in sencha", "hello, Pia!"], ["urn", "psst"]]
        pia.until("document.getElementById('icon').href.endsWith('icon-dot.svg')")
        pia.measure("window.away = false")


THROWS = """
window.Notification = class {
    static requestPermission() { return Promise.resolve("granted"); }
    constructor() { throw new TypeError("Illegal constructor"); }
};
document.hasFocus = () => false;
"""
"""A browser that grants notifications and shows none, as Chrome does on Android."""


def test_a_notification_that_fails_loses_nothing_that_was_said(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="kukicha")
        pia = visit("pia", "kukicha")
        pia.page.context.add_init_script(THROWS)
        pia.page.reload()
        pia.is_now("online")
        pia.page.get_by_role("button", name="pia guest").click()
        pia.page.get_by_role("dialog").get_by_role("button", name="call me").click()
        pia.page.get_by_text("You are notified of mentions").wait_for()
        wanted = ["one", "two", "pia, three", *map(str, range(4, 13))]
        for text in wanted:
            urn.begin("say", room="kukicha", text=text)
        pia.sees("12")
        assert pia.said() == wanted
        pia.page.get_by_text("shows no notifications").wait_for()


def test_what_fails_costs_no_other_message_and_is_shown_in_the_end(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="shincha")
        pia = visit("pia", "shincha")
        failed: list[str] = []
        broken = Visitor(pia.page.context.new_page(), failed)
        broken.page.add_init_script(
            """
            const push = Array.prototype.push;
            Array.prototype.push = function (...what) {
                if (what[0]?.text === "two" && !window.failed) {
                    window.failed = true;
                    throw new Error("on purpose");
                }
                return push.apply(this, what);
            };
            """
        )
        broken.open(pia.page.url)
        broken.enter("paul")
        broken.join("shincha")
        wanted = ["one", "two", "three", "four"]
        for text in wanted:
            urn.begin("say", room="shincha", text=text)
        broken.sees("four")
        broken.sees("two")
        assert broken.said() == wanted
        assert failed == ["on purpose"]
        broken.leave()


COPIES = """(() => {
    const log = document.getElementById("log");
    getSelection().selectAllChildren(log);
    const clipboardData = new DataTransfer();
    log.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
    getSelection().removeAllRanges();
    return clipboardData.getData("text/plain");
})()"""


def test_what_is_copied_of_several_messages_says_who_said_each(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="copied")
        for text in ("one", "two"):
            urn.ask("say", room="copied", text=text)
        urn.ask("say", room="copied", text="waves", action=True)
        pia = visit("pia", "copied")
        pia.sees("waves")
        lines = [line.split(" ", 2) for line in pia.measure(COPIES).splitlines()]
        assert [line[2] for line in lines] == ["urn: one", "urn: two", "* urn waves"]


DROPS = """(type) => {
    const data = new DataTransfer();
    data.items.add(new File(["tea"], "tea.txt"));
    const named = type === "paste" ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    return document.getElementById("log").dispatchEvent(named);
}"""


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_file_that_is_brought_is_refused_in_words_and_the_page_stays(visit: Visit, how: str) -> None:
    pia = visit("pia")
    pia.create(f"files-{how}")
    assert pia.page.evaluate(DROPS, "dragover") is False
    assert pia.page.evaluate(DROPS, how) is False
    pia.page.get_by_text("put it where the others can get it").wait_for()


def test_what_was_found_stands_under_its_name_also_within_a_run(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="found")
        for text in ("first of a run", "the needle", "last of a run"):
            urn.ask("say", room="found", text=text)
        pia = visit("pia", "found")
        pia.sees("last of a run")
        pia.say("/goto #2")
        found = pia.page.locator(".found")
        found.get_by_text("the needle").wait_for()
        assert pia.measure("getComputedStyle(document.querySelector('.found .name')).fontSize") == "16px"
        assert found.locator("time").is_visible()


def test_a_guest_is_told_that_a_talk_is_kept_nowhere(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn"):
        pia = visit("pia")
        pia.say("/query urn")
        pia.page.get_by_text("Only here, until you close this page.").wait_for()
