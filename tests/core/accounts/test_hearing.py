"""What other servers do with accounts is heard, in whatever order."""

from __future__ import annotations

from itertools import permutations

import pytest
from msgspec.structs import replace

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.values.accounts import Account, AccountChange, Dropped
from chatroom.core.values.names import Username
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import AT
from tests.fakes import FakePasswords

CAROL, ZOE = Username("carol"), Username("zoe")
FIRST = Account(b"first", CAROL, "", created=AT, seen=AT)
SECOND = Account(b"second", CAROL, "", created=AT, seen=AT)


@pytest.mark.parametrize("gone", [Dropped(b"first"), replace(FIRST, username=ZOE)])
def test_a_name_is_whose_it_is_now_also_if_that_is_heard_first(gone: AccountChange) -> None:
    for changes in permutations([SECOND, gone]):
        accounts = Accounts(MemoryLog(lambda action: action()), FakePasswords(), now=lambda: AT, seconds=lambda: 0.0)
        accounts.heard([FIRST])
        accounts.heard(changes)
        found = accounts.named(CAROL)
        assert found
        assert found.id == b"second"
        accounts.heard([replace(SECOND, role="operator")])
        accounts.heard([Dropped(b"second")])
        assert accounts.named(CAROL) is None
