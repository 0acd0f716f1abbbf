"""The states of a connection to a server, and its errors."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from chatroom.core.values.texts import harmless
from chatroom.wire.frames import answers


class Refused(Exception):
    """The server has said no to a request, by *error*."""

    def __init__(self, error: answers.Error) -> None:
        super().__init__(error)
        self.error = error

    @override
    def __str__(self) -> str:
        return harmless(self.error.message)


class Disconnected(Exception):
    """There is no connection, or it was lost before the reply came; it says so for a person."""


@dataclass(frozen=True, slots=True)
class Offline:
    """Not begun, or ended."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """The first bytes are under way, or the login."""


@dataclass(frozen=True, slots=True)
class Online:
    """Logged in, as *welcome* says."""

    welcome: answers.Welcome


@dataclass(frozen=True, slots=True)
class Nameless:
    """The server did not take the name, as *error* says: log in by another one."""

    error: answers.Error


@dataclass(frozen=True, slots=True)
class Waiting:
    """The connection was lost for this *reason*; the next try is when the reactor's seconds are *retry_at*."""

    retry_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """Somewhere else now, for this *reason*; comes back only by a login."""

    reason: str


State = Offline | Connecting | Online | Nameless | Waiting | Away
"""A state of a connection."""


@dataclass(frozen=True, slots=True)
class Outside:
    """One is not in *room* any more: the server did not let one in again, because of *error*."""

    room: str
    error: answers.Error


Incoming = answers.AnyReply | answers.AnyEvent | Outside
"""Frames that a connection tells of: events, and replies to its own requests."""
