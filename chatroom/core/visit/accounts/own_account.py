"""What people do with accounts: show that one is theirs, make one, change it, and look after its devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from secrets import token_bytes, token_urlsafe
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import UserSeat
from chatroom.core.ports import Connection, Verdict
from chatroom.core.values.accounts import Account, AccountRole, Device, Dropped, Revoked, digest
from chatroom.core.values.commands import (
    Authenticate,
    ChangePassword,
    Devices,
    Ignore,
    ListIgnored,
    Login,
    Register,
    Revoke,
    Trust,
    Unregister,
)
from chatroom.core.values.errors import (
    AccountExists,
    AccountRequired,
    AlreadyLoggedIn,
    ChatError,
    NoAccount,
    NoSuchDevice,
    NotAllowed,
    PasswordRequired,
    PasswordWrong,
    StoreAway,
    UsernameTaken,
)
from chatroom.core.values.events import Notice
from chatroom.core.values.names import Username, key
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.passwords import Password, long_enough
from chatroom.core.values.replies import AccountRights, DeviceInfo, DeviceList, IgnoredList, Ok, Registered, Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rooms.following import follow_all
from chatroom.core.visit.rule import Ask

CHECK = 4
"""Further tokens for a login with a password."""

SERVER = Username("server")
"""By whom a notice is that nobody has written."""

READABLE = "Your password came over a connection that is not encrypted; whoever is on the way could read it."

Act = Trust | Register | ChangePassword | Unregister | Devices | Revoke | Ignore | ListIgnored
"""What somebody with a name asks of accounts."""


NEEDED = "without its passwords it is taken elsewhere"


class Claimant(Protocol):
    """A visitor, as far as they show who they are."""

    connection: Connection
    host: bytes | None
    origin: ConnectionOrigin

    def charge(self, tokens: int) -> None:
        """Take *tokens* from the visitor."""


class Proof(NamedTuple):
    """An *account* that is the visitor's: a *device* of it says so, or else a password or a session."""

    account: Account
    device: Device | None = None


# At the door.


async def prove(accounts: Accounts, visitor: Claimant, command: Login) -> Proof | None:
    """Return what shows that an account is the visitor's, or ``None`` for a guest.

    A token finds its account whatever the username, and so does a session that is bound to one; but none that can be
    guessed.
    """
    await Later(accounts.when_known)
    if command.guessable:
        command = replace(command, session=None)
    if known := _known(accounts, visitor, command.token) or _known(accounts, visitor, command.session):
        return known
    if not command.token and command.session:
        id: bytes | None = await Later(partial(accounts.bound, command.session))
        if id:
            # Of a password that was changed at another server, this one may not have heard.
            await Later(accounts.refresh)
        account = accounts.get(id) if id else None
        # It has to be worth that much while this is the password.
        if account and account.id == await Later(partial(accounts.bound, command.session)):
            return Proof(account)
    if shown := await show(accounts, visitor, command):
        return shown
    accounts.check_free(command.username)
    if accounts.required:
        raise AccountRequired(command.username)
    return None


async def show(accounts: Accounts, visitor: Claimant, command: Login | Authenticate) -> Proof | None:
    """Return what a token, a password or a certificate shows by *command*, or ``None`` if there is none."""
    if isinstance(command, Authenticate) and command.certificate:
        return await _certified(accounts, visitor, command.username)
    if known := _known(accounts, visitor, command.token):
        return known
    assert command.username is not None, "a certificate alone needs none"
    if command.token:
        guess = accounts.guesses.begin("token", key(command.username), visitor.host, secret=command.token)
        # It may have been given to them at another server just now.
        await Later(accounts.refresh)
        if known := _known(accounts, visitor, command.token):
            guess.unknown()
            return known
        raise PasswordWrong
    if command.password is None:
        return None
    visitor.charge(CHECK)
    return Proof(await checked(accounts, visitor, command.username, command.password))


