"""chatroom-admin looks after a database as after a file."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace as replaced

from chatroom import __version__
from chatroom.admin.main import main
from chatroom.core.ports import NewRoom
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Came, Entry, Gone, Invited, Ranked, Redaction, Reported, Sanctioned, Tuned
from chatroom.core.values.events import KINDS
from chatroom.core.values.names import Username
from chatroom.core.values.rights import Settings, Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.postgres.archive import PostgresArchive
from chatroom.logs.postgres.writer import REMOVED
from chatroom.logs.retention import Retention
from tests.engine import Engine
from tests.logs.scribe import ALICE, BOB, SEAT, message, postgres, sqlite, texts

pytestmark = pytest.mark.engines


class Desk:
    """Where the operator sits: the database *where*, and what chatroom-admin says of it."""

    def __init__(self, where: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.where = where
        self.capsys = capsys

    def ask(self, *arguments: str) -> str:
        """Return what chatroom-admin prints, when it succeeds."""
        status = main(["--store", self.where, *arguments])
        out, err = self.capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    def refused(self, *arguments: str) -> str:
        """Return the line by which chatroom-admin refuses."""
        status = main(["--store", self.where, *arguments])
        out, err = self.capsys.readouterr()
        assert (status, out, err.count("\n")) == (1, "", 1)
        return err.removeprefix("chatroom-admin: ").rstrip()


def test_a_database_of_a_newer_chatroom_is_not_in_order(desk: Desk) -> None:
    with psycopg.connect(desk.where, autocommit=True) as connection:
        connection.execute("UPDATE chat.meta SET made_by = '999.0', functions = 'others'")
        for command in ("check", "rooms"):
            assert f"was written by a newer chatroom (999.0, and this is {__version__}); install" in desk.refused(
                command
            )
        connection.execute("UPDATE chat.meta SET version = 99")
        assert "was written by a newer chatroom (schema 99); install that one." in desk.refused("check")


@pytest.fixture
def desk(postgresql: Engine, capsys: pytest.CaptureFixture[str]) -> Desk:
    where = postgresql.database()
    with postgres(where) as scribe:
        scribe.seat(1)
        tea = scribe.opened("Tea", NewRoom("Herbs", creator=ALICE)).log
        scribe.change(tea, Came(ALICE))
        scribe.append(tea, message("one"), message("zwö", kind="action", re=1))
        pond = scribe.opened("pond").log
        scribe.say(pond, *["quack"] * (REMOVED + 5))
    return Desk(where, capsys)


def test_the_rooms_are_listed(desk: Desk) -> None:
    assert desk.ask("rooms").splitlines() == [
        "  messages  closed since              room",
        "       205                            pond",
        "         2                            Tea (Herbs)",
    ]


def test_a_room_is_exported_also_while_a_server_runs(desk: Desk) -> None:
    with postgres(desk.where):
        lines = [json.loads(line) for line in desk.ask("export", "tea").splitlines()]
    assert [(line["seq"], line["from"], line["text"], line.get("action"), line.get("re")) for line in lines] == [
        (1, "alice", "one", None, None),
        (2, "alice", "zwö", True, 1),
    ]
    assert desk.refused("export", "milk") == "there is no room called milk; chatroom-admin rooms lists them"


def test_a_database_in_order_is_so(desk: Desk) -> None:
    assert desk.ask("check") == f"{desk.where} is in order.\n"
    with postgres(desk.where) as scribe:
        tea = scribe.opened("Tea", None).log
        scribe.log.follow(tea, lambda entry: None)
        scribe.append(tea, message("three"))
        scribe.log.change(tea, Came(ALICE), SEAT, lambda answer: None)
        scribe.say(tea, "four")
        assert desk.ask("check") == f"{desk.where} is in order.\n"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM chat.entries WHERE seq = 3", "pond: 204 messages, and not those from 1 to 205"),
        ("DELETE FROM chat.entries WHERE kind = 'came' AND pos = 1", ""),
        ("UPDATE chat.logs SET members = 2 WHERE key = 'tea'", "Tea: 2 are counted, and 1 are in"),
        ("UPDATE chat.readers SET key = 'bob'", "Tea: bob is in, and has not come; Tea: alice has come and not gone"),
        ("DELETE FROM chat.seats", "alice is in Tea for ever, without a seat that could leave"),
        ("DELETE FROM chat.logs WHERE key = 'tea'", "there are messages of log 1, which is none"),
    ],
)
def test_what_is_not_in_order_is_found(desk: Desk, damage: str, found: str) -> None:
    with psycopg.connect(desk.where) as connection:
        connection.execute(damage.encode())
    if found:
        assert found in desk.refused("check")
    else:
        # Joins and leaves are kept for some time only.
        assert desk.ask("check")


def test_a_room_is_deleted_also_while_a_server_runs(desk: Desk) -> None:
    heard = list[Entry]()
    with postgres(desk.where) as scribe:
        scribe.log.follow(scribe.opened("pond", None).log, heard.append)
        assert desk.ask("delete", "pond") == "pond and its 205 messages are removed.\n"
        scribe.wait(1)
        scribe.until(lambda: bool(heard))
        assert [type(entry.change) for entry in heard] == [Gone]
        assert scribe.open("pond") is None
    assert "pond" not in desk.ask("rooms")
    with psycopg.connect(desk.where) as connection:
        assert connection.execute("SELECT count(*) FROM chat.entries WHERE seq > 0").fetchone() == (2,)


def test_the_servers_are_listed_with_who_lives(desk: Desk) -> None:
    with postgres(desk.where) as scribe, psycopg.connect(desk.where, autocommit=True) as connection:
        archive = PostgresArchive(desk.where)
        try:
            [asleep] = archive.servers(lambda seconds: None)
            [alive] = archive.servers(lambda seconds: connection.execute("UPDATE chat.nodes SET beat = beat + 1"))
        finally:
            archive.close()
        assert (asleep.alive, alive.alive) == (False, True)
        assert asleep.address == alive.address
        scribe.stop()
    assert desk.ask("nodes") == "  node    seats  sign of life    server\n"


def test_after_a_backup_each_room_begins_a_new_epoch_unless_a_server_lives(desk: Desk) -> None:
    with postgres(desk.where) as scribe:
        # What holds at the whole server is in a log too, which is no room.
        scribe.opened("", NewRoom(""))
    with psycopg.connect(desk.where, autocommit=True) as connection:
        epochs = "SELECT room, epoch FROM chat.logs"
        before: dict[str, str] = dict(connection.execute(epochs).fetchall())
        assert desk.ask("new-epochs") == f"2 rooms of {desk.where} begin a new epoch.\n"
        after: dict[str, str] = dict(connection.execute(epochs).fetchall())
        assert before.keys() == after.keys()
        assert not set(before.values()) & set(after.values())


def test_what_is_for_databases_is_refused_for_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(str(tmp_path / "chatroom.sqlite"), capsys)
    for command in ("nodes", "new-epochs"):
        assert "is no database that servers share" in desk.refused(command)


def test_a_file_is_copied_to_a_database_and_back(
    postgresql: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, where, back = str(tmp_path / "chatroom.sqlite"), postgresql.empty_database(), str(tmp_path / "back.sqlite")
    with sqlite(Path(file), retention=Retention(messages=2)) as scribe:
        tea = scribe.opened("Tea", NewRoom("Herbs", 7, ALICE, b"owner"))
        said = [
            message(f"zwö {n}", session=b"s", cid=f"c{n}", kind=KINDS[n % 3], re=n or None) for n in range(REMOVED + 2)
        ]
        scribe.append(tea.log, *said)
        scribe.tend()
        closed = scribe.opened("pond")
        scribe.say(closed.log, "quack", "moo")
        scribe.take_back(closed.log, 2, note="why")
        masked = Sanction("exempt", Username(""), b"", None, BOB, 7, mask="bob!*@*")
        scribe.ask(partial(scribe.log.change, closed.log, Sanctioned(masked), SEAT))
        for ranked in (Ranked(BOB, b"b", "moderator", ALICE), Ranked(ALICE, b"a", "voiced", BOB)):
            scribe.ask(partial(scribe.log.change, closed.log, ranked, SEAT))
        hide = Tuning(private=True, topic_locked=True, key="milk")
        for change in (Tuned(hide, BOB, (b"alice", b"carol")), Invited(BOB, b"bob", ALICE)):
            scribe.ask(partial(scribe.log.change, closed.log, change, SEAT))
        scribe.note(Act(5, BOB, "disconnect", username=ALICE))
        ban = Sanction("ban", Username(""), b"", None, BOB, 7, network="192.0.2.0/24")
        house = scribe.opened("", NewRoom(permanent=True)).log
        scribe.ask(partial(scribe.log.change, house, Sanctioned(ban), SEAT))
        scribe.log.follow(house, lambda _: None)
        assert isinstance(scribe.report(house, Reported(closed.log, closed.room, 1, ALICE, b"a", "why")), Reported)
        scribe.log.close(closed.log)
        acts = scribe.audit()
        [report] = scribe.reports()
    how = Settings(invite_only=True, hidden=True, topic_locked=True, keyed=True)
    desk = Desk(file, capsys)
    assert desk.ask("copy", where) == f"2 rooms with 4 messages are copied from {file} to {where}.\n"
    desk.where = where
    assert desk.ask("check") == f"{where} is in order.\n"
    assert len(desk.ask("audit").splitlines()) == 1 + len(acts)
    assert len(desk.ask("audit", "--room", "pond").splitlines()) == 7
    assert "192.0.2.0/24" in desk.ask("bans")
    assert json.loads(desk.ask("export", "pond").splitlines()[1])["redacted"] is True
    with postgres(where, retention=Retention(messages=2)) as scribe:
        assert scribe.audit() == acts
        pond = scribe.opened("pond", None)
        assert (pond.settings, pond.key, sorted(pond.admitted)) == (how, "milk", [b"alice", b"bob", b"carol"])
        assert (pond.moderators, pond.voiced) == ((b"b",), (b"a",))
        assert [each.mask for each in pond.sanctions] == ["bob!*@*"]
        assert (pond.redactions, list(scribe.redactions(pond.log))) == (1, [Redaction(2, ALICE, BOB, "why")])
        assert texts(scribe.read(pond.log)) == ["quack", ""]
        assert scribe.reports() == [replaced(report, log=pond.log)]
        another = Reported(pond.log, pond.room, 1, BOB, b"b", "why")
        house = scribe.opened("", None).log
        scribe.log.follow(house, lambda _: None)
        assert scribe.report(house, another).number == report.number + 1
        assert [each.network for each in scribe.opened("", None).sanctions] == ["192.0.2.0/24"]
        scribe.take_back(pond.log, 1)
        assert scribe.audit(limit=1)[0].number > acts[0].number
        there = scribe.opened("tea", None)
        assert replace(there, log=tea.log, sent=()) == replace(tea, seq=REMOVED + 2, first=REMOVED + 1, created=False)
        assert [(sent.cid, sent.seq) for sent in there.sent] == [(f"c{n}", n + 1) for n in (REMOVED, REMOVED + 1)]
        assert texts(scribe.search(there.log, "zwö")) == texts(scribe.read(there.log))
        assert [kept.re for _, kept in scribe.read(there.log).entries] == [REMOVED, REMOVED + 1]
        assert scribe.say(there.log, "further") == [REMOVED + 3]
        scribe.log.close(there.log)
    assert desk.ask("copy", back) == f"2 rooms with 5 messages are copied from {where} to {back}.\n"
    with sqlite(Path(back)) as scribe:
        again = scribe.opened("tea", None)
        assert (again.epoch, again.seq, again.first) == (tea.epoch, REMOVED + 3, REMOVED + 1)
        assert [kept.re for _, kept in scribe.read(again.log).entries][-2:] == [REMOVED + 1, None]
        assert texts(scribe.read(again.log))[-1] == "further"
        assert [act.action for act in scribe.audit()] == ["redact", *(act.action for act in acts)]
        pond = scribe.opened("pond", None)
        assert (pond.settings, pond.key, pond.admitted) == (how, "milk", (b"alice", b"bob", b"carol"))
        assert (pond.moderators, pond.voiced) == ((b"b",), (b"a",))
        assert [each.mask for each in pond.sanctions] == ["bob!*@*"]
        assert [each.seq for each in scribe.redactions(pond.log)] == [2, 1]
        assert [(each.number, each.said.message.text) for each in scribe.reports()] == [(2, "quack"), (1, "quack")]
        assert [each.network for each in scribe.opened("", None).sanctions] == ["192.0.2.0/24"]


def test_a_cid_that_no_database_takes_is_not_copied(
    postgresql: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, where = tmp_path / "chatroom.sqlite", postgresql.database()
    said = [message(text, session=b"alice", cid=cid) for text, cid in (("one", "a\0"), ("two", "b"))]
    with sqlite(file) as scribe:
        scribe.append(scribe.opened().log, *said)
    assert Desk(str(file), capsys).ask("copy", where) == f"1 room with 2 messages are copied from {file} to {where}.\n"
    with postgres(where) as scribe:
        tea = scribe.opened("tea", None)
        assert texts(scribe.read(tea.log)) == ["one", "two"]
        assert [(sent.cid, sent.seq) for sent in tea.sent] == [("b", 2)]


def test_nothing_is_copied_over_what_is_there(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "chatroom.sqlite"
    with sqlite(file) as scribe:
        scribe.opened()
        assert "is in use by process" in Desk(str(file), desk.capsys).refused("copy", desk.where)
    assert "has rooms already; name an empty one." in Desk(str(file), desk.capsys).refused("copy", desk.where)
    assert "is there already" in desk.refused("copy", str(file))


def test_a_backup_is_made_by_the_databases_own_program(desk: Desk, tmp_path: Path) -> None:
    assert "pg_dump" in desk.refused("backup", str(tmp_path / "monday.sqlite"))


def test_a_database_without_a_log_is_none(postgresql: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    said = Desk(postgresql.empty_database(), capsys).refused("rooms")
    assert said.endswith("is no chatroom log; name another one, or start a server on it.")
    said = Desk("postgresql://tea:secret@/tea", capsys).refused("rooms")
    assert "a password does not belong on the command line" in said
