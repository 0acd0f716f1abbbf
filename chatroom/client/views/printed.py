"""Lines as they are printed: in the forms of the server's own lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from chatroom.client.text.clock import TimeFormat
from chatroom.client.text.safe import safe
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic


@dataclass(frozen=True, slots=True)
class Printed:
    """A harmless line to print: a *text*, perhaps about an *error*, or only a *warning*."""

    text: str
    error: bool = False
    warning: bool = False


def day(on: date) -> str:
    """Write the day *on* which was said what comes next."""
    return f"{on.year:04}-{on.month:02}-{on.day:02}"


def information(lines: Sequence[str]) -> list[Printed]:
    """Return *lines* that nobody has said."""
    return [Printed(safe(f"* {line}")) for line in lines]


def trouble(text: str, *, warning: bool = False) -> list[Printed]:
    """Return *text*, of one or more lines, as that of an error, or only of a *warning*."""
    return [Printed(safe(f"! {line}"), error=True, warning=warning) for line in text.split("\n")]


def written(line: Line, clock: TimeFormat, room: str = "", answered: str = "") -> list[Printed]:
    """Return *line* as it is printed, its time by *clock*; where it isn't clear in which *room* it was said, with that.

    Before one that answers another stands who is *answered*, if that is given.
    """
    where = f"{room} " if room else ""
    match line:
        case MessageLine() if line.retraction:
            told = f"A message of {line.speaker} was {line.retraction}."
            return [Printed(safe(f"{clock.written(line.at)} {where}* {told}"))]
        case MessageLine():
            head = f"{clock.written(line.at)} {where}{_who(line)}"
            before = [Printed(safe(f"{head} > {answered}"))] if answered else []
            return [*before, *_said(head, line.text)]
        case Private():
            return _said(f"{clock.written(line.at)} [{f'to {line.to}' if line.own else line.speaker}]", line.text)
        case Pending():
            # It is printed when it is stored.
            return []
        case NoticeLine():
            text = f"{room}: {line.text}" if room else line.text
            return trouble(text, warning=line.warning) if line.error else information(text.split("\n"))
        case Skipped():
            of = f" of {room}" if room else ""
            return information([f"messages {line.first} to {line.last}{of} are {_missing(line)}"])
        case Traffic():
            to = f" {room}" if room else ""
            return information(
                [f"{name} joined{to}." for name in line.joined]
                + [f"{name} left{to}." for name in line.left]
                + [f"{old} is now {new}." for old, new in line.renamed]
            )
    assert_never(line)


def _who(message: MessageLine) -> str:
    if message.notice:
        return f"-{message.speaker}-"
    return f"* {message.speaker}" if message.action else f"<{message.speaker}>"


def _said(head: str, text: str) -> list[Printed]:
    """Return each line of *text* behind *head*, so that nobody's line looks like another's."""
    return [Printed(safe(f"{head} {line}")) for line in text.split("\n")]


def _missing(line: Skipped) -> str:
    return f"not here; /goto #{line.first} prints them" if line.kept else "not kept any more"
