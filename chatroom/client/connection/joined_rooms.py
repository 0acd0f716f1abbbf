"""The joined rooms, and how far each of them was heard."""

from __future__ import annotations

from msgspec import UNSET

from chatroom.core.values import names
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames import answers
from chatroom.wire.frames.answers import Deleted, Gap, Level, Redacted, Removed, Said
from chatroom.wire.frames.requests import Create, Join

MAX_JOINED = 1000
"""Rooms into which a server can put a client unasked."""


class JoinedRoom:
    """A room that was *entered*, and the newest number *heard* in it: ``None`` while that is to come.

    Of messages that were taken back there, the first *redactions* are known of. While *returning*, the server may have
    let the client in by the room's port, where it does not read on.
    """

    def __init__(self, request: Join | Create, entered: answers.Entered) -> None:
        self.room = entered.room
        self._epoch = entered.epoch
        self._request = request if isinstance(request, Join) else Join(room=entered.room)
        self._key = entered.key or self._request.key
        self.heard: int | None = None
        self.returning = False
        self.redactions = entered.redactions
        # Who reads on is yet to be told of some of these.
        self._redactions_at_level = entered.redactions
        after, known = self._request.after, self._request.redactions
        if entered.resumed and isinstance(after, int):
            self.heard = after
            self.redactions = known if isinstance(known, int) else entered.redactions
        elif after is UNSET and not self._request.backlog:
            # Nothing is shown of what was before.
            self.heard = entered.seq

    def join_again(self) -> Join:
        """Return the request to read on; if nothing was heard yet, that is the first one again."""
        self.returning = True
        if self.heard is None:
            return self._request
        return Join(room=self.room, after=self.heard, epoch=self._epoch, redactions=self.redactions, key=self._key)

    def hear(self, event: Said | Gap | Level | Redacted) -> bool:
        """Take note of *event*, and tell whether it is new."""
        if self.returning:
            return False
        if isinstance(event, Redacted):
            self.redactions = max(self.redactions, event.redactions or 0)
            return True
        if isinstance(event, Level):
            self.redactions = max(self.redactions, self._redactions_at_level)
        newest = event.last if isinstance(event, Gap) else event.seq
        is_new = self.heard is None or newest > self.heard
        if is_new:
            self.heard = newest
        return is_new or isinstance(event, Level)


class JoinedRooms:
    """All joined rooms, by name."""

    def __init__(self) -> None:
        self._joined_rooms: dict[str, JoinedRoom] = {}

    def __contains__(self, room: str) -> bool:
        return key(room) in self._joined_rooms

    def joins(self) -> list[Join]:
        """Return the requests to enter all of them again."""
        return [joined.join_again() for joined in self._joined_rooms.values()]

    def enter(self, request: Join | Create, entered: answers.Entered) -> None:
        """Be in a room, as the server has *entered* it upon *request*."""
        self._joined_rooms[key(entered.room)] = JoinedRoom(request, entered)

    def leave(self, room: str) -> None:
        """Be in *room* no more."""
        self._joined_rooms.pop(key(room), None)

    def clear(self) -> None:
        """Be in no room."""
        self._joined_rooms.clear()

    def hear(self, event: answers.AnyReply | answers.AnyEvent) -> bool:
        """Take note of *event*, and tell whether it is to be told: nothing is said twice."""
        match event:
            case Said() | Gap() | Level() | Redacted():
                # Without a room it is about a talk.
                joined = self._joined_rooms.get(key(event.room or ""))
                return joined is None or joined.hear(event)
            case answers.Entered(room=room):
                # Whoever connects to the port of a room is let in without asking.
                joined = self._joined_rooms.get(key(room))
                if (joined and joined.returning) or len(self._joined_rooms) >= MAX_JOINED:
                    return False
                self.enter(Join(room=room), event)
            case Deleted(room=room) | Removed(room=room):
                self.leave(room)
        return True


def key(room: str) -> str:
    """Return the form in which names of rooms are compared, valid or not."""
    try:
        return names.key(names.room_name(room))
    except ChatError:
        return room
