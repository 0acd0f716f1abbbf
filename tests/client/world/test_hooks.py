"""Programs that are told what concerns the user."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import TimeoutExpired

import msgspec
import pytest
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.model.alerts import Event
from chatroom.client.world.hooks import MOST, Hooks, run
from chatroom.wire.frames import answers
from tests.client.reader import Reader, at, said

MENTION = Event("mention", "bob", "alice: tea?", room="tea", seq=812)


class HooksTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.told: list[tuple[Sequence[str], bytes]] = []
        self.waiting: list[Deferred[None]] = []
        self.problems: list[str] = []
        commands = {"mention": ["notify", "--now"], "private": []}
        self.hooks = Hooks(commands, self.call, self.run_it, self.problems.append)

    def call(self, function: Callable[[], None]) -> Deferred[None]:
        function()
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def run_it(self, command: Sequence[str], line: bytes) -> None:
        self.told.append((command, line))

    def test_a_line_of_json_tells_what_it_is(self) -> None:
        self.hooks.tell([MENTION, Event("private", "bob"), Event("invitation", "bob")])
        line = b'{"event":"mention","from":"bob","text":"alice: tea?","room":"tea","seq":812}\n'
        assert self.told == [(["notify", "--now"], line)]

    def test_a_few_run_at_once(self) -> None:
        self.hooks.tell([MENTION] * (MOST + 3))
        assert len(self.told) == MOST
        self.waiting[0].callback(None)
        self.hooks.tell([MENTION] * 2)
        assert len(self.told) == MOST + 1

    def test_what_goes_wrong_is_told_once(self) -> None:
        self.hooks.tell([MENTION] * 3)
        self.waiting[0].errback(TimeoutExpired("notify", 5))
        self.waiting[1].errback(OSError("No such file"))
        assert self.problems == ["The hook mention has failed: it took more than 5 s."]


def test_a_program_gets_it_on_its_input(tmp_path: Path) -> None:
    program = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    run([sys.executable, "-c", program, str(tmp_path / "told")], b'{"event":"mention"}\n')
    assert (tmp_path / "told").read_text() == '{"event":"mention"}\n'


def test_one_that_is_not_there_can_not_be_run() -> None:
    with pytest.raises(OSError, match="/nowhere/hook"):
        run(["/nowhere/hook"], b"")


def test_it_is_what_names_the_user_is_for_them_alone_or_invites_them() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.enter("/ignore eve")
    reader.hear(said(1, "tea?"))
    reader.hear(said(2, "alice: tea?"))
    reader.hear(said(3, "alice: boo", speaker="eve"))
    reader.hear(answers.Told(from_="bob", to="alice", text="psst", at=at(4)))
    reader.hear(answers.Invited(room="milk", by="bob"))
    told = [msgspec.to_builtins(event) for event in reader.chat.alerts.take_events()]
    assert told == [
        {
            "event": "mention",
            "from": "bob",
            "text": "alice: tea?",
            "at": "2026-11-20T12:02:00Z",
            "room": "tea",
            "seq": 2,
        },
        {"event": "private", "from": "bob", "text": "psst", "at": "2026-11-20T12:04:00Z"},
        {"event": "invitation", "from": "bob", "room": "milk"},
    ]
    reader.enter("/notify mute")
    reader.hear(said(4, "alice: tea?"))
    assert reader.chat.alerts.take_events() == ()
