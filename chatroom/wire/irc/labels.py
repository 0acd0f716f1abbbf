"""Lines with a label, and what answers them: replies, or what happens in rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatroom.core.values.names import Key


@dataclass(slots=True)
class LabeledResponse:
    """A line that has come, with its *label*; what answers it is gathered until nothing of it is *left*."""

    label: str | None = None
    left: int = 0
    lines: Sequence[str] = ()


class Labels:
    """The lines of one connection that wait, each for an event: a command and what it is about.

    Those are *released* whose event is not shown to the connection any more: their answer holds nothing of it.
    """

    __slots__ = ("_waiting", "released")

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, ...], list[LabeledResponse]] = {}
        self.released: list[LabeledResponse] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def wait(self, call: LabeledResponse, *event: str) -> None:
        """Let the line of *call*, if it has a label, be answered by that *event*."""
        if call.label is not None:
            call.left += 1
            self._waiting.setdefault(event, []).append(call)

    def take(self, *event: str) -> LabeledResponse | None:
        """Return the line that is answered by that *event*, which is being shown, and forget it."""
        calls = self._waiting.get(event)
        if not calls:
            return None
        call = calls.pop(0)
        if not calls:
            del self._waiting[event]
        return call

    def release(self, room: Key | None = None) -> None:
        """Let no line wait any longer for what happens in *room*, or anywhere."""
        for event in [event for event in self._waiting if room is None or event[1] == room]:
            self.released += self._waiting.pop(event)
