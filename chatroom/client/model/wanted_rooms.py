"""The rooms that the user wants to be in from the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        self._awaited = {fold(room): room for room in others if fold(room) != fold(first)}
        self._unasked = dict(self._awaited)
        self._order: list[str] = []
        self._followed: set[str] = set()
        self._recalled = self._refused = False
        self._page_size = page_size
        self._begun = False

    def __contains__(self, room: str) -> bool:
        """Whether *room* is one of them, and not entered yet."""
        return fold(room) in {fold(self.first), *self._awaited}

    @property
    def named(self) -> str:
        """The first one, if it was not only recalled."""
        return "" if self._recalled else self.first

    @property
    def coming(self) -> str:
        """The first one, while it may still be entered."""
        return "" if self._refused else self.first

    @property
    def pending(self) -> Sequence[str]:
        """All that may still be entered."""
        return [*filter(None, [self.coming]), *self._awaited.values()]

    def recall(self, rooms: Sequence[str], view: str) -> None:
        """Want *rooms* too, where the user was the last time, in that order; if none is the first yet, the *view*."""
        self._recalled = not self.first
        self.first = self.first or view
        self._order = [fold(room) for room in rooms]
        self._followed.update(self._order)
        self._add(rooms)

    def follow(self, rooms: Sequence[str]) -> None:
        """Want *rooms*, which the user's account follows, too; but only from the start: later they have their own."""
        if not self._begun:
            self._begun = True
            self._followed.update(map(fold, rooms))
            self._add(rooms[-MAX_FOLLOWED:])

    def was_in(self, room: str) -> bool:
        """Say whether the user was in *room* before, here or at another device."""
        return fold(room) in self._followed

    def begin(self) -> Sequence[AnyRequest]:
        """Return what asks for the first one, or else for the others, on a new connection."""
        self._unasked = dict(self._awaited)
        return [self._join(self.first)] if self.first else self.joins()

    def joins(self) -> Sequence[AnyRequest]:
        """Return what asks for the others, once."""
        # Only when the first one is there: what is said about them must not stand above what is said in it.
        others, self._unasked = self._unasked.values(), {}
        return [self._join(room) for room in others]

    def settle(self, request: AnyRequest) -> bool:
        """Forget the other room that *request* asks for: it was entered, or it can't be; return False for none."""
        if isinstance(request, requests.Join) and fold(request.room) in self._awaited:
            del self._awaited[fold(request.room)]
            return True
        return False

    def refused(self, request: requests.Join) -> None:
        """Know that the room that *request* asks for can't be entered."""
        self._refused |= fold(request.room) == fold(self.first)
        self.settle(request)

    def in_order(self, rooms: Iterable[str]) -> list[str]:
        """Return *rooms* as they stood the last time; others come behind them."""
        order = {room: number for number, room in enumerate(self._order)}
        return sorted(rooms, key=lambda room: order.get(fold(room), len(order)))

    def left(self, room: str) -> None:
        """Know that *room* was left: where it stood is forgotten."""
        self._order = [other for other in self._order if other != fold(room)]

    def _add(self, rooms: Sequence[str]) -> None:
        """Want *rooms*, before those that are wanted already."""
        others = {fold(room): room for room in rooms if fold(room) != fold(self.first)}
        self._awaited = others | self._awaited

    def _join(self, room: str) -> AnyRequest:
        return requests.Join(room=room, backlog=self._page_size)
