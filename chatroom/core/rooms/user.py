"""A user: a person with a username."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chatroom.core.ports import SeatId
from chatroom.core.rooms.reader import Reader
from chatroom.core.values.errors import NoSuchUser, Unavailable
from chatroom.core.values.events import Told
from chatroom.core.values.names import Key, Username, key


class Place(Protocol):
    """A seat, as far as its user knows it."""

    id: SeatId
    leaving: bool

    @property
    def rooms(self) -> Mapping[Key, Reader]:
        """The readers of rooms by this seat."""

    @property
    def host(self) -> bytes | None:
        """Where the visitor comes from."""

    @property
    def is_taken(self) -> bool:
        """True while a visitor is there, and knows of the seat."""

    def tell(self, told: Told) -> None:
        """Show *told* to the visitor."""


class User:
    """Somebody called *username*, with a seat for each of their connections; by *identity* rooms know who made them."""

    __slots__ = ("identity", "key", "seats", "username")

    def __init__(self, username: Username, identity: bytes) -> None:
        self.identity = identity
        # Never many; a tuple takes the least memory.
        self.seats: tuple[Place, ...] = ()
        self.call(username)

    @property
    def host(self) -> bytes | None:
        """Where the user comes from, as far as that is known; of several connections, the latest."""
        return self.seats[-1].host if self.seats else None

    def tell(self, told: Told) -> None:
        """Show *told* to the user, by the name that they have, over all connections.

        :raises chatroom.core.values.errors.NoSuchUser: if they are leaving.
        :raises chatroom.core.values.errors.Unavailable: if their seat is only held.
        :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for them already.
        """
        if all(seat.leaving for seat in self.seats):
            raise NoSuchUser(self.username)
        taken = [seat for seat in self.seats if seat.is_taken]
        if not taken:
            raise Unavailable(self.username)
        told = Told(told.speaker, self.username, told.at, told.text)
        for seat in taken:
            seat.tell(told)

    def call(self, username: Username) -> None:
        """Be called *username* from now on."""
        self.username = username
        self.key = key(username)

    def called(self, old: Username) -> None:
        """Let the rooms know that the user was called *old* and has another name now."""
        seats = {reader.room: seat.id for seat in self.seats for reader in seat.rooms.values()}
        for room, by in seats.items():
            room.call(old, self.username, by)
