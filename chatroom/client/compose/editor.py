"""The text that is being typed: readline's functions on graphemes."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from chatroom.client.compose.undo import Undo
from chatroom.core.values import texts

_GRAPHEME = regex.compile(r"\X")
_OF_A_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]")
_NO_SPACE = regex.compile(r"\S")
_LINE_END = regex.compile(r"\r\n?")


class Clipboard:
    """The text killed last in the editors that share it, and by which one, if it has done nothing since."""

    __slots__ = ("by", "text")

    def __init__(self) -> None:
        self.text = ""
        self.by: Editor | None = None


class Editor:
    """A text that is being typed, which may have several lines, and the cursor in it.

    The methods have the names of readline's functions and do what those do, to graphemes: each is one step for the
    cursor, and is deleted as a whole.
    """

    __slots__ = ("_clipboard", "_cursor", "_text", "_undo")

    def __init__(self, text: str = "", cursor: int | None = None, clipboard: Clipboard | None = None) -> None:
        self._text = ""
        self._cursor = 0
        self._clipboard = clipboard or Clipboard()
        self._undo = Undo()
        self.replace(text, cursor)
        self._undo.forget()

    @property
    def text(self) -> str:
        """Return what has been typed."""
        return self._text

    @property
    def cursor(self) -> int:
        """Return the index of the cursor in the text, which is always between two graphemes."""
        return self._cursor

    def replace(self, text: str, cursor: int | None = None, *, step: str = "") -> None:
        """Edit *text* instead, with the cursor at its index *cursor*, or else at the end.

        Of several calls in a row with the same *step* :meth:`undo` makes one.
        """
        before = typable(text if cursor is None else text[:cursor])
        after = "" if cursor is None else typable(text[cursor:])
        self._become(before + after, len(before), step)

    def take(self) -> str:
        """Return the text and begin an empty one, from which no way leads back."""
        text = self._text
        self._become("", 0)
        self._undo.forget()
        return text

    def insert(self, text: str) -> None:
        """Type *text* at the cursor, but for the characters that no message may hold; a tab becomes a space."""
        step = "type" if len(text) == 1 else ""
        if not text.isspace() and self._text[: self._cursor][-1:].isspace():
            # A word is one step, together with the space behind it.
            self._undo.pause()
        self._put(self._cursor, self._cursor, typable(text), step)

    def undo(self) -> None:
        """Take back the last change; what was typed goes word by word."""
        self._restore(self._undo.back((self._text, self._cursor)))

    def redo(self) -> None:
        """Do again what was taken back."""
        self._restore(self._undo.forward((self._text, self._cursor)))

    def backward_char(self) -> None:
        """Go back by a grapheme."""
        self._become(self._text, self._cursor - len(self._last()))

    def forward_char(self) -> None:
        """Go on by a grapheme."""
        self._become(self._text, self._cursor + len(self._next()))

    def backward_word(self) -> None:
        """Go back to the beginning of a word."""
        self._become(self._text, self._back_over(_OF_A_WORD))

    def forward_word(self) -> None:
        """Go on to the end of a word."""
        self._become(self._text, self._on_over(_OF_A_WORD))

    def beginning_of_line(self) -> None:
        """Go to the beginning of the line."""
        self._become(self._text, self._line_start())

    def end_of_line(self) -> None:
        """Go to the end of the line."""
        self._become(self._text, self._line_end())

    def previous_line(self) -> bool:
        """Go to the line above, as far into it; return False in the first one."""
        start = self._line_start()
        if start:
            self._go_to(self._text.rfind("\n", 0, start - 1) + 1, start - 1)
        return start > 0

    def next_line(self) -> bool:
        """Go to the line below, as far into it; return False in the last one."""
        start = self._line_end() + 1
        if below := start <= len(self._text):
            end = self._text.find("\n", start)
            self._go_to(start, len(self._text) if end < 0 else end)
        return below

    def backward_delete_char(self) -> None:
        """Delete the grapheme before the cursor."""
        self._put(self._cursor - len(self._last()), self._cursor, "", "delete")

    def delete_char(self) -> None:
        """Delete the grapheme behind the cursor."""
        self._put(self._cursor, self._cursor + len(self._next()), "", "delete")

    def backward_kill_word(self) -> None:
        """Kill back to the beginning of a word."""
        self._kill(self._back_over(_OF_A_WORD), self._cursor)

    def unix_word_rubout(self) -> None:
        """Kill back to white space."""
        self._kill(self._back_over(_NO_SPACE), self._cursor)

    def kill_word(self) -> None:
        """Kill to the end of a word."""
        self._kill(self._cursor, self._on_over(_OF_A_WORD))

    def unix_line_discard(self) -> None:
        """Kill back to the beginning of the line, or at that the end of the line before."""
        start = self._line_start()
        self._kill(start if start < self._cursor else max(start - 1, 0), self._cursor)

    def kill_line(self) -> None:
        """Kill to the end of the line, or at that the end itself."""
        end = self._line_end()
        self._kill(self._cursor, end if end > self._cursor else min(end + 1, len(self._text)))

    def keep(self, text: str) -> None:
        """Keep *text* for :meth:`yank`, as if it had been killed."""
        self._clipboard.text = typable(text)
        self._clipboard.by = None

    def yank(self) -> None:
        """Insert what was killed last."""
        self._put(self._cursor, self._cursor, self._clipboard.text)

    def transpose_chars(self) -> None:
        """Swap the graphemes before and behind the cursor, at the end of a line the last two, and go on."""
        before = _graphemes(self._text[self._line_start() : self._cursor])
        behind = self._next() if self._cursor < self._line_end() else ""
        pair = [*before[-1:], behind] if behind else before[-2:]
        if len(pair) == 2:
            end = self._cursor + len(behind)
            self._put(end - len("".join(pair)), end, "".join(reversed(pair)))

    def _last(self) -> str:
        """Return the grapheme before the cursor, or nothing."""
        # There is no reading back from the cursor: whether two flags meet there shows only from the beginning.
        start = max(self._text.rfind("\n", 0, self._cursor), 0)
        return ["", *_graphemes(self._text[start : self._cursor])][-1]

    def _next(self) -> str:
        """Return the grapheme behind the cursor, or nothing."""
        found = _GRAPHEME.match(self._text, self._cursor)
        return str(found[0]) if found else ""

    def _line_start(self) -> int:
        """Return where the line with the cursor begins."""
        return self._text.rfind("\n", 0, self._cursor) + 1

    def _line_end(self) -> int:
        """Return where the line with the cursor ends."""
        end = self._text.find("\n", self._cursor)
        return len(self._text) if end < 0 else end

    def _go_to(self, start: int, end: int) -> None:
        """Go into the line from *start* to *end*, behind as many graphemes as are before the cursor in its own."""
        column = len(_graphemes(self._text[self._line_start() : self._cursor]))
        self._become(self._text, start + len("".join(_graphemes(self._text[start:end])[:column])))

    def _back_over(self, kind: regex.Pattern[str]) -> int:
        """Return where the graphemes of *kind* begin that are before the cursor, or before those of none."""
        return self._cursor - _length(reversed(_graphemes(self._text[: self._cursor])), kind)

    def _on_over(self, kind: regex.Pattern[str]) -> int:
        """Return where the graphemes of *kind* end that are behind the cursor, or behind those of none."""
        return self._cursor + _length(_graphemes(self._text[self._cursor :]), kind)

    def _kill(self, start: int, end: int) -> None:
        """Delete from *start* to *end* and keep it for :meth:`yank`, together with what was killed just before."""
        killed = self._text[start:end]
        if not killed:
            return
        if self._clipboard.by is not self:
            self._clipboard.text = killed
        elif start < self._cursor:
            self._clipboard.text = killed + self._clipboard.text
        else:
            self._clipboard.text += killed
        self._put(start, end, "")
        self._clipboard.by = self

    def _put(self, start: int, end: int, text: str, step: str = "") -> None:
        """Replace what is from *start* to *end* by *text*, with the cursor behind it."""
        self._become(self._text[:start] + text + self._text[end:], start + len(text), step)

    def _become(self, text: str, cursor: int, step: str = "") -> None:
        """Be *text* with the cursor at the first boundary of graphemes from *cursor* on: all that happens does this."""
        self._clipboard.by = None
        if text == self._text:
            self._undo.pause()
        else:
            self._undo.changed((self._text, self._cursor), step)
        self._text = text
        self._cursor = _boundary(text, cursor)

    def _restore(self, state: tuple[str, int]) -> None:
        """Return to *state*."""
        self._clipboard.by = None
        self._text, self._cursor = state


def typable(text: str) -> str:
    """Return what of *text* can be typed into a message."""
    text = _LINE_END.sub("\n", text).replace("\t", " ")
    return "".join(character for character in text if character == "\n" or texts.harmless(character) == character)


def _graphemes(text: str) -> list[str]:
    """Return the graphemes of *text*."""
    return _GRAPHEME.findall(text)


def _boundary(text: str, at: int) -> int:
    """Return the first boundary of graphemes in *text* from *at* on."""
    # Quick where people type: at the end, and between characters that join to nothing.
    if at in (0, len(text)) or text[at - 1 : at + 1].isascii():
        return at
    start = max(text.rfind("\n", 0, at), 0)
    return next(found.end() for found in _GRAPHEME.finditer(text, start) if found.end() >= at)


def _length(pieces: Iterable[str], kind: regex.Pattern[str]) -> int:
    """Return how long *pieces* are to the end of the first run of those that begin with *kind*."""
    length = 0
    begun = False
    for piece in pieces:
        if kind.match(piece):
            begun = True
        elif begun:
            break
        length += len(piece)
    return length
