"""What a device is worth, from the moment when somebody revokes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.ports import AccountStore
from chatroom.core.values.accounts import Device, Revoked
from chatroom.core.values.errors import ChatError, StorageFailed
from tests.core.accounts.test_hearing import FIRST
from tests.core.scenes import AT
from tests.fakes import FakePasswords


class SlowStore:
    """A store of accounts that answers when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[StorageFailed | None], None]] = []

    def change_accounts(self, changes: object, done: Callable[[StorageFailed | None], None]) -> None:
        self.waiting.append(done)


@pytest.mark.parametrize("error", [None, StorageFailed()])
def test_one_that_is_being_revoked_lets_nobody_in_unless_that_fails(error: StorageFailed | None) -> None:
    store = SlowStore()
    accounts = Accounts(cast("AccountStore", store), FakePasswords(), now=lambda: AT, seconds=lambda: 0.0)
    device = Device(7, FIRST.id, "token", b"secret", AT, AT, "text", "")
    accounts.heard([FIRST, device])
    assert accounts.device(b"secret") == device
    answers: list[ChatError | None] = []
    accounts.change([Revoked((7,))], answers.append)
    assert accounts.device(b"secret") is None
    store.waiting.pop()(error)
    assert answers == [error]
    assert accounts.device(b"secret") == (device if error else None)
