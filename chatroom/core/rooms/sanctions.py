"""The sanctions of a room: dictionaries, which are asked at its gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from msgspec.structs import replace

from chatroom.core.rooms.fitting import Masks
from chatroom.core.values.names import Key
from chatroom.core.values.sanctions import Kind, Sanction

Target = tuple[Kind, bytes] | tuple[Kind, Key, bytes] | tuple[Kind, Key]
"""Whom a sanction holds for: a person, a name from a host, or a host; and the name or network that it is on."""


class Sanctions:
    """Sanctions by their numbers, and by whom they hold for; *masks* are those that hold for many."""

    def __init__(self, sanctions: Iterable[Sanction] = ()) -> None:
        self._by_number: dict[int, Sanction] = {}
        self._by_target: dict[Target, dict[int, Sanction]] = {}
        self.masks = Masks()
        for sanction in sanctions:
            self.impose(sanction)

    def __len__(self) -> int:
        return len(self._by_number)

    def impose(self, sanction: Sanction) -> None:
        """Let *sanction* hold."""
        self._by_number[sanction.number] = sanction
        if sanction.mask:
            self.masks.add(sanction)
        for target in _targets(sanction):
            self._by_target.setdefault(target, {})[sanction.number] = sanction

    def lift(self, number: int) -> None:
        """Let the sanction *number* hold no longer."""
        self.masks.remove(number)
        if sanction := self._by_number.pop(number, None):
            for target in _targets(sanction):
                of_target = self._by_target[target]
                del of_target[number]
                if not of_target:
                    del self._by_target[target]

    def fitting(self, kind: Kind, person: bytes, name: Key, host: bytes | None, now: int) -> Sanction | None:
        """Return the sanction of that *kind* that holds for whoever it is, the one that lasts longest."""
        if not self._by_target:
            return None
        targets: list[Target] = [(kind, person)]
        if host is not None:
            targets += [(kind, name, host), (kind, host)]
        found = [each for target in targets for each in self._by_target.get(target, {}).values() if each.holds(now)]
        return longest(found)

    def merge(self, person: bytes, account: bytes) -> None:
        """Let those that hold for *person* hold for *account* in their place."""
        kinds: tuple[Kind, ...] = ("mute", "ban")
        for kind in kinds:
            for number, sanction in self._by_target.pop((kind, person), {}).items():
                merged = replace(sanction, person=account)
                # In its place: they stay in the order of their numbers.
                self._by_number[number] = merged
                for target in _targets(merged):
                    self._by_target.setdefault(target, {})[number] = merged

    def get(self, number: int, now: int) -> Sanction | None:
        """Return the sanction with that *number*, if it holds."""
        sanction = self._by_number.get(number)
        return sanction if sanction and sanction.holds(now) else None

    def of(self, kind: Kind, name: Key, person: bytes | None) -> Sequence[int]:
        """Return the numbers of those of a *kind* that were imposed on a *name* or network, or on that *person*."""
        targets: list[Target] = [(kind, name), *([(kind, person)] if person is not None else [])]
        return sorted({number for target in targets for number in self._by_target.get(target, ())})

    def newest(self, before: int | None, now: int) -> Iterator[Sanction]:
        """Yield those that hold, the newest first, from below the number *before*."""
        # They were imposed in the order of their numbers.
        for number in reversed(self._by_number):
            if (before is None or number < before) and self._by_number[number].holds(now):
                yield self._by_number[number]


def longest(sanctions: Iterable[Sanction]) -> Sanction | None:
    """Return the one of *sanctions* that lasts longest, if there is any."""
    return max(sanctions, key=lambda each: inf if each.until is None else each.until, default=None)


def _targets(sanction: Sanction) -> Iterator[Target]:
    kind, whom, host = sanction.kind, sanction.whom, sanction.host
    yield kind, whom
    if not (sanction.network or sanction.mask):
        yield kind, sanction.person
    if host is not None:
        yield kind, whom, host
        if sanction.everybody:
            yield kind, host
