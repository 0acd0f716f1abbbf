"""Open reports, as far as the user moderates: how many messages wait for somebody to look at them."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.wire.frames.answers import Report
from chatroom.wire.frames.requests import AnyRequest, Reports

MOST = 999
"""Reports that are counted."""

LOOK = 20
"""Reports that are asked for when the user comes into a room that they moderate."""


class OpenReports:
    """The numbers of the reports that are open, with their rooms, as far as the client was told of them.

    Nobody tells it that another moderator has seen to one: the next list does.
    """

    def __init__(self) -> None:
        self._rooms: dict[int, str] = {}
        # Rooms that have more than were listed.
        self._more: set[str] = set()
        self._asked: dict[str, AnyRequest] = {}

    def begin(self) -> None:
        """Know of none: the connection is a new one."""
        self._rooms.clear()
        self._more.clear()
        self._asked.clear()

    def look(self, room: str) -> Sequence[AnyRequest]:
        """Return what to ask about *room*, which the user moderates; once in a stay there."""
        if room in self._asked:
            return []
        self._asked[room] = Reports(room=room, limit=LOOK)
        return [self._asked[room]]

    def was_asked(self, request: AnyRequest | None) -> bool:
        """Return whether *request* is of the client itself, and no person's."""
        return any(asked is request for asked in self._asked.values())

    def reported(self, report: int, room: str) -> None:
        """Know that somebody has made that *report* in *room*."""
        if len(self._rooms) < MOST:
            self._rooms[report] = room

    def listed(self, room: str, reports: Sequence[Report], *, more: bool) -> None:
        """Know of the newest *reports* of *room*, beyond which there are *more*."""
        oldest = min((report.report for report in reports), default=0) if more else 0
        for number in [number for number, where in self._rooms.items() if where == room and number >= oldest]:
            del self._rooms[number]
        for report in reports:
            if not report.resolved:
                self.reported(report.report, room)
        (self._more.add if more else self._more.discard)(room)

    def resolved(self, report: int) -> None:
        """Know that somebody has seen to *report*."""
        self._rooms.pop(report, None)

    def forget(self, room: str) -> None:
        """Know of none in *room*, which the user has left, or does not moderate any more."""
        self._asked.pop(room, None)
        self.listed(room, [], more=False)

    def told(self) -> str:
        """Write how many there are, if there are any."""
        count = len(self._rooms)
        return f"{count}{'+' * bool(self._more)} open report{'s' * (count != 1)}" if count else ""
