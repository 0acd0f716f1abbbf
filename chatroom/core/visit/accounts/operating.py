"""How somebody acts as an operator by the password of one, while their connection lasts."""

from __future__ import annotations

from functools import partial

from chatroom.core.values import audit
from chatroom.core.values.commands import Operate, StandDown
from chatroom.core.values.errors import NotAllowed, PasswordWrong
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.visit.accounts.own_account import CHECK, NEEDED, checked
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask


async def become_operator(ask: Ask, command: Operate) -> Reply:
    """Let the visitor act as an operator, if *command* has the password of an account with that role.

    :raises chatroom.core.values.errors.PasswordWrong: for all others, whether the account is none, or no operator's.
    """
    lobby, seat = ask.lobby, ask.seat
    accounts, visitor = lobby.accounts, seat.visitor
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    assert command.password is not None, NEEDED
    visitor.charge(CHECK)
    account = await checked(accounts, visitor, command.username, command.password, role="operator")
    if not seat.operates:
        # What can't be written down is not done.
        act = audit.Act(lobby.now(), seat.username, "operate", username=account.username)
        await Later(partial(lobby.audit.note, act))
        now = accounts.get(account.id)
        # In the meantime it may have another role or password, or be gone.
        if now is None or (now.role, now.password) != (account.role, account.password):
            raise PasswordWrong
        accounts.operators.begin(seat, account.id)
    return Ok(account.username)


async def stand_down(ask: Ask, command: StandDown) -> Reply:
    """Let the visitor act as an operator no longer."""
    del command
    ask.seat.stand_down()
    return Ok()
