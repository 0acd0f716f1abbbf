"""The file of the log: brought up to date, held by one process, or refused with what to do."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from chatroom.admin.main import main as admin
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile, read_only
from chatroom.logs.store_unusable import StoreUnusable
from tests.logs.scribe import SQLiteScribe, message, migration_lines, sqlite, texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


def fill(path: Path, count: int = 1) -> str:
    """Have a room with some messages in *path*, and return its epoch."""
    with sqlite(path) as scribe:
        opened = scribe.opened()
        scribe.say(opened.log, *["cup of tea"] * count)
        return opened.epoch


def refusal(path: Path) -> str:
    """Return why *path* is refused."""
    with pytest.raises(StoreUnusable) as refused:
        SQLiteScribe(path)
    assert str(refused.value).startswith(f"{path} ")
    return str(refused.value).removeprefix(f"{path} ")


# Refusals.


def test_a_file_in_use_is_refused(path: Path) -> None:
    with sqlite(path) as scribe:
        assert refusal(path) == f"is in use by process {os.getpid()}; stop that first, or name another file."
        assert scribe.say(scribe.opened().log, "a") == [1]
    fill(path)


@pytest.mark.e2e
def test_a_file_is_free_when_the_process_that_held_it_is_killed(path: Path) -> None:
    program = f"""
from pathlib import Path
from chatroom.logs.sqlite.file import SQLiteFile
file = SQLiteFile(Path({str(path)!r}))
print("held", flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert refusal(path).startswith(f"is in use by process {holder.pid};")
        holder.kill()
    fill(path)


def test_nobody_else_may_read_it(path: Path) -> None:
    with sqlite(path) as scribe:
        scribe.say(scribe.opened().log, "a")
        assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
            f"chatroom.sqlite{end}": 0o600 for end in ("", "-wal", "-shm", ".lock")
        }


def test_a_backup_beside_the_changes_of_another_log_is_refused(path: Path) -> None:
    fill(path)
    with sqlite(path) as scribe:
        scribe.say(scribe.opened().log, "lost")
        changes = path.with_name("chatroom.sqlite-wal").read_bytes()
    copy = path.with_name("copy.sqlite")
    assert admin(["--store", str(path), "backup", str(copy)]) == 0
    copy.rename(path)
    wal = path.with_name("chatroom.sqlite-wal")
    wal.write_bytes(changes)
    assert (
        refusal(path) == "is a backup, but chatroom.sqlite-wal of another log is beside it; remove chatroom.sqlite-wal."
    )
    wal.unlink()
    # And once it is in use it is a log like any other.
    scribe = SQLiteScribe(path)
    scribe.crash()
    with sqlite(path) as scribe:
        assert texts(scribe.read(scribe.opened().log)) == ["cup of tea", "lost"]


def test_a_file_that_another_program_locks_is_refused(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = exclusive")
        other.execute("BEGIN EXCLUSIVE")
        assert refusal(path) == ("is locked by another program (database is locked); end that program and try again.")


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"What people said, in a file of my own.\n" * 1000)
    assert refusal(path) == (
        "is no chatroom log, or damaged (file is not a database); name another file, or restore a backup."
    )
    assert path.read_bytes().startswith(b"What people said")


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE messages (id)")
    before = path.read_bytes()
    assert refusal(path) == "is a database, but no chatroom log; name another file."
    assert path.read_bytes() == before


def test_an_empty_file_is_refused(path: Path) -> None:
    path.touch()
    assert refusal(path) == "is empty; restore a backup, or remove the file to begin anew."
    assert path.stat().st_size == 0


def test_the_remains_of_a_log_are_refused(path: Path) -> None:
    fill(path)
    scribe = SQLiteScribe(path)
    scribe.say(scribe.opened().log, "a")
    scribe.crash()
    # Closing it has folded what was beside it into the file.
    path.rename(path.with_name(path.name + "-wal"))
    assert refusal(path).startswith("is missing, but chatroom.sqlite-wal is there; restore a backup")
    assert not path.exists()


