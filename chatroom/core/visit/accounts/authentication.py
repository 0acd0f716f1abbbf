"""The way of a guest who is connected to an account that is theirs."""

from __future__ import annotations

from functools import partial

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.people.seat import Seat
from chatroom.core.rooms.reader import Reader
from chatroom.core.tools.order import when_all
from chatroom.core.values.accounts import Account
from chatroom.core.values.commands import Authenticate
from chatroom.core.values.errors import AccountExists, ChatError, NotAllowed, PasswordRequired
from chatroom.core.values.events import Removed
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Authenticated
from chatroom.core.visit.accounts.own_account import Proof, admission, bind, forget, make_way, remembered, show, still
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, VisitorGone, when
from chatroom.core.visit.rooms.following import follow_all, followed
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.unread import tell_missed
from chatroom.core.visit.waiting import in_turn


async def authenticate(ask: Ask, command: Authenticate) -> None:
    """Let a guest show by *command* that an account is theirs, and be one of its connections.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    """
    lobby, seat, answer = ask.lobby, ask.seat, ask.answer
    accounts, visitor = lobby.accounts, seat.visitor
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    if seat.user.has_account:
        raise AccountExists(seat.username)
    proof = await show(accounts, visitor, command)
    if proof is None:
        assert command.username is not None, "it belongs to all but a certificate"
        raise PasswordRequired(command.username)
    _admit(lobby, accounts, proof)
    device, token = await remembered(accounts, visitor, proof, command, seat.session)
    guest, before = seat.user, seat.person
    seat.device = device
    try:
        seat.followed = follows = await _become(lobby, accounts, seat, proof, answer)
    except (ChatError, VisitorGone):
        seat.device = 0
        if token is not None:
            forget(accounts, device)
        raise
    finally:
        seat.proof = None
    bind(accounts, seat)
    seats = None if seat.user is guest else [seat]
    # Behind their new name.
    rooms = [reader.room.in_turn for reader in seat.rooms.values()]
    when_all(rooms, partial(lobby.people.changed, seat.user, before, seat, seats))
    account = accounts.get(proof.account.id) or proof.account
    await answer.sent(Authenticated(seat.username, admission(seat, account, token), follows))
    await tell_missed(lobby, seat)


def _admit(lobby: Lobby, accounts: Accounts, proof: Proof) -> Account:
    """Return the account of *proof* as it is now, if its owner may come in."""
    now = still(accounts, proof)
    if banned := lobby.house.ban_of(now.id, now.username, None):
        raise banned
    return now


async def _become(
    lobby: Lobby, accounts: Accounts, seat: Seat, proof: Proof, answer: Answer
) -> tuple[RoomName, ...] | None:
    """Let *seat* be one of the account of *proof*, in the order of all its rooms; return which rooms that follows."""
    account = proof.account
    await answer.first()
    await when(partial(lobby.marks.when_known, seat))
    marks = lobby.marks.of(seat)
    follows = None
    # Where servers share people, that is one commit with the rest.
    if not lobby.directory.shared:
        # First: if that can't be stored, they are still a guest, and whoever goes meanwhile is not rid of a ban.
        await Later(partial(lobby.merge, seat.user.identity, account.id))
        await follow_all(seat, account.id)
        # Before the others are shown who they are: the reply is not to wait behind that.
        follows = await followed(lobby, account.id)
    await in_turn([reader.room for reader in seat.rooms.values()])
    await _leave_those(seat, account)
    await make_way(lobby, _admit(lobby, accounts, proof).username, seat)
    account = _admit(lobby, accounts, proof)
    if proof.device is None:
        seat.proof = account.password
    # As before any other change of a name; and the account's other connections are told first what happened before.
    lobby.turn.flush()
    told: tuple[RoomName, ...] | None = await Later(
        partial(lobby.directory.authenticate, seat, Somebody(account.username, account.id))
    )
    lobby.marks.merge(marks, seat)
    if not lobby.directory.shared:
        return follows
    # They may have been banned at another server in the meantime.
    if banned := lobby.house.ban_of(account.id, seat.username, None):
        seat.banish(banned.until, banned.reason)
        raise banned
    await _leave_those(seat, account)
    return told if lobby.follows else None


async def _leave_those(seat: Seat, account: Account) -> None:
    """Put *seat* out of the rooms from which *account* is banned."""
    while (out := _put_out(seat, account)) or seat.leavers:
        if out:
            await Later(partial(out[0].expel, out[1]))
        else:
            # Where they were put out, they are told so as the guest that they were.
            await when(seat.leavers[0].when_level)


def _put_out(seat: Seat, account: Account) -> tuple[Reader, Removed] | None:
    """Return a reader by *seat* of a room from which *account* is banned, and what is told of that."""
    for reader in seat.rooms.values():
        if removed := reader.room.standing.removal(account.username, account.id):
            return reader, removed
    return None
