"""Trouble: whatever becomes of the connection, a change happens once or not at all, and who asked for it is told."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import msgspec
import psycopg
import pytest
from twisted.logger import LogEvent

from chatroom.core.ports import LogId, NewRoom, Opened
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Entry, Erased
from chatroom.core.values.errors import StorageFailed, StoreAway
from chatroom.core.values.names import RoomName
from chatroom.logs.nodes.changes import opening, row
from chatroom.logs.nodes.engine import Bounds, EngineRefused, Lost, OutcomeUnknown, Unreachable
from chatroom.logs.nodes.log import LEASE
from chatroom.logs.nodes.node import MOST
from chatroom.logs.postgres.database import Database
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from tests.engine import Engine, running
from tests.logs.scribe import (
    ALICE,
    SEAT,
    TEA,
    PostgresScribe,
    erased,
    health_lines,
    message,
    postgres,
    refusing_writes,
    texts,
)

pytestmark = pytest.mark.engines


KEPT = Bounds(0, 0, None)
WAITING = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%%chat.append%%' AND wait_event_type = 'Lock'"
"""Who waits with a batch for somebody else's lock."""


@contextmanager
def writer(where: str) -> Iterator[Writer]:
    """Have a writer of the database *where*."""
    with closing(Writer(Database(where), "the database", Retention())) as writer:
        writer.begin()
        yield writer


def test_a_batch_that_comes_again_changes_nothing(postgresql: Engine) -> None:
    with writer(postgresql.database()) as write:
        first = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert [answer.outcome for answer in first] == ["created"]
        assert write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers == first
        [log] = [answer.log for answer in first if answer.log]
        said = [row(log, message(text), SEAT) for text in ("one", "two")]
        second = write.append(2, said, {}, KEPT).answers
        assert [answer.seq for answer in second] == [1, 2]
        assert write.append(2, said, {}, KEPT).answers == second
        room = write.find(log)
        assert room
        assert room.opened.seq == 2


def test_what_a_batch_has_taken_back_is_told_again(postgresql: Engine) -> None:
    where = postgresql.database()
    with writer(where) as write, psycopg.connect(where, autocommit=True) as other:
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.log
        write.append(2, [row(made.log, message(text), SEAT) for text in ("one", "two")], {}, KEPT)
        write.append(3, [row(made.log, erased(2), SEAT)], {}, KEPT)
        both = [row(made.log, erased(1, 2), SEAT)]
        [answer] = write.append(4, both, {}, KEPT).answers
        assert answer.content is not None
        assert msgspec.json.decode(answer.content, type=Erased) == erased(1)
        assert write.append(4, both, {}, KEPT).answers == [answer]
        for table in ("redactions", "audit"):
            assert other.execute(f"SELECT count(*) FROM chat.{table}".encode()).fetchall() == [(2,)]


def test_a_batch_that_comes_late_changes_nothing(postgresql: Engine) -> None:
    with writer(postgresql.database()) as write:
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.log
        for number, text in enumerate(("one", "two"), 2):
            write.append(number, [row(made.log, message(text), SEAT)], {}, KEPT)
        # It was under way on a connection that was given up, and has been asked for again since.
        with pytest.raises(EngineRefused, match="overtaken"):
            write.append(2, [row(made.log, message("one"), SEAT)], {}, KEPT)
        room = write.find(made.log)
        assert room
        assert room.opened.seq == 2


def test_one_change_that_can_not_be_holds_up_no_other(postgresql: Engine) -> None:
    with writer(postgresql.database()) as write:
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.log
        one, two = (row(made.log, message(text), SEAT) for text in ("one", "two"))
        lost = [opening(RoomName("pond"), None), row(LogId(999), message("lost"), SEAT)]
        outcomes = [(answer.outcome, answer.seq) for answer in write.append(2, [one, *lost, two], {}, KEPT).answers]
        assert outcomes == [("entry", 1), ("no-such-room", None), ("no-such-room", None), ("entry", 2)]


