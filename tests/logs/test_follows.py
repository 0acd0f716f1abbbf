"""Who follows a room does so until they leave it for good or are put out, in each log alike, whatever becomes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent

from chatroom.admin.main import main
from chatroom.core.ports import FollowedRoom, LogId, SeatId
from chatroom.core.values.accounts import Account, Dropped, Merged
from chatroom.core.values.changes import (
    Called,
    Came,
    Change,
    Entry,
    Gone,
    Invited,
    Kicked,
    Ranked,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.errors import RoomFull, StorageFailed
from chatroom.core.values.limits import FOLLOWED
from chatroom.core.values.names import Username
from chatroom.core.values.rights import Settings, Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.memory.follows import KEPT, MemoryFollows
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile
from tests.engine import Engine
from tests.examples import examples
from tests.logs.scribe import ALICE, BOB, TEA, Scribe, SQLiteScribe, locked, message, postgres, sqlite

CAROL = Username("carol")
FIRST, SECOND = SeatId(1, 1), SeatId(2, 1)
HERS, HIS = b"alice's session", b"bob's session"
ACCOUNT = Account(b"an account", Username("alice"), "", 1, 2)
DAY = 86_400.0


def change(scribe: Scribe, log: LogId, change: Change, by: SeatId = FIRST) -> Any:
    """Let *change* happen, and return the answer."""
    return scribe.ask(partial(scribe.log.change, log, change, by))


def follows(scribe: Scribe, person: bytes = HERS) -> list[str]:
    log: Any = scribe.log
    return [each.room for each in scribe.ask(partial(log.follows, person))]


def keys(scribe: Scribe, person: bytes = HERS) -> dict[str, int]:
    """Return the keys by which they came in."""
    log: Any = scribe.log
    return {each.room: each.keyed for each in scribe.ask(partial(log.follows, person))}


def accounts(scribe: Scribe, *changes: Any) -> None:
    log: Any = scribe.log
    assert scribe.ask(partial(log.change_accounts, changes)) is None


def test_who_joins_follows_until_they_leave(scribe: Scribe) -> None:
    tea, pond = scribe.opened(TEA).log, scribe.opened("pond").log
    assert follows(scribe) == []
    assert change(scribe, pond, Came(ALICE, person=HERS)) == Entry(Came(ALICE, person=HERS))
    assert change(scribe, tea, Came(ALICE, person=HERS)) == Entry(Came(ALICE, person=HERS))
    change(scribe, tea, Came(BOB), SECOND)
    assert follows(scribe) == ["pond", TEA]
    assert follows(scribe, HIS) == []
    for reason in ("lost", "quit"):
        change(scribe, tea, Went(ALICE, reason))
        assert change(scribe, tea, Came(ALICE, person=HERS)) == Entry(Came(ALICE, person=HERS))
    assert follows(scribe) == ["pond", TEA]
    assert change(scribe, tea, Went(ALICE, "left", HERS)) == Entry(Went(ALICE, "left", HERS))
    assert follows(scribe) == ["pond"]
    change(scribe, tea, Came(ALICE, person=HERS))
    assert follows(scribe) == ["pond", TEA]


def test_what_they_follow_has_its_log_and_the_key_that_they_gave_last(scribe: Scribe) -> None:
    log: Any = scribe.log
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS))
    scribe.say(tea, "one", "two")

    def keyed() -> int:
        [followed] = scribe.ask(partial(log.follows, HERS))
        assert followed == FollowedRoom(TEA, tea, 2, followed.keyed)
        return int(followed.keyed)

    assert keyed() == 0
    for number, kept in ((2, 2), (0, 2), (1, 2), (100_000, 100_000)):
        change(scribe, tea, Went(ALICE, "lost"))
        change(scribe, tea, Came(ALICE, person=HERS, keyed=number))
        assert keyed() == kept
    # By another seat as well, which needs none.
    assert change(scribe, tea, Came(ALICE, person=HERS), SECOND) is None
    assert keyed() == 100_000
    for seat in (FIRST, SECOND):
        change(scribe, tea, Went(ALICE, "left", HERS), seat)
    change(scribe, tea, Came(ALICE, person=HERS))
    assert keyed() == 0


@pytest.mark.parametrize("scribe", ["sqlite"], indirect=True)
def test_by_another_seat_they_stay_in_by_the_key_that_they_gave(scribe: Scribe) -> None:
    log: Any = scribe.log
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS, keyed=1), FIRST)
    answers = list[Any]()
    scribe.log.change(tea, Went(ALICE, "left", HERS), FIRST, answers.append)
    scribe.log.change(tea, Came(ALICE, person=HERS), SECOND, answers.append)
    scribe.until(lambda: len(answers) == 2)
    [followed] = scribe.ask(partial(log.follows, HERS))
    assert (followed.room, followed.keyed) == (TEA, 1)


def test_what_decides_whether_they_may_come_in_is_found_of_closed_rooms_too(scribe: Scribe) -> None:
    log: Any = scribe.log
    tea, gone = scribe.opened(TEA).log, scribe.opened("gone").log
    change(scribe, gone, Gone(BOB))
    ban, mute = (Sanction(kind, BOB, HIS, b"a host", ALICE, 7, everybody=True) for kind in ("ban", "mute"))
    changes: list[Any] = [
        Came(ALICE, person=HERS),
        Tuned(Tuning(guests=False, private=True, topic_locked=True, key="one"), BOB),
        Tuned(Tuning(key="two"), BOB),
        Tuned(Tuning(slow=3), BOB),
        Ranked(CAROL, HERS, "moderator", BOB),
        Invited(CAROL, HERS, BOB),
        Sanctioned(mute),
        Sanctioned(ban),
        Sanctioned(Sanction("exempt", Username(""), b"", None, ALICE, 7, mask="a!*@*")),
    ]
    for each in changes:
        change(scribe, tea, each)

    def about(person: bytes) -> list[Any]:
        """Return how the room is, with nobody named but *person*, who may be muted or not."""
        found = scribe.ask(partial(log.standings, person, [tea, gone, LogId(99)]))
        assert list(found) == [tea]
        opened = found[tea]
        held = [(each.kind, each.whom, each.host) for each in opened.sanctions if each.kind != "mute"]
        assert opened.log == tea
        return [
            opened.room,
            opened.settings,
            (opened.key, opened.keys),
            [person in named for named in ([opened.owner], opened.moderators, opened.admitted)],
            held,
        ]

    settings = Settings(3, guests=False, invite_only=True, hidden=True, topic_locked=True, keyed=True)
    held = [("ban", "bob", b"a host"), ("exempt", "mask a!*@*", None)]
    assert about(HERS) == [TEA, settings, ("two", 2), [False, True, True], held]
    assert about(HIS) == [TEA, settings, ("two", 2), [False, False, False], held]
    change(scribe, tea, Ranked(CAROL, HERS, "owner", BOB))
    change(scribe, tea, Went(ALICE, "lost"))
    scribe.log.close(tea)
    assert about(HERS) == [TEA, settings, ("two", 2), [True, False, True], held]


def test_by_the_last_seat_alone_it_ends(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS), FIRST)
    assert change(scribe, tea, Came(ALICE, person=HERS), SECOND) is None
    assert change(scribe, tea, Went(ALICE, "left", HERS), FIRST) is None
    assert follows(scribe) == [TEA]
    assert change(scribe, tea, Went(ALICE, "left", HERS), FIRST) is None
    assert follows(scribe) == [TEA]
    change(scribe, tea, Went(ALICE, "left", HERS), SECOND)
    assert follows(scribe) == []


@pytest.mark.parametrize(
    "act",
    [
        Kicked(ALICE, BOB, "", HERS),
        Sanctioned(Sanction("ban", ALICE, HERS, None, BOB, 7)),
        Gone(BOB),
    ],
    ids=lambda act: type(act).__name__,
)
def test_who_is_put_out_does_not_follow(scribe: Scribe, act: Change) -> None:
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS))
    change(scribe, tea, act)
    assert follows(scribe) == []
    if not isinstance(act, Gone):
        change(scribe, tea, Came(ALICE, person=HERS))
        assert follows(scribe) == [TEA]
    else:
        # Another room of that name is not the one that they followed.
        scribe.opened(TEA)
        assert follows(scribe) == []


def test_who_is_banned_or_muted_while_they_are_away_follows_or_does_not(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS))
    change(scribe, tea, Went(ALICE, "lost"))
    change(scribe, tea, Sanctioned(Sanction("mute", ALICE, HERS, None, BOB, 7)))
    assert follows(scribe) == [TEA]
    change(scribe, tea, Sanctioned(Sanction("ban", ALICE, HERS, None, BOB, 7)))
    assert follows(scribe) == []
    change(scribe, tea, Came(ALICE, person=HERS))
    assert follows(scribe) == [TEA]


def test_who_is_not_let_in_follows_nothing(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    answers = list[Any]()
    # Two ask for the last place at once.
    scribe.log.change(tea, Came(ALICE, 1, HERS), FIRST, answers.append)
    scribe.log.change(tea, Came(BOB, 1, HIS), SECOND, answers.append)
    scribe.until(lambda: len(answers) == 2)
    assert [type(answer) for answer in answers].count(RoomFull) == 1
    assert (follows(scribe), follows(scribe, HIS)) == ([TEA], [])
    change(scribe, tea, Went(ALICE, "left", HERS))
    assert isinstance(change(scribe, tea, Came(BOB, 1, HIS), SECOND), Entry)


def test_whoever_comes_while_another_seat_leaves_follows(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS), FIRST)
    answers = list[Any]()
    scribe.log.change(tea, Went(ALICE, "left", HERS), FIRST, answers.append)
    scribe.log.change(tea, Came(ALICE, person=HERS), SECOND, answers.append)
    scribe.until(lambda: len(answers) == 2)
    assert follows(scribe) == [TEA]


def test_a_name_has_nothing_to_do_with_it(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    change(scribe, tea, Came(ALICE, person=HERS))
    change(scribe, tea, Called(ALICE, BOB))
    change(scribe, tea, Went(BOB, "left", HERS))
    assert follows(scribe) == []


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_what_a_guest_follows_their_account_does(scribe: Scribe) -> None:
    tea, pond = scribe.opened(TEA).log, scribe.opened("pond").log
    accounts(scribe, ACCOUNT)
    garden = scribe.opened("garden").log
    change(scribe, pond, Came(ALICE, person=ACCOUNT.id, keyed=1))
    change(scribe, garden, Came(ALICE, person=ACCOUNT.id, keyed=2))
    change(scribe, tea, Came(BOB, person=HERS, keyed=1), SECOND)
    change(scribe, pond, Came(BOB, person=HERS, keyed=2), SECOND)
    change(scribe, garden, Came(BOB, person=HERS), SECOND)
    accounts(scribe, Merged(HERS, ACCOUNT.id))
    assert keys(scribe, ACCOUNT.id) == {TEA: 1, "pond": 2, "garden": 2}
    assert follows(scribe) == []
    # Should they be a guest again by that session, they begin anew.
    change(scribe, tea, Went(BOB, "lost"), SECOND)
    change(scribe, tea, Came(BOB, person=HERS), SECOND)
    assert follows(scribe) == [TEA]
    accounts(scribe, Dropped(ACCOUNT.id))
    assert follows(scribe, ACCOUNT.id) == []


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_of_very_many_rooms_the_one_followed_for_longest_goes(scribe: Scribe) -> None:
    logs = [scribe.opened(f"room{number}").log for number in range(FOLLOWED + 2)]
    for log in logs:
        change(scribe, log, Came(ALICE, person=HERS))
    found = follows(scribe)
    assert (len(found), found[0], found[-1]) == (FOLLOWED, "room2", f"room{FOLLOWED + 1}")
    change(scribe, logs[0], Went(ALICE, "lost"))
    change(scribe, logs[0], Came(ALICE, person=HERS))
    assert follows(scribe)[-1] == "room0"


def test_in_memory_it_is_known_of_so_many_people() -> None:
    kept = MemoryFollows()
    for number in range(KEPT + 1):
        kept.begin(LogId(1), b"%d" % number)
        list(kept.of(b"1"))
    assert list(kept.of(b"0")) == []
    assert list(kept.of(b"1")) == [(LogId(1), 0)]


def test_closed_rooms_are_followed_as_long_as_they_are_kept() -> None:
    scribe = Scribe(MemoryLog(closed=1))
    for room in (TEA, "pond"):
        log = scribe.opened(room).log
        change(scribe, log, Came(ALICE, person=HERS))
        scribe.log.close(log)
    assert follows(scribe) == ["pond"]


# What SQLite keeps.


def test_it_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    scribe = SQLiteScribe(path)
    change(scribe, scribe.opened(TEA).log, Came(ALICE, person=HERS))
    scribe.crash()
    scribe = SQLiteScribe(path)
    assert follows(scribe) == [TEA]
    tea = scribe.opened(TEA).log
    assert change(scribe, tea, Came(ALICE, person=HERS)) == Entry(Came(ALICE, person=HERS))
    change(scribe, tea, Went(ALICE, "left", HERS))
    scribe.crash()
    scribe = SQLiteScribe(path)
    assert follows(scribe) == []
    scribe.stop()


def test_a_join_that_is_no_news_writes_nothing(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = scribe.opened(TEA).log
        change(scribe, tea, Came(ALICE, person=HERS))
        change(scribe, tea, Went(ALICE, "lost"))
        answers = list[Any]()
        scribe.log.change(tea, Came(ALICE, person=HERS), FIRST, answers.append)
        assert answers == [Entry(Came(ALICE, person=HERS))]


def test_what_can_not_be_stored_lets_nobody_in_and_everybody_go(tmp_path: Path, nothing_logged: list[LogEvent]) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = scribe.opened(TEA).log
        change(scribe, tea, Came(ALICE, person=HERS))
        with locked(scribe.log.path):
            assert isinstance(change(scribe, tea, Came(BOB, 2, HIS), SECOND), StorageFailed)
            assert change(scribe, tea, Went(ALICE, "left", HERS)) == Entry(Went(ALICE, "left", HERS))
        assert change(scribe, tea, Came(BOB, 1), SECOND) == Entry(Came(BOB, 1))
        scribe.tend()
        scribe.until(lambda: follows(scribe) == [])
    nothing_logged.clear()


def test_who_does_not_come_back_is_forgotten_unless_they_have_an_account(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(closed=7)) as scribe:
        tea = scribe.opened(TEA).log
        accounts(scribe, ACCOUNT)
        for person, name in ((HERS, ALICE), (HIS, BOB), (ACCOUNT.id, Username("carol"))):
            change(scribe, tea, Came(name, person=person))
        scribe.wait(6 * DAY)
        assert follows(scribe, HIS) == [TEA]
        scribe.wait(2 * DAY)
        scribe.tend()
        assert [follows(scribe, person) for person in (HERS, HIS, ACCOUNT.id)] == [[], [TEA], [TEA]]


def test_of_a_session_that_is_an_account_s_nothing_is_forgotten(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(closed=7)) as scribe:
        change(scribe, scribe.opened(TEA).log, Came(ALICE, person=ACCOUNT.id))
        accounts(scribe, ACCOUNT)
        scribe.wait(8 * DAY)
        scribe.tend()
        assert follows(scribe, ACCOUNT.id) == [TEA]


def test_with_a_room_that_is_gone_the_rows_go(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = scribe.opened(TEA).log
        change(scribe, tea, Came(ALICE, person=HERS))
        change(scribe, tea, message("one"))
        scribe.forget(tea)
        scribe.tend()
    with closing(sqlite3.connect(tmp_path / "chatroom.sqlite")) as file:
        assert file.execute("SELECT count(*) FROM follows").fetchall() == [(0,)]


@pytest.mark.engines
def test_it_is_copied_to_a_database_and_back(tmp_path: Path, postgresql: Engine) -> None:
    path, there, where = tmp_path / "chatroom.sqlite", tmp_path / "back.sqlite", postgresql.database()
    with sqlite(path) as scribe:
        for room in ("pond", TEA):
            log = scribe.opened(room).log
            change(scribe, log, Tuned(Tuning(key="one"), BOB))
            change(scribe, log, Came(ALICE, person=HERS, keyed=len(room)))
    copied = {"pond": 4, TEA: 3}
    assert main(["--store", str(path), "copy", where]) == 0
    with postgres(where) as stored:
        assert keys(stored) == copied
    with postgres(where) as stored:
        assert keys(stored) == copied
        assert stored.opened(TEA).keys == 1
    assert main(["--store", where, "copy", str(there)]) == 0
    with sqlite(there) as scribe:
        assert keys(scribe) == copied
        assert scribe.opened(TEA).keys == 1


@pytest.mark.engines
def test_of_a_database_who_does_not_come_back_is_forgotten(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where, retention=Retention(closed=7)) as stored:
        stored.seat(1)
        change(stored, stored.opened(TEA).log, Came(ALICE, person=HERS))
        with psycopg.connect(where) as connection:
            connection.execute("UPDATE chat.followers SET seen = seen - 6 * 86400000::bigint")
        stored.tend()
        assert follows(stored) == [TEA]
        with psycopg.connect(where) as connection:
            connection.execute("UPDATE chat.followers SET seen = 0")
        stored.tend()
        assert follows(stored) == []


def test_it_is_copied_and_in_a_backup(tmp_path: Path) -> None:
    path, there = tmp_path / "chatroom.sqlite", tmp_path / "copy.sqlite"
    with sqlite(path) as scribe:
        scribe.forget(scribe.opened("gone").log)
        for room in ("pond", TEA):
            change(scribe, scribe.opened(room).log, Came(ALICE, person=HERS))
    for command in ("copy", "backup"):
        assert main(["--store", str(path), command, str(there)]) == 0
        with sqlite(there) as scribe:
            assert follows(scribe) == ["pond", TEA]
        there.unlink()


def test_a_file_from_before_is_upgraded_in_place(tmp_path: Path) -> None:
    path, before = tmp_path / "chatroom.sqlite", tmp_path / "before"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql"))[:5]:
        (before / step.name).write_text(step.read_text())
    file = SQLiteFile(path, schema=before)
    file.connection.execute("INSERT INTO logs (key, room, epoch, topic, capacity) VALUES ('tea', 'tea', 'e', '', 0)")
    file.close()
    with sqlite(path) as scribe:
        tea = scribe.opened(TEA)
        assert tea.epoch == "e"
        change(scribe, tea.log, Came(ALICE, person=HERS))
        assert follows(scribe) == [TEA]


def test_by_a_key_from_before_it_was_counted_nobody_has_come_in(tmp_path: Path) -> None:
    path, before = tmp_path / "chatroom.sqlite", tmp_path / "before"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql"))[:16]:
        (before / step.name).write_text(step.read_text())
    file = SQLiteFile(path, schema=before)
    for id, name, key in ((1, "tea", "secret"), (2, "pond", "")):
        made = "INSERT INTO logs (id, key, room, epoch, topic, capacity, password) VALUES (?, ?, ?, 'e', '', 0, ?)"
        file.connection.execute(made, (id, name, name, key))
        file.connection.execute("INSERT INTO follows (person, log) VALUES (?, ?)", (HERS, id))
    file.close()
    with sqlite(path) as scribe:
        assert [scribe.opened(name).keys for name in ("tea", "pond")] == [1, 0]
        assert keys(scribe) == {"tea": 0, "pond": 0}


# Whatever happens.

PEOPLE = {ALICE: (HERS, FIRST), BOB: (HIS, SECOND)}

acts = st.one_of(
    st.builds(lambda name: Came(name, person=PEOPLE[name][0]), st.sampled_from([ALICE, BOB])),
    st.builds(lambda name: Went(name, "left", PEOPLE[name][0]), st.sampled_from([ALICE, BOB])),
    st.builds(lambda name: Went(name, "lost"), st.sampled_from([ALICE, BOB])),
    st.builds(lambda name: Kicked(name, CAROL, "", PEOPLE[name][0]), st.sampled_from([ALICE, BOB])),
    st.builds(
        lambda name, kind: Sanctioned(Sanction(kind, name, PEOPLE[name][0], None, CAROL, 7)),
        st.sampled_from([ALICE, BOB]),
        st.sampled_from(["ban", "mute"]),
    ),
    st.just(Gone(CAROL)),
    st.none(),
)


def test_it_begins_with_a_join_and_ends_by_a_few_acts_alone() -> None:
    @examples(25)
    @given(st.lists(st.tuples(st.sampled_from(["tea", "pond"]), acts), max_size=25))
    def alike(story: list[tuple[str, Change | None]]) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "chatroom.sqlite"
            memory, stored = Scribe(MemoryLog()), SQLiteScribe(path)
            expected: dict[bytes, dict[str, None]] = {HERS: {}, HIS: {}}
            inside = set[tuple[str, Username]]()
            logs = dict[tuple[Scribe, str], LogId]()
            for room, act in story:
                if act is None:
                    # A kill, after which nobody is in.
                    stored.crash()
                    stored = SQLiteScribe(path)
                    memory.log.restore(lambda rooms: None)
                    inside.clear()
                    logs.clear()
                    continue
                for scribe in (memory, stored):
                    name = act.sanction.username if isinstance(act, Sanctioned) else getattr(act, "username", ALICE)
                    if (scribe, room) not in logs:
                        logs[scribe, room] = scribe.opened(room).log
                    change(scribe, logs[scribe, room], act, PEOPLE[name][1])
                    if isinstance(act, Gone):
                        del logs[scribe, room]
                tell(room, act, expected, inside)
                for person, rooms in expected.items():
                    assert follows(memory, person) == follows(stored, person) == [*rooms]
            stored.stop()

    alike()


def tell(room: str, act: Change, expected: dict[bytes, dict[str, None]], inside: set[tuple[str, Username]]) -> None:
    """Note what is to be followed after *act* in *room*, and who is *inside* which one."""
    match act:
        case Came(name, _, person):
            assert person is not None
            expected[person][room] = None
            inside.add((room, name))
        case Went(name, _, person):
            if person and (room, name) in inside:
                expected[person].pop(room, None)
            inside.discard((room, name))
        case Kicked(name, _, _, person):
            if person and (room, name) in inside:
                expected[person].pop(room, None)
                inside.discard((room, name))
        case Sanctioned(sanction) if sanction.kind == "ban":
            expected[sanction.person].pop(room, None)
            inside.discard((room, sanction.username))
        case Gone():
            for rooms in expected.values():
                rooms.pop(room, None)
            inside -= {(room, ALICE), (room, BOB)}
