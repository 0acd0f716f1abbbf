"""Lost connections: one types on, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.browser.visitors import Visitor, through
from tests.e2e.peers import Bot
from tests.e2e.processes import UNLIMITED, Server, free_port, running
from tests.proxy import flaky

Visit = Callable[..., Visitor]


def test_a_cut_connection_loses_and_doubles_nothing(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="tea")
        pia = visit("pia", "tea", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        pia.say("before")
        pia.stored()
        pia.sees("before")
        pia.box.fill("begun")
        proxy.refuse()
        pia.is_now("lost")
        assert pia.box.input_value() == "begun"
        urn.ask("say", room="tea", text="while you were away")
        pia.say("typed while it was lost")
        pia.say("and more")
        pia.until("document.querySelectorAll('.waits').length === 2")
        proxy.accept()
        pia.page.keyboard.press("Alt+r")
        pia.is_now("online")
        pia.stored()
        pia.sees("and more")
        assert pia.said() == ["before", "while you were away", "typed while it was lost", "and more"]
        said = [frame["text"] for frame in urn.seen if frame["type"] == "said"]
        while "and more" not in said:
            said.append(urn.event("said")["text"])
        assert said.count("and more") == 1
        pia.leave()


def test_messages_on_their_way_are_said_once_whenever_the_cable_is_cut(
    server: Server, web_url: str, visit: Visit
) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="mate")
        pia = visit("pia", "mate", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        wanted = []
        for number in range(5):
            # It is stored, and the page can't know.
            proxy.stall(there=False)
            wanted += [f"first {number}", f"second {number}"]
            pia.say(wanted[-2])
            while urn.event("said")["text"] != wanted[-2]:
                pass
            pia.say(wanted[-1])
            proxy.cut()
            proxy.go_on()
            pia.until("document.body.dataset.state !== 'online'")
            pia.page.keyboard.press("Alt+r")
            pia.is_now("online")
            pia.sees(wanted[-1])
            pia.stored()
        assert pia.said() == wanted
        pia.leave()


def test_a_killed_server_is_found_again_with_all_that_was_said(tmp_path: Path, visit: Visit) -> None:
    port = free_port()
    address = f"tcp:{port}:interface=127.0.0.1"
    with running(tmp_path, *UNLIMITED, port=address) as server:
        pia = visit("pia", url=f"http://127.0.0.1:{port}/")
        pia.meant = True
        pia.create("tea")
        pia.say("one")
        pia.sees("one")
        pia.stored()
        server.kill()
    pia.is_now("lost")
    pia.say("two")
    pia.box.fill("a draft")
    with running(tmp_path, *UNLIMITED, port=address):
        pia.page.keyboard.press("Alt+r")
        pia.is_now("online")
        pia.stored()
        pia.sees("two")
        assert pia.said() == ["one", "two"]
        assert pia.box.input_value() == "a draft"
        pia.box.fill("")
        pia.leave()


def test_a_reload_goes_on_where_one_was(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="oolong")
        pia = visit("pia", "oolong")
        pia.say("still here")
        pia.sees("still here")
        pia.stored()
        pia.box.fill("half a sent")
        pia.page.reload()
        pia.is_now("online")
        pia.page.get_by_role("heading", name="oolong", exact=True).wait_for()
        pia.sees("still here")
        assert pia.box.input_value() == "half a sent"
        assert not [frame for frame in urn.seen if frame["type"] == "left"]
        assert urn.ask("who", room="oolong")["usernames"] == ["pia", "urn"]


def test_what_was_not_sent_survives_a_reload(server: Server, web_url: str, visit: Visit) -> None:
    with flaky(through(web_url)) as proxy:
        pia = visit("pia", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        pia.create("sencha")
        proxy.refuse()
        pia.is_now("lost")
        pia.say("written in a tunnel")
        proxy.accept()
        pia.page.reload()
        pia.is_now("online")
        pia.sees("written in a tunnel")
        pia.stored()
        assert pia.said() == ["written in a tunnel"]
        pia.leave()


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('chat-kept-')).length"
"""Say of how many tabs the browser keeps something that was typed."""


def said_once(urn: Bot, room: str, text: str) -> None:
    """Check that *text* was said in *room* once."""
    entries = urn.ask("history", room=room)["entries"]
    assert [entry["text"] for entry in entries].count(text) == 1, entries


def test_what_waits_when_a_tab_is_closed_is_sent_by_the_next_one(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="kukicha")
        pia = visit("pia", "kukicha", url=f"http://127.0.0.1:{proxy.port}/")
        context = pia.page.context
        pia.meant = True
        proxy.refuse()
        pia.is_now("lost")
        pia.say("written in a tunnel")
        pia.box.fill("half a sent")
        pia.page.close()
        proxy.accept()
        again = visit("pia", url=f"http://127.0.0.1:{proxy.port}/", context=context)
        again.meant = True
        again.page.get_by_role("navigation").get_by_role("button", name="kukicha").click()
        again.sees("written in a tunnel")
        again.stored()
        assert again.box.input_value() == "half a sent"
        said_once(urn, "kukicha", "written in a tunnel")
        again.box.fill("")
        again.until(f"{KEPT} === 0")
        again.leave()


def test_what_arrived_though_its_tab_was_closed_is_not_sent_again(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="gunpowder")
        pia = visit("pia", "gunpowder", url=f"http://127.0.0.1:{proxy.port}/")
        context = pia.page.context
        pia.meant = True
        proxy.stall(there=False)
        pia.say("are you there?")
        while urn.event("said")["text"] != "are you there?":
            pass
        pia.page.close()
        proxy.cut()
        proxy.go_on()
        again = visit("pia", url=f"http://127.0.0.1:{proxy.port}/", context=context)
        again.meant = True
        again.page.get_by_role("navigation").get_by_role("button", name="gunpowder").click()
        again.sees("are you there?")
        again.stored()
        said_once(urn, "gunpowder", "are you there?")
        again.until(f"{KEPT} === 0")
        again.leave()


def test_where_nobody_can_know_whether_it_arrived_it_becomes_a_draft(tmp_path: Path, visit: Visit) -> None:
    with (
        running(tmp_path, *UNLIMITED, "--grace", "0") as server,
        Bot(server.address, "urn") as urn,
        flaky(server.address[1]) as proxy,
    ):
        urn.ask("create", room="chunmee")
        pia = visit("pia", "chunmee", url=f"http://127.0.0.1:{proxy.port}/")
        context = pia.page.context
        pia.meant = True
        proxy.stall(there=False)
        pia.say("are you there?")
        while urn.event("said")["text"] != "are you there?":
            pass
        pia.page.close()
        proxy.cut()
        proxy.go_on()
        while urn.event("left")["username"] != "pia":
            pass
        again = visit("pia", url=f"http://127.0.0.1:{proxy.port}/", context=context)
        again.meant = True
        again.page.get_by_text("What you wrote in chunmee may have been sent").wait_for()
        again.join("chunmee")
        assert again.box.input_value() == "are you there?"
        said_once(urn, "chunmee", "are you there?")
        again.box.fill("")
        again.leave()


def test_a_copy_of_a_tab_sends_nothing_of_what_waits_there(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="lungching")
        pia = visit("pia", "lungching", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        proxy.refuse()
        pia.is_now("lost")
        pia.say("once only")
        with pia.page.expect_popup() as opened:
            pia.measure("void window.open(location.href)")
        proxy.accept()
        copy = Visitor(opened.value, [])
        copy.open(f"http://127.0.0.1:{proxy.port}/")
        copy.enter("paul")
        copy.join("lungching")
        pia.page.keyboard.press("Alt+r")
        pia.is_now("online")
        pia.sees("once only")
        pia.stored()
        copy.say("I am another one")
        copy.sees("I am another one")
        copy.stored()
        said_once(urn, "lungching", "once only")
        copy.leave()
        pia.leave()


def test_two_tabs_of_an_account_send_once_what_a_third_has_left(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        urn.ask("create", room="yunnan")
        petra = visit("petra", "yunnan", url=url)
        context = petra.page.context
        petra.meant = True
        petra.say("/register")
        petra.page.get_by_label("New password").fill("correct horse")
        petra.page.get_by_label("The same again").fill("correct horse")
        petra.page.get_by_role("button", name="Register").click()
        petra.page.get_by_text("is yours now").wait_for()
        proxy.refuse()
        petra.is_now("lost")
        petra.say("from a tunnel")
        # A secret that stands in for a password is in no store that outlives the tab.
        session = petra.measure("sessionStorage['chat-session']")
        assert session not in petra.measure("JSON.stringify(localStorage)")
        petra.page.close()
        proxy.accept()
        tabs = [Visitor(context.new_page(), []) for _ in range(2)]
        for tab in tabs:
            tab.open(url)
        for tab in tabs:
            tab.is_now("online")
        for tab in tabs:
            tab.page.get_by_role("navigation").get_by_role("button", name="yunnan").click()
            tab.sees("from a tunnel")
            tab.stored()
        said_once(urn, "yunnan", "from a tunnel")
        for tab in tabs:
            tab.leave()


def test_who_leaves_leaves_nothing_to_the_next_one(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="hyson")
        penny = visit("penny", "hyson", url=f"http://127.0.0.1:{proxy.port}/")
        penny.meant = True
        penny.say("/register correct")
        penny.box.fill("/login penny correct horse")
        assert "horse" not in penny.measure("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
        proxy.refuse()
        penny.is_now("lost")
        penny.say("never said")
        penny.box.fill("never finished")
        assert penny.measure(KEPT) == 1
        # The page is loaded again, and there is no server yet.
        with penny.page.expect_event("framenavigated"):
            penny.say("/quit")
        proxy.accept()
        penny.open(f"http://127.0.0.1:{proxy.port}/")
        assert penny.measure(KEPT) == 0
        penny.enter("paul")
        penny.join("hyson")
        assert penny.box.input_value() == ""
        penny.say("hello")
        penny.sees("hello")
        assert penny.said() == ["hello"]
        penny.leave()


def test_who_goes_away_is_gone_though_no_answer_comes(web_url: str, visit: Visit) -> None:
    with flaky(through(web_url)) as proxy:
        prue = visit("prue", url=f"http://127.0.0.1:{proxy.port}/")
        prue.meant = True
        proxy.stall()
        prue.say("/quit back tomorrow")
        with prue.page.expect_event("framenavigated"):
            proxy.cut()
            proxy.go_on()
        prue.page.get_by_role("textbox", name="Name").wait_for()


def test_a_browser_that_keeps_nothing_is_told_of(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("twankay")
    pia.measure(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    pia.box.fill("a long story")
    pia.page.get_by_text("This browser keeps no more of what you type").wait_for()
