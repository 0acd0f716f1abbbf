"""Pasted text, told from typed keys."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Gathers the keys between ``begin paste`` and ``end paste`` into one text, over as many bursts as they come in."""

    def __init__(self) -> None:
        self._pasted: list[str] | None = None

    def feed(self, keys: Iterable[str | tuple[object, ...]]) -> list[Typed]:
        """Return *keys*, with a :class:`Paste` in place of those that were pasted, and what the mouse did."""
        result: list[Typed] = []
        for key in keys:
            if not isinstance(key, str):
                if (done := gesture(key)) and self._pasted is None:
                    result.append(done)
                continue
            if key == "begin paste":
                self._pasted = []
            elif self._pasted is None or key in ("window resize", "focus in", "focus out"):
                if key != "end paste":
                    result.append(key)
            # Should the end be lost, Ctrl+c makes one: nothing that is pasted has it.
            elif key in ("end paste", "ctrl c"):
                text = "".join(_NAMED.get(key, key) for key in self._pasted[:MOST])
                result.append(Paste(text, whole=len(self._pasted) <= MOST))
                self._pasted = None
            # One more than is taken shows that it is not all.
            elif len(self._pasted) > MOST:
                continue
            # What is no text is left out, and a line that ends with two characters ends once.
            elif (len(key) == 1 or key in _NAMED) and not (key == "ctrl j" and self._pasted[-1:] == ["enter"]):
                self._pasted.append(key)
        return result
