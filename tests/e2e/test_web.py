"""Browsers on the port that netcat uses, over real sockets."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatroom.services.assets import Assets
from tests.e2e.browsers import Browser
from tests.e2e.churn import shout
from tests.e2e.meter import MIB, taken
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import LIMIT, UNLIMITED, Server, running

STOPPED = 500
EACH = 128 * 1024
"""Bytes of the server's memory that a browser may take that has stopped reading: what waits for it."""

MESSAGES = 400

MOST = 66_000
"""Bytes of the page with all that belongs to it, heads and all."""


def test_a_browser_and_netcat_and_a_program_talk_on_one_port(server: Server) -> None:
    browser = Browser(server.address)
    assert browser.get("/") == 200
    assert browser.get("/app.js") == 200
    with browser.page("pia") as page, Peer(server.address) as person, Bot(server.address, "bot") as bot:
        page.ask("create", room="web")
        person.write(b"mia\njoin web\nhello\n")
        assert page.event("said")["text"] == "hello"
        bot.ask("join", room="web")
        page.ask("say", room="web", text="hello, you two")
        assert bot.event("said")["from"] == "pia"
        while (line := person.receive()) is not None and "hello, you two" not in line:
            pass
        assert line
        page.begin("quit")
        assert page.to_the_end()[-1]["type"] == "bye"
        assert page.closed_by == (1000, "")


def test_the_whole_page_is_small_over_the_wire(server: Server) -> None:
    with socket.create_connection(server.address, LIMIT) as peer:
        *others, last = [f"/{name}" for name in Assets().found if name != "index.html"] + ["/"]
        for target in (*others, last):
            closes = "Connection: close\r\n" if target is last else ""
            ask = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{closes}\r\n"
            peer.sendall(ask.encode())
        came = b"".join(iter(lambda: peer.recv(65536), b""))
    assert came.count(b"HTTP/1.1 200 ") == len(Assets().found)
    assert len(came) < MOST


def test_an_account_is_remembered_by_the_browser_and_no_script_sees_how(server: Server) -> None:
    browser = Browser(server.address)
    browser.get("/")
    with browser.page("rita") as page:
        page.ask("register", password="correct horse")
    with browser.page() as page:
        assert page.ask("login", username="rita")["code"] == "password-required"
        welcome = page.ask("login", username="rita", password="correct horse", remember=True)
        assert ("token" in welcome, len(welcome["ticket"])) == (False, 22)
        assert browser.get("/remember", Chat_Ticket=welcome["ticket"]) == 204
    with browser.page() as page:
        assert page.ask("login", username="rita")["account"] == "rita"
    with browser.page() as page:
        # As somebody else they are a guest.
        assert "account" not in page.ask("login", username="guest-of-rita")
    with Browser(server.address).page() as stranger:
        assert stranger.ask("login", username="rita")["code"] == "password-required"
    remembered = browser.cookies.copy()
    assert browser.get("/forget", Chat_Forget="1") == 204
    assert browser.cookies == {}
    browser.cookies = remembered
    with browser.page() as page:
        assert page.ask("login", username="rita")["code"] == "password-wrong"


def test_a_session_is_that_of_the_browser_which_has_begun_it(server: Server) -> None:
    browser, session = Browser(server.address), "s" * 22
    browser.get("/")
    with browser.page() as page:
        page.ask("login", username="sid", session=session)
        page.ask("create", room="sessions")
        page.reset()
    other = Browser(server.address)
    other.get("/")
    with other.page() as page:
        assert page.ask("login", username="sid", session=session)["code"] == "username-taken"
    with browser.page() as page:
        welcome = page.ask("login", username="sid", session=session)
        assert (welcome["resumed"], welcome["rooms"]) == (True, ["sessions"])


def test_browsers_that_stop_reading_cost_little_and_catch_up(tmp_path: Path) -> None:
    options = (*UNLIMITED, "--stall-timeout=0", "--heartbeat=0", "--room-capacity=0")
    with running(tmp_path, *options, forked=False) as server, ExitStack() as connections:
        alice = connections.enter_context(Bot(server.address, "alice"))
        alice.ask("create", room="tea")
        browser = Browser(server.address)
        pages = [connections.enter_context(browser.page(f"page{number}", small=True)) for number in range(STOPPED)]
        for page in pages:
            assert page.ask("join", room="tea")["type"] == "entered"
            page.event("level")
        shout(alice, "tea", 10)
        before = taken(server.process.pid).memory
        shout(alice, "tea", MESSAGES)
        last = alice.ask("say", room="tea", text="and now?")["seq"]
        grown = taken(server.process.pid).memory - before
        assert grown < STOPPED * EACH, f"{grown / MIB:.1f} MiB"
        for page in pages[:: STOPPED // 10]:
            while page.event("said")["seq"] != last:
                pass
            assert [frame["seq"] for frame in page.seen if frame["type"] == "said"] == list(range(1, last + 1))


def test_where_only_browsers_come_silence_is_never_greeted(tmp_path: Path) -> None:
    with running(tmp_path, port="web:tcp:0:interface=127.0.0.1") as server, Peer(server.address) as ahead:
        ahead.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            ahead.socket.recv(1)
        ahead.socket.settimeout(LIMIT)
        ahead.write(b"GET / HTTP/1.0\r\n\r\n")
        assert str(ahead.receive()).startswith("HTTP/1.1 200 ")
        with Peer(server.address) as person:
            person.send("alice")
            assert str(person.receive()).startswith("* Welcome to ")


def test_an_operator_may_shut_the_door(tmp_path: Path) -> None:
    with running(tmp_path, "--web=off") as server:
        assert Browser(server.address).get("/") == 400


def test_behind_the_proxy_protocol_all_ways_are_open(tmp_path: Path) -> None:
    with running(tmp_path, port="haproxy:tcp:0:interface=127.0.0.1") as server:
        for said, answer in ((b"GET / HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 "), (b"alice\n", b"* Welcome to ")):
            with socket.create_connection(server.address, LIMIT) as peer:
                peer.sendall(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + said)
                assert peer.makefile("rb").readline().startswith(answer)