@pytest.mark.parametrize("where", [0, 1, 3, 6, 11])
def test_a_damaged_page_is_found_at_the_start(path: Path, where: int) -> None:
    fill(path, 500)
    content = bytearray(path.read_bytes())
    content[where * 4096 : (where + 1) * 4096] = os.urandom(4096)
    path.write_bytes(content)
    assert re.match(r"is (damaged|no chatroom log, or damaged) \(.*\); .*restore a backup.", refusal(path), re.DOTALL)
    assert path.read_bytes() == content


def test_a_truncated_file_is_refused(path: Path) -> None:
    fill(path, 500)
    os.truncate(path, path.stat().st_size // 2)
    assert refusal(path).startswith("is damaged (")


def test_a_newer_file_is_refused(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 1000")
    known = len(list(SCHEMA.glob("*.sql")))
    assert refusal(path) == (
        f"was written by a newer chatroom (version 1000 of its schema, and this one knows {known}); "
        "install that one again, or restore an older backup."
    )
    with pytest.raises(StoreUnusable, match="newer"):
        read_only(path)


@pytest.mark.parametrize("place", ["missing/chatroom.sqlite", "file/chatroom.sqlite"])
def test_a_place_where_nothing_can_be_written_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / place).startswith("can't be written (")


def test_a_directory_is_no_log(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (folder, Path(), Path("/")):
        assert refusal(path) == "can't be opened (Is a directory); name a file."
        with pytest.raises(StoreUnusable, match=r"can't be opened \(Is a directory\); name a file.$"):
            read_only(path)
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_lock_that_leads_to_another_file_is_refused_and_that_left_alone(
    path: Path, link: Callable[[Path, Path], None]
) -> None:
    mine = path.with_name("mine.txt")
    mine.write_text("my own words")
    link(path.with_name("chatroom.sqlite.lock"), mine)
    assert refusal(path) == (
        "can't be locked, for chatroom.sqlite.lock is a link or no file of its own; remove chatroom.sqlite.lock."
    )
    assert mine.read_text() == "my own words"
    assert not path.exists()


def test_a_lock_that_is_no_file_is_refused(path: Path) -> None:
    path.with_name("chatroom.sqlite.lock").mkdir()
    assert refusal(path).startswith("can't be locked, for chatroom.sqlite.lock is")


# Versions.


def test_the_schema_is_applied_from_every_earlier_version(tmp_path: Path) -> None:
    newest = len(list(SCHEMA.glob("*.sql")))
    for version in range(1, newest + 1):
        path = tmp_path / f"{version}.sqlite"
        earlier = tmp_path / f"schema-{version}"
        earlier.mkdir()
        for step in sorted(SCHEMA.glob("*.sql"))[:version]:
            (earlier / step.name).write_text(step.read_text())
        file = SQLiteFile(path, schema=earlier)
        file.connection.execute(
            "INSERT INTO logs (key, room, epoch, topic, capacity) VALUES ('tea', 'tea', 'e', 'Herbs', 7)"
        )
        # What was an action, or none, is a kind now.
        kind = "kind" if (earlier / "0012.sql").exists() else "action"
        file.connection.execute(
            f"INSERT INTO messages (id, log, seq, at, speaker, text, {kind}, session, cid) VALUES"
            " (1, 1, 1, 5, 'alice', 'milk', 0, NULL, NULL), (2, 1, 2, 6, 'alice', 'b', 1, x'', 'c')"
        )
        file.connection.execute("INSERT INTO words (rowid, log, said) VALUES (1, 1, 'milk')")
        file.connection.execute("UPDATE meta SET value = 1 WHERE name = 'indexed'")
        file.close()
        with sqlite(path) as scribe:
            opened = scribe.opened()
            tea = opened.log
            assert (opened.seq, opened.topic, opened.epoch, opened.redactions) == (2, "Herbs", "e", 0)
            assert scribe.say(tea, "a") == [3]
            scribe.tend()
            assert texts(scribe.search(tea, "a")) == ["a"]
            assert texts(scribe.search(tea, "milk")) == ["milk"]
            # What was said before can be taken back, and that is noted.
            assert list(scribe.audit()) == []
            scribe.take_back(tea, 1)
            scribe.tend()
            assert texts(scribe.read(tea)) == ["", "b", "a"]
            assert [act.action for act in scribe.audit()] == ["redact"]
            assert [kept.kind for _, kept in scribe.read(tea).entries] == ["text", "action", "text"]
            # What was said before answers nothing; now it can be answered.
            scribe.append(tea, message("c", re=2))
            assert [kept.re for _, kept in scribe.read(tea).entries] == [None, None, None, 2]
            assert b"milk" not in path.read_bytes()
        with closing(sqlite3.connect(path)) as other:
            # Since version 2: parts of the index are put together by steps of the maintenance alone.
            assert other.execute("SELECT v FROM words_config WHERE k = 'automerge'").fetchall() == [(0,)]


def later(folder: Path, *steps: str) -> Path:
    """Return a schema that has more *steps* than ours."""
    copytree(SCHEMA, folder)
    newest = max(int(step.stem) for step in SCHEMA.glob("*.sql"))
    for number, step in enumerate(steps, newest + 1):
        (folder / f"{number:04}.sql").write_text(step)
    return folder


def test_a_later_version_adds_its_steps_and_keeps_what_was_said(path: Path, tmp_path: Path) -> None:
    fill(path)
    schema = later(
        tmp_path / "schema",
        "ALTER TABLE messages ADD COLUMN edited INTEGER;",
        "UPDATE messages SET edited = 5 WHERE edited IS NULL; -- the end",
    )
    newest = len(list(SCHEMA.glob("*.sql")))
    with migration_lines() as lines:
        for _ in range(2):
            file = SQLiteFile(path, schema=schema)
            assert file.connection.execute("SELECT text, edited FROM messages").fetchall() == [("cup of tea", 5)]
            file.close()
    begun, done = lines
    assert begun.startswith(f"bringing {path} from version {newest} of its schema to {newest + 2}: ")
    assert done == f"{path} is of version {newest + 2} now"


def test_of_a_new_file_no_migration_is_told(path: Path) -> None:
    with migration_lines() as lines:
        fill(path)
    assert lines == []


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path, tmp_path: Path) -> None:
    fill(path)
    schema = later(tmp_path / "schema", "ALTER TABLE messages ADD COLUMN edited INTEGER;", "DROP TABLE nowhere;")
    with pytest.raises(StoreUnusable, match=r"can't be used \(no such table: nowhere\)"):
        SQLiteFile(path, schema=schema)
    with sqlite(path) as scribe:
        assert texts(scribe.read(scribe.opened().log)) == ["cup of tea"]


# Epochs.


def epoch(path: Path, sync: str = "full") -> str:
    """Return the epoch of the room in *path* after a start that is stopped in order."""
    with sqlite(path, sync=sync) as scribe:
        return scribe.opened().epoch


def test_an_epoch_outlives_an_end_in_order(path: Path) -> None:
    assert fill(path) == epoch(path, "normal") == epoch(path, "full") == epoch(path)


def test_an_epoch_outlives_a_crash_if_every_commit_waited_for_the_disk(path: Path) -> None:
    first = fill(path)
    SQLiteScribe(path, sync="full").crash()
    assert epoch(path) == first


def test_a_crash_begins_new_epochs_if_commits_may_be_lost(path: Path) -> None:
    first = fill(path)
    SQLiteScribe(path, sync="normal").crash()
    # However it is started next.
    second = epoch(path, "full")
    assert second != first
    assert epoch(path, "full") == second
    with sqlite(path) as scribe:
        assert scribe.opened().seq == 1
