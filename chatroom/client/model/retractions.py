"""Retractions: the messages of a room that were taken back, and what is told of that."""

from __future__ import annotations

from dataclasses import replace

from chatroom.client.views.lines import MessageLine
from chatroom.core.values.wording import because
from chatroom.wire.frames.answers import Redacted

MAX_RETRACTIONS = 5000
"""Messages of a room of which is kept who took them back."""

TAKEN_BACK = "taken back"
"""What stands in the place of a text, where nobody says by whom it was taken back."""


class Retractions:
    """What stands in the place of the messages of a room that were taken back while the user was there."""

    def __init__(self) -> None:
        self._told: dict[int, str] = {}

    def __contains__(self, seq: object) -> bool:
        return seq in self._told

    def add(self, event: Redacted) -> None:
        """Know of *event*."""
        by = "" if event.by == event.from_ else f" by {event.by}"
        self._told[event.seq] = f"{TAKEN_BACK}{by}{because(event.note or '')}"
        if len(self._told) > MAX_RETRACTIONS:
            del self._told[next(iter(self._told))]

    def clear(self) -> None:
        """Know of none: what comes now is of another log."""
        self._told.clear()

    def applied(self, message: MessageLine) -> MessageLine:
        """Return *message* as it is now; nothing is left of the text of one that was taken back."""
        told = self._told.get(message.seq)
        if told is None or told == message.retraction:
            return message
        return replace(message, text="", action=False, mention=False, retraction=told)
