"""The rooms that the user wants to be in from the start."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.names import fold
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest

MAX_FOLLOWED = 50
"""Rooms of those that the user follows elsewhere that are entered by themselves: the ones that they joined last."""


class WantedRooms:
    """The room to enter *first*, until the user is in one, and the *others*, entered along with it.

    :param page_size: How many messages of each are shown.
    """

    def __init__(self, first: str, others: Sequence[str], page_size: int) -> None:
        self.first = first
        self._others = {fold(room): room for room in others if fold(room) != fold(first)}
        self._awaited = set(self._others)
        self._page_size = page_size
        self._begun = False

    def __contains__(self, room: str) -> bool:
        """Whether *room* is one of them, and not entered yet."""
        return fold(room) in {fold(self.first), *self._awaited}

    def follow(self, rooms: Sequence[str]) -> None:
        """Want *rooms*, which the user's account follows, too; but only from the start: later they have their own."""
        if not self._begun:
            self._begun = True
            others = {fold(room): room for room in rooms[-MAX_FOLLOWED:] if fold(room) != fold(self.first)}
            self._others = others | self._others
            self._awaited |= set(others)

    def joins(self) -> Sequence[AnyRequest]:
        """Return what asks for the others, once."""
        # Only when the first one is there: what is said about them must not stand above what is said in it.
        others, self._others = self._others.values(), {}
        return [requests.Join(room=room, backlog=self._page_size) for room in others]

    def settle(self, request: AnyRequest) -> bool:
        """Forget the other room that *request* asks for: it was entered, or it can't be; return False for none."""
        if isinstance(request, requests.Join) and fold(request.room) in self._awaited:
            self._awaited.discard(fold(request.room))
            return True
        return False
