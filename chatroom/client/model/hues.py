"""Hues of the people in a room: no two who speak shortly after one another have the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chatroom.client.views.hues import HUES, first_choice, folded
from chatroom.client.views.lines import MessageLine

MOST = 12_000
"""Names whose hue is kept; the first of more have their first choice again."""

ALL_DIFFER: Sequence[int] = range(len(HUES))
"""What hues look like where each has a look of its own."""

_STEP = 7
"""Places from a hue that is taken to the next one to try: far away on the circle, and by and by at each."""


class Hues:
    """The hues of people in a room, *chosen* for some by the user; *looks* are what they look like on the terminal.

    A name has the hue of its first choice, or the next that is free. It keeps it until somebody who speaks needs it: of
    the last sixteen who spoke, no two look the same, unless the user has chosen that for both. Where the terminal has
    fewer looks, so it is of as many speakers as there are looks.
    """

    def __init__(self, chosen: Mapping[str, int] | None = None, looks: Sequence[int] = ALL_DIFFER) -> None:
        self._looks = looks
        self._most = len(set(looks))
        self._chosen = {folded(name): hue for name, hue in (chosen or {}).items()}
        self.given: dict[str, int] = dict(self._chosen)
        # By their looks.
        self._owners: dict[int, str] = {}
        # The last who spoke, the latest of them at the end.
        self._speakers: dict[str, None] = {}

    def spoke(self, name: str) -> None:
        """Know that *name* has spoken, and see that they have a hue of their own."""
        name = folded(name)
        self._speakers.pop(name, None)
        hue = self.given.get(name)
        if name not in self._chosen and (hue is None or (self._owner(hue) or name) in self._speakers):
            hue = min(_choices(name), key=self._claim)
        assert hue is not None, "what is chosen is given"
        before = self._owner(hue)
        self._own(name, hue)
        self._speakers[name] = None
        if len(self._speakers) > self._most:
            del self._speakers[next(iter(self._speakers))]
        if before in self._speakers and before != name and before not in self._chosen:
            # What the user has chosen for somebody is taken from those who had it.
            self._own(before, min(_choices(before), key=self._claim))

    def came(self, people: Iterable[str]) -> None:
        """Know that *people* are here; who has not spoken has what is free, or shares their first choice."""
        for name in map(folded, people):
            hue = self.given.get(name)
            if hue is None:
                hue = next((free for free in _choices(name) if self._owner(free) is None), None)
            if hue is None:
                self._give(name, first_choice(name))
            elif self._owner(hue) is None:
                self._own(name, hue)

    def left(self, people: Iterable[str]) -> None:
        """Know that *people* have gone; those who said nothing lately leave their hue to others."""
        for name in map(folded, people):
            hue = self.given.get(name)
            if name not in self._speakers and hue is not None and self._owner(hue) == name:
                del self._owners[self._looks[hue]]

    def heard(self, older: Sequence[MessageLine]) -> None:
        """Know who said the *older* messages; who is not known yet has a hue that those beside them have not."""
        speakers = [folded(message.speaker) for message in older]
        for place in range(len(speakers) - 1, -1, -1):
            name = speakers[place]
            if name in self.given:
                continue
            others = (other for other in speakers[max(place - 1, 0) : place + 2] if other != name)
            beside = {self._looks[self.given[other]] for other in others if other in self.given}
            hue = min(_choices(name), key=lambda hue: (self._looks[hue] in beside, self._looks[hue] in self._owners))
            self._give(name, hue)
            self._owners.setdefault(self._looks[hue], name)

    def _own(self, name: str, hue: int) -> None:
        """Let *hue* be that of *name*, whoever had it."""
        self._give(name, hue)
        self._owners[self._looks[hue]] = name

    def _owner(self, hue: int) -> str | None:
        """Return who has *hue*, or one that looks the same."""
        return self._owners.get(self._looks[hue])

    def _give(self, name: str, hue: int) -> None:
        self.given[name] = hue
        if len(self.given) > MOST:
            del self.given[next(iter(self.given))]

    def _claim(self, hue: int) -> int:
        """Return how good a claim there is to *hue*: none, a silent owner's, or that of who spoke so lately."""
        owner = self._owner(hue)
        if owner is None:
            return 0
        return 2 + [*self._speakers].index(owner) if owner in self._speakers else 1


def _choices(name: str) -> Iterable[int]:
    """Give all hues in the order in which *name* would have them."""
    first = first_choice(name)
    return ((first + _STEP * number) % len(HUES) for number in range(len(HUES)))
