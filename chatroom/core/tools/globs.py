"""Masks with ``*`` and ``?``, as people write them for names; matching takes time by the length of the text alone."""

from __future__ import annotations

from typing import Protocol

from chatroom.core.values.names import fold

ANYTHING, ANY = "*", "?"
"""What stands for anything, and for one character."""


class _Part(Protocol):
    """What is in a mask between two stars."""

    size: int

    def behind(self, text: str, start: int, end: int) -> int:
        """Return the place behind the first fit in *text* between *start* and *end*; -1 if there is none."""


class _Letters:
    """A part without question marks."""

    __slots__ = ("_letters", "size")

    def __init__(self, letters: str) -> None:
        self._letters = letters
        self.size = len(letters)

    def behind(self, text: str, start: int, end: int) -> int:
        at = text.find(self._letters, start, end)
        return -1 if at < 0 else at + self.size


class _Wild:
    """A part with question marks. What has begun to fit is the bits of a number, so that no letter is read twice."""

    __slots__ = ("_any", "_last", "_places", "size")

    def __init__(self, letters: str) -> None:
        self.size = len(letters)
        self._any = sum(1 << at for at, letter in enumerate(letters) if letter == ANY)
        self._places = dict.fromkeys(letters, self._any)
        for at, letter in enumerate(letters):
            self._places[letter] |= 1 << at
        self._last = 1 << self.size - 1

    def behind(self, text: str, start: int, end: int) -> int:
        begun = 0
        for at in range(start, end):
            begun = (begun << 1 | 1) & self._places.get(text[at], self._any)
            if begun & self._last:
                return at + 1
        return -1


class Glob:
    """A *mask*, read once for all texts: ``*`` stands for anything, ``?`` for one character; case does not matter."""

    __slots__ = ("_first", "_last", "_least", "_parts")

    def __init__(self, mask: str) -> None:
        first, *rest = map(_part, fold(mask).split(ANYTHING))
        self._first = first
        self._last = rest.pop() if rest else None
        self._parts = [part for part in rest if part.size]
        self._least = first.size + sum(part.size for part in rest) + (self._last.size if self._last else 0)

    def fits(self, folded: str) -> bool:
        """Return whether all of a *folded* text is as in the mask."""
        size = len(folded)
        if size < self._least or self._first.behind(folded, 0, self._first.size) < 0:
            return False
        if self._last is None:
            return size == self._least
        end = size - self._last.size
        if self._last.behind(folded, end, size) < 0:
            return False
        at = self._first.size
        for part in self._parts:
            # The first place where a part fits is as good as any other.
            at = part.behind(folded, at, end)
            if at < 0:
                return False
        return True


def _part(letters: str) -> _Part:
    return _Wild(letters) if ANY in letters else _Letters(letters)
