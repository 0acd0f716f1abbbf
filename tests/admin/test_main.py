"""chatroom-admin: an operator looks after the log, with the server running or not."""

from __future__ import annotations

import getpass
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from chatroom import __version__
from chatroom.admin.main import EXPORTED, main
from chatroom.admin.moderation import ROWS
from chatroom.core.ports import NewRoom
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Reported, Sanctioned, Tuned
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.sqlite.maintenance import REMOVED
from tests.logs.scribe import ALICE, BOB, SEAT, SQLiteScribe, message, sqlite, texts


class Desk:
    """Where the operator sits: the log, and what chatroom-admin says of it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.store = folder / "chatroom.sqlite"
        self.capsys = capsys

    def ask(self, *arguments: str | Path, store: Path | None = None) -> str:
        """Return what chatroom-admin prints, when it succeeds."""
        status = main(["--store", str(store or self.store), *map(str, arguments)])
        out, err = self.capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    def refused(self, *arguments: str | Path) -> str:
        """Return the line by which chatroom-admin refuses."""
        status = main(["--store", str(self.store), *map(str, arguments)])
        out, err = self.capsys.readouterr()
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("chatroom-admin: ")
        return err.removeprefix("chatroom-admin: ").rstrip()


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(tmp_path, capsys)
    with sqlite(desk.store) as scribe:
        tea = scribe.opened("Tea", NewRoom("Herbs", creator=Username("alice"))).log
        scribe.append(tea, message("one", 0), message("zwö\n", 1_234, kind="action"))
        pond = scribe.opened("pond").log
        scribe.say(pond, *["quack"] * (REMOVED + 5))
        scribe.log.close(pond)
    return desk


def test_the_rooms_are_listed(desk: Desk) -> None:
    assert desk.ask("rooms").splitlines() == [
        "  messages  closed since              room",
        "       205  2023-11-14T22:13:20.000Z  pond",
        "         2                            Tea (Herbs)",
    ]


def test_a_room_is_exported_as_json_lines(desk: Desk) -> None:
    assert [json.loads(line) for line in desk.ask("export", "tea").splitlines()] == [
        {"room": "Tea", "seq": 1, "at": "1970-01-01T00:00:00.000Z", "from": "alice", "text": "one"},
        {"room": "Tea", "seq": 2, "at": "1970-01-01T00:00:01.234Z", "from": "alice", "text": "zwö\n", "action": True},
    ]
    assert len(desk.ask("export", "POND").splitlines()) == REMOVED + 5


def test_what_an_answer_answers_is_exported_too(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        scribe.append(scribe.opened("tea").log, message("drei", re=1))
    assert json.loads(desk.ask("export", "tea").splitlines()[-1])["re"] == 1


def test_what_was_taken_back_is_exported_as_such(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        scribe.take_back(scribe.opened("tea").log, 2)
    assert [json.loads(line) for line in desk.ask("export", "tea").splitlines()][1:] == [
        {
            "room": "Tea",
            "seq": 2,
            "at": "1970-01-01T00:00:01.234Z",
            "from": "alice",
            "text": "",
            "action": True,
            "redacted": True,
        },
    ]
    assert desk.ask("check") == f"{desk.store} is in order.\n"


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        ("UPDATE messages SET text = 'one' WHERE text = ''", "Tea: 1 message were taken back, and the text is there"),
        ("UPDATE logs SET redactions = 2", "Tea: 2 messages were counted as taken back, and 1 are noted"),
    ],
)
def test_what_was_only_half_taken_back_is_found(desk: Desk, harm: str, problem: str) -> None:
    with sqlite(desk.store) as scribe:
        scribe.take_back(scribe.opened("tea").log, 1)
    with closing(sqlite3.connect(desk.store)) as other, other:
        other.execute(harm)
    assert problem in desk.refused("check")


@pytest.mark.e2e
def test_an_export_is_read_in_pages_between_which_the_server_can_tidy_up(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        pond = scribe.opened("pond").log
        scribe.say(pond, *["quack " * 100] * (3 * EXPORTED))
    server = SQLiteScribe(desk.store)
    # Python reads ahead of the pipe no more than that holds, so that it waits in the middle for whoever reads.
    with subprocess.Popen(
        [sys.executable, "-m", "chatroom.admin.main", "--store", desk.store, "export", "pond"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as export:
        assert export.stdout
        lines = [export.stdout.readline() for _ in range(REMOVED + 6)]
        server.say(pond, "later")
        [(busy, _, _)] = server.log._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not busy
        lines += export.stdout
    server.stop()
    # What was said since it began is no part of it.
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, REMOVED + 6 + 3 * EXPORTED))


@pytest.mark.e2e
def test_an_export_of_a_room_that_is_removed_meanwhile_is_not_taken_for_all(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        pond = scribe.opened("pond").log
        scribe.say(pond, *["quack " * 100] * (3 * EXPORTED))
    with subprocess.Popen(
        [sys.executable, "-m", "chatroom.admin.main", "--store", desk.store, "export", "pond"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as export:
        assert export.stdout
        assert export.stderr
        export.stdout.readline()
        with closing(sqlite3.connect(desk.store)) as other, other:
            other.execute("DELETE FROM messages WHERE log = ?", (pond,))
        lines = list(export.stdout)
        assert len(lines) < 3 * EXPORTED
        assert "pond was removed meanwhile; only the messages up to number" in export.stderr.read()
    assert export.returncode == 1


@pytest.mark.e2e
def test_a_reader_who_has_seen_enough_ends_an_export_quietly(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        scribe.say(scribe.opened("pond").log, *["x" * 4000] * 500)
    with subprocess.Popen(
        [sys.executable, "-m", "chatroom.admin.main", "--store", desk.store, "export", "pond"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as export:
        assert export.stdout
        assert export.stderr
        export.stdout.readline()
        export.stdout.close()
        assert export.stderr.read() == b""


def test_a_log_in_order_is_so(desk: Desk) -> None:
    assert desk.ask("check") == f"{desk.store} is in order.\n"


def test_a_gap_is_found(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.store)) as other, other:
        other.execute("DELETE FROM messages WHERE seq = 3")
    assert desk.refused("check") == (
        f"{desk.store} is damaged; restore a backup. pond: 204 messages, and not those from 1 to 205"
    )


def test_damage_is_found(desk: Desk) -> None:
    content = bytearray(desk.store.read_bytes())
    content[-4096:] = bytes(4096)
    desk.store.write_bytes(content)
    assert desk.refused("check").startswith(f"{desk.store} is damaged")


def test_a_backup_is_one_file_that_begins_new_epochs(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        tea = scribe.opened("tea")
        copy = desk.folder / "copy.sqlite"
        assert desk.ask("backup", copy) == f"{copy} is a copy of {desk.store}.\n"
        assert scribe.say(tea.log, "three") == [3]
    assert [path.name for path in desk.folder.glob("copy*")] == ["copy.sqlite"]
    assert copy.stat().st_mode & 0o777 == desk.store.stat().st_mode & 0o777 == 0o600
    assert desk.ask("rooms", store=copy) == desk.ask("rooms").replace(" 3  ", " 2  ")
    with sqlite(copy) as restored:
        again = restored.opened("tea")
        assert (again.seq, again.log, again.epoch != tea.epoch) == (2, tea.log, True)
        assert restored.say(again.log, "tre") == [3]
    with sqlite(copy) as restored:
        assert restored.opened("tea").epoch == again.epoch
    with sqlite(desk.store) as scribe:
        assert scribe.opened("tea").epoch == tea.epoch


@pytest.mark.e2e
def test_a_backup_is_one_state_although_the_server_writes(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        pond = scribe.opened("pond").log
        scribe.say(pond, *["x" * 4000] * 3000)
        copies = [desk.folder / f"{number}.sqlite" for number in range(3)]
        command = [sys.executable, "-m", "chatroom.admin.main", "--store", str(desk.store)]
        shell = "\n".join(f'"$@" backup {copy} || exit' for copy in copies)
        with subprocess.Popen(["/bin/sh", "-c", shell, "sh", *command], stderr=subprocess.PIPE) as backups:
            count = 0
            while backups.poll() is None:
                count += len(scribe.say(pond, *["y" * 4000] * 10))
            assert backups.stderr
            assert (backups.returncode, backups.stderr.read()) == (0, b"")
    assert count
    for copy in copies:
        assert desk.ask("check", store=copy) == f"{copy} is in order.\n"


def test_a_backup_overwrites_nothing(desk: Desk) -> None:
    copy = desk.folder / "copy.sqlite"
    copy.write_text("dear to somebody")
    assert desk.refused("backup", copy) == f"{copy} exists; name another file, or remove it."
    assert copy.read_text() == "dear to somebody"
    nowhere = desk.folder / "nowhere"
    refusal = f"there is no directory {nowhere}; make it first, or name another file"
    assert desk.refused("backup", nowhere / "copy.sqlite") == refusal


def test_a_copy_has_what_was_taken_back_and_who_did_what(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        # So that rooms have other numbers there.
        scribe.forget(scribe.opened("lake").log)
        well = scribe.opened("well").log
        scribe.say(well, *["drip"] * 3)
        scribe.take_back(well, 3, 1, note="why")
        scribe.note(Act(5, BOB, "disconnect", username=ALICE))
        mute = Sanction("mute", ALICE, b"a", None, BOB, 7)
        scribe.ask(partial(scribe.log.change, well, Sanctioned(mute), SEAT))
        house = scribe.opened("", NewRoom(permanent=True)).log
        ban = Sanction("ban", Username(""), b"", None, BOB, 7, network="192.0.2.0/24")
        scribe.ask(partial(scribe.log.change, house, Sanctioned(ban), SEAT))
        scribe.ask(partial(scribe.log.change, house, Tuned(Tuning(guests=False), BOB), SEAT))
        scribe.log.follow(house, lambda _: None)
        for log, name in ((well, "well"), (scribe.opened("brook").log, "brook")):
            scribe.say(log, "drop", "drip")
            scribe.report(house, Reported(log, RoomName(name), 5 if name == "well" else 2, BOB, b"b", "why"))
        scribe.forget(scribe.opened("brook").log)
        kept = scribe.audit()
        reports = scribe.reports()
        opened = scribe.opened("", None)
    copy = desk.folder / "copy.sqlite"
    said = f"3 rooms with {REMOVED + 12} messages are copied from {desk.store} to {copy}.\n"
    assert desk.ask("copy", copy) == said
    assert desk.ask("check", store=copy) == f"{copy} is in order.\n"
    with sqlite(copy) as scribe:
        there = scribe.opened("well")
        assert there.log != well
        assert there.redactions == 2
        assert [each.seq for each in scribe.redactions(there.log)] == [3, 1]
        assert texts(scribe.read(there.log)) == ["", "drip", "", "drop", "drip"]
        assert scribe.audit() == kept
        # A room's own are found by its number there.
        assert {act.room for act in scribe.audit(there.log)} == {"well"}
        assert len(scribe.audit(there.log)) == 3
        house_there = scribe.opened("", None)
        assert (house_there.sanctions, house_there.settings) == (opened.sanctions, opened.settings)
        gone, mine = scribe.reports()
        assert [replace(each, log=0) for each in (gone, mine)] == [replace(each, log=0) for each in reports]
        assert (mine.log, [each.message.text for each in mine.context]) == (there.log, ["", "drip", "", "drop"])
        assert scribe.report(house_there.log, Reported(there.log, RoomName("well"), 5, BOB, b"b", "again")) is None
        scribe.take_back(there.log, 2)
        assert scribe.reports(there.log)[0].context[1].message.text == ""
        assert scribe.audit(limit=1)[0].number == kept[0].number + 1


def test_what_was_done_and_who_is_banned_is_read_without_a_server(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        tea = scribe.opened("tea").log
        scribe.take_back(tea, 2, note="not\x1bhere")
        for number in range(ROWS):
            scribe.change(tea, Tuned(Tuning(slow=number, private=False), BOB))
            if number % 100 == 0:
                scribe.opened("tea")
        ended = Sanction("mute", BOB, b"b", None, ALICE, 7, until=8)
        ban = Sanction("ban", ALICE, b"a", None, BOB, 7, until=1 << 45, reason="why", everybody=True)
        for each in (ended, ban):
            scribe.ask(partial(scribe.log.change, tea, Sanctioned(each), SEAT))
        house = scribe.opened("", NewRoom(permanent=True)).log
        scribe.log.follow(house, lambda _: None)
        scribe.report(house, Reported(tea, RoomName("Tea"), 1, BOB, b"b", "not\x1bhere"))
        scribe.note(Act(5, BOB, "account", username=Username("carol"), account="role", role="operator"))
    rows = desk.ask("audit").splitlines()
    assert len(rows) == 1 + ROWS + 4
    assert [row.split(None, 2)[2] for row in (rows[1], rows[2], rows[4], rows[-1])] == [
        "bob               account role carol as operator",
        "bob               ban alice and all from there in Tea until 3084-12-12T12:41:28.832Z (why)",
        f"bob               configure in Tea slow: {ROWS - 1} private: no",
        "bob               redact message 2 of alice in Tea (not\N{REPLACEMENT CHARACTER}here)",
    ]
    assert len(desk.ask("audit", "--room", "tea").splitlines()) == 1 + ROWS + 3
    [row] = map(json.loads, desk.ask("audit", "CAROL", "--json").splitlines())
    assert row == {
        "entry": ROWS + 4,
        "at": "1970-01-01T00:00:00.005Z",
        "by": "bob",
        "action": "account",
        "username": "carol",
        "role": "operator",
        "account": "role",
    }
    assert desk.ask("bans", "--room", "TEA").splitlines()[1:] == [
        f"{2:8}  ban   3084-12-12T12:41:28.832Z  Tea           alice and all from there  bob (why)"
    ]
    [row] = map(json.loads, desk.ask("bans", "--room", "tea", "--json").splitlines())
    assert (row["sanction"], row["room"], row["host"]) == (2, "Tea", True)
    assert desk.ask("bans").splitlines()[1:] == desk.ask("bans", "--room", "tea").splitlines()[1:]
    assert desk.refused("audit", "--room", "lake") == "there is no room called lake; chatroom-admin rooms lists them"
    head, said = desk.ask("reports").splitlines()
    assert re.fullmatch(r" +1  \S+  bob \(not\N{REPLACEMENT CHARACTER}here\): message 1 of \S+ in Tea", head)
    assert said.endswith(": one")
    [row] = map(json.loads, desk.ask("reports", "--room", "tea", "--json").splitlines())
    assert (row["report"], row["seq"], row["by"]) == (1, 1, "bob")
    assert desk.ask("reports", "--room", "pond") == "Nothing is reported.\n"
    # All else needs a server.
    assert "no server listens" in desk.refused("redact", "alice", "--room", "tea", "--since", "1h")


def test_a_room_is_deleted(desk: Desk) -> None:
    assert desk.ask("delete", "Pond") == f"pond and its {REMOVED + 5} messages are removed.\n"
    assert desk.ask("rooms").splitlines()[1:] == ["         2                            Tea (Herbs)"]
    [act] = map(json.loads, desk.ask("audit", "--json").splitlines())
    assert (act["action"], act["by"], act["room"]) == ("delete", f"/{getpass.getuser()}", "pond")
    with sqlite(desk.store) as scribe:
        assert texts(scribe.search(scribe.opened("tea").log, "one")) == ["one"]
        assert scribe.say(scribe.opened("pond").log, "a") == [1]
    assert desk.refused("export", "lake") == "there is no room called lake; chatroom-admin rooms lists them"
    assert desk.refused("delete", "lake") == "there is no room called lake; chatroom-admin rooms lists them"


def test_one_message_is_called_one(desk: Desk) -> None:
    with sqlite(desk.store) as scribe:
        scribe.say(scribe.opened("well").log, "drip")
    assert desk.ask("delete", "well") == "well and its 1 message are removed.\n"


def test_no_room_is_deleted_while_the_server_runs(desk: Desk) -> None:
    with sqlite(desk.store):
        assert "is in use by process" in desk.refused("delete", "pond")
    assert "pond" in desk.ask("rooms")


def test_a_deletion_hides_no_crash(desk: Desk) -> None:
    crashed = SQLiteScribe(desk.store, sync="normal")
    epoch = crashed.opened("tea").epoch
    crashed.crash()
    desk.ask("delete", "pond")
    with sqlite(desk.store) as scribe:
        assert scribe.opened("tea").epoch != epoch


@pytest.mark.parametrize(
    "command",
    [["rooms"], ["check"], ["export", "tea"], ["delete", "tea"], ["backup", "copy.sqlite"], ["audit"], ["bans"]],
)
def test_a_log_that_is_not_there_is_not_made(desk: Desk, command: list[str]) -> None:
    desk.store = desk.folder / "other.sqlite"
    assert desk.refused(*command) == f"{desk.store} is not there; name another file."
    assert list(desk.folder.glob("other*")) == []


def test_what_is_no_name_is_told_so(desk: Desk) -> None:
    assert desk.refused("export", "\x1b[2J").startswith("A room name can't hold U+001B")


@pytest.mark.e2e
def test_progress_shows_on_a_terminal(desk: Desk) -> None:
    ours, theirs = pty.openpty()
    copy = str(desk.folder / "copy.sqlite")
    command = [sys.executable, "-m", "chatroom.admin.main", "--store", str(desk.store), "backup", copy]
    subprocess.run(command, stderr=theirs, check=True, timeout=60)
    assert os.read(ours, 1000) == b"\rbackup: 100 %\r\n"
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("arguments", [["backup"], ["nonsense"]])
def test_what_is_missing_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: chatroom-admin" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"\n    {command}" in shown for command in ("backup", "check", "rooms", "export", "delete"))
    assert max(map(len, shown.splitlines())) <= 80


def test_it_says_which_version_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"chatroom {__version__}\n")


def test_without_a_command_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err


def test_the_store_may_be_named_behind_the_command(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--store", str(desk.store)]) == 0
    assert capsys.readouterr().out == f"{desk.store} is in order.\n"