async def _certified(accounts: Accounts, visitor: Claimant, username: Username | None) -> Proof:
    """Return the account of whose devices one is the certificate of the connection: of *username*, if one is named."""
    secret = visitor.origin.certificate
    known = _known(accounts, visitor, secret, certified=True)
    if known is None and secret:
        # It may have been trusted at another server just now.
        await Later(accounts.refresh)
        known = _known(accounts, visitor, secret, certified=True)
    # Nobody makes one that fits: there is nothing to guess, and nothing is counted.
    if known is None or (username is not None and accounts.named(username) != known.account):
        raise PasswordWrong
    return known


def _known(accounts: Accounts, visitor: Claimant, secret: bytes | None, *, certified: bool = False) -> Proof | None:
    """Return the account that has a device with that *secret*: the one is no secret by which a certificate is known."""
    if (
        secret
        and (device := accounts.device(secret))
        and (device.kind == "certificate") is certified
        and (account := accounts.get(device.account))
    ):
        accounts.guesses.came(account.id, visitor.host)
        return Proof(account, device)
    return None


def identity(accounts: Accounts, session: bytes | None) -> bytes | None:
    """Return by what rooms know a guest who comes by *session*, if not by that: once it was the id of an account."""
    return token_bytes(16) if session and accounts.get(session) else None


async def remembered(
    accounts: Accounts, visitor: Claimant, proof: Proof, command: Login | Authenticate, session: bytes | None
) -> tuple[int, str | None]:
    """Return the number of the visitor's device, and its new token if one was asked for and is needed."""
    now, peer, door = accounts.now(), visitor.origin.peer, visitor.origin.door
    if proof.device:
        seen = replace(proof.device, seen=now, door=door, host=peer, client=command.client or proof.device.client)
        # Nobody waits for that: it only tells when it was.
        accounts.remember(seen, lambda error: None)
        return proof.device.number, None
    number: int = await Later(accounts.next_device)
    if not command.remember:
        return number, None
    token = token_urlsafe(32)
    device = Device(number, proof.account.id, "token", digest(token), now, now, door, peer, command.client, session)
    await Later(partial(accounts.remember, device), late=lambda _: forget(accounts, number))
    return number, token


def forget(accounts: Accounts, device: int) -> None:
    """Let the new *device* be none: nobody was told of its token, and nobody waits for that."""
    accounts.change([Revoked((device,))], lambda error: None)


def still(accounts: Accounts, proof: Proof) -> Account:
    """Return the account of *proof* as it is after a wait.

    :raises chatroom.core.values.errors.PasswordWrong: if what was shown is worth nothing any more.
    """
    account = accounts.get(proof.account.id)
    if account is None:
        raise PasswordWrong
    if proof.device is None:
        right = account.password == proof.account.password
    else:
        right = proof.device.number in [device.number for device in accounts.devices(account.id)]
    if not right:
        raise PasswordWrong
    return account


async def make_way(lobby: Lobby, username: Username, seat: Seat | None = None) -> None:
    """Let a guest make way who has *username*, unless by *seat*: it was an account's before anybody here knew."""
    user = lobby.users.get(key(username))
    if user and not user.has_account:
        for other in user.seats:
            if other is not seat:
                await when(other.revoke)


async def checked(
    accounts: Accounts, visitor: Claimant, username: Username, password: Password, *, role: AccountRole | None = None
) -> Account:
    """Return the account called *username*, if *password* is its own, and if it has that *role* where one is wanted."""
    check_way(accounts, visitor)
    if accounts.named(username) is None:
        await Later(accounts.refresh)
    account = accounts.named(username)
    name = key(account.username if account else username)
    # Of one with another role, nobody learns that the password is right.
    fits = role is None or (account is not None and account.role == role)
    guess = accounts.guesses.begin("password", name, visitor.host, account=account.id if account else None)

    def late(verdict: Verdict) -> None:
        if verdict.right and account and fits:
            guess.right(account.id)

    try:
        called, kept = (account.username, account.password) if account and fits else (username, None)
        check = partial(accounts.passwords.check, called, kept, password, guess)
        verdict: Verdict = await Later(check, late=late)
    except ChatError:
        guess.unknown()
        raise
    # After the wait: it may have another password now, be gone, or have been made.
    now = accounts.get(account.id) if account else accounts.named(username)
    if not (verdict.right and fits) or (account and (now is None or now.password != account.password)):
        raise PasswordWrong
    if now is None:
        # Whoever checks passwords knows them: that makes the account.
        now = accounts.new(username, "")
        await Later(partial(accounts.add, now))
    guess.right(now.id)
    if verdict.renewed:
        now = replace(now, password=verdict.renewed)
        await Later(partial(accounts.change, [now]))
    return now


