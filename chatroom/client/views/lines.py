"""What stands in the window of a room, line by line: frozen values, drawn elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """*speaker* said *text*, or did it (*action*), at the local time *at*."""

    seq: int
    at: datetime
    speaker: str
    text: str
    action: bool = False
    own: bool = False
    mention: bool = False


@dataclass(frozen=True, slots=True)
class Private:
    """*speaker* said *text* to *to* alone; one's own words too (*own*)."""

    at: datetime
    speaker: str
    to: str
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who came, went, and is called otherwise (*renamed*: old and new names), one after the other, folded into one.

    It is *quiet* if it is of strangers.
    """

    at: datetime
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What the client has to say, or the server about what was asked (an *error* when it said no)."""

    at: datetime
    text: str
    error: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """The messages *first* to *last* are not here; *kept* says whether the server still has them."""

    at: datetime
    first: int
    last: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """One's own message that the server has not yet stored; it is known by its *cid*."""

    cid: str
    speaker: str
    text: str
    action: bool = False


Line = Message | Private | Traffic | Notice | Skipped | Pending
