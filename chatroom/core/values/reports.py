"""Reports: messages that somebody wants moderators to look at."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.events import Said
from chatroom.core.values.moments import Moment
from chatroom.core.values.names import Username

CONTEXT = 5
"""Messages before a reported one that are kept with it, at most."""

OPEN_REPORTS = 100
"""Reports of messages in one room that wait to be resolved, at most."""

KEPT_SECONDS = 90 * 86_400
"""Seconds for which a report is kept once it is resolved."""


class KeptReport(Struct, frozen=True):
    """Report *number* of the message *said* in the room of *log*, *by* somebody *at* a time, for a *reason*.

    The *context* are messages before it: copies like the message itself, which stays as it was said. When it is
    *resolved*, somebody, the *resolver*, has done so, and may have written a *note*. Times are in milliseconds since
    1970 (UTC).
    """

    number: int
    log: int
    said: Said
    by: Username
    at: Moment
    reason: str
    context: tuple[Said, ...] = ()
    resolved: Moment | None = None
    resolver: Username | None = None
    note: str = ""

    @property
    def about(self) -> bytes:
        """By what rooms know who has said it; empty if nobody does."""
        return self.said.message.session or b""
