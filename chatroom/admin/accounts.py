"""What ``chatroom-admin`` does with accounts: it asks the server that runs, or works on the store."""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatroom.admin.control_client import ControlClient, ControlRefused, NoServer
from chatroom.core.accounts.accounts import Accounts
from chatroom.core.people.user import User
from chatroom.core.values.accounts import AccountRole
from chatroom.core.values.commands import AddAccount, RemoveAccount, SetPassword, SetRole
from chatroom.core.values.names import Key, username
from chatroom.core.values.passwords import password
from chatroom.core.values.texts import harmless
from chatroom.core.visit.accounts.account_keeping import Act, keep, listed
from chatroom.logs.sqlite.accounts import AccountsFile
from chatroom.options.kinds import DATABASE
from chatroom.programs.unix_user import by_number
from chatroom.wire.timestamps import rfc3339

if TYPE_CHECKING:
    from chatroom.logs.postgres.accounts import AccountsDatabase

LEAST = 8
"""Bytes of the shortest password that is given where no server runs to say it: its default."""


def add(store: str, control: Path, name: str) -> None:
    """Make an account; the password is asked for, or the first line of the input."""
    secret = _new_password()
    _do(store, control, {"action": "add", "password": secret}, name, partial(AddAccount, password=password(secret)))
    print(f"{harmless(name)} has an account.")


def set_password(store: str, control: Path, name: str) -> None:
    """Give an account another password, and log all its devices out."""
    secret = _new_password()
    given = {"action": "password", "password": secret}
    _do(store, control, given, name, partial(SetPassword, password=password(secret)))
    print(f"{harmless(name)} has another password, and is logged out everywhere.")


def set_role(store: str, control: Path, name: str, role: AccountRole) -> None:
    """Make somebody an operator, or no longer."""
    _do(store, control, {"action": "role", "role": role}, name, partial(SetRole, role=role))
    print(f"{harmless(name)} is {'an operator' if role == 'operator' else 'no operator'}.")


def remove(store: str, control: Path, name: str) -> None:
    """Let an account be no more; what was said by it stays."""
    _do(store, control, {"action": "remove"}, name, RemoveAccount)
    print(f"{harmless(name)} has no account.")


def list_all(store: str, control: Path, as_json: bool, match: str) -> None:
    """List the accounts."""
    try:
        with ControlClient(control) as server:
            rows = list(server.pages("accounts", "accounts", "account", match=match))
    except NoServer:
        with closing(_Stopped(store)) as stopped:
            rows = stopped.rows(match)
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{'role':8}  {'created':24}  {'seen':24}  account")
    for row in rows:
        print(f"{row['role']:8}  {row['created']:24}  {row['seen']:24}  {row['account']}")


def _do(store: str, control: Path, fields: Mapping[str, object], name: str, command: Callable[..., Act]) -> None:
    """Ask the server for an act on the account called *name*, or do it where none runs."""
    try:
        with ControlClient(control) as server:
            server.ask("account", username=name, **fields)
    except NoServer:
        with closing(_Stopped(store)) as stopped:
            stopped.do(command(username(name)))


def _new_password() -> str:
    """Ask for a password twice, or take the first line of an input that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass.getpass("Password: ")
    if typed != getpass.getpass("The same again: "):
        raise ControlRefused("these were two different ones")
    return typed


def _database(where: str) -> AccountsDatabase:
    """Return the accounts in the database *where*."""
    try:
        # Only here: who has no database needs none of it.
        from chatroom.logs.postgres.accounts import AccountsDatabase
    except ImportError as error:
        raise ControlRefused(f"a database needs more than is installed ({error}): pip install '.[postgres]'") from error
    return AccountsDatabase(where)


class _Stopped:
    """The accounts of a *store*: a file that no server uses, or a database, whose servers hear of what is done."""

    def __init__(self, store: str) -> None:
        # Only here: most commands need none of it.
        from chatroom.services.passwords import PromptPasswords

        self.audit = self._store = _database(store) if store.startswith(DATABASE) else AccountsFile(Path(store))
        self.users: Mapping[Key, User] = {}
        self.accounts = Accounts(
            self._store,
            PromptPasswords(),
            now=self.now,
            seconds=time.monotonic,
            least=LEAST,
            registrations=0,
        )
        self.accounts.restore()

    def now(self) -> int:
        """Return the time of day, in milliseconds since 1970 (UTC)."""
        return int(time.time() * 1000)

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    def do(self, command: Act) -> None:
        """Do what *command* says: all that is asked is answered at once."""
        work = keep(self, by_number(os.getuid()), command)
        answers = list[Any]()
        try:
            later = work.send(None)
            while True:
                later.ask(answers.append)
                answer = answers.pop()
                later = work.throw(answer) if isinstance(answer, Exception) else work.send(answer)
        except StopIteration:
            return

    def rows(self, match: str) -> list[dict[str, Any]]:
        """Return the accounts as a server tells of them."""
        found = listed(self.accounts, match, None).accounts
        return [
            {"account": each.account, "role": each.role, "created": rfc3339(each.created), "seen": rfc3339(each.seen)}
            for each in found
        ]
