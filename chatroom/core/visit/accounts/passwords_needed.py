"""Commands that come without the passwords that they need: somebody asks whether these are worth typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from chatroom.core.values.commands import Authenticate, ChangePassword, Operate, Register, Unregister
from chatroom.core.values.errors import AccountExists, NoAccount, NotAllowed, PasswordRequired
from chatroom.core.values.replies import Reply
from chatroom.core.visit.accounts.own_account import check_may_register
from chatroom.core.visit.driver import Work
from chatroom.core.visit.rule import Ask

Lacking = Register | ChangePassword | Unregister | Authenticate | Operate
"""Commands that may come without one."""

L = TypeVar("L", bound=Lacking)


def with_password(handler: Callable[[Ask, L], Work]) -> Callable[[Ask, L], Work]:
    """Return *handler* as one that is asked once the password is there; before, it is required."""

    async def required(ask: Ask, command: L) -> Reply | None:
        if _lacks(command):
            await _require(ask, command)
        return await handler(ask, command)

    return required


def _lacks(command: Lacking) -> bool:
    match command:
        case (
            Register(None)
            | ChangePassword(None)
            | Unregister(None)
            | Authenticate(password=None, token=None, certificate=False)
            | Operate(password=None)
        ):
            return True
    return False


async def _require(ask: Ask, command: Lacking) -> NoReturn:
    """Require the passwords of *command*, unless it would be refused with them too.

    :raises chatroom.core.values.errors.PasswordRequired: if they are worth typing.
    :raises chatroom.core.values.errors.ChatError: why they are not.
    """
    # What is typed behind it is an answer: nothing is read until the reply has left.
    await ask.answer.first()
    accounts, seat = ask.lobby.accounts, ask.seat
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    match command:
        case Register():
            check_may_register(accounts, seat, seat.visitor)
        case ChangePassword() | Unregister() if not seat.user.has_account:
            raise NoAccount
        case ChangePassword():
            accounts.passwords.check_ours()
        case Authenticate() if seat.user.has_account:
            raise AccountExists(seat.username)
    raise PasswordRequired(seat.username)
