"""Commands that come without the passwords that they need: somebody asks whether these are worth typing."""

from __future__ import annotations

from typing import NoReturn

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.seat import Seat
from chatroom.core.values.commands import Authenticate, ChangePassword, Operate, Register, Unregister
from chatroom.core.values.errors import AccountExists, NoAccount, NotAllowed, PasswordRequired
from chatroom.core.visit.accounts import Comer, check_may_register
from chatroom.core.visit.answer import Answer

Lacking = Register | ChangePassword | Unregister | Authenticate | Operate


async def require(lobby: Lobby, seat: Seat, visitor: Comer, command: Lacking, answer: Answer) -> NoReturn:
    """Require the passwords of *command*, unless it would be refused with them too.

    :raises chatroom.core.values.errors.PasswordRequired: if they are worth typing.
    :raises chatroom.core.values.errors.ChatError: why they are not.
    """
    # What is typed behind it is an answer: nothing is read until the reply has left.
    await answer.first()
    accounts = lobby.accounts
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    match command:
        case Register():
            check_may_register(accounts, seat, visitor)
        case ChangePassword() | Unregister() if not seat.user.has_account:
            raise NoAccount
        case ChangePassword():
            accounts.passwords.check_ours()
        case Authenticate() if seat.user.has_account:
            raise AccountExists(seat.username)
    raise PasswordRequired(seat.username)
