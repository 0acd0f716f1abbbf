"""Where in a log a time is, and what somebody has said: the same in every kind of log."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from chatroom.core.ports import LogId
from chatroom.core.values.authors import Author
from chatroom.core.values.errors import QueryInvalid
from chatroom.core.values.events import Message
from chatroom.core.values.limits import RESENT_WITHIN
from chatroom.core.values.names import Username, key
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.retention import Retention
from tests.logs.scribe import Scribe, message, seqs, sqlite

FIRST = 1_795_000_000_000


def upto(scribe: Scribe, log: LogId, at: int) -> int:
    found = scribe.ask(partial(scribe.log.upto, log, at))
    assert isinstance(found, int)
    return found


def test_the_newest_message_that_is_not_later_than_a_time(scribe: Scribe) -> None:
    log = scribe.opened().log
    assert upto(scribe, log, FIRST) == 0
    for later in (0, 7, 7, 7, 20, 21):
        scribe.say(log, "tea", at=FIRST + later)
    # Some logs have a clock of their own.
    times = [message.at for _, message in scribe.read(log).entries]
    assert times == sorted(times)
    for at in {time + by for time in times for by in (-1, 0, 1)}:
        assert upto(scribe, log, at) == sum(time <= at for time in times)


def test_of_messages_that_are_not_kept_it_is_the_last(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(messages=3)) as stored:
        for scribe in stored, Scribe(MemoryLog(keep=3)):
            log = scribe.opened().log
            for number in range(1, 8):
                scribe.say(log, "tea", at=FIRST + number)
            assert [upto(scribe, log, FIRST + number) for number in range(9)] == [4, 4, 4, 4, 4, 5, 6, 7, 7]


def test_a_log_that_is_opened_again_knows_when_its_newest_message_was_said(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path) as stored:
        for scribe in stored, Scribe(MemoryLog()):
            opened = scribe.opened()
            assert opened.at == 0
            scribe.say(opened.log, "tea", at=FIRST)
            scribe.log.close(opened.log)
            assert scribe.opened(new=None).at == FIRST


def test_a_log_that_is_opened_again_knows_the_names_of_messages_of_the_week_before_its_newest(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as stored:
        for scribe in stored, Scribe(MemoryLog()):
            opened = scribe.opened()
            for number, later in enumerate((0, 1, 2, RESENT_WITHIN + 1), 1):
                scribe.append(opened.log, message("tea", FIRST + later, session=b"s", cid=f"{number}"))
            scribe.log.close(opened.log)
            assert [sent.cid for sent in scribe.opened(new=None).sent] == ["3", "4"]
    with sqlite(tmp_path / "chatroom.sqlite") as stored:
        assert [sent.cid for sent in stored.opened(new=None).sent] == ["3", "4"]


def test_a_search_finds_what_somebody_has_said_under_any_name_or_under_one(scribe: Scribe) -> None:
    log = scribe.opened().log
    alice, bob = b"a" * 16, b"b" * 16
    for speaker, session in (("alice", alice), ("Bob", bob), ("bob", None), ("zoe", alice)):
        for text in ("green tea", "black tea"):
            scribe.append(log, Message(Username(speaker), text, FIRST, session=session))
    scribe.erase(log, 8)
    by_account, by_name, guest = Author(alice), Author(None, key(Username("BOB"))), Author(bob, key(Username("alice")))
    for query, author, after, found in (
        ("tea", by_account, 0, [1, 2, 7]),
        ("", by_account, 0, [1, 2, 7]),
        (" ", by_name, 0, [3, 4, 5, 6]),
        ("bla*", by_name, 0, [4, 6]),
        ("green", guest, 0, [1, 3]),
        ("", guest, 2, [3, 4]),
        ("tea", by_account, 1, [2, 7]),
        ("milk", by_account, 0, []),
        ("", Author(b"c" * 16), 0, []),
    ):
        assert seqs(scribe.search(log, query, author=author, after=after)) == found
    assert seqs(scribe.search(log, "tea", after=6)) == [7]
    assert seqs(scribe.search(log, "", author=by_account, before=7, limit=1)) == [2]
    with pytest.raises(QueryInvalid):
        scribe.search(log, "")
