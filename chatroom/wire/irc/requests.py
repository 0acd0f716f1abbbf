"""The requests that lines are, and how the reply to each is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from chatroom.core.values.commands import Command, Request
from chatroom.core.values.replies import Reply
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.session import IRCVisit

Write = Callable[[IRCVisit, Reply], Sequence[str]]
"""A writer of the reply to one request."""


class Asked(NamedTuple):
    """What a request is known by: the *line* that asked, and how its reply is written, if not as that of any."""

    call: LabeledResponse
    line: Line
    write: Write | None = None


def request(call: LabeledResponse, line: Line, command: Command, write: Write | None = None) -> Request:
    """Return the request of *command*, one of those that *line* is."""
    call.left += 1
    return Request(command, Asked(call, line, write))
