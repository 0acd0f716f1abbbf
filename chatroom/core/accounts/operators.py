"""Operators: the accounts with that role, and who acts as one by a connection of theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from typing_extensions import override


class Connected(Protocol):
    """Somebody by one of their connections."""

    @property
    def identity(self) -> bytes:
        """By which rooms know them."""


class Operators(Collection[bytes]):
    """Those who have all rights, by what rooms know them: to others each is one person, by however many connections.

    Whoever acts by a connection may do so as long as that, and the account whose password they gave has the role, and
    that password.
    """

    def __init__(self) -> None:
        self._accounts: set[bytes] = set()
        self._acting: dict[Connected, bytes] = {}

    @override
    def __contains__(self, person: object) -> bool:
        return person in self._accounts or (bool(self._acting) and person in self._actors())

    @override
    def __iter__(self) -> Iterator[bytes]:
        return iter({*self._accounts, *self._actors()})

    @override
    def __len__(self) -> int:
        return len({*self._accounts, *self._actors()})

    def _actors(self) -> list[bytes]:
        return [connected.identity for connected in self._acting]

    def has_role(self, person: bytes) -> bool:
        """Return whether *person* is an account with the role, and need not act as one."""
        return person in self._accounts

    def add(self, account: bytes) -> None:
        """Note that *account* has the role."""
        self._accounts.add(account)

    def discard(self, account: bytes) -> None:
        """Note that *account* does not have it."""
        self._accounts.discard(account)

    def begin(self, connected: Connected, account: bytes) -> None:
        """Let somebody act as one by that connection, by the password of *account*."""
        self._acting[connected] = account

    def acts(self, connected: Connected) -> bool:
        """Return whether somebody acts as one by that connection."""
        return connected in self._acting

    def end(self, connected: Connected) -> None:
        """Let somebody act as one by that connection no longer."""
        self._acting.pop(connected, None)

    def end_by(self, account: bytes) -> None:
        """Let nobody act as one by the password of *account* any longer."""
        self._acting = {connected: by for connected, by in self._acting.items() if by != account}
