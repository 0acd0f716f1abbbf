"""Pasted text, told from typed keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatroom.client.drawing.mouse import Click, Wheel, gesture

MOST = 100_000
"""Characters of a paste that are taken; no message is nearly as long."""

_NAMED = {"enter": "\n", "ctrl j": "\n", "tab": "\t"}


@dataclass(frozen=True, slots=True)
class Paste:
    """A *text* that came all at once, and was not typed; *whole* says whether it is all that came."""

    text: str
    whole: bool = True


Typed = str | Paste | Click | Wheel
"""A key, or what else comes from the keyboard and the mouse."""


class Pastes:
    """Gathers the keys between ``begin paste`` and ``end paste`` into one text, over as many bursts as they come in.

    A mark may come in pieces, which urwid takes for keys after an eighth of a second.
    """

    def __init__(self) -> None:
        self._pasted: list[str] | None = None
        self._overdue = False
        # What came last, as the terminal sends it, and how much was pasted when its escape came.
        self._tail = ""
        self._before = 0

    @property
    def begun(self) -> bool:
        """Whether a paste has begun, and its end is to come."""
        return self._pasted is not None

    def feed(self, keys: Sequence[str | tuple[object, ...]]) -> list[Typed]:
        """Return *keys*, with a :class:`Paste` in place of those that were pasted, and what the mouse did."""
        if self._overdue and self._pasted is None and _is_rest(keys):
            # Its lines are not to be sent one by one.
            self._begin()
            return [*self._fed(keys), *self._ended()]
        return self._fed(keys)

    def give_up(self) -> list[Typed]:
        """Wait no longer for the end: return what there is; what comes all at once later may be the rest."""
        self._overdue = self._pasted is not None
        return self._ended()

    def _fed(self, keys: Iterable[str | tuple[object, ...]]) -> list[Typed]:
        result: list[Typed] = []
        for key in keys:
            if not isinstance(key, str):
                if (done := gesture(key)) and self._pasted is None:
                    result.append(done)
                continue
            mark = self._mark(key, len(result))
            if mark == _BEGIN:
                if self._pasted is None and key != _BEGIN:
                    del result[self._before :]
                # One without an end is not lost for the next.
                result += self._ended()
                self._begin()
            elif self._pasted is None or key in ("window resize", "focus in", "focus out"):
                if mark != _END:
                    result.append(key)
                elif self._overdue:
                    self._overdue = False
            # Should the end be lost, Ctrl+c makes one: nothing that is pasted has it.
            elif mark == _END or key == "ctrl c":
                if key not in (_END, "ctrl c"):
                    del self._pasted[self._before :]
                result += self._ended()
                self._overdue = False
            # One more than is taken shows that it is not all.
            elif len(self._pasted) > MOST:
                continue
            # What is no text is left out, and a line that ends with two characters ends once.
            elif _is_text(key) and not (key == "ctrl j" and self._pasted[-1:] == ["enter"]):
                self._pasted.append(key)
        # Keys that were given away can't be taken back.
        if self._pasted is None:
            self._before = 0
        return result

    def _begin(self) -> None:
        self._pasted, self._before, self._overdue = [], 0, False

    def _ended(self) -> list[Typed]:
        """Return what was pasted, and know that it has ended."""
        pasted, self._pasted = self._pasted, None
        if pasted is None:
            return []
        text = "".join(_NAMED.get(key, key) for key in pasted[:MOST])
        return [Paste(text, whole=len(pasted) <= MOST)]

    def _mark(self, key: str, given: int) -> str:
        """Return the mark that *key* is, or that it ends; *given* keys are given away with it."""
        if key in _MARKS.values():
            self._tail = ""
            return key
        if key == "esc" or key.startswith("meta "):
            self._tail = f"\x1b{key[5:]}"
            self._before = given if self._pasted is None else len(self._pasted)
        else:
            self._tail += key
        if not any(sent.startswith(self._tail) for sent in _MARKS):
            self._tail = ""
        return _MARKS.get(self._tail, "")


_BEGIN, _END = "begin paste", "end paste"

_MARKS = {"\x1b[200~": _BEGIN, "\x1b[201~": _END}
"""The marks of a paste as terminals send them, and what urwid calls them."""


def _is_text(key: str) -> bool:
    return len(key) == 1 or key in _NAMED


def _is_rest(keys: Sequence[str | tuple[object, ...]]) -> bool:
    """Say whether *keys*, which came at once, can't be those of a person, but text up to the end of a paste."""
    texts = keys[:-1] if keys[-1:] == [_END] else keys
    return len(keys) > 1 and all(isinstance(key, str) and _is_text(key) for key in texts)