def test_after_a_warning_it_is_asked_again(postgresql: Engine) -> None:
    where = postgresql.database()
    with writer(where) as write, psycopg.connect(where, autocommit=True) as other:
        warn = "BEGIN RAISE WARNING 'no standby'; RETURN NULL; END"
        other.execute(f"CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $${warn}$$".encode())
        other.execute("CREATE TRIGGER warn AFTER INSERT ON chat.logs EXECUTE FUNCTION warn()")
        with pytest.raises(OutcomeUnknown):
            write.append(1, [opening(TEA, NewRoom())], {}, KEPT)
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.outcome == "created"


def test_who_could_not_begin_anew_tries_again(postgresql: Engine) -> None:
    where = postgresql.database()
    with writer(where) as write:
        with refusing_writes(where, "nodes"), pytest.raises(Unreachable):
            write.begin_anew()
        with pytest.raises(Unreachable):
            write.append(1, [opening(TEA, NewRoom())], {}, KEPT)
        write.begin_anew()
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.outcome == "created"


def test_a_connection_that_is_lost_while_a_commit_waits_loses_and_doubles_nothing(
    postgresql: Engine, nothing_logged: list[LogEvent]
) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where) as other:
        tea = scribe.opened().log
        answers = list[object]()
        # Somebody holds the room, so that the commit stands still.
        other.execute("SELECT FROM chat.logs FOR UPDATE")
        scribe.change(tea, message("one"), answers.append)
        scribe.clock.advance(0)
        [(pid,)] = until(lambda: postgresql.execute(WAITING))
        postgresql.execute("SELECT pg_terminate_backend(%s)", pid)
        scribe.calls.get(timeout=20)()
        assert answers == []
        other.rollback()
        while not answers:
            scribe.clock.advance(1)
            scribe.calls.get(timeout=20)()
        assert answers == [1]
        assert texts(scribe.read(tea)) == ["one"]
        assert scribe.log.trouble() is None
    nothing_logged.clear()


def test_what_is_taken_back_as_the_connection_is_lost_is_so_once(
    postgresql: Engine, nothing_logged: list[LogEvent]
) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where) as other:
        tea = scribe.opened().log
        scribe.say(tea, "one", "two")
        answers = list[object]()
        other.execute("SELECT FROM chat.logs FOR UPDATE")
        scribe.log.change(tea, erased(1), SEAT, answers.append)
        scribe.clock.advance(0)
        [(pid,)] = until(lambda: postgresql.execute(WAITING))
        postgresql.execute("SELECT pg_terminate_backend(%s)", pid)
        scribe.calls.get(timeout=20)()
        assert answers == []
        assert texts(scribe.read(tea)) == ["one", "two"]
        other.rollback()
        while not answers:
            scribe.clock.advance(1)
            scribe.calls.get(timeout=20)()
        assert answers == [Entry(erased(1))]
        assert texts(scribe.read(tea)) == ["", "two"]
        assert [act.seq for act in scribe.audit()] == [redaction.seq for redaction in scribe.redactions(tea)] == [1]
    nothing_logged.clear()


def test_what_the_database_refuses_to_take_back_is_there(postgresql: Engine, nothing_logged: list[LogEvent]) -> None:
    where = postgresql.database()
    with postgres(where) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "one")
        with refusing_writes(where, "audit"):
            assert isinstance(scribe.erase(tea, 1), StorageFailed)
            assert isinstance(scribe.note(Act(1, ALICE, "disconnect", connection=7)), StorageFailed)
        assert (texts(scribe.read(tea)), texts(scribe.search(tea, "one"))) == (["one"], ["one"])
        assert (list(scribe.redactions(tea)), list(scribe.audit())) == ([], [])
        assert scribe.erase(tea, 1) == [1]
    nothing_logged.clear()


def until(ask: Callable[[], list[tuple[int]]]) -> list[tuple[int]]:
    """Ask until there is an answer: there is nothing to be told by."""
    for _ in range(10_000):
        if found := ask():
            return found
    raise AssertionError("it does not come")


