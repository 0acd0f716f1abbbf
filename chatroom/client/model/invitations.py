"""Invitations of the user into rooms."""

from __future__ import annotations

from chatroom.core.values.names import fold

MOST = 100
"""Invitations that are known, at most: then the oldest is forgotten."""


class Invitations:
    """The rooms into which somebody has invited the user who has not entered them yet, the newest last."""

    def __init__(self) -> None:
        self._rooms: dict[str, str] = {}

    def __contains__(self, room: object) -> bool:
        """Whether the user is invited into *room*."""
        return isinstance(room, str) and fold(room) in self._rooms

    @property
    def newest(self) -> str | None:
        """The room of the newest one, if there is any."""
        return next(reversed(self._rooms.values()), None)

    def add(self, room: str) -> None:
        """Know that the user may enter *room*."""
        self.settle(room)
        self._rooms[fold(room)] = room
        if len(self._rooms) > MOST:
            del self._rooms[next(iter(self._rooms))]

    def settle(self, room: str) -> None:
        """Know of no invitation into *room* any more: it was entered, or can't be."""
        self._rooms.pop(fold(room), None)
