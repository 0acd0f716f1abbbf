"""The history of a run: an append-only list of what connections asked and were sent, and of the lives of servers.

Notes of one *clock* stand in the order in which they happened; nothing is known of the order between two clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

Frame = dict[str, Any]
"""A request, a reply or an event, as it goes over the wire."""


class Note(Struct, frozen=True, kw_only=True, tag_field="note", tag=str.lower):
    """Something that happened at *at* seconds of *clock*, in the given *life* of a *node*."""

    node: int = 0
    life: int
    clock: int = 0
    at: float


class Began(Note, frozen=True):
    """A server was started."""


class Ended(Note, frozen=True):
    """A server is about to be ended, by *how*; every clock has this note that has connections to it."""

    how: str


class Rested(Note, frozen=True):
    """Everything asked is answered, shown and given up, until somebody changes something again.

    This holds on all nodes and clocks: it stands behind all that was noted before.
    """


class Lost(Note, frozen=True):
    """A standby was promoted that lacks what was told; so the *epochs* until then are void.

    Until the servers notice that, numbers in them may mean two things.
    """

    epochs: tuple[str, ...]


class OfConnection(Note, frozen=True, kw_only=True):
    """A note about *connection*, whose number no other one of the run has."""

    connection: int


class Came(OfConnection, frozen=True):
    """A connection was made."""


class Asked(OfConnection, frozen=True):
    """*frame* is about to be sent to the server."""

    frame: Frame


class Received(OfConnection, frozen=True):
    """*frame* has come from the server."""

    frame: Frame


class Went(OfConnection, frozen=True):
    """A connection is over, or about to be; one that only *finished* its input is still read."""

    how: Literal["finished", "closed", "reset", "ended"]


class Entry(Struct, frozen=True):
    """A message, as the log has it and as everybody is shown it."""

    seq: int
    at: str
    speaker: str
    text: str


class Log(Struct, frozen=True, kw_only=True, tag_field="note", tag="log"):
    """What is in the log of *room* when the run is over."""

    room: str
    epoch: str
    entries: tuple[Entry, ...]


History = Sequence[Note]
Line = Began | Ended | Rested | Lost | Came | Asked | Received | Went | Log


def entry(frame: Frame) -> Entry:
    """Return the message that *frame* shows."""
    return Entry(frame["seq"], frame["at"], frame["from"], frame["text"])


def key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    return name.casefold()


def written(lines: Iterable[Note | Log]) -> str:
    """Return *lines* as JSON, one on each."""
    return "".join(f"{msgspec.json.encode(line).decode()}\n" for line in lines)


def load(path: Path) -> tuple[list[Note], list[Log]]:
    """Return the history and the logs that are written in the file at *path*."""
    decoder = msgspec.json.Decoder(Line)
    with path.open("rb") as file:
        lines = [decoder.decode(line) for line in file]
    return [line for line in lines if not isinstance(line, Log)], [line for line in lines if isinstance(line, Log)]
