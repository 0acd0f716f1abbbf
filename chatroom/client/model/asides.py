"""Asides: what the user alone is told, as the answer to what they have just done."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.views.lines import NoticeLine

MAX_ASIDES = 20
"""Asides that wait to be seen: who types far ahead reads the last ones."""


class Asides:
    """The asides that are in view, or are to come there; the talk has none of them."""

    def __init__(self) -> None:
        self.waiting: Sequence[NoticeLine] = ()

    def tell(self, aside: NoticeLine) -> None:
        """Show *aside* below those that are there."""
        self.waiting = (*self.waiting, aside)[-MAX_ASIDES:]

    def put_away(self, seen: Sequence[NoticeLine]) -> None:
        """Show those that were *seen* no longer."""
        self.waiting = tuple(aside for aside in self.waiting if not any(aside is each for each in seen))

    def take(self) -> Sequence[NoticeLine]:
        """Return all of them, and show them no longer."""
        taken, self.waiting = self.waiting, ()
        return taken
