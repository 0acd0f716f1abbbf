"""Those who ask for rooms, as far as private ones want to know who they are."""

from __future__ import annotations

from typing import Protocol

from chatroom.core.rooms.fitting import MaskSubject
from chatroom.core.values.names import Key, Username


class Viewer(MaskSubject, Protocol):
    """Somebody with a name; rooms know them by their *identity*. An operator who has none sees all rooms."""

    @property
    def identity(self) -> bytes:
        """By which rooms know them."""

    @property
    def operates(self) -> bool:
        """Whether they have the rights of an operator."""

    def is_in(self, room: Key) -> bool:
        """Return whether they are in the room with that key, by any connection here."""


class Comer(Viewer, Protocol):
    """Somebody who would come into a room, or read what is said there."""

    @property
    def username(self) -> Username:
        """The name that they have."""

    @property
    def host(self) -> bytes | None:
        """Where they come from, as far as sanctions ask: whoever has an account is known by that."""

    @property
    def has_account(self) -> bool:
        """Whether they have an account."""
