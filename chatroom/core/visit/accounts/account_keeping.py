"""What operators do with accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, Protocol

from msgspec.structs import replace

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.people.user import User
from chatroom.core.tools.paging import page
from chatroom.core.values import audit
from chatroom.core.values.accounts import Account, AccountRole, Dropped
from chatroom.core.values.commands import AddAccount, ListAccounts, RemoveAccount, SetPassword, SetRole
from chatroom.core.values.errors import AccountExists, NoSuchAccount, NotAllowed, StorageFailed
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Key, Username, fold, key
from chatroom.core.values.passwords import Password, long_enough
from chatroom.core.values.replies import AccountInfo, AccountList, Ok, Reply
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask

Act = ListAccounts | AddAccount | SetPassword | SetRole | RemoveAccount
"""What operators ask of accounts."""

ROW = 120
"""Bytes for which all else of an account counts in a list."""


class Notes(Protocol):
    """The audit, as far as it is written."""

    def note(self, act: audit.Act, done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *act*, and call *done* when it is safe."""


class AccountKeeper(Protocol):
    """The lobby, as far as accounts are kept there; or a store that no server uses."""

    @property
    def accounts(self) -> Accounts | None:
        """The accounts, if there are any."""

    @property
    def users(self) -> Mapping[Key, User]:
        """The users with a seat here."""

    @property
    def audit(self) -> Notes:
        """Where acts are noted."""

    def now(self) -> int:
        """Return the time of day, in milliseconds since 1970 (UTC)."""


async def keep_accounts(ask: Ask, command: Act) -> Reply:
    """Do what *command* says."""
    return await keep(ask.lobby, ask.actor.username, command)


async def keep(place: AccountKeeper, by: Username, command: Act) -> Reply:
    """Do what *command* says, as *by* asks.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    """
    accounts = place.accounts
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    match command:
        case ListAccounts(match, after):
            return listed(accounts, match, after)
        case AddAccount(username, password):
            _check_new(accounts, username)
            await _add(accounts, username, password)
            # Who has the name without an account makes way.
            _send_away(place, username)
            await _note(place, by, "add", username)
        case SetPassword(username, password):
            encoded = await _encoded(accounts, password)
            account = _found(accounts, username)
            await Later(partial(accounts.set_password, account, encoded))
            _send_away(place, account.username)
            await _note(place, by, "password", account.username)
        case SetRole(username, role):
            account = _found(accounts, username)
            await Later(partial(accounts.change, [replace(account, role=role)]))
            await _note(place, by, "role", account.username, role)
        case RemoveAccount(username):
            account = _found(accounts, username)
            await Later(partial(accounts.change, [Dropped(account.id)]))
            _send_away(place, account.username)
            await _note(place, by, "remove", account.username)
    return Ok()


async def _note(
    place: AccountKeeper,
    by: Username,
    what: Literal["add", "password", "role", "remove"],
    username: Username,
    role: AccountRole | None = None,
) -> None:
    act = audit.Act(place.now(), by, "account", username=username, account=what, role=role)
    await Later(partial(place.audit.note, act))


def listed(accounts: Accounts, match: str, after: Username | None) -> AccountList:
    """Return a page of the *accounts* behind *after* with *match* in their names."""
    found = accounts.after(key(after) if after else None, fold(match))
    some, more = page(found, PAGE_NAMES, lambda account: len(account.username.encode()) + ROW)
    rows = [AccountInfo(each.username, each.role, each.created, accounts.seen(each)) for each in some]
    return AccountList(tuple(rows), more)


async def _add(accounts: Accounts, username: Username, password: Password) -> None:
    encoded = await _encoded(accounts, password)
    _check_new(accounts, username)
    await Later(partial(accounts.add_unlike, accounts.new(username, encoded)))


def _check_new(accounts: Accounts, username: Username) -> None:
    """Let there be a new account called *username*; operators can make none that could be mistaken either.

    :raises chatroom.core.values.errors.AccountExists: if there is one, or was called so not long ago.
    :raises chatroom.core.values.errors.NameKept: if it could be mistaken for somebody else.
    """
    if accounts.named(username):
        raise AccountExists(username)
    accounts.check_free(username)


async def _encoded(accounts: Accounts, password: Password) -> str:
    long_enough(password, accounts.least)
    encoded: str = await Later(partial(accounts.passwords.encode, password, None))
    return encoded


def _found(accounts: Accounts, username: Username) -> Account:
    account = accounts.named(username)
    if account is None:
        raise NoSuchAccount(username)
    return account


def _send_away(place: AccountKeeper, username: Username) -> None:
    """Hang up on whoever is called *username*."""
    if user := place.users.get(key(username)):
        for seat in user.seats:
            seat.revoke()
