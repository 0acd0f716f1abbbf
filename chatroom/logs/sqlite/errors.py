"""Errors about the log's file, which say what is wrong and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatroom.logs.store_unusable import StoreUnusable

REMEDIES = {
    sqlite3.SQLITE_NOTADB: ("is no chatroom log, or damaged", "name another file, or restore a backup"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "restore a backup"),
    sqlite3.SQLITE_BUSY: ("is locked by another program", "end that program and try again"),
    sqlite3.SQLITE_FULL: ("can't be written, for the disk is full", "make room and try again"),
    sqlite3.SQLITE_READONLY: ("can't be written", "see that whoever runs this may write it and its directory"),
    sqlite3.SQLITE_CANTOPEN: ("can't be opened", "see that whoever runs this may read and write it and its directory"),
}
"""Reason and remedy for each error of SQLite."""

UNFIT = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""Errors that are no trouble of the file's, but of what is to be stored there."""


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into :exc:`StoreUnusable`."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        reason, remedy = REMEDIES.get(code, ("can't be used", "mend that and try again"))
        raise StoreUnusable(path, f"{reason} ({error})", remedy) from None
