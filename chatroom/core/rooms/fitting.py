"""Whom masks fit: each is looked at once for somebody, who pays for it, and not again while they are who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from weakref import WeakKeyDictionary

from chatroom.core.tools.globs import Glob
from chatroom.core.values.limits import MASKS_A_TOKEN
from chatroom.core.values.masks import OF_ACCOUNT
from chatroom.core.values.names import fold
from chatroom.core.values.people import Person
from chatroom.core.values.sanctions import Sanction


class MaskSubject(Protocol):
    """Somebody who is a *person* to others, by which masks know them."""

    @property
    def person(self) -> Person | None:
        """Who they are to others, as far as that is known here."""

    @property
    def fits(self) -> Fits:
        """Which masks are known to fit them."""

    def charge(self, tokens: int) -> None:
        """Take *tokens* from them."""


class PlacedMask:
    """A *sanction* on a mask, the one at that *place* of all that its room has had."""

    __slots__ = ("_glob", "_of_account", "place", "sanction")

    def __init__(self, sanction: Sanction, place: int) -> None:
        self.sanction = sanction
        self.place = place
        self._of_account = sanction.mask.startswith(OF_ACCOUNT)
        self._glob = Glob(sanction.mask.removeprefix(OF_ACCOUNT))

    def fits(self, source: str, account: str | None) -> bool:
        """Return whether its mask fits who has that *source* and *account*, both folded."""
        if self._of_account:
            return account is not None and self._glob.fits(account)
        return self._glob.fits(source)


class Masks:
    """The sanctions of a room that are on masks."""

    def __init__(self) -> None:
        # In the order of their places.
        self._placed: dict[int, PlacedMask] = {}
        self._places = 0

    def __len__(self) -> int:
        return len(self._placed)

    def add(self, sanction: Sanction) -> None:
        """Let *sanction* be one of them."""
        self._places += 1
        self._placed[sanction.number] = PlacedMask(sanction, self._places)

    def remove(self, number: int) -> None:
        """Let the sanction *number* be none of them, if it was."""
        self._placed.pop(number, None)

    def fitting(self, shown: MaskSubject) -> Sequence[Sanction]:
        """Return those that fit whoever is *shown*, who pays for each that was not looked at for them before."""
        if not self._placed or (person := shown.person) is None:
            return ()
        fits = shown.fits
        seen, found = fits.known(self, person)
        if seen < self._places:
            new = self._behind(seen)
            source, account = fold(person.source), None if person.account is None else fold(person.account)
            found = (
                *(each for each in found if self._has(each)),
                *(each for each in new if each.fits(source, account)),
            )
            fits.note(self, self._places, found)
            if tokens := fits.owe(len(new)):
                shown.charge(tokens)
        return [each.sanction for each in found if self._has(each)]

    def _behind(self, place: int) -> Sequence[PlacedMask]:
        """Return those behind a *place*."""
        new = []
        for each in reversed(self._placed.values()):
            if each.place <= place:
                break
            new.append(each)
        return new[::-1]

    def _has(self, placed: PlacedMask) -> bool:
        return self._placed.get(placed.sanction.number) is placed


class Fits:
    """Which masks of rooms fit somebody, as long as they are the same person to others, and the rooms are open."""

    __slots__ = ("_known", "_owed", "_whom")

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Masks, tuple[int, Sequence[PlacedMask]]] = WeakKeyDictionary()
        self._whom: tuple[str, str | None] | None = None
        self._owed = 0

    def known(self, masks: Masks, person: Person) -> tuple[int, Sequence[PlacedMask]]:
        """Return up to which place *masks* were looked at for *person*, and those that fit."""
        whom = person.source, person.account
        if whom != self._whom:
            self._whom = whom
            self._known.clear()
        return self._known.get(masks, (0, ()))

    def note(self, masks: Masks, place: int, found: Sequence[PlacedMask]) -> None:
        """Note that of *masks* up to a *place* those fit that were *found*."""
        self._known[masks] = place, found

    def owe(self, masks: int) -> int:
        """Return for how many tokens so many *masks* were looked at; the rest is paid for with the next ones."""
        tokens, self._owed = divmod(self._owed + masks, MASKS_A_TOKEN)
        return tokens