def test_what_the_database_refuses_has_not_happened(postgresql: Engine, nothing_logged: list[LogEvent]) -> None:
    where = postgresql.database()
    with postgres(where) as scribe:
        tea = scribe.opened().log
        with refusing_writes(where):
            [refused] = scribe.say(tea, "one")
            assert isinstance(refused, StorageFailed)
            assert "the disk is full" in (scribe.log.trouble() or "")
        assert scribe.say(tea, "two") == [1]
        assert scribe.log.trouble() is None
    nothing_logged.clear()


def test_what_is_read_after_a_restart_is_read_as_before(postgresql: Engine, nothing_logged: list[LogEvent]) -> None:
    where = postgresql.database()
    with postgres(where) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "one")
        assert texts(scribe.read(tea)) == texts(scribe.search(tea, "one")) == ["one"]
        postgresql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chat'")
        assert texts(scribe.read(tea)) == texts(scribe.search(tea, "one")) == ["one"]
    nothing_logged.clear()


@pytest.mark.parametrize(
    "lost",
    [
        "UPDATE chat.nodes SET beat = 0",
        "DELETE FROM chat.nodes",
        # What is left has taken it for dead, by signs of life from before.
        "WITH ended AS (DELETE FROM chat.nodes RETURNING id) INSERT INTO chat.dead (id, beat) SELECT id, 1 FROM ended",
    ],
)
def test_a_database_that_has_lost_something_begins_new_epochs(
    postgresql: Engine, nothing_logged: list[LogEvent], lost: str
) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as other:
        ended = list[str]()
        scribe.log.node.when_fenced.append(lambda: ended.append("ended"))
        tea = scribe.opened()
        scribe.log.follow(tea.log, lambda entry: None)
        scribe.say(tea.log, "one")
        # As where a standby was promoted that lacked what had been answered last.
        other.execute(lost.encode())
        postgresql.execute("SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE usename = 'chat'")
        while not ended:
            scribe.clock.advance(1)
            scribe.calls.get(timeout=20)()
        again = None
        while not isinstance(again, Opened):
            scribe.clock.advance(1)
            scribe.calls.get(timeout=20)()
            again = scribe.open()
        assert ended == ["ended"]
        assert again.epoch != tea.epoch
    nothing_logged.clear()


def test_what_is_lost_is_told_to_who_waits_and_not_with_a_hint_alone(postgresql: Engine) -> None:
    where = postgresql.database()
    with writer(where) as write, psycopg.connect(where, autocommit=True) as other:
        [made] = write.append(1, [opening(TEA, NewRoom())], {}, KEPT).answers
        assert made.log
        write.append(2, [row(made.log, message("one"), SEAT)], {}, KEPT)
        other.execute("UPDATE chat.nodes SET beat = 0")
        write.session.drop()
        for tell in (write.publish, write.collect):
            with pytest.raises(Lost):
                tell()


