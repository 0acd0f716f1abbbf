"""Tabs and devices: who is whom, and what a browser keeps."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.visitors import Visitor
from tests.e2e.peers import Bot
from tests.e2e.processes import Server

Visit = Callable[..., Visitor]


def test_two_tabs_are_two_people(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("tea")
    paul = visit("paul", "tea", context=pia.page.context)
    paul.say("I sit beside you")
    pia.sees("I sit beside you")


def test_a_duplicated_tab_has_a_session_of_its_own(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("mate")
    with pia.page.expect_popup() as opened:
        pia.measure("void window.open(location.href)")
    copy = Visitor(opened.value, [])
    copy.page.get_by_text("Choose a name").wait_for()
    copy.enter("paul")
    copy.join("mate")
    copy.say("a copy")
    pia.sees("a copy")
    assert pia.measure("sessionStorage['chat-session']") != copy.measure("sessionStorage['chat-session']")
    pia.is_now("online")
    copy.leave()


def test_a_session_that_goes_on_elsewhere_can_be_taken_back(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("assam")
    # As a tab that was restored, and could not know of the other one.
    session = pia.measure("sessionStorage['chat-session']")
    other = visit(context=pia.page.context)
    other.measure(f"sessionStorage['chat-session'] = '{session}'")
    other.page.reload()
    other.enter("pia")
    pia.is_now("away")
    pia.page.get_by_role("button", name="Come back here").click()
    pia.is_now("online")
    other.is_now("away")


def test_an_account_is_one_person_on_two_devices(visit: Visit) -> None:
    petra = visit("petra")
    register(petra)
    petra.create("oolong")
    petra.say("from my desk")
    petra.stored()
    phone = visit()
    phone.enter("petra", password="correct horse")
    phone.page.get_by_role("navigation").get_by_role("button", name="oolong").click()
    phone.sees("from my desk")
    phone.say("from my phone")
    petra.sees("from my phone")
    assert petra.page.get_by_role("complementary", name="People").get_by_role("button").count() == 1


def test_what_is_told_to_an_account_is_found_later_and_read_once(server: Server, visit: Visit) -> None:
    pauline = visit("pauline")
    register(pauline)
    with Bot(server.address, "ben") as ben:
        ben.ask("register", password="battery staple")
        pauline.leave()
        ben.ask("tell", to="pauline", text="tea at five?")
        pauline.enter("pauline")
        pauline.page.get_by_role("button", name="@ben").click()
        pauline.sees("tea at five?")
        pauline.say("at six")
        assert ben.event("told")["text"] == "at six"
        pauline.sees("at six")


def test_who_is_remembered_needs_no_password_and_scripts_hold_no_secret(visit: Visit) -> None:
    paula = visit("paula")
    register(paula)
    paula.leave()
    paula.enter("paula")
    again = visit(context=paula.page.context)
    again.is_now("online")
    again.page.get_by_role("button", name="paula").wait_for()
    assert again.measure("document.cookie") == ""
    paula.page.get_by_role("button", name="paula").click()
    paula.page.get_by_role("dialog").get_by_role("button", name="forget me").click()
    paula.page.get_by_role("textbox", name="Name").fill("paula")
    paula.page.keyboard.press("Enter")
    paula.page.get_by_label("Password").wait_for()


def register(visitor: Visitor) -> None:
    """Let a name be somebody's."""
    visitor.say("/register")
    visitor.page.get_by_label("New password").fill("correct horse")
    visitor.page.get_by_label("The same again").fill("correct horse")
    visitor.page.get_by_role("button", name="Register").click()
    visitor.page.get_by_text("is yours now").wait_for()


def test_what_is_new_is_still_new_after_a_reload(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="keemun")
        pia = visit("pia", "keemun")
        urn.ask("say", room="keemun", text="seen")
        pia.sees("seen")
        pia.create("attic")
        for text in ("one", "two", "three"):
            urn.ask("say", room="keemun", text=text)
        pia.page.get_by_label("3 new").wait_for()
        pia.page.reload()
        pia.is_now("online")
        pia.page.get_by_label("3 new").wait_for()
        assert pia.page.title().startswith("(3) ")
        pia.page.get_by_role("navigation").get_by_role("button", name="keemun").click()
        pia.sees("three")
        rows = pia.log.locator("li").all_inner_texts()
        assert [row for row in rows if row == "new"] == ["new"]
        assert rows.index("new") == next(number for number, row in enumerate(rows) if "one" in row) - 1


def test_what_is_read_on_one_device_is_not_new_on_the_other(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="bancha")
        rosa = visit("rosa")
        register(rosa)
        rosa.join("bancha")
        phone = visit()
        phone.enter("rosa", password="correct horse")
        phone.page.get_by_role("navigation").get_by_role("button", name="bancha").wait_for()
        rosa.create("attic")
        urn.ask("say", room="bancha", text="news")
        rosa.page.get_by_label("1 new").wait_for()
        phone.page.get_by_label("1 new").wait_for()
        phone.page.get_by_role("navigation").get_by_role("button", name="bancha").click()
        phone.sees("news")
        rosa.page.get_by_label("1 new").wait_for(state="detached")


