"""The file of the log: found in order, brought up to date and held, or refused."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from secrets import token_urlsafe
from typing import Literal

from typing_extensions import override

SCHEMA = Path(__file__).with_name("schema")
"""One file of SQL for each version, to be applied in order."""

APPLICATION = int.from_bytes(b"chat", "big")
"""By which a database is known to be a chatroom's."""

Sync = Literal["full", "normal"]
"""Whether a commit waits for the disk, or may be lost when the power fails."""


@dataclass(eq=False)
class StoreUnusable(Exception):
    """The file *path* can't be used; *remedy* says what to do."""

    path: Path
    reason: str
    remedy: str

    @override
    def __str__(self) -> str:
        return f"{self.path} {self.reason}; {self.remedy}."


REMEDIES = {
    sqlite3.SQLITE_NOTADB: ("is no chatroom log, or damaged", "name another file, or restore a backup"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "restore a backup"),
    sqlite3.SQLITE_BUSY: ("is locked by another program", "end that program and try again"),
    sqlite3.SQLITE_FULL: ("can't be written, for the disk is full", "make room and try again"),
    sqlite3.SQLITE_READONLY: ("can't be written", "see that whoever runs this may write it and its directory"),
    sqlite3.SQLITE_CANTOPEN: ("can't be opened", "see that whoever runs this may read and write it and its directory"),
}
"""What is wrong with a file, and what to do, for each error of SQLite."""


class SQLiteFile:
    """The file *path*, which no other process writes until this one closes it.

    :raises StoreUnusable: if it is no log, or in no order.
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
                _bring_up_to_date(self.connection, path, sorted(schema.glob("*.sql")))
                self.connection.execute("PRAGMA journal_mode = wal")
                # A long backup lets the file beside ours grow; afterwards it shall shrink again.
                self.connection.execute("PRAGMA journal_size_limit = 67108864")
                if not new:
                    check(self.connection)
        except BaseException:
            self.abandon()
            if new and not path.stat().st_size:
                path.unlink()
            raise

    def begin(self, sync: Sync) -> None:
        """Note that a process writes from now on, and how.

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

    def close(self) -> None:
        """Note that all is in order, and let others have the file."""
        try:
            self.connection.execute("PRAGMA synchronous = full")
            with transaction(self.connection):
                note(self.connection, clean=1)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let others have the file as it is."""
        self.connection.close()
        os.close(self._lock)


def read_only(path: Path) -> sqlite3.Connection:
    """Return a connection to the log *path* that can't change it, whoever writes it meanwhile."""
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


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Change all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A commit that fails may have ended the transaction.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def insert(connection: sqlite3.Connection, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert *rows* into *columns*, which names the table too, with as few statements as make sense.

    A thread lets the others run at each step of a statement, and then has to wait until it may go on itself: a
    statement for each row would cost more in that than in the inserting.
    """
    start = 0
    for size in (64, 8, 1):
        while len(rows) - start >= size:
            some = rows[start : start + size]
            one = f"({', '.join('?' * len(some[0]))})"
            connection.execute(f"INSERT INTO {columns} VALUES {', '.join([one] * size)}", [*chain.from_iterable(some)])
            start += size


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what SQLite says into :exc:`StoreUnusable`."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        reason, remedy = REMEDIES.get(code, ("can't be used", "mend that and try again"))
        raise StoreUnusable(path, f"{reason} ({error})", remedy) from None


def note(connection: sqlite3.Connection, **meta: object) -> None:
    """Keep what is known of the file itself."""
    connection.executemany("UPDATE meta SET value = ? WHERE name = ?", [(value, name) for name, value in meta.items()])


def check(connection: sqlite3.Connection) -> None:
    """Raise :exc:`sqlite3.DatabaseError` if the file is damaged."""
    [(found,)] = connection.execute("PRAGMA quick_check(1)")
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))


def _lock(path: Path) -> int:
    """Return a descriptor which, as long as it is open, keeps other processes from the file.

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
    """Tell whether there is no file yet; refuse what looks like the remains of one."""
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
    """Refuse a backup beside which the changes of the log before still lie: SQLite would take them for its own."""
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


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, schema: Sequence[Path]) -> None:
    """Apply what *schema* has beyond the file's version: all of it, or nothing."""
    version = _version(connection, path, len(schema))
    if version == len(schema):
        return
    steps = "\n".join(step.read_text(encoding="utf-8") for step in schema[version:])
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{steps}\n"
            f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {len(schema)}; COMMIT;"
        )
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