class Away:
    """A database that goes away, and somebody who speaks meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.where = engine.database()
        self.scribe = PostgresScribe(self.where, lease=LEASE)
        self.tea = self.scribe.opened().log

    def go(self) -> None:
        """Be away, from now on."""
        self.engine.stop(signal.SIGKILL)

    def pass_time(self, seconds: float) -> None:
        """Let *seconds* pass, in which the database is asked again and again."""
        end = self.scribe.clock.seconds() + seconds
        while self.scribe.clock.seconds() < end:
            self.scribe.clock.advance(0.5)
            while self.scribe.engine._writing.others_wait or not self.scribe.calls.empty():
                self.scribe.calls.get(timeout=20)()

    def come_back(self, condition: Callable[[], bool]) -> None:
        """Let time pass until *condition* holds."""
        while not condition():
            self.scribe.clock.advance(1)
            self.scribe.calls.get(timeout=20)()


@pytest.fixture
def there(nothing_logged: list[LogEvent]) -> Iterator[Away]:
    with running() as engine:
        away = Away(engine)
        yield away
        away.engine.stop()
        away.engine.start()
        stopped = away.scribe.log.stop()
        away.come_back(lambda: bool(stopped.called))
    nothing_logged.clear()


@pytest.fixture
def said(there: Away) -> Iterator[list[str]]:
    """Note what is logged of the health of the log."""
    with health_lines() as lines:
        yield lines


@pytest.fixture
def away(there: Away) -> Away:
    there.go()
    return there


def test_what_is_said_while_the_database_restarts_waits_and_is_stored(away: Away) -> None:
    answers = list[object]()
    away.scribe.change(away.tea, message("one"), answers.append)
    away.pass_time(3)
    assert answers == []
    away.engine.start()
    away.come_back(lambda: bool(answers))
    assert answers == [1]


def test_what_has_waited_for_long_is_refused_unless_it_may_have_happened(there: Away) -> None:
    one, two, three = list[object](), list[object](), list[object]()
    with closing(psycopg.connect(there.where)) as other:
        # The connection is lost under the first one: nobody knows what became of that.
        other.execute("SELECT FROM chat.logs FOR UPDATE")
        there.scribe.change(there.tea, message("one"), one.append)
        there.scribe.clock.advance(0)
        until(lambda: there.engine.execute(WAITING))
        there.go()
    there.pass_time(1)
    there.scribe.change(there.tea, message("two"), two.append)
    there.pass_time(LEASE)
    assert (len(one), len(two)) == (0, 1)
    there.scribe.change(there.tea, message("three"), three.append)
    assert all(isinstance(refused, StoreAway) for [refused] in (two, three))
    there.engine.start()
    there.come_back(lambda: bool(one))
    assert one == [1]
    assert there.scribe.say(there.tea, "four") == [2]


def test_somebody_finds_out_that_it_is_back_though_nobody_speaks(away: Away) -> None:
    away.scribe.change(away.tea, message("one"))
    away.pass_time(1)
    assert away.scribe.log.trouble()
    away.engine.start()
    away.come_back(lambda: not away.scribe.log.trouble())


def test_a_database_that_hangs_is_trouble_though_nobody_speaks(there: Away, said: list[str]) -> None:
    log, name = there.scribe.log, there.scribe.engine.name
    assert log.trouble() is None
    there.engine.send_signal(signal.SIGSTOP)
    # One look hangs; what is said then hangs behind it.
    there.scribe.clock.advance(1)
    assert log.trouble() is None
    there.scribe.clock.pump([0.5] * 9)
    assert log.trouble() == f"can't hear what others add to {name}: no answer for 4 s"
    answers = list[object]()
    there.scribe.change(there.tea, message("one"), answers.append)
    there.scribe.clock.pump([0, *[0.5] * 9])
    assert log.trouble() == f"can't store messages in {name}: no answer for 4 s"
    # Without a lease nobody is to wait; that is trouble too.
    there.scribe.clock.pump([0.5] * 30)
    assert log.node.lease.left == 0
    assert log.trouble()
    there.engine.send_signal(signal.SIGCONT)
    there.come_back(lambda: bool(answers) and not log.trouble())
    assert answers == [1]
    tasks = f"hear what others add to {name}", f"store messages in {name}"
    assert said == [*(f"can't {task}: no answer for 4 s" for task in tasks), *(f"can {task} again" for task in tasks)]


def test_too_many_are_refused_at_once(away: Away) -> None:
    answers = list[object]()
    for number in range(MOST + 300):
        away.scribe.change(away.tea, message(str(number)), answers.append)
    assert len(answers) == 300
    assert all(isinstance(answer, StoreAway) for answer in answers)


def test_what_people_say_does_not_stand_in_the_databases_own_log(nothing_logged: list[LogEvent]) -> None:
    with running(log_statement="all", log_min_duration_statement="0", log_parameter_max_length="-1") as engine:
        # As the manual says.
        engine.execute("ALTER ROLE chat SET log_parameter_max_length = 0")
        engine.execute("ALTER ROLE chat SET log_parameter_max_length_on_error = 0")
        where = engine.database()
        with postgres(where) as scribe:
            tea = scribe.opened().log
            scribe.say(tea, "whispered and said")
            scribe.search(tea, "whispered sought")
            with refusing_writes(where):
                scribe.say(tea, "whispered and refused")
        logged = (engine.folder / "log").read_text(errors="replace")
    assert "chat.append" in logged
    assert "whispered" not in logged
    nothing_logged.clear()
