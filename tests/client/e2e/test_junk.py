"""Whatever a server sends: the client lives, and none of it reaches the terminal as it is."""

from __future__ import annotations

import json

import pytest

from tests.client.e2e.house import client, shows, talk, typed, wait
from tests.client.e2e.imposter import imposter
from tests.client.terminal import ENTER
from tests.e2e.processes import LIMIT

EVIL = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31mred\x90q\x9c\x7f\x08\u202egnol\u2066\u200f\r\n\t\x00end"
SAID = {"type": "said", "room": "tea", "seq": 90, "at": "2026-11-20T12:00:00.000Z", "from": "bob", "text": "x"}

JUNK = {
    "bytes": bytes(range(256)).replace(b"\n", b"") * 8 + b"\n",
    "half a frame": b'{"type":"said","room":"tea","se\n',
    "no frame": b"[]\n17\nnull\n\n{}\nHTTP/1.1 200 OK\n",
    "unknown types": b'{"type":"confetti","room":"tea"}\n{"type":5}\n',
    "fields that are none": json.dumps({**SAID, "seq": "many"}).encode() + b"\n",
    "a number that is too big": json.dumps({**SAID, "seq": 10**400}).encode() + b"\n",
    "a time that is none": json.dumps({**SAID, "at": "9999999-99-99T99:99:99Z"}).encode() + b"\n",
    "many brackets": b'{"type":' + b"[" * 90_000 + b"\n",
    "half a character": b'{"type":"said","room":"\xed\xa0\x80"}\n{"type":"said","text":"\\ud800"}\n',
    "rooms that one is not in": json.dumps({**SAID, "room": "elsewhere"}).encode() + b"\n",
    "replies that nobody asked for": b'{"type":"ok","id":999}\n{"type":"pong","id":[1]}\n',
    "a line as long as it may be": json.dumps({**SAID, "text": "x" * 190_000}).encode() + b"\n",
}


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_skipped(junk: str) -> None:
    with imposter() as server, client(server.port, "alice", room="tea") as t:
        server.say("before")
        shows(t, "bob  before")
        server.send(JUNK[junk])
        server.frame("topic-changed", room="tea", topic="after", by="bob")
        shows(t, " tea · after", "bob set the topic: after")
        t.press("still typing")
        typed(t, "still typing")
        assert server.came == 1


def test_text_of_all_kinds_is_shown_harmless() -> None:
    with imposter() as server, client(server.port, "alice", room="tea") as t:
        shows(t, " alice · tea", "bob")
        before = len(t.raw)
        server.say(EVIL, EVIL)
        server.frame("topic-changed", room="tea", topic=EVIL, by=EVIL)
        server.frame("joined", room="tea", username=EVIL, members=3)
        server.frame("told", **{"from": EVIL, "to": "alice", "at": "2026-11-20T12:00:00.000Z", "text": EVIL})
        server.frame("rooms-changed", rooms=[{"room": EVIL, "topic": EVIL, "members": 1, "capacity": 8}], closed=[])
        server.frame("error", code=EVIL, message=EVIL)
        server.frame("members", room="tea", usernames=[EVIL], more=False, id=None)
        server.say("after")
        shows(t, "bob  after", "@1")
        t.press("/wh\t", ENTER)
        shows(t, "In tea: alice, bob")
        written = t.raw[before:].decode()
        for bad in ("\x1b]0", "\x07", "\x9b", "\x90", "\x9c", "\x7f", "\u202e", "\u2066", "\x1b[31m\x9b", "\x00"):
            assert bad not in written
        assert t.screen.cells.title == "chatroom: tea (1!)"
        assert t.line(0).startswith(" tea")
        assert any(line.endswith("end") for line in talk(t)) or "end" in t.text


def test_a_line_without_an_end_is_not_kept_for_ever() -> None:
    with imposter() as server, client(server.port, "alice", room="tea") as t:
        server.send(b'{"type":"said","text":"' + b"x" * 250_000)
        shows(t, "○ back in", "the server sent a line that is too long")
        wait(t, lambda t: server.came == 2 and "○" not in t.text)


def test_who_comes_by_another_connection_replaces_this_one_which_stays_away() -> None:
    with imposter() as server, client(server.port, "alice", room="tea") as t:
        server.frame("bye", reason="replaced")
        shows(t, "this session has come by another connection")
        t.press("anybody?", ENTER)
        wait(t, lambda t: "anybody?" in t.text and t.line(-1) == " >")
        t.press("/who", ENTER)
        shows(t, "That was not done")
        assert server.came == 1
        t.press("/quit", ENTER)
        assert t.ends(LIMIT) == 0


def test_a_server_that_stops_says_when_to_come_back() -> None:
    with imposter() as server, client(server.port, "alice", room="tea") as t:
        server.frame("bye", reason="stopping", retry_after=1.5)
        server.hang_up()
        shows(t, "○ back in 2 s, Alt+r at once (the server is stopping)")
        wait(t, lambda t: server.came == 2 and "○" not in t.text)
