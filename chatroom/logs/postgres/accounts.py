"""Accounts in a database: all of them, and changes by an operator who is at no server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from chatroom.core.ports import AccountStore
from chatroom.core.values.accounts import AccountChange, AllAccounts
from chatroom.core.values.audit import Act
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.logs.nodes.accounts import objection
from chatroom.logs.nodes.changes import ChangeRow, Decision, changing, noting
from chatroom.logs.nodes.engine import AccountsChanged, KeptAccount
from chatroom.logs.postgres.archive import PostgresArchive
from chatroom.logs.postgres.database import Connection, Database, called
from chatroom.logs.postgres.errors import refusing
from chatroom.logs.postgres.listener import CHANNEL, payload
from chatroom.logs.postgres.session import DatabaseSession

NOBODY = 0
"""The number of no node."""

KEPT = """
    SELECT chat.own(a) FROM chat.accounts a WHERE gone IS NULL
    UNION ALL SELECT chat.own(d) FROM chat.devices d WHERE gone IS NULL
"""

LAST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM chat.device"
"""The highest number that a device ever had."""

CHANGE = "SELECT outcome, pos, name FROM chat.administer(%s, %s::jsonb)"


def kept_accounts(session: DatabaseSession) -> AllAccounts:
    """Return all accounts and devices."""
    kept = [msgspec.convert(row, KeptAccount) for (row,) in session.read(KEPT)]
    [(last,)] = session.read(LAST)
    accounts = sorted((each.account for each in kept if each.account), key=lambda account: account.id)
    devices = sorted((each.device for each in kept if each.device), key=lambda device: device.number)
    return AllAccounts(tuple(accounts), tuple(devices), last)


def begin_accounts(connection: Connection, kept: AllAccounts) -> None:
    """Make the accounts of another store those of a new database, within a transaction."""
    for change in kept.changes:
        [(outcome, _, _)] = connection.execute(CHANGE, (NOBODY, changing([change], {}, {}).text))
        assert outcome == "changed", "each has names and secrets of its own"
    if kept.last_device:
        connection.execute("SELECT setval('chat.device', %s)", (kept.last_device,))


class AccountsDatabase:
    """The accounts in the database *where*, whatever servers use it: they hear of what becomes of these.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none.
    """

    def __init__(self, where: str) -> None:
        PostgresArchive(where).close()
        self._store = called(where)
        self._session = DatabaseSession(Database(where))
        self._kept = AllAccounts()

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Answer with the accounts."""
        with refusing(self._store):
            self._kept = kept_accounts(self._session)
        restored(self._kept)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[ChatError | None], None]) -> None:
        """Make *changes* at once, and tell the servers."""
        accounts = {account.id: account for account in self._kept.accounts}
        row = changing(changes, accounts, {device.number: device for device in self._kept.devices})

        def change(connection: Connection) -> Decision:
            [(outcome, version, name)] = connection.execute(CHANGE, (NOBODY, row.text))
            told = payload(NOBODY, AccountsChanged())
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, told))
            return Decision(outcome, pos=version, name=name)

        with refusing(self._store):
            done(objection(changes, self._session.run(change)))

    def note(self, act: Act, done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *act* at once."""
        row: ChangeRow = noting(act)

        def note(connection: Connection) -> None:
            connection.execute("SELECT chat.note(NULL, %s::jsonb, chat.now())", (row.acts,))

        with refusing(self._store):
            self._session.run(note)
        done(None)


_: type[AccountStore] = AccountsDatabase
