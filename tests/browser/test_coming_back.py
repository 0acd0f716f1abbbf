"""Lost connections: one types on, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.browser.visitors import Visitor
from tests.e2e.peers import Bot
from tests.e2e.processes import UNLIMITED, Server, free_port, running
from tests.proxy import flaky

Visit = Callable[..., Visitor]


def through(url: str) -> int:
    """Return the port of *url*."""
    return int(url.rstrip("/").rsplit(":", 1)[1])


def test_a_cut_connection_loses_and_doubles_nothing(server: Server, web_url: str, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room="tea")
        pia = visit("pia", "tea", url=f"http://127.0.0.1:{proxy.port}/")
        pia.meant = True
        pia.say("before")
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
