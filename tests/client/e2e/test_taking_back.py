"""What is taken back vanishes from every screen, also from one that was away meanwhile."""

from __future__ import annotations

from pathlib import Path

from tests.client.e2e.house import client, sees, shows, wait
from tests.client.e2e.test_connection import listening, lost
from tests.client.e2e.test_moderating import take
from tests.client.terminal import ENTER, alt, ctrl
from tests.e2e.processes import Server, free_port, running
from tests.proxy import flaky


def test_what_one_takes_back_vanishes_before_the_other(server: Server) -> None:
    port = server.address[1]
    with client(port, "alice", room="tea") as alice, client(port, "bob", room="tea") as bob:
        bob.press("the key is under the mat", ENTER, "buy my milk", ENTER)
        sees(alice, "→ bob joined", "bob the key is under the mat", "bob buy my milk")

        alice.press(alt("x"), ENTER)
        take(alice, "take back …")
        shows(alice, "Take back:", "Why, if you like")
        alice.press("not for sale", ENTER)
        for t in (alice, bob):
            sees(t, "bob the key is under the mat", "bob taken back by alice (not for sale)")

        bob.press("/redact", ENTER)
        for t in (alice, bob):
            sees(t, "bob taken back", "bob taken back by alice (not for sale)")
            assert "under the mat" not in t.text
        bob.press("/redact", ENTER)
        shows(bob, "Nothing that you said here is left to take")

        alice.press("/audit", ENTER)
        shows(alice, "alice: redact message 2 of")
        for t in (alice, bob):
            t.press(ctrl("u"), "/quit", ENTER)
            assert t.ends() == 0
            assert t.left_changed() == []


def test_who_was_away_is_told_when_the_server_is_there_again(tmp_path: Path) -> None:
    port = free_port()
    with (
        flaky(port) as proxy,
        running(tmp_path, port=listening(port)) as server,
        client(port, "alice", room="tea") as alice,
        client(proxy.port, "bob", room="tea") as bob,
    ):
        alice.press("one", ENTER, "two", ENTER)
        sees(bob, "alice one", "alice two")
        proxy.cut()
        proxy.refuse()
        wait(bob, lost)
        alice.press("/redact", ENTER)
        sees(alice, "alice one", "alice taken back")
        assert "alice  two" in bob.text
        server.stop()
        wait(alice, lost)
        with running(tmp_path, port=listening(port)):
            # Who comes back later would be seen to join.
            wait(alice, lambda t: not lost(t))
            proxy.accept()
            wait(bob, lambda t: not lost(t))
            sees(bob, "alice one", "alice taken back")
            with client(port, "carol", room="tea") as carol:
                sees(carol, "alice one", "alice taken back")
            bob.press("/quit", ENTER)
            assert bob.ends() == 0
