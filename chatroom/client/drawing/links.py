"""Links as the terminal knows them (OSC 8), so that a click there opens one, however it is wrapped."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from zlib import crc32

from chatroom.client.drawing.disputed import Run
from chatroom.client.drawing.themes import Style
from chatroom.client.text.links import address

_BEFORE = f"{Style.LINK} "

_END = b"\x1b]8;;\x1b\\"


def linked(text: str) -> str:
    """Return the style of the link *text*, with the address to which it leads."""
    to = address(text)
    return f"{_BEFORE}{to}" if to else Style.LINK


def is_linked(style: Hashable) -> bool:
    """Say whether *style* is that of a link with its address."""
    return isinstance(style, str) and style.startswith(_BEFORE)


def marked(row: Iterable[Run], *, links: bool) -> Iterator[Run]:
    """Give the runs of *row* with plain styles; if there are to be *links*, each with its sequences around it."""
    for style, charset, text in row:
        if not is_linked(style):
            yield style, charset, text
            continue
        assert isinstance(style, str)
        if links:
            yield Style.LINK, "U", _begin(style.removeprefix(_BEFORE))
        yield Style.LINK, charset, text
        if links:
            # At once, so that no move of the cursor and nothing else is ever within a link.
            yield Style.LINK, "U", _END


def _begin(to: str) -> bytes:
    """Return what begins a link to *to*; by its id, a terminal knows that the pieces of a wrapped one are one."""
    # It was made so; but nothing else may ever get into a sequence.
    assert to.isascii()
    assert to.isprintable()
    return f"\x1b]8;id={crc32(to.encode()):x};{to}\x1b\\".encode()