def check_way(accounts: Accounts, visitor: Claimant) -> None:
    """Let a password come the way that it came, and warn of one on which others may read along.

    :raises chatroom.core.values.errors.NotAllowed: if the operator does not want that.
    """
    if not visitor.origin.private:
        if not accounts.plain:
            raise NotAllowed("Passwords are taken over encrypted connections only")
        visitor.connection.notify(Notice(READABLE, SERVER))


def admission(seat: Seat, account: Account, token: str | None) -> AccountRights:
    """Return what the owner of *account* is told who has come to *seat*."""
    return AccountRights(account.role, seat.user.memberships, seat.device, token)


# With a name.


async def act(ask: Ask, command: Act) -> Reply | None:
    """Do what *command* says with the account of the visitor.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    """
    lobby, seat, answer = ask.lobby, ask.seat, ask.answer
    accounts, visitor = lobby.accounts, seat.visitor
    if accounts is None:
        raise NotAllowed("There are no accounts here")
    if isinstance(command, Register):
        if command.username is not None and key(command.username) != seat.user.key:
            raise AlreadyLoggedIn(seat.username)
        assert command.password is not None, NEEDED
        return await _register(lobby, accounts, seat, visitor, command.password, answer)
    account = accounts.get(seat.user.identity) if seat.user.has_account else None
    if account is None:
        raise NoAccount
    match command:
        case ChangePassword(old, new):
            assert old is not None, NEEDED
            assert new is not None, NEEDED
            accounts.passwords.check_ours()
            long_enough(new, accounts.least)
            await checked(accounts, visitor, account.username, old)
            encoded: str = await Later(partial(accounts.passwords.encode, new, visitor.host))
            now = accounts.get(account.id)
            if now is None:
                raise NoAccount
            await Later(partial(accounts.set_password, now, encoded, current=seat.device))
            _send_away(seat.user.others(seat))
        case Unregister(password):
            assert password is not None, NEEDED
            await checked(accounts, visitor, account.username, password)
            await Later(partial(accounts.change, [Dropped(account.id)]))
            _send_away(seat.user.others(seat))
            before = seat.person
            lobby.directory.unregistered(seat, token_bytes(16))
            lobby.people.changed(seat.user, before, seat)
            lobby.marks.forget(account.id)
            if seat.session:
                accounts.unbind(seat.session)
        case Trust():
            await _trust(accounts, seat, visitor, account)
        case Devices():
            elsewhere: DeviceList = await Later(partial(lobby.directory.elsewhere, seat.user))
            return DeviceList(tuple(_devices(accounts, seat, elsewhere.devices)), elsewhere.incomplete)
        case Revoke(number):
            # It may have come to another server just now.
            await Later(accounts.refresh)
            kept = [device for device in accounts.devices(account.id) if device.number == number]
            seats = [other for other in seat.user.seats if other.device == number]
            if not kept and not seats:
                elsewhere = await Later(partial(lobby.directory.elsewhere, seat.user))
                if all(device.device != number for device in elsewhere.devices):
                    raise StoreAway if elsewhere.incomplete else NoSuchDevice(number)
            if kept or not seats:
                await Later(partial(accounts.change, [Revoked((number,))]))
            if seat in seats:
                # After its reply.
                await answer.sent(Ok())
            _send_away(seats)
            return None if seat in seats else Ok()
        case Ignore(username, ends):
            if key(username) == seat.user.key:
                raise NotAllowed("That can't be done to oneself")
            await Later(partial(accounts.ignore, account.id, username, ends=ends))
        case ListIgnored():
            return IgnoredList(tuple(accounts.ignored(account.id)))
    return Ok()


