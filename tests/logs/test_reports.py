"""Reports are kept with copies of what was said, as it was in that moment, in all engines alike."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Entry, Gone, Reported, Resolved, Sanctioned
from chatroom.core.values.errors import NoSuchMessage, TooManyReports
from chatroom.core.values.events import Message, Said
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.reports import KEPT_SECONDS, OPEN_REPORTS, KeptReport
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.nodes.log import REST
from chatroom.logs.retention import Retention
from tests.engine import Engine
from tests.logs.scribe import (
    ALICE,
    BOB,
    NOON,
    SEAT,
    TEA,
    PostgresScribe,
    Scribe,
    message,
    postgres,
    sqlite,
)

CAROL, DAVE = Username("carol"), Username("dave")
HOUSE = ""
LATER = KEPT_SECONDS + 1


def opened(scribe: Scribe) -> tuple[LogId, LogId]:
    """Return the logs of a room and of the house, both followed."""
    tea, house = scribe.opened().log, scribe.opened(HOUSE).log
    for log in tea, house:
        scribe.log.follow(log, lambda _: None)
    return tea, house


def report(tea: LogId, seq: int, person: bytes = b"c", reason: str = "why") -> Reported:
    return Reported(tea, TEA, seq, CAROL, person, reason)


def resolve(scribe: Scribe, house: LogId, number: int, log: LogId | None = None) -> Any:
    """Let bob resolve a report of what alice has said; return the answer."""
    done = Resolved(number, BOB, log, TEA, 1, ALICE, "seen")
    return scribe.ask(lambda answer: scribe.log.change(house, done, SEAT, answer))


def texts(kept: KeptReport) -> list[tuple[int, str]]:
    return [(said.seq, said.message.text) for said in (*kept.context, kept.said)]


def timeless(kept: KeptReport) -> KeptReport:
    """Return *kept* as of midnight, 1970, whenever that was."""
    context = tuple(replace(each, message=replace(each.message, at=0)) for each in kept.context)
    said = replace(kept.said, message=replace(kept.said.message, at=0, cid=None))
    return replace(kept, at=0, said=said, context=context, resolved=kept.resolved and 1)


def test_a_message_is_copied_with_a_few_before_it(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.append(tea, *(message(f"text {seq}", session=b"a") for seq in range(1, 9)))
    kept = scribe.report(house, report(tea, 8))
    assert isinstance(kept, Reported)
    assert kept == replace(report(tea, 8), about=b"a", number=kept.number)
    [found] = scribe.reports()
    assert texts(found) == [(seq, f"text {seq}") for seq in range(3, 9)]
    # Of whom the others are is not told.
    context = tuple(Said(TEA, seq, Message(ALICE, f"text {seq}", 0)) for seq in range(3, 8))
    said = Said(TEA, 8, Message(ALICE, "text 8", 0, session=b"a"))
    without = [replace(each, message=replace(each.message, session=None)) for each in timeless(found).context]
    assert replace(timeless(found), context=tuple(without)) == KeptReport(
        kept.number, tea, said, CAROL, 0, "why", context
    )


def test_a_copy_has_what_the_message_answers(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.append(tea, message("one"), message("two", re=1), message("three", re=2))
    scribe.report(house, report(tea, 3))
    [found] = scribe.reports()
    assert [said.message.re for said in (*found.context, found.said)] == [None, 1, 2]


def test_each_person_reports_a_message_once(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.say(tea, "one", "two")
    first = scribe.report(house, report(tea, 1))
    assert scribe.report(house, report(tea, 1, reason="again")) is None
    second = scribe.report(house, report(tea, 1, b"d"))
    third = scribe.report(house, report(tea, 2))
    numbers = [each.number for each in (first, second, third)]
    assert numbers == sorted(set(numbers))
    assert [each.number for each in scribe.reports()] == numbers[::-1]
    assert [each.reason for each in scribe.reports()] == ["why"] * 3


def test_what_is_not_there_is_not_reported(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.say(tea, "one")
    scribe.take_back(tea, 1)
    for seq in (1, 2):
        assert isinstance(scribe.report(house, report(tea, seq)), NoSuchMessage)
    assert isinstance(scribe.report(house, report(LogId(99), 1)), NoSuchMessage)
    assert list(scribe.reports()) == []


def test_so_many_are_open_at_most_and_only_of_that_room(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    pond = scribe.opened("pond").log
    scribe.say(tea, *["text"] * (OPEN_REPORTS + 1))
    scribe.say(pond, "text")
    for seq in range(1, OPEN_REPORTS + 1):
        assert isinstance(scribe.report(house, report(tea, seq)), Reported)
    assert isinstance(scribe.report(house, report(tea, OPEN_REPORTS + 1)), TooManyReports)
    assert isinstance(scribe.report(house, report(pond, 1)), Reported)
    resolve(scribe, house, scribe.reports(tea)[0].number)
    assert isinstance(scribe.report(house, report(tea, OPEN_REPORTS + 1)), Reported)


def test_they_are_read_by_their_room_and_whom_they_are_not_about(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    pond = scribe.opened("pond").log
    scribe.append(tea, message("one", session=b"a"), message("two"), message("three", session=b"b"))
    scribe.say(pond, "four")
    places = ((tea, 1), (pond, 1), (tea, 2), (tea, 3))
    a, b, c, d = [scribe.report(house, report(log, seq)).number for log, seq in places]

    def numbers(*where: Any, **how: Any) -> list[int]:
        return [each.number for each in scribe.reports(*where, **how)]

    assert numbers() == [d, c, b, a]
    assert numbers(tea) == [d, c, a]
    assert numbers(tea, but=[b"a"]) == [d, c]
    assert numbers(but=[b"a", b"b"]) == [c, b]
    assert numbers(before=c) == [b, a]
    resolve(scribe, house, c)
    assert numbers(tea) == [d, a]
    assert numbers(tea, resolved=True) == [d, c, a]


def test_what_is_taken_back_stays_in_the_report_of_it_alone(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    pond = scribe.opened("pond").log
    scribe.say(tea, "one", "two", "three")
    scribe.say(pond, "one", "two", "three")
    for log, seq in ((tea, 2), (tea, 3), (pond, 3)):
        scribe.report(house, report(log, seq))
    scribe.take_back(tea, 1, 2)
    in_pond, three, two = scribe.reports()
    assert texts(two) == [(1, ""), (2, "two")]
    assert texts(three) == [(1, ""), (2, ""), (3, "three")]
    assert texts(in_pond) == [(1, "one"), (2, "two"), (3, "three")]


def test_who_resolved_it_is_kept_and_in_the_audit_of_the_room_or_of_all(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.say(tea, "one", "two")
    first, second = (scribe.report(house, report(tea, seq)).number for seq in (1, 2))
    answer = resolve(scribe, house, first, tea)
    assert answer == Entry(Resolved(first, BOB, tea, TEA, 1, ALICE, "seen"))
    assert resolve(scribe, house, first, tea) is None
    assert resolve(scribe, house, 99, tea) is None
    resolve(scribe, house, second)
    for kept in scribe.reports(resolved=True):
        assert kept.resolved is not None
        assert (kept.resolver, kept.note) == (BOB, "seen")
    act = Act(0, BOB, "resolve", TEA, ALICE, seq=1, reason="seen")
    assert [replace(each, at=0, number=0) for each in scribe.audit()] == [act, act]
    assert [replace(each, at=0, number=0) for each in scribe.audit(tea)] == [act]


def test_they_outlive_their_room(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.say(tea, "one", "two")
    scribe.report(house, report(tea, 2))
    scribe.ask(lambda done: scribe.log.change(tea, Gone(ALICE), SEAT, done))
    [kept] = scribe.reports()
    assert (kept.said.room, texts(kept)) == (TEA, [(1, "one"), (2, "two")])


def test_sanctions_are_read_of_all_rooms_and_the_house(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    pond = scribe.opened("pond").log
    numbers = list[int]()
    for log, until in ((tea, None), (house, None), (pond, 1 << 45), (tea, 5)):
        ban = Sanction("ban", BOB, b"b", None, ALICE, 7, until)
        entry = scribe.ask(partial(scribe.log.change, log, Sanctioned(ban), SEAT))
        numbers.append(entry.seq)
    assert numbers == sorted(set(numbers))
    found = scribe.sanctions(6)
    assert [(each.room, each.sanction.number) for each in found] == [
        ("pond", numbers[2]),
        (None, numbers[1]),
        (TEA, numbers[0]),
    ]
    assert found[2] == Placed(TEA, Sanction("ban", BOB, b"b", None, ALICE, 7, number=numbers[0]))
    assert [each.sanction.number for each in scribe.sanctions(6, before=numbers[2], limit=1)] == [numbers[1]]
    scribe.ask(lambda done: scribe.log.change(pond, Gone(ALICE), SEAT, done))
    assert [each.room for each in scribe.sanctions(6)] == [None, TEA]


def test_a_room_that_is_closed_for_good_has_none_either(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(closed=0)) as scribe:
        tea = scribe.opened().log
        ban = Sanctioned(Sanction("ban", BOB, b"b", None, ALICE, 7))
        scribe.ask(lambda done: scribe.log.change(tea, ban, SEAT, done))
        scribe.log.close(tea)
        # Behind that.
        scribe.opened("pond")
        assert list(scribe.sanctions(6)) == []


def test_they_are_in_memory_for_ninety_days_when_they_are_resolved() -> None:
    now = [NOON]
    scribe = Scribe(MemoryLog(wall=lambda: now[0]))
    tea, house = opened(scribe)
    scribe.say(tea, "one", "two")
    first, second = (scribe.report(house, report(tea, seq)).number for seq in (1, 2))
    resolve(scribe, house, first)
    now[0] += KEPT_SECONDS - 1
    assert [kept.number for kept in scribe.reports(resolved=True)] == [second, first]
    now[0] += 2
    assert [kept.number for kept in scribe.reports(resolved=True)] == [second]
    # And may be reported anew.
    assert isinstance(scribe.report(house, report(tea, 1)), Reported)


def test_in_a_file_nothing_is_left_of_them_after_ninety_days(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    chance = Random(1)

    def left(*words: str) -> list[str]:
        files = (path, path.with_name(f"{path.name}-wal"))
        found = b"".join(file.read_bytes() for file in files if file.exists())
        return [word for word in words if word.encode() in found]

    def word(said: Said) -> str:
        return said.message.text.split()[-1]

    with sqlite(path) as scribe:
        house = opened(scribe)[1]
        # Rows of any size: SQLite moves them between pages as others come and go.
        for room in range(6):
            log = scribe.opened(f"room{room}").log
            scribe.say(log, *(f"{'x' * chance.randint(1, 600)} text{room}{seq:04}." for seq in range(1, 91)))
            for seq in range(1, 91):
                scribe.report(house, report(log, seq, reason=f"reason{room}{seq:04}."))
            scribe.forget(log)
        kept = {each.number: each for each in scribe.ask(partial(_all, scribe))}
        gone = chance.sample(sorted(kept), 300)
        for number in gone:
            resolve(scribe, house, number)
        words = [kept[number].reason for number in gone]
        assert left(*words) == words
        scribe.wait(LATER - 10)
        scribe.tend()
        assert left(*words) == words
        scribe.wait(20)
        scribe.tend()
        assert len(scribe.ask(partial(_all, scribe))) == len(kept) - len(gone)
        assert left(*words) == []
        texts_of = {number: word(each.said) for number, each in kept.items()}
        stay = [each for number, each in kept.items() if number not in gone]
        beside = {word(said) for each in stay for said in (*each.context, each.said)}
        alone = [texts_of[number] for number in gone if texts_of[number] not in beside]
        assert alone
        assert left(*alone) == []
        assert left(*beside) == [*beside]


def _all(scribe: Scribe, got: Any) -> None:
    scribe.log.reports(None, but=(), resolved=True, before=None, limit=1000, got=got)  # type: ignore[attr-defined]


def test_in_a_file_nothing_is_left_of_what_is_taken_back_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path) as scribe:
        tea, house = opened(scribe)
        said = [f"{seq:04}lemon" for seq in range(1, 81)]
        scribe.say(tea, *said)
        for seq in range(2, 81, 2):
            scribe.report(house, report(tea, seq))
        scribe.tend()
        scribe.take_back(tea, *range(1, 81, 2))
        scribe.tend()
        found = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
        assert [word for word in said if word.encode() in found] == said[1::2]


@pytest.mark.engines
def test_a_database_forgets_them_after_ninety_days_with_their_reasons(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as database:
        tea, house = opened(scribe)
        scribe.say(tea, "one", "two")
        first, second = (scribe.report(house, report(tea, seq, reason=f"reason {seq}")).number for seq in (1, 2))
        resolve(scribe, house, first)
        _sweep(scribe)
        assert [kept.number for kept in scribe.reports(resolved=True)] == [second, first]
        database.execute("UPDATE chat.reports SET resolved = resolved - %s", (KEPT_SECONDS * 1000,))
        _sweep(scribe)
        assert [kept.number for kept in scribe.reports(resolved=True)] == [second]
        told = database.execute("SELECT text FROM chat.entries WHERE log = %s ORDER BY pos", (house,)).fetchall()
        assert [("reason 1" in text, "reason 2" in text, "seen" in text) for (text,) in told] == [
            (False, False, False),
            (False, True, False),
            (False, False, False),
        ]
        assert database.execute("SELECT DISTINCT report FROM chat.contexts").fetchall() == [(second,)]
        # A vacuum is to follow.
        assert database.execute("SELECT erased FROM chat.meta").fetchall() == [(1,)]


def _sweep(scribe: PostgresScribe) -> None:
    """Let the keeper remove what is no longer kept."""
    scribe.clock.advance(REST)
    # Behind that.
    scribe.say(scribe.opened(new=None).log, "on")


def test_a_deleted_room_s_name_can_be_had_again(scribe: Scribe) -> None:
    tea, house = opened(scribe)
    scribe.say(tea, "one")
    scribe.report(house, report(tea, 1))
    scribe.ask(lambda done: scribe.log.change(tea, Gone(ALICE), SEAT, done))
    again = scribe.opened().log
    assert list(scribe.reports(again)) == []
    assert [kept.said.room for kept in scribe.reports()] == [RoomName("tea")]
