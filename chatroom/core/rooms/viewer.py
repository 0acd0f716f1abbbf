"""Those who ask for rooms, as far as private ones want to know who they are."""

from __future__ import annotations

from typing import Protocol

from chatroom.core.values.names import Key
from chatroom.core.values.people import Person


class Viewer(Protocol):
    """Somebody with a name; rooms know them by their *identity*. An operator who has none sees all rooms."""

    @property
    def identity(self) -> bytes:
        """By which rooms know them."""

    @property
    def person(self) -> Person | None:
        """Who they are to others, as far as that is known here."""

    def is_in(self, room: Key) -> bool:
        """Return whether they are in the room with that key, by any connection here."""
