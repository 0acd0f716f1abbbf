"""The open rooms, as the lobby lists them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import LobbyRoom
from chatroom.core.values.names import fold
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import RoomInfo
from chatroom.wire.frames.requests import AnyRequest

MAX_ROOMS = 10_000
"""Rooms that are listed."""


class RoomList:
    """The open rooms by name, kept up to date by the server; *own* are those that the user has created.

    There are at most :data:`MAX_ROOMS`. If more are open, some are left out until there is room for them. The list is
    *complete* once its last page has come.
    """

    def __init__(self) -> None:
        self.rooms: dict[str, RoomInfo] = {}
        self.own: set[str] = set()
        self.complete = False
        self._left_out = False

    def listed(self, reply: answers.Rooms, request: AnyRequest | None) -> Sequence[AnyRequest]:
        """Take a page of the list, the first one of it anew; return what to ask next."""
        if not (isinstance(request, requests.List) and request.after):
            self.rooms.clear()
            self._left_out = False
        self._take(reply.rooms)
        if not (reply.more and reply.rooms):
            self.complete = True
            return []
        if len(self.rooms) >= MAX_ROOMS:
            self._left_out = self.complete = True
            return []
        return [requests.List(after=reply.rooms[-1].room)]

    def changed(self, event: answers.RoomsChanged) -> Sequence[AnyRequest]:
        """Know which rooms are new, other than they were, or closed; return what to ask next."""
        for room in event.closed:
            self.rooms.pop(room, None)
        self._take(event.rooms)
        if self._left_out and len(self.rooms) < MAX_ROOMS // 2:
            self._left_out = False
            return [requests.List()]
        return []

    def matching(
        self,
        part: str,
        joined: Container[str],
        invited: Container[str] = (),
        last: Mapping[str, MessageLine] = MappingProxyType({}),
    ) -> Sequence[LobbyRoom]:
        """Return the rooms with *part* in their name: those that begin with it first, then those with most people.

        Those that are *joined* are marked, and those into which the user is *invited*. Of some it is known what was
        said *last*.
        """
        part = fold(part)
        found = [
            (not folded.startswith(part), -info.members, folded, info)
            for info in self.rooms.values()
            if part in (folded := fold(info.room))
        ]
        return [
            LobbyRoom(
                info.room,
                info.topic,
                info.members,
                info.capacity,
                joined=info.room in joined,
                own=info.room in self.own,
                guests=info.guests is not False,
                private=info.private is True,
                closed=info.invite_only is True,
                keyed=info.keyed is True,
                invited=info.room in invited,
                last=last.get(info.room),
            )
            for *_, info in sorted(found, key=lambda item: item[:3])
        ]

    def _take(self, rooms: Sequence[RoomInfo]) -> None:
        for info in rooms:
            if info.room in self.rooms or len(self.rooms) < MAX_ROOMS:
                self.rooms[info.room] = info
            else:
                self._left_out = True
