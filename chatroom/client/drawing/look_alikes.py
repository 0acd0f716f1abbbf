"""Hues that look alike: where there are fewer colours than hues, several have one."""

from __future__ import annotations

from collections.abc import Sequence

import urwid

from chatroom.client.drawing.themes import Theme
from chatroom.client.views.hues import HUES


def look_alikes(theme: Theme, colours: int) -> Sequence[int]:
    """Return for each hue the first one that looks the same in *theme*, on a terminal with so many *colours*."""
    numbers = range(len(HUES))
    if colours == 1 or theme.name == "mono":
        # Nobody is told from anybody, so it makes no difference who has which.
        return numbers
    palette = {entry[0]: entry for entry in theme.palette}
    found: list[urwid.AttrSpec] = []
    for number in numbers:
        _, few, few_behind, _, many, many_behind = palette[f"name-{number}"]
        look = (few, few_behind) if colours == 16 else (many, many_behind)
        found.append(urwid.AttrSpec(*look, colours))  # type: ignore[arg-type]  # not only the numbers it lists
    return [found.index(look) for look in found]
