"""What somebody without a name shows of who they are: that an account is theirs, or that they want one made."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.values.commands import Authenticate
from chatroom.core.values.errors import ChatError, NoSuchUser, NotAllowed, PasswordRequired, UsernameTaken
from chatroom.core.values.names import Username, key
from chatroom.core.values.passwords import Password, long_enough
from chatroom.core.values.replies import AccountRights, Authenticated, Registered
from chatroom.core.visit.accounts.own_account import (
    Claimant,
    Proof,
    check_free,
    check_way,
    forget,
    remembered,
    show,
    still,
)
from chatroom.core.visit.later import Later, VisitorGone


class Shown(NamedTuple):
    """What is known of somebody who has no name yet: a *proof* that an account is theirs, by a *device*."""

    proof: Proof
    device: int


async def show_account(lobby: Lobby, visitor: Claimant, command: Authenticate) -> tuple[Shown, Authenticated]:
    """Let somebody show by *command* that an account is theirs, by which they log in later.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    """
    accounts = await _known(lobby)
    proof = await show(accounts, visitor, command)
    if proof is None:
        assert command.username is not None, "it belongs to all but a certificate"
        raise PasswordRequired(command.username)
    device, token = await remembered(accounts, visitor, proof, command, None)
    try:
        account = still(accounts, proof)
    except (ChatError, VisitorGone):
        if token is not None:
            forget(accounts, device)
        raise
    user = lobby.users.get(key(account.username))
    rooms = user.memberships if user and user.identity == account.id else ()
    return Shown(proof, device), Authenticated(account.username, AccountRights(account.role, rooms, device, token))


async def make_account(
    lobby: Lobby, visitor: Claimant, username: Username, password: Password
) -> tuple[Shown, Registered]:
    """Make an account called *username*, by which somebody logs in later.

    :raises chatroom.core.values.errors.NotAllowed: where there are none, or the operator alone makes them.
    :raises chatroom.core.values.errors.UsernameTaken: if the name is somebody's, an account's or a guest's.
    """
    accounts = await _known(lobby)
    if accounts.required:
        raise NotAllowed("The operator makes the accounts here")
    check_way(accounts, visitor)
    await _check_free(lobby, accounts, username)
    long_enough(password, accounts.least)
    accounts.check_registrations(visitor.host)
    device: int = await Later(accounts.next_device)
    encoded: str = await Later(partial(accounts.passwords.encode, password, visitor.host))
    await _check_free(lobby, accounts, username)
    account = accounts.new(username, encoded)
    await Later(partial(accounts.register, account, visitor.host))
    return Shown(Proof(account), device), Registered(account.username)


async def _known(lobby: Lobby) -> Accounts:
    """Return the accounts, once it is known which there are."""
    if lobby.accounts is None:
        raise NotAllowed("There are no accounts here")
    await Later(lobby.accounts.when_known)
    return lobby.accounts


async def _check_free(lobby: Lobby, accounts: Accounts, username: Username) -> None:
    """Let *username* be taken by nobody else: who is here by it has to register it themselves."""
    check_free(accounts, username)
    taken = key(username) in lobby.users
    if not taken and lobby.directory.shared:
        try:
            await Later(partial(lobby.directory.find, username))
            taken = True
        except NoSuchUser:
            pass
    if taken:
        raise UsernameTaken(username)
