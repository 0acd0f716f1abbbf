"""Accounts and their devices in the file of a log."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

from msgspec.structs import astuple
from twisted.logger import Logger

from chatroom.core.ports import AccountStore
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
from chatroom.core.values.audit import Act
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.names import Username
from chatroom.logs.sqlite import follows, talks
from chatroom.logs.sqlite.file import SQLiteFile, read_only
from chatroom.logs.sqlite.marks import move_marks
from chatroom.logs.sqlite.moderation import merge, note_acts
from chatroom.logs.sqlite.statements import transaction

log = Logger()

ACCOUNT = Account.__struct_fields__[:-2]
"""The columns of an account: its fields, but for former names and those ignored, which have tables of their own."""

DEVICE = Device.__struct_fields__
"""The columns of a device."""


def _putting(table: str, columns: Sequence[str]) -> str:
    """Return the statement that puts a row into *table*, in place of that which has the same first column."""
    first, *others = columns
    # Not INSERT OR REPLACE, which would remove another device with the same secret too.
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT ({first}) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in others)}"
    )


_PUT_ACCOUNT = _putting("accounts", ACCOUNT)
_PUT_DEVICE = _putting("devices", DEVICE)


def kept_accounts(connection: sqlite3.Connection) -> AllAccounts:
    """Return all accounts and devices."""
    former = defaultdict[bytes, list[tuple[Username, int]]](list)
    for account, username, until in connection.execute(
        "SELECT account, username, until FROM former_names ORDER BY rowid"
    ):
        former[account].append((username, until))
    ignored = defaultdict[bytes, list[Ignored]](list)
    for account, *whom in connection.execute("SELECT account, username, person FROM ignored ORDER BY number"):
        ignored[account].append(Ignored(*whom))
    accounts = connection.execute(f"SELECT {', '.join(ACCOUNT)} FROM accounts ORDER BY id")
    devices = connection.execute(f"SELECT {', '.join(DEVICE)} FROM devices ORDER BY number")
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'devices'").fetchone()
    return AllAccounts(
        tuple(Account(*(*row, tuple(former[row[0]]), tuple(ignored[row[0]]))) for row in accounts),
        tuple(Device(*row) for row in devices),
        last[0] if last else 0,
    )


def change_accounts(connection: sqlite3.Connection, changes: Sequence[AccountChange]) -> StorageFailed | None:
    """Make all *changes* within a commit, or none if a device had the secret of another."""
    connection.execute("SAVEPOINT accounts")
    failed = None
    try:
        for change in changes:
            _make(connection, change)
    except sqlite3.IntegrityError:
        # Whoever speaks in the same commit can't help it.
        log.failure("can't {task}", task="change accounts like that")
        connection.execute("ROLLBACK TO accounts")
        failed = StorageFailed()
    connection.execute("RELEASE accounts")
    return failed


def begin_accounts(connection: sqlite3.Connection, kept: AllAccounts) -> None:
    """Make the accounts of another store those of a new file, within a transaction."""
    for change in kept.changes:
        _make(connection, change)
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'devices'")
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('devices', ?)", (kept.last_device,))


class AccountsFile:
    """The accounts in the file *path*, which no server uses meanwhile.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none, or one does.
    """

    def __init__(self, path: Path) -> None:
        # What is not there is not made.
        read_only(path).close()
        self._file = SQLiteFile(path)
        try:
            self._file.begin("full")
        except BaseException:
            self._file.abandon()
            raise

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Answer with the accounts."""
        restored(kept_accounts(self._file.connection))

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        """Make *changes* at once."""
        with transaction(self._file.connection):
            failed = change_accounts(self._file.connection, changes)
        done(failed)

    def note(self, act: Act, done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *act* at once."""
        with transaction(self._file.connection):
            note_acts(self._file.connection, None, [act])
        done(None)


_: type[AccountStore] = AccountsFile


def _make(connection: sqlite3.Connection, change: AccountChange) -> None:
    match change:
        case Account(id):
            # Whom it ignores is changed by itself.
            *fields, former, _ = astuple(change)
            connection.execute(_PUT_ACCOUNT, fields)
            connection.execute("DELETE FROM former_names WHERE account = ?", (id,))
            connection.executemany("INSERT INTO former_names VALUES (?, ?, ?)", [(id, *name) for name in former])
            follows.keep(connection, id)
        case Device():
            connection.execute(_PUT_DEVICE, astuple(change))
        case Dropped(id):
            talks.drop(connection, id)
            connection.execute("DELETE FROM accounts WHERE id = ?", (id,))
            connection.execute("DELETE FROM former_names WHERE account = ?", (id,))
            connection.execute("DELETE FROM devices WHERE account = ?", (id,))
            connection.execute("DELETE FROM ignored WHERE account = ? OR person = ?", (id, id))
            follows.forget(connection, id)
        case Ignoring(account, whom, ends):
            who = account, whom.name
            connection.execute("DELETE FROM ignored WHERE account = ? AND name = ?", who)
            if not ends:
                connection.execute(
                    "INSERT INTO ignored (account, name, username, person)"
                    " SELECT id, ?, ?, ? FROM accounts WHERE id = ?",
                    (whom.name, whom.username, whom.person, account),
                )
        case Revoked(numbers):
            connection.executemany("DELETE FROM devices WHERE number = ?", [(number,) for number in numbers])
        case Merged(person, account):
            merge(connection, person, account)
            move_marks(connection, person, account)
            follows.move(connection, person, account)
        case Unlike():
            # The only server that has them has looked.
            pass
        case _:
            assert_never(change)