def test_somebody_is_ignored_and_a_room_is_muted_also_after_a_reload(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="hojicha")
        urn.ask("create", room="genmaicha")
        pia = visit("pia", "hojicha")
        pia.say("/ignore urn")
        pia.page.get_by_text("What urn says is hidden").wait_for()
        pia.say("/notify mute")
        pia.page.get_by_text("hojicha: you are told of nothing").wait_for()
        pia.page.reload()
        pia.is_now("online")
        pia.page.get_by_role("heading", name="hojicha", exact=True).wait_for()
        urn.ask("say", room="hojicha", text="hidden")
        pia.say("shown")
        pia.sees("shown")
        assert pia.said() == ["shown"]
        pia.say("/unignore urn")
        pia.sees("hidden")


def test_who_takes_the_name_of_somebody_else_hears_what_to_do(visit: Visit) -> None:
    owner = visit("olga")
    register(owner)
    owner.leave()
    other = visit()
    other.page.get_by_role("textbox", name="Name").fill("olga")
    other.page.keyboard.press("Enter")
    other.page.get_by_text("If it is not yours, choose another name.").wait_for()
    other.enter("someone")


def test_a_guest_who_signs_in_finds_the_rooms_of_the_account(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="rooibos")
        rita = visit("rita")
        register(rita)
        rita.join("rooibos")
        guest = visit("guest")
        guest.say("/login rita")
        guest.page.get_by_role("dialog").get_by_label("Password", exact=True).fill("correct horse")
        guest.page.get_by_role("button", name="Come in").click()
        guest.page.get_by_role("navigation").get_by_role("button", name="rooibos").wait_for()


FILLS = """([name, password]) => {
    for (const [id, value] of [["name", name], ["password", password]]) {
        const field = document.getElementById(id);
        if (!field.checkVisibility()) throw new Error(`${id} is not there`);
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }
}"""
"""Fill in the door as a password manager does, which types nothing and sees what is shown."""


def test_a_password_manager_fills_in_name_and_password(visit: Visit) -> None:
    ruth = visit("ruth")
    register(ruth)
    other = visit()
    other.page.get_by_role("textbox", name="Name").fill("ruth")
    other.page.keyboard.press("Enter")
    other.page.get_by_label("Password").wait_for()
    # Who types another name instead is asked for no password.
    other.page.get_by_role("textbox", name="Name").press("s")
    other.page.get_by_label("Password").wait_for(state="hidden")
    other.page.get_by_role("textbox", name="Name").press("Backspace")
    other.page.keyboard.press("Enter")
    other.page.get_by_label("Password").wait_for()
    other.page.evaluate(FILLS, ["ruth", "correct horse"])
    other.page.get_by_label("Password").press("Enter")
    other.is_now("online")


def test_a_dialog_stays_until_what_it_asks_for_is_done(visit: Visit) -> None:
    rose = visit("rose")
    rose.say("/register")
    dialog = rose.page.get_by_role("dialog", name="Make rose yours")
    for password, again, wrong in (("one", "two", "different"), ("short", "short", "at least")):
        dialog.get_by_label("New password").fill(password)
        dialog.get_by_label("The same again").fill(again)
        dialog.get_by_role("button", name="Register").click()
        dialog.get_by_role("alert").filter(has_text=wrong).wait_for()
        assert dialog.get_by_label("New password").input_value() == password
    dialog.get_by_label("New password").fill("correct horse")
    dialog.get_by_label("The same again").fill("correct horse")
    dialog.get_by_role("button", name="Register").click()
    dialog.wait_for(state="hidden")
    guest = visit("guest-of-rose")
    guest.say("/login rose")
    dialog = guest.page.get_by_role("dialog", name="Password of rose")
    dialog.get_by_label("Password", exact=True).fill("wrong")
    dialog.get_by_role("button", name="Come in").click()
    dialog.get_by_role("alert").filter(has_text="not right").wait_for()
    guest.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_the_browser_in_which_a_name_is_registered_is_remembered(visit: Visit) -> None:
    rita = visit("regina")
    register(rita)
    rita.page.get_by_text("You stay signed in on this device.").wait_for()
    again = visit(context=rita.page.context)
    again.is_now("online")
    again.page.get_by_role("button", name="regina").wait_for()
    rita.say("/password")
    rita.page.get_by_label("Present password").fill("correct horse")
    rita.page.get_by_label("New password").fill("battery staple")
    rita.page.get_by_label("The same again").fill("battery staple")
    with rita.page.expect_response(lambda answer: answer.url.endswith("/remember")):
        rita.page.get_by_role("button", name="Change").click()
    third = visit(context=rita.page.context)
    third.is_now("online")
    third.page.get_by_role("button", name="regina").wait_for()


def test_another_window_is_blamed_for_a_taken_name_only_if_it_has_it(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    other = visit(context=pia.page.context)
    other.page.get_by_role("textbox", name="Name").fill("PIA")
    other.page.keyboard.press("Enter")
    other.page.get_by_text("Another window of yours has it.").wait_for()
    other.page.get_by_role("textbox", name="Name").fill("adm1n")
    other.page.keyboard.press("Enter")
    other.page.get_by_text("could be mistaken").wait_for()
    with Bot(server.address, "urn"):
        other.page.get_by_role("textbox", name="Name").fill("urn")
        other.page.keyboard.press("Enter")
        other.page.get_by_text("urn is in use").wait_for()
        # Whoever has it would say so before one that is asked later.
        other.measure(
            """new Promise((done) => {
                const channel = new BroadcastChannel("chat-tabs");
                channel.onmessage = ({ data }) => data.lives === "@pia" && done();
                channel.postMessage({ asked: ["@pia"] });
            })"""
        )
        assert "window" not in other.page.get_by_role("alert").inner_text()