def check_may_register(accounts: Accounts, seat: Seat, visitor: Claimant) -> None:
    """Let the *visitor* who has *seat* make an account of their name, whatever its password."""
    user = seat.user
    if user.has_account:
        raise AccountExists(user.username)
    if accounts.required:
        raise NotAllowed("The operator makes the accounts here")
    accounts.passwords.check_ours()
    check_free(accounts, user.username)
    accounts.check_registrations(visitor.host)


async def _register(
    lobby: Lobby, accounts: Accounts, seat: Seat, visitor: Claimant, password: Password, answer: Answer
) -> Registered:
    user, host = seat.user, visitor.host
    check_may_register(accounts, seat, visitor)
    check_way(accounts, visitor)
    long_enough(password, accounts.least)
    device: int = await Later(accounts.next_device)
    encoded: str = await Later(partial(accounts.passwords.encode, password, host))
    check_free(accounts, user.username)
    # What they have said until now has been said by the guest.
    await answer.first()
    account = accounts.new(user.username, encoded)
    guest = user.identity
    await follow_all(seat, account.id)
    await Later(partial(lobby.register, account, host, guest))
    marks = lobby.marks.of(seat)
    before = user.person
    user.become(account.id, has_account=True, formerly=guest)
    lobby.people.changed(user, before, seat)
    lobby.marks.merge(marks, seat)
    seat.device = device
    bind(accounts, seat)
    return Registered(account.username)


async def _trust(accounts: Accounts, seat: Seat, visitor: Claimant, account: Account) -> None:
    """Let the certificate of *visitor* be a device of *account*, whose owner has *seat*."""
    origin = visitor.origin
    if origin.certificate is None:
        raise NotAllowed("This connection has shown no certificate of its own; it takes TLS with one")
    if known := accounts.device(origin.certificate):
        if known.account != account.id:
            raise NotAllowed("That certificate is trusted by another account")
        return
    number: int = await Later(accounts.next_device)
    now, session = accounts.now(), None
    device = Device(
        number, account.id, "certificate", origin.certificate, now, now, origin.door, origin.peer, "", session
    )
    await Later(partial(accounts.remember, device))


def bind(accounts: Accounts, seat: Seat) -> None:
    """Let the session of *seat* be as good as a password, as long as it has the seat; one to guess finds it no more."""
    if seat.guessable:
        seat.give_up_session()
    elif session := seat.session:
        accounts.bind(session, seat.user.identity)
        seat.at_end(lambda: accounts.unbind(session))


def check_free(accounts: Accounts, username: Username, account: bytes | None = None) -> None:
    """Let *username* be taken by somebody who is inside, a guest or *account*: there a password would not help.

    :raises chatroom.core.values.errors.UsernameTaken: if it is the name of another account.
    :raises chatroom.core.values.errors.NameKept: if it could be mistaken for one.
    """
    try:
        accounts.check_free(username, account)
    except PasswordRequired:
        raise UsernameTaken(username) from None


def _send_away(seats: Sequence[UserSeat]) -> None:
    for seat in seats:
        seat.revoke()


def _devices(accounts: Accounts, seat: Seat, elsewhere: Sequence[DeviceInfo]) -> Iterator[DeviceInfo]:
    """Yield the devices of the owner of *seat*: those that are kept, and connections that are none of these.

    Some are *elsewhere*, at other servers.
    """
    user = seat.user
    kept = {device.number: device for device in accounts.devices(user.identity)}
    for number, device in kept.items():
        yield DeviceInfo(
            number,
            device.kind,
            device.created,
            device.seen,
            number == seat.device,
            device.door,
            device.host,
            device.client,
        )
    for other in user.seats:
        if other.device not in kept:
            yield other.info(current=other is seat)
    for info in elsewhere:
        if info.device not in kept:
            yield info
