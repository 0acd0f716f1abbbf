"""Lines that have come, and what answers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from chatroom.core.values.commands import Command, Request
from chatroom.core.values.replies import Reply
from chatroom.wire.irc.lines import Line

if TYPE_CHECKING:
    from chatroom.wire.irc.session import Session


@dataclass(slots=True)
class Call:
    """A line that has come, with its *label*; what answers it is gathered until nothing of it is *left*."""

    label: str | None = None
    left: int = 0
    lines: Sequence[str] = ()


Write = Callable[["Session", Reply], Sequence[str]]
"""A writer of the reply to one request."""


class Asked(NamedTuple):
    """What a request is known by: the *line* that asked, and how its reply is written, if not as that of any."""

    call: Call
    line: Line
    write: Write | None = None


def request(call: Call, line: Line, command: Command, write: Write | None = None) -> Request:
    """Return the request of *command*, one of those that *line* is."""
    call.left += 1
    return Request(command, Asked(call, line, write))
