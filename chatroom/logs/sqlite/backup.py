"""A copy of the log, consistent although the server writes meanwhile."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from chatroom.logs.sqlite.errors import refusing
from chatroom.logs.sqlite.file import check
from chatroom.logs.sqlite.purging import purge
from chatroom.logs.sqlite.statements import note, transaction
from chatroom.logs.store_unusable import StoreUnusable

PAGES = 1000
"""Pages copied between two calls of *progress*: 4 MB."""


def backup(source: sqlite3.Connection, to: Path, progress: Callable[[int, int], None]) -> None:
    """Copy *source* to the new file *to*; *progress* gets the pages done, and all pages.

    The copy is marked: the first start on it begins new epochs, for later numbers may have been given out already. It
    gets its name when it is complete.
    """
    if to.exists():
        raise StoreUnusable(to, "exists", "name another file, or remove it")
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    # Nobody else is to read what is said in rooms.
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with refusing(part), closing(sqlite3.connect(part, isolation_level=None)) as copy:
            # One state for all of it: without a transaction the copy would begin anew with each commit of the server.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM meta").fetchone()
            source.backup(copy, pages=PAGES, progress=lambda _, remaining, total: progress(total - remaining, total))
            source.execute("COMMIT")
            # So that it is one file.
            copy.execute("PRAGMA journal_mode = delete")
            with transaction(copy):
                note(copy, backup=1)
            # A message that was taken back leaves nothing in a copy, however lately that was.
            copy.execute("PRAGMA secure_delete = on")
            purge(copy)
            check(copy)
        part.rename(to)
        _sync(to.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Sync the names in *folder* to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
