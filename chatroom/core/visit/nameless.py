"""The first state of a visitor: without a username."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Protocol

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import DirectoryPage
from chatroom.core.people.seat import Seat, Visit
from chatroom.core.ports import Connection
from chatroom.core.values.commands import Authenticate, Command, Login, Register
from chatroom.core.values.errors import (
    AccountRequired,
    Banned,
    ChatError,
    NameKept,
    NotLoggedIn,
    StoreAway,
    TextInvalid,
    TooManyConnections,
    TooManyTries,
    UsernameInvalid,
    UsernameTaken,
)
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Profile
from chatroom.core.values.replies import Reply, Welcome
from chatroom.core.visit.accounts.before_name import Shown, make_account, show_account
from chatroom.core.visit.accounts.own_account import (
    Proof,
    admission,
    bind,
    forget,
    identity,
    make_way,
    prove,
    remembered,
    still,
)
from chatroom.core.visit.answer import Answer, LastCode
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later, VisitorGone
from chatroom.core.visit.named import Named
from chatroom.core.visit.operator import Operator
from chatroom.core.visit.rooms.following import followed
from chatroom.core.visit.rule import Rule
from chatroom.core.visit.talk.unread import tell_missed

TRIES = 10
"""Failed tries at a username after which a visitor is disconnected."""


class Newcomer(Visit, Protocol):
    """A visitor, as far as they log in."""

    connection: Connection
    state: Nameless | Named | Operator

    def enter(self) -> None:
        """Enter the room to whose port they have connected."""


class Nameless:
    """A visitor who has to choose a username before anything else; they may have *shown* that an account is theirs."""

    __slots__ = ("_failures", "_lobby", "_shown", "_visitor")

    name = "username"
    seat = None

    def __init__(self, lobby: Lobby, visitor: Newcomer) -> None:
        self._lobby = lobby
        self._visitor = visitor
        self._failures = 0
        self._shown: Shown | None = None

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here although it is for those with a name."""
        return rule.early

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        return NotLoggedIn()

    def handle(self, command: Command, answer: Answer) -> None:
        """Carry out a login, or what shows before it who comes."""
        match command:
            case Login():
                drive(self._login(command, answer), answer)
            case Authenticate():
                drive(self._authenticate(command), answer)
            case Register(str(password), str(username)):
                drive(self._register(username, password), answer)
            case Register():
                raise NotLoggedIn
            case _:
                raise AssertionError("no other command comes in this state")

    async def _authenticate(self, command: Authenticate) -> Reply:
        self._shown, reply = await show_account(self._lobby, self._visitor, command)
        return reply

    async def _register(self, username: Username, password: Password) -> Reply:
        self._shown, reply = await make_account(self._lobby, self._visitor, username, password)
        return reply

    async def _login(self, command: Login, answer: Answer) -> None:
        lobby, visitor = self._lobby, self._visitor
        accounts, session = lobby.accounts, command.session
        proof = token = None
        if accounts is None:
            seat = await self._enter_as_guest(command, None)
        elif self._shown and not (command.password or command.token):
            # An account that was shown is found whatever the username.
            (proof, device), self._shown = self._shown, None
            seat = await self._enter_by(accounts, proof, device, command)
        elif proof := await prove(accounts, visitor, command):
            device, token = await remembered(accounts, visitor, proof, command, _lasting(command))
            try:
                seat = await self._enter_by(accounts, proof, device, command)
            except (ChatError, VisitorGone):
                if token is not None:
                    forget(accounts, device)
                raise
        else:
            seat = await self._enter_as_guest(command, identity(accounts, session))
        visitor.state = Named(lobby, seat)
        listed = await self._look(seat) if command.look and not seat.resumed else None
        admitted = None
        if accounts and proof:
            seat.device = device
            bind(accounts, seat)
            admitted = admission(seat, proof.account, token)
        follows = await followed(lobby, seat.follower)
        seat.followed = () if seat.follower is None else follows
        welcome = Welcome(
            seat.username,
            listed.rooms if listed else None,
            seat.resumed,
            tuple(reader.room.name for reader in seat.rooms.values()),
            lobby.motd,
            admitted,
            follows,
        )
        seat.welcome()
        await answer.sent(welcome)
        visitor.enter()
        await tell_missed(lobby, seat)

    async def _enter_by(self, accounts: Accounts, proof: Proof, device: int, command: Login) -> Seat:
        """Return the seat of somebody who comes in by the account that *proof* shows."""
        # After the wait it may have another name.
        account = still(accounts, proof)
        await make_way(self._lobby, account.username)
        account = still(accounts, proof)
        name, session = account.username, _lasting(command)
        seat = Seat(self._lobby, self._visitor, name, session, identity=account.id, has_account=True)
        seat.device = device
        if proof.device is None:
            seat.proof = account.password
        return await self._enter(seat, command.profile)

    async def _enter_as_guest(self, command: Login, identity: bytes | None) -> Seat:
        """Return the seat of a guest, whom rooms know by *identity*; by a session to guess that is a try at it."""
        lobby, visitor, session = self._lobby, self._visitor, command.session
        guessable = command.guessable and session is not None
        asked = Seat(lobby, visitor, command.username, session, identity=identity, guessable=guessable)
        if command.again and session is None:
            asked.recalled = lobby.people.recalled(command.username, visitor.host)
        if not guessable:
            return await self._enter(asked, command.profile)
        guess = lobby.guesses.begin("word", asked.key, visitor.host, secret=session)
        try:
            seat = await self._enter(asked, command.profile)
        except UsernameTaken:
            raise
        except ChatError:
            guess.unknown()
            raise
        if seat.resumed:
            guess.right()
        else:
            # Rooms know somebody by it, or nobody: who guesses sees that there.
            guess.undecided()
        return seat

    async def _enter(self, asked: Seat, profile: Profile | None) -> Seat:
        """Return the seat that is given to whoever *asked* for one, if they may come in; they have a *profile*."""
        lobby, visitor = self._lobby, self._visitor
        house = lobby.house
        banned = house.network_ban(visitor.host) or house.ban_of(asked.user.identity, asked.username, asked.host)
        if banned:
            raise banned
        if not (house.guests or asked.user.has_account):
            raise AccountRequired(asked.username)

        def give_back(seat: Seat) -> None:
            if not seat.resumed:
                seat.depart("lost")
            elif seat.visitor is visitor:
                seat.lost()

        asked.user.describe(profile)
        seat: Seat = await Later(partial(lobby.directory.claim, asked), late=give_back)
        # Nobody asks for it any more.
        asked.proof = None
        user = seat.user
        known = user.known
        if profile:
            user.introduce(profile)
        if known:
            # Those who know them, for they had the seat, or have it still, may know something else of them.
            lobby.people.changed(user, known, seat)
        return seat

    async def _look(self, seat: Seat) -> DirectoryPage | None:
        """Return the rooms that there are for who has *seat*, if that can be known now."""
        with suppress(StoreAway):
            return await Later(partial(self._lobby.directory.rooms, "", None, seat))
        return None

    def failed(self, error: ChatError) -> LastCode | None:
        """Count the failed tries at a username; too many end the visit, as does a place that is not for them."""
        self._failures += isinstance(error, UsernameInvalid | UsernameTaken | NameKept | TextInvalid)
        if isinstance(error, TooManyConnections):
            return "too-many-connections"
        if isinstance(error, Banned):
            return "banned"
        return "too-many-tries" if self._failures >= TRIES or isinstance(error, TooManyTries) else None


def _lasting(command: Login) -> bytes | None:
    """Return the session by which *command* comes, if it can be as good as a password."""
    return None if command.guessable else command.session
