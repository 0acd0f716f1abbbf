"""The page without a mouse, and without eyes."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.visitors import Visitor, through
from tests.e2e.peers import Bot
from tests.e2e.processes import Server
from tests.proxy import flaky

Visit = Callable[..., Visitor]


def test_a_screen_reader_finds_what_there_is(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        pia = visit()
        pia.until("document.activeElement.id === 'name'")
        assert pia.page.locator("body").aria_snapshot().replace(" [active]", "").splitlines() == [
            '- heading "chatroom" [level=1]',
            '- paragraph: "Choose a name: the others will see it."',
            "- text: Name",
            '- textbox "Name"',
            '- button "Come in"',
            "- paragraph:",
            "  - alert",
            "  - timer",
            "- paragraph",
        ]
        pia.enter("pia")
        urn.ask("create", room="tea", topic="Tea and biscuits")
        urn.ask("say", room="tea", text="anyone for a cup?")
        pia.join("tea")
        pia.sees("anyone for a cup?")
        pia.page.get_by_role("complementary").get_by_role("button", name="pia").wait_for()
        found = pia.page.locator("#chat").aria_snapshot()
        for part in (
            '- navigation "Rooms":',
            '- button "tea"',
            "- main:",
            '- heading "tea" [level=1]',
            "- paragraph: Tea and biscuits",
            '- log "What was said":',
            "anyone for a cup?",
            '- textbox "Message"',
            '- button "Send"',
            '- complementary "People":',
            '- heading "2 people" [level=2]',
        ):
            assert part in found, found
        # History and times are not read again and again; what is new is said once.
        assert pia.log.get_attribute("aria-live") == "off"
        urn.ask("say", room="tea", text="there is more")
        pia.page.locator("[aria-live=polite]", has_text="urn, there is more").wait_for(state="attached")


def test_everything_is_done_by_keys_alone(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="tea")
        urn.ask("create", room="mate")
        pia = visit()
        keys = pia.page.keyboard
        keys.type("pia")
        keys.press("Enter")
        pia.is_now("online")
        keys.type("/join mate")
        keys.press("Enter")
        pia.page.get_by_role("heading", name="mate", exact=True).wait_for()
        keys.press("Control+k")
        pia.page.get_by_role("dialog", name="Go to a room").get_by_role("button", name="tea").wait_for()
        keys.type("te")
        keys.press("Enter")
        pia.page.get_by_role("heading", name="tea", exact=True).wait_for()
        keys.type("hello")
        keys.press("Shift+Enter")
        keys.type("you")
        keys.press("Enter")
        pia.sees("hello\nyou")
        pia.stored()
        keys.press("Alt+ArrowUp")
        pia.page.get_by_role("heading", name="mate", exact=True).wait_for()
        keys.press("Alt+/")
        pia.page.get_by_role("heading", name="tea", exact=True).wait_for()
        keys.press("ArrowUp")
        assert pia.box.input_value() == "hello\nyou"
        pia.box.fill("")
        keys.press("Alt+x")
        keys.press("Enter")
        pia.page.get_by_role("dialog").get_by_role("button", name="answer").wait_for()
        keys.press("Enter")
        keys.type("myself")
        keys.press("Enter")
        pia.log.get_by_role("button", name="pia: hello you").wait_for()
        keys.press("F2")
        pia.page.get_by_role("heading", name="Lobby", exact=True).wait_for()
        keys.press("F1")
        pia.page.get_by_role("dialog", name="What can be done here").wait_for()
        keys.press("Escape")
        pia.page.get_by_role("dialog").wait_for(state="hidden")


def test_letters_go_to_the_box_unless_something_else_has_the_focus(server: Server, visit: Visit) -> None:
    pia = visit("pia")
    pia.create("tea")
    pia.say("one")
    pia.sees("one")
    pia.page.evaluate("document.activeElement.blur()")
    pia.page.keyboard.type("typed")
    assert pia.box.input_value() == "typed"
    pia.page.get_by_role("button", name="Search").focus()
    pia.page.keyboard.type("lost")
    assert pia.box.input_value() == "typed"


def test_the_skip_link_leads_to_the_box(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("tea")
    link = pia.page.get_by_role("link", name="To the message box")
    link.focus()
    pia.page.keyboard.press("Enter")
    assert pia.page.evaluate("document.activeElement.id") == "box"


def test_the_messages_are_one_stop_of_tab(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="tea")
        for number in range(10):
            urn.ask("say", room="tea", text=f"message {number}")
        pia = visit("pia", "tea")
        pia.sees("message 9")
        pia.log.get_by_role("list").focus()
        pia.page.keyboard.press("ArrowUp")
        assert pia.measure("document.activeElement.dataset.seq") == "10"
        pia.page.keyboard.press("ArrowUp")
        assert pia.measure("document.activeElement.dataset.seq") == "9"
        pia.page.keyboard.press("Tab")
        assert pia.measure("document.activeElement.id") == "box"


def test_tab_leaves_the_box_after_escape(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="tab")
        pia = visit("pia", "tab")
        pia.box.fill("/le")
        pia.box.press("Tab")
        assert pia.box.input_value() == "/leave "
        pia.box.press("Escape")
        pia.box.press("Tab")
        assert pia.box.input_value() == "/leave "
        pia.until("document.activeElement.id !== 'box'")
        pia.box.fill("/le")
        pia.box.press("Tab")
        assert pia.box.input_value() == "/leave "


def test_messages_are_items_of_a_list_in_the_log(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("items")
    pia.say("one of them")
    pia.log.get_by_role("list").get_by_role("listitem").filter(has_text="one of them").wait_for()


def test_how_long_it_still_takes_is_not_read_out_again_and_again(visit: Visit, web_url: str) -> None:
    with flaky(through(web_url)) as proxy:
        pia = visit("patience", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        proxy.refuse()
        pia.is_now("lost")
        pia.page.get_by_role("status").get_by_role("timer").filter(has_text="Trying again").wait_for()
        proxy.accept()
        pia.is_now("online")


def test_the_lobby_is_gone_through_by_arrows(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="arrow-a")
        urn.ask("create", room="arrow-b")
        pia = visit("pia")
        keys = pia.page.keyboard
        pia.page.locator("#hall").get_by_role("button", name="arrow-b").wait_for()
        for row in pia.page.locator("#hall li button").all_inner_texts():
            keys.press("ArrowDown")
            assert pia.measure("document.activeElement.innerText") == row
            if row.startswith("arrow-a"):
                break
        keys.press("ArrowDown")
        keys.press("ArrowUp")
        keys.press("Enter")
        pia.page.get_by_role("heading", name="arrow-a", exact=True).wait_for()
