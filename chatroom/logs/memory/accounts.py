"""Accounts in memory: gone with the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from chatroom.core.values.accounts import (
    Account,
    AccountChange,
    AllAccounts,
    Device,
    Dropped,
    Ignored,
    Ignoring,
    Merged,
    Revoked,
    Unlike,
)
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.names import Username


class MemoryAccounts:
    """The accounts of a log in memory, and their devices."""

    def __init__(self) -> None:
        self._accounts: dict[bytes, Account] = {}
        self._devices: dict[int, Device] = {}
        self._last_device = 0

    def kept(self) -> AllAccounts:
        """Return all that there is."""
        return AllAccounts(tuple(self._accounts.values()), tuple(self._devices.values()), self._last_device)

    def name(self, id: bytes) -> Username | None:
        """Return what the account with that *id* is called."""
        return self._accounts[id].username if id in self._accounts else None

    def change(self, changes: Sequence[AccountChange]) -> StorageFailed | None:
        """Make all *changes*, or none if a device had the secret of another."""
        accounts, devices, last_device = self._accounts.copy(), self._devices.copy(), self._last_device
        for change in changes:
            match change:
                case Merged() | Unlike():
                    # What rooms know is kept with them; and the only server has looked.
                    pass
                case Account(id):
                    # Whom it ignores is changed by itself.
                    ignored = accounts[id].ignored if id in accounts else ()
                    accounts[id] = replace(change, ignored=ignored)
                case Ignoring(id):
                    if id in accounts:
                        accounts[id] = change.of(accounts[id])
                case Device(number, secret=secret):
                    if any(each.secret == secret and each.number != number for each in devices.values()):
                        return StorageFailed()
                    devices[number] = change
                    last_device = max(last_device, number)
                case Dropped(id):
                    accounts.pop(id, None)
                    gone = Ignored(Username(""), id)
                    accounts = {each.id: Ignoring(each.id, gone, ends=True).of(each) for each in accounts.values()}
                    devices = {number: each for number, each in devices.items() if each.account != id}
                case Revoked(numbers):
                    for number in numbers:
                        devices.pop(number, None)
                case _:
                    assert_never(change)
        self._accounts, self._devices, self._last_device = accounts, devices, last_device
        return None
