"""The log's file: locked, checked and migrated, or refused."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_urlsafe
from typing import Literal

from chatroom.logs.migrating import migrating
from chatroom.logs.sqlite.errors import refusing
from chatroom.logs.sqlite.statements import note, transaction
from chatroom.logs.store_unusable import StoreUnusable

SCHEMA = Path(__file__).with_name("schema")
"""The migrations: a file of SQL for each version, in order."""

APPLICATION = int.from_bytes(b"chat", "big")
"""The application id of a chatroom's database."""

Sync = Literal["full", "normal"]
"""Whether a commit waits for the disk, or may be lost when the power fails."""


class SQLiteFile:
    """The file *path*, which no other process writes until this one closes it.

    :raises StoreUnusable: if it is no log, or damaged.
    """

    def __init__(self, path: Path, *, busy_timeout: float = 5, schema: Path = SCHEMA) -> None:
        self.path = path
        self._lock = _lock(path)
        try:
            new = _is_new(path)
            if new:
                # Nobody else is to read what is said in rooms; SQLite's other files get the same mode.
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            else:
                _refuse_strange_changes(path)
            with refusing(path):
                self.connection = sqlite3.connect(
                    path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
                )
        except BaseException:
            os.close(self._lock)
            raise
        try:
            with refusing(path):
                _migrate(self.connection, path, sorted(schema.glob("*.sql")))
                self.connection.execute("PRAGMA journal_mode = wal")
                # A long backup lets the file beside ours grow; afterwards it shall shrink again.
                self.connection.execute("PRAGMA journal_size_limit = 67108864")
                # What is removed is overwritten: hashes of passwords above all. Not every build of SQLite does so by
                # itself; and where rows move between pages, now and then a copy stays until its page is written anew.
                self.connection.execute("PRAGMA secure_delete = on")
                if not new:
                    check(self.connection)
        except BaseException:
            self.abandon()
            if new and not path.stat().st_size:
                path.unlink()
            raise

    def begin(self, sync: Sync) -> None:
        """Note that a process writes from now on, and with which *sync*.

        Numbers that were given out may be missing in a copy, and where the power failed while commits did not wait for
        the disk. Then every log gets a new epoch.
        """
        with refusing(self.path):
            meta = dict(self.connection.execute("SELECT name, value FROM meta"))
            with transaction(self.connection):
                if meta["backup"] or (not meta["clean"] and meta["sync"] == "normal"):
                    logs = self.connection.execute("SELECT id FROM logs").fetchall()
                    epochs = [(token_urlsafe(9), log) for (log,) in logs]
                    self.connection.executemany("UPDATE logs SET epoch = ? WHERE id = ?", epochs)
                note(self.connection, clean=0, sync=sync, backup=0)
            if meta["backup"]:
                # So that the mark is gone from the file itself: see _refuse_strange_changes.
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Only now: the note has to be on the disk before anything that may get lost.
            self.connection.execute(f"PRAGMA synchronous = {sync}")

    def cloak_key(self) -> bytes:
        """Return the secret of cloaks."""
        [(secret,)] = self.connection.execute("SELECT value FROM meta WHERE name = 'cloaks'")
        return bytes(secret)

    def close(self) -> None:
        """Note a clean end, and release the file."""
        try:
            self.connection.execute("PRAGMA synchronous = full")
            with transaction(self.connection):
                note(self.connection, clean=1)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Release the file as it is."""
        self.connection.close()
        os.close(self._lock)


def read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that reads the log *path* and can't change it; a server may write meanwhile."""
    _refuse_directory(path)
    if _is_new(path):
        raise StoreUnusable(path, "is not there", "name another file")
    with refusing(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
    try:
        with refusing(path):
            newest = len(list(SCHEMA.glob("*.sql")))
            if _version(connection, path, newest) < newest:
                raise StoreUnusable(path, "is of an older version", "start the server on it once")
    except BaseException:
        connection.close()
        raise
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Raise :exc:`sqlite3.DatabaseError` if the file is damaged."""
    [(found,)] = connection.execute("PRAGMA quick_check(1)")
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))


def _lock(path: Path) -> int:
    """Lock the file against other processes, for as long as the returned descriptor is open.

    The kernel closes it however the process ends.
    """
    _refuse_directory(path)
    beside = path.with_name(f"{path.name}.lock")
    strange = StoreUnusable(
        path, f"can't be locked, for {beside.name} is a link or no file of its own", f"remove {beside.name}"
    )
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR):
            raise strange from None
        raise StoreUnusable(
            path, f"can't be written ({error.strerror})", "name a file in a directory that the server may write"
        ) from None
    found = os.fstat(descriptor)
    # Where others may make files too, this one may be another's by a second name, and it is written below.
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise strange
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise StoreUnusable(path, f"is in use by process {holder}", "stop that first, or name another file") from None
    # Only for the sentence above: where the disk is full, the database will say so.
    with suppress(OSError):
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return descriptor


def _refuse_directory(path: Path) -> None:
    if path.is_dir():
        raise StoreUnusable(path, f"can't be opened ({os.strerror(errno.EISDIR)})", "name a file")


def _is_new(path: Path) -> bool:
    """Return whether there is no file yet; refuse the remains of one."""
    try:
        if not path.stat().st_size:
            raise StoreUnusable(path, "is empty", "restore a backup, or remove the file to begin anew")
    except FileNotFoundError:
        beside = path.with_name(f"{path.name}-wal")
        if beside.exists():
            remedy = f"restore a backup, or remove {beside.name} to begin anew"
            raise StoreUnusable(path, f"is missing, but {beside.name} is there", remedy) from None
        return True
    return False


def _refuse_strange_changes(path: Path) -> None:
    """Refuse a backup beside the changes of an earlier log: SQLite would take them for its own."""
    changes = path.with_name(f"{path.name}-wal")
    if not changes.exists() or not changes.stat().st_size:
        return
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as alone,
    ):
        [(backup,)] = alone.execute("SELECT value FROM meta WHERE name = 'backup'")
        if backup:
            raise StoreUnusable(
                path, f"is a backup, but {changes.name} of another log is beside it", f"remove {changes.name}"
            )


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """Return the version of the schema: 0 if the database is empty."""
    [(version,)] = connection.execute("PRAGMA user_version")
    [(application,)] = connection.execute("PRAGMA application_id")
    [(tables,)] = connection.execute("SELECT count(*) FROM sqlite_schema")
    if (version or application or tables) and application != APPLICATION:
        raise StoreUnusable(path, "is a database, but no chatroom log", "name another file")
    if version > newest:
        raise StoreUnusable(
            path,
            f"was written by a newer chatroom (version {version} of its schema, and this one knows {newest})",
            "install that one again, or restore an older backup",
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, schema: Sequence[Path]) -> None:
    """Migrate the file by the steps of *schema* beyond its version: by all of them, or none."""
    version = _version(connection, path, len(schema))
    if version == len(schema):
        return
    steps = "\n".join(step.read_text(encoding="utf-8") for step in schema[version:])
    try:
        with migrating(path, version, len(schema)):
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{steps}\n"
                f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {len(schema)}; COMMIT;"
            )
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
