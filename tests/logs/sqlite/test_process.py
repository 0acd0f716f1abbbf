"""The log in SQLite in a process of its own, under the real reactor, until it is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.logs.scribe import TEA, seqs, sqlite, texts

pytestmark = pytest.mark.e2e

PROGRAM = """
import sys, time
from pathlib import Path

from twisted.internet import reactor

from chatroom.core.values.events import Message
from chatroom.core.ports import NewRoom
from chatroom.logs.sqlite.log import SQLiteLog

log = SQLiteLog(Path(sys.argv[1]), clock=reactor, from_thread=reactor.callFromThread, wall=time.time)
log.start()

def opened(room):
    def stored(entry):
        print(entry.seq, flush=True)
        say()
    def say():
        log.change(room.log, Message("alice", "cup of tea", 0), None, stored)
    for _ in range(50):
        say()

log.open("tea", NewRoom(), opened)
reactor.run()
"""

REDACTING = """
from chatroom.core.values.changes import Erased, Redaction

def opened(room):
    numbers = iter(range(1, 10_000))
    def erased(entry):
        print(entry.change.redactions[0].seq, flush=True)
        erase()
    def erase():
        log.change(room.log, Erased((Redaction(next(numbers), "alice", "bob"),)), None, erased)
    stored = []
    def said(entry):
        stored.append(entry)
        if len(stored) == 2000:
            erase()
    for number in range(2000):
        log.change(room.log, Message("alice", f"cup {number}", 0), None, said)

log.open("tea", NewRoom(), opened)
reactor.run()
"""


def test_what_was_taken_back_before_a_kill_is_so_after_it(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    program = PROGRAM.partition("def opened")[0] + REDACTING
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        last = [int(process.stdout.readline()) for _ in range(200)][-1]
        process.kill()
    with sqlite(path) as scribe:
        tea = scribe.opened(TEA)
        # Each with all that belongs to it, or not at all.
        count = tea.redactions
        assert count >= last
        assert [each.seq for each in scribe.redactions(tea.log, limit=3000)] == list(range(1, count + 1))
        assert [act.seq for act in scribe.audit(tea.log, limit=3000)] == list(range(count, 0, -1))
        page = scribe.read(tea.log, after=count - 1, limit=2)
        assert texts(page) == ["", f"cup {count}"]
        scribe.tend()
        assert seqs(scribe.search(tea.log, "cup", limit=3000))[-1] == 2000
        assert seqs(scribe.search(tea.log, "cup", before=count + 1)) == []


def test_what_was_acknowledged_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    last = 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, path], stdout=subprocess.PIPE, encoding="utf-8"
        ) as process:
            assert process.stdout
            acknowledged = [int(process.stdout.readline()) for _ in range(500)]
            process.kill()
            # A last line may be cut short.
            acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        # What was stored but not acknowledged has its numbers too.
        assert acknowledged[0] > last
        assert acknowledged == list(range(acknowledged[0], acknowledged[0] + len(acknowledged)))
        last = acknowledged[-1]
    with sqlite(path) as scribe:
        tea = scribe.opened(TEA)
        assert tea.seq >= last
        scribe.tend()
        newest = list(range(tea.seq - 99, tea.seq + 1))
        assert seqs(scribe.read(tea.log)) == seqs(scribe.search(tea.log, "tea")) == newest
