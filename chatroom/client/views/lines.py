"""The lines in the window of a room: frozen values, drawn elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageLine:
    """*speaker* said *text*, or did it (*action*), at the local time *at*; it may answer message number *re*.

    It may be a *notice*, which wants no answer. Of what was taken back there is no text; a *retraction* stands in its
    place.
    """

    seq: int
    at: datetime
    speaker: str
    text: str
    action: bool = False
    own: bool = False
    mention: bool = False
    retraction: str = ""
    re: int | None = None
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Private:
    """*speaker* said *text* to *to* alone, or to *several* who are called so; *own* if the speaker is the user."""

    at: datetime
    speaker: str
    to: str
    text: str
    own: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """People who came, went, or have another name (*renamed*: old and new), folded into one line.

    It is *quiet* if they are strangers.
    """

    at: datetime
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A word of the client, or of the server about a request (an *error* when it said no).

    Where nothing that was asked has failed, an error is a *warning* only.
    """

    at: datetime
    text: str
    error: bool = False
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """The messages *first* to *last* are not here; *kept* says whether the server still has them."""

    at: datetime
    first: int
    last: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """The user's own message that the server has not yet stored; it is known by its *cid*, and may answer *re*."""

    cid: str
    speaker: str
    text: str
    action: bool = False
    re: int | None = None


Line = MessageLine | Private | Traffic | NoticeLine | Skipped | Pending


def message_at(lines: Sequence[Line], seq: int) -> MessageLine | None:
    """Return the message *seq* among *lines*, if it is there; of thousands, a few are looked at."""
    first, end = 0, len(lines)
    while first < end:
        middle = index = (first + end) // 2
        # What is no message has no number, and is passed by.
        while index >= first and not isinstance(lines[index], MessageLine):
            index -= 1
        line = lines[index] if index >= first else None
        if not isinstance(line, MessageLine) or line.seq < seq:
            first = middle + 1
        elif line.seq > seq:
            end = index
        else:
            return line
    return None
