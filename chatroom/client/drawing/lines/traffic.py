"""People who came, went or are called otherwise, told in one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chatroom.client.drawing.columns import cut, width
from chatroom.client.text.safe import safe
from chatroom.client.views.lines import Traffic


def sign(line: Traffic) -> str:
    """Return the arrow that stands for *line*."""
    if not (line.joined or line.renamed):
        return "←"
    return "→" if not (line.left or line.renamed) else "↔"


def told(line: Traffic, room: int) -> str:
    """Return what *line* tells in *room* columns: as many names as it takes, and the number of the others."""
    renamed = [f"{old} is now {new}" for old, new in line.renamed]
    groups = [_Group(line.joined, "joined"), _Group(line.left, "left"), _Group(renamed, "renamed", telling=True)]
    return cut(_fitting([group for group in groups if group.names], room), room)


class _Group(NamedTuple):
    """The *names* of people who did *what*; if they are *telling*, they say so themselves."""

    names: Sequence[str]
    what: str
    telling: bool = False

    def told(self, most: int) -> str:
        """Return at most *most* of the names, how many more there are, and what they did."""
        if not most:
            return f"{len(self.names)} {self.what}"
        names = ", ".join(self.names[:most])
        if others := max(len(self.names) - most, 0):
            names += f" and {others} other{'s' * (others > 1)}"
        return names if self.telling else f"{names} {self.what}"


def _fitting(groups: Sequence[_Group], room: int) -> str:
    """Return what happened, with fewer names in the longest of the *groups* as long as it is too much."""
    # A name takes three columns at least, with its comma and its space.
    most = [min(len(group.names), room // 3 + 1) for group in groups]
    while True:
        told = [group.told(few) for group, few in zip(groups, most, strict=True)]
        text = safe(" · ".join(told))
        if width(text) <= room or not any(most):
            return text
        longest = max((number for number, few in enumerate(most) if few), key=lambda number: len(told[number]))
        most[longest] -= 1
