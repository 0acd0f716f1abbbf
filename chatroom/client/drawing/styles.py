"""Styles of the user's own: colours and settings as people write them, and a theme that has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

import urwid

from chatroom.client.drawing.themes import PaletteEntry, Theme

COLOURS = (
    "black, dark red, dark green, brown, dark blue, dark magenta, dark cyan, light gray, "
    "dark gray, light red, light green, yellow, light blue, light magenta, light cyan, white"
).split(", ")
"""The 16 that every terminal with colours has, as urwid calls them."""

SETTINGS = "bold, italics, underline, standout, faint, blink, strikethrough".split(", ")

_ALL = 2**24
_HEXADECIMAL = re.compile("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_WRITTEN = re.compile(r"(?P<foreground>.*?)(?:(?:^|\s+)on\s+(?P<background>.+))?", re.DOTALL)


class BadStyle(Exception):
    """Text that describes no style; the error says why."""


def parse_style(text: str) -> tuple[str, str]:
    """Return foreground and background, as urwid has them, of what is written as ``bold, yellow on dark blue``.

    :raises BadStyle: if it can't be understood.
    """
    written = _WRITTEN.fullmatch(text.strip())
    assert written, "anything is a foreground"
    foreground = ",".join(part.strip() for part in written["foreground"].split(","))
    background = written["background"] or ""
    for part in (*foreground.split(","), *([background] if background else ())):
        # What follows a # urwid reads as Python reads a number: with a sign, or not at all.
        if (part.startswith("#") and not _HEXADECIMAL.fullmatch(part)) or not _fits(part, "", _ALL):
            raise BadStyle(_unknown(part))
    if not _fits(foreground, background, _ALL):
        raise BadStyle(f'"{text}" is not one colour on another; write it like bold, yellow on dark blue')
    return foreground, background


def restyled(theme: Theme, looks: Mapping[str, str]) -> Theme:
    """Return *theme* with the *looks* of some styles, by their names; without colours there are none of them either.

    :raises BadStyle: if one can't be understood.
    """
    if theme.name == "mono":
        return theme
    return Theme(theme.name, tuple(_restyled(entry, looks.get(entry[0])) for entry in theme.palette))


def written(theme: Theme) -> Mapping[str, str]:
    """Return the looks of *theme* where there are many colours, as people write them."""
    return {
        style: f"{foreground} on {background}".strip() if background else foreground
        for style, _, _, _, foreground, background in theme.palette
    }


def _restyled(entry: PaletteEntry, chosen: str | None) -> PaletteEntry:
    if chosen is None:
        return entry
    style, few, few_behind, mono, _, _ = entry
    foreground, background = parse_style(chosen)
    # A colour that 16 don't have leaves the theme its own where there are no more than those.
    if _fits(foreground, background, 16):
        few, few_behind = foreground, background
    return style, few, few_behind, mono, foreground, background


def _fits(foreground: str, background: str, colours: int) -> bool:
    """Return whether a terminal with *colours* can show it."""
    try:
        urwid.AttrSpec(foreground, background, colours)  # type: ignore[arg-type]  # not only the numbers it lists
    except urwid.AttrSpecError:
        return False
    return True


def _unknown(part: str) -> str:
    """Say what is wrong with *part*, which is neither a colour nor a setting."""
    known = [*COLOURS, *SETTINGS]
    near = [name for name in known if part.lower() in name.split()] or get_close_matches(part.lower(), known, 2)
    if near:
        return f'there is no "{part}"; did you mean {" or ".join(near)}?'
    return f'there is no "{part}"; colours are names like dark red and light blue, or #rrggbb'
