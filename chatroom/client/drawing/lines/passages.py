"""The looks of what is said, character by character: code and quotes, mentions and links, rooms and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatroom.client.drawing.links import linked
from chatroom.client.drawing.themes import Style
from chatroom.client.text import markup
from chatroom.client.text.highlights import highlights

Look = str | None
"""A style, or none."""


def looks(line: str, style: Look, watched: Sequence[str]) -> list[Look]:
    """Return the look of each character of *line*: in *style*, but for links and the words *watched* for."""
    found: list[Look] = [style] * len(line)
    for special in highlights(line, "", watched):
        look = linked(line[special.start : special.end]) if special.kind == "link" else Style.MENTION
        _paint(found, (special.start, special.end), look)
    return found


def rich_looks(
    line: str, style: Look, watched: Sequence[str], people: Mapping[str, str], *, fenced: bool
) -> list[Look]:
    """Return the same of what somebody said, with *people* in their own styles; *fenced* lines are code as a whole."""
    found: list[Look] = [Style.CODE if fenced else Style.QUOTE if markup.is_quote(line) else style] * len(line)
    special = highlights(line, "", watched)
    if not fenced:
        if people:
            for name, span in markup.people(line, people):
                _paint(found, span, people[name])
        for span in markup.rooms(line):
            _paint(found, span, Style.ROOM)
        for link in special:
            if link.kind == "link":
                _paint(found, (link.start, link.end), linked(line[link.start : link.end]))
        for span in markup.code(line):
            _paint(found, span, Style.CODE)
    # Nobody shall miss that they are called, wherever it is.
    for mention in special:
        if mention.kind == "mention":
            _paint(found, (mention.start, mention.end), Style.MENTION)
    return found


def _paint(found: list[Look], span: tuple[int, int], style: str) -> None:
    start, end = span
    found[start:end] = [style] * (end - start)
