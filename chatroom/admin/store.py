"""The store that ``chatroom-admin`` works on, whether a server runs or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chatroom.core.ports import LogId
from chatroom.core.values.names import RoomName, room_name
from chatroom.core.values.texts import harmless
from chatroom.logs.archive import Archive
from chatroom.logs.sqlite.archive import SQLiteArchive
from chatroom.options.kinds import DATABASE

if TYPE_CHECKING:
    from chatroom.logs.postgres.archive import PostgresArchive


class Problem(Exception):
    """The task can't be done; one line says why."""


def open_archive(store: str) -> Archive:
    """Return the log in *store*."""
    return open_database(store) if store.startswith(DATABASE) else SQLiteArchive(Path(store))


def open_database(store: str) -> PostgresArchive:
    """Return the log in the database *store*."""
    if not store.startswith(DATABASE):
        raise Problem(f"{store} is no database that servers share; name one by --store postgresql://…")
    try:
        # Only here: who has no database needs none of it.
        from chatroom.logs.postgres.archive import PostgresArchive
    except ImportError as error:
        raise Problem(
            f"--store postgresql://… needs more than is installed ({error}): in the folder of the sources, "
            "pip install '.[postgres]'"
        ) from None
    try:
        return PostgresArchive(store)
    except ValueError as error:
        raise Problem(str(error)) from None


def find(archive: Archive, room: str) -> tuple[LogId, RoomName]:
    """Return the log of *room*, and the name as it was first written."""
    found = archive.find(room_name(room))
    if not found:
        raise Problem(f"there is no room called {harmless(room)}; chatroom-admin rooms lists them")
    return found
