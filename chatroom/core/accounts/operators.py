"""Operators: the accounts with that role, and who acts as one for as long as their connection lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from typing_extensions import override


class Operators(Collection[bytes]):
    """Those who have all rights, by what rooms know them."""

    def __init__(self) -> None:
        self._accounts: set[bytes] = set()
        # By how many connections each acts.
        self._acting: Counter[bytes] = Counter()

    @override
    def __contains__(self, person: object) -> bool:
        return person in self._accounts or person in self._acting

    @override
    def __iter__(self) -> Iterator[bytes]:
        return iter({*self._accounts, *self._acting})

    @override
    def __len__(self) -> int:
        return len({*self._accounts, *self._acting})

    def has_role(self, person: bytes) -> bool:
        """Return whether *person* is an account with the role, and need not act as one."""
        return person in self._accounts

    def add(self, account: bytes) -> None:
        """Note that *account* has the role."""
        self._accounts.add(account)

    def discard(self, account: bytes) -> None:
        """Note that *account* does not have it."""
        self._accounts.discard(account)

    def begin(self, person: bytes) -> None:
        """Let *person* act as one, by one connection more."""
        self._acting[person] += 1

    def end(self, person: bytes) -> None:
        """Let *person* act as one by that connection no longer."""
        self._acting[person] -= 1
        if not self._acting[person]:
            del self._acting[person]
