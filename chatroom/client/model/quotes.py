"""Quotes: messages of a room that others answer, where they are not in its window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chatroom.client.views.lines import MessageLine

MAX_QUOTES = 500
"""Messages of a room that are kept for those that answer them."""


class Quotes:
    """What is known of messages that are or may be answered, by number; of one that is not kept any more, nothing."""

    def __init__(self) -> None:
        self._found: dict[int, MessageLine | None] = {}

    def unknown(self, seqs: Iterable[int]) -> list[int]:
        """Return those of *seqs* that nobody has looked up, the newest first; from now on they are."""
        wanted = sorted((seq for seq in seqs if seq not in self._found), reverse=True)
        for seq in wanted:
            self.take(seq, None)
        return wanted

    def take(self, seq: int, message: MessageLine | None) -> None:
        """Know that *message* has the number *seq*, or (None) that there is none."""
        self._found.pop(seq, None)
        self._found[seq] = message
        if len(self._found) > MAX_QUOTES:
            del self._found[next(iter(self._found))]

    def retry(self, seq: int) -> None:
        """Let *seq* be looked up again."""
        self._found.pop(seq, None)

    def clear(self) -> None:
        """Know of none: what comes now is of another log."""
        self._found.clear()

    def renew(self, renewed: Callable[[MessageLine], MessageLine]) -> None:
        """Let every message be what *renewed* makes of it."""
        self._found = {seq: message and renewed(message) for seq, message in self._found.items()}

    def seen(self, ignores: Callable[[str], bool]) -> Mapping[int, MessageLine]:
        """Return those that may be shown to a user who *ignores* some people."""
        found = self._found.items()
        return {seq: message for seq, message in found if message and (message.own or not ignores(message.speaker))}
