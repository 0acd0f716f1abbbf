"""The accounts of the server: whose name is whose, and which devices need no password."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from secrets import token_bytes
from typing import Protocol

from msgspec.structs import replace

from chatroom.core.accounts.guessing import Guesses, Host, SlidingWindow
from chatroom.core.accounts.lookalikes import glances, skeletons
from chatroom.core.accounts.operators import Operators
from chatroom.core.ports import AccountStore, Passwords
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
from chatroom.core.values.errors import (
    ChatError,
    NameKept,
    NotAllowed,
    PasswordRequired,
    StorageFailed,
    TooManyAccounts,
    UsernameTaken,
)
from chatroom.core.values.names import Key, Username, fold, key

KEPT_NAMES = "admin operator moderator server system root nickserv chanserv histserv".split()
"""Names of nobody, that speak for the server elsewhere."""

_KEPT = frozenset[str]().union(*map(glances, map(Username, KEPT_NAMES)))

FORMER = 3
"""Former names that stay an account's own."""

FORMER_TIME = 30 * 86_400_000
"""Milliseconds for which they do."""

DEVICES = 100
"""Devices of an account, at most: then the one unseen for longest goes."""

UNSEEN = 400 * 86_400_000
"""Milliseconds after which a device that is not seen is one no more."""

IGNORED = 256
"""People whom an account ignores, at most."""

HOUR = 3600.0

Done = Callable[[ChatError | None], None]
"""A callback that gets ``None``, or the error for which it can't be."""


class Others(Protocol):
    """Other servers that have the same accounts."""

    def number(self, got: Callable[[int | ChatError], None]) -> None:
        """Give *got* the number of a device that nobody has had at any server."""

    def bound(self, session: bytes, got: Callable[[bytes | ChatError | None], None]) -> None:
        """Find the account to which *session* is bound at any server."""

    def refresh(self, done: Callable[[None], None]) -> None:
        """Hear what they have done until now, if that can be, and call *done*."""


class Accounts:
    """All accounts by their names and ids, and the devices by their secrets; *store* keeps them.

    *now* returns the time of day in milliseconds since 1970, and *seconds* that of a clock. New passwords have *least*
    bytes, and *registrations* accounts are made in an hour from one host; 0 is no limit. If one is *required*, guests
    are not let in. With *plain* passwords may come unencrypted. There may be *others* that have the same accounts.
    """

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        *,
        now: Callable[[], int],
        seconds: Callable[[], float],
        least: int = 8,
        registrations: int = 30,
        required: bool = False,
        plain: bool = True,
        others: Others | None = None,
    ) -> None:
        self.passwords = passwords
        self.now = now
        self.plain = plain
        self.required = required
        self.guesses = Guesses(seconds)
        self.operators = Operators()
        self._store = store
        self._others = others
        self.limit(least, registrations)
        self._made = SlidingWindow(HOUR, seconds)
        self._accounts: dict[bytes, Account] = {}
        self._names: dict[Key, bytes] = {}
        self._former: dict[Key, bytes] = {}
        self._alike: defaultdict[str, set[bytes]] = defaultdict(set)
        self._coming: dict[Key, Account] = {}
        self._going: set[int | bytes] = set()
        self._devices: dict[int, Device] = {}
        self._secrets: dict[bytes, Device] = {}
        self._of: defaultdict[bytes, list[int]] = defaultdict(list)
        self._sessions: dict[bytes, bytes] = {}
        self._last_device = 0
        self._unknown: StorageFailed | None = None
        self._waiting: list[Callable[[StorageFailed | None], None]] | None = None

    def restore(self) -> None:
        """Know the accounts that are kept."""

        def restored(kept: AllAccounts | StorageFailed) -> None:
            self._unknown = None if isinstance(kept, AllAccounts) else kept
            if isinstance(kept, AllAccounts):
                self._last_device = max(self._last_device, kept.last_device)
                there = {account.id for account in kept.accounts}
                gone = [Dropped(id) for id in self._accounts if id not in there]
                numbers = {device.number for device in kept.devices}
                lost = Revoked(tuple(number for number in self._devices if number not in numbers))
                self.heard([*gone, lost, *kept.accounts, *kept.devices])
            waiting, self._waiting = self._waiting or (), None
            for got in waiting:
                got(self._unknown)

        self._waiting = []
        self._store.restore_accounts(restored)

    def heard(self, changes: Sequence[AccountChange]) -> None:
        """Note that *changes* have happened, by somebody else."""
        for change in changes:
            self._apply(change)

    def when_known(self, got: Callable[[StorageFailed | None], None]) -> None:
        """Call *got* when it is known which accounts there are, or with the error for which nobody knows."""
        if self._waiting is None:
            got(self._unknown)
        else:
            self._waiting.append(got)

    def limit(self, least: int, registrations: int) -> None:
        """Let new passwords have *least* bytes from now on, and so many *registrations* come from one host."""
        self.least = least
        self._most = registrations

    # Who is who.

    def get(self, id: bytes) -> Account | None:
        """Return the account with that *id*."""
        return self._accounts.get(id)

    def named(self, username: Username) -> Account | None:
        """Return the account that is called *username*, or was not long ago."""
        name = key(username)
        if id := self._names.get(name):
            return self._accounts[id]
        account = self._accounts.get(self._former.get(name, b""))
        if account and any(key(old) == name and self.now() < until for old, until in account.former):
            return account
        return None

    def after(self, name: Key | None, match: str) -> Iterator[Account]:
        """Yield the accounts behind *name*, by their names, that have *match* in theirs."""
        for each in sorted(self._names):
            if (name is None or each > name) and match in fold(each):
                yield self._accounts[self._names[each]]

    def check_free(self, username: Username, account: bytes | None = None) -> None:
        """Let *username* be taken by a guest, or by *account*; no account may have one that could be mistaken either.

        :raises chatroom.core.values.errors.PasswordRequired: if it is the name of another account, or was.
        :raises chatroom.core.values.errors.NameKept: if it could be mistaken for somebody else's.
        """
        owner = self.named(username)
        if owner and owner.id != account:
            raise PasswordRequired(username)
        if not owner and (_KEPT & glances(username) or self._resembles_another(username, account)):
            raise NameKept(username)

    def _resembles_another(self, username: Username, account: bytes | None) -> bool:
        coming = [other for other in self._coming.values() if other.id != account]
        # Without any account there is nothing to look like, and no reason to read what looks like what.
        if not self._alike and not coming:
            return False
        looks = skeletons(username)
        return any(self._alike.get(look, set()) - {account} for look in looks) or any(
            looks & skeletons(other.username) for other in coming
        )

    # Changes of accounts, each safe when it is done.

    def check_registrations(self, host: Host) -> None:
        """Let an account be made from *host*.

        :raises chatroom.core.values.errors.TooManyAccounts: if there were many in the last hour.
        """
        if self._most and (wait := self._made.wait(host, self._most)):
            raise TooManyAccounts(wait)

    def new(self, username: Username, password: str) -> Account:
        """Return an account that is made now, by an id that nobody has or had; *password* is a hash.

        It is empty where others check it.
        """
        now = self.now()
        return Account(token_bytes(16), username, password, created=now, seen=now)

    def register(self, account: Account, host: Host, done: Done, *, guest: bytes | None = None) -> None:
        """Add *account*, which somebody makes from *host*; what rooms know of a *guest* they know of it then."""

        def added(error: ChatError | None) -> None:
            if error is None:
                self.guesses.came(account.id, host)
            done(error)

        self._made.add(host)
        self.add_unlike(account, added, *(() if guest is None else (Merged(guest, account.id),)))

    def add_unlike(self, account: Account, done: Done, *more: AccountChange) -> None:
        """Add *account* with *more* changes, unless its name looks by now like another one's."""
        self.add(account, done, Unlike(account.id), *more)

    def add(self, account: Account, done: Done, *more: AccountChange) -> None:
        """Add *account* with *more* changes; its name is to be free, but for somebody who is about to have it."""
        if key(account.username) in self._coming:
            done(UsernameTaken(account.username))
        else:
            self._name(account, done, *more)

    def _name(self, account: Account, done: Done, *more: AccountChange) -> None:
        """Let *account* have a name, with *more* changes; it is nobody else's until that is stored or refused."""
        name = key(account.username)

        def stored(error: ChatError | None) -> None:
            if self._coming.get(name) is account:
                del self._coming[name]
            done(error)

        self._coming[name] = account
        self.change([account, *more], stored)

    def rename(self, id: bytes, username: Username, done: Done) -> None:
        """Call an account by *username*; its last names stay its own for some time."""
        account = self._accounts.get(id)
        if account is None:
            done(None)
            return
        now = self.now()
        names = {key(username), key(account.username)}
        old = [(name, until) for name, until in account.former if until > now and key(name) not in names]
        if key(account.username) != key(username):
            old.append((account.username, now + FORMER_TIME))
        self._name(replace(account, username=username, former=tuple(old[-FORMER:])), done, Unlike(id))

    def set_password(self, account: Account, password: str, done: Done, *, current: int | None = None) -> None:
        """Give *account* another hash of a *password*, and revoke its devices but for the *current* one."""

        def others() -> tuple[int, ...]:
            return tuple(device.number for device in self.devices(account.id) if device.number != current)

        def changed(error: ChatError | None) -> None:
            if error is None and (made_meanwhile := others()):
                self.change([Revoked(made_meanwhile)], done)
            else:
                done(error)

        self.change([replace(account, password=password), Revoked(others(), account.id)], changed)

    def ignore(self, id: bytes, username: Username, done: Done, *, ends: bool = False) -> None:
        """Let an account ignore whoever is called *username*, under all their names if they have an account.

        When it *ends*, also somebody of that name is ignored no more who had no account then.
        """
        account = self._accounts[id]
        owner = self.named(username)
        named = Ignored(username)
        whom = Ignored(owner.username, owner.id) if owner else named
        there = [each for each in account.ignored if each.name in (whom.name, named.name)]
        if ends:
            changes = [Ignoring(id, each, ends=True) for each in there]
        elif any(each.name == whom.name for each in there):
            changes = []
        elif len(account.ignored) >= IGNORED:
            done(NotAllowed(f"{IGNORED:,} people can be ignored, not more"))
            return
        else:
            changes = [Ignoring(id, whom)]
        if changes:
            self.change(changes, done)
        else:
            done(None)

    def ignores(self, id: bytes, username: Username) -> bool:
        """Return whether an account ignores whoever is called *username*."""
        account = self._accounts.get(id)
        if account is None or not account.ignored:
            return False
        owner = self.named(username)
        names = (key(username), owner.id) if owner else (key(username),)
        return any(each.name in names for each in account.ignored)

    def ignored(self, id: bytes) -> list[Username]:
        """Return the names of those whom an account ignores, as they are called now."""
        names = set[Username]()
        for each in self._accounts[id].ignored:
            if each.person is None:
                names.add(each.username)
            elif owner := self._accounts.get(each.person):
                names.add(owner.username)
        return sorted(names, key=key)

    def change(self, changes: Sequence[AccountChange], done: Done) -> None:
        """Let *changes* happen when they are stored."""
        going = {gone for change in changes for gone in _gone(change)}

        def stored(error: ChatError | None) -> None:
            self._going -= going
            if error is None:
                for change in changes:
                    known = self._accounts.get(change.id) if isinstance(change, Account) else None
                    # Whom it ignores is changed by itself, and perhaps while this was asked for.
                    self._apply(replace(change, ignored=known.ignored) if known else change)
            done(error)

        self._going |= going
        self._store.change_accounts(changes, stored)

    # Devices, and sessions that are bound to an account while they have a seat.

    def next_device(self, got: Callable[[int | ChatError], None]) -> None:
        """Give *got* the number of a device that nobody has had."""
        if self._others:
            self._others.number(got)
        else:
            self._last_device += 1
            got(self._last_device)

    def devices(self, account: bytes) -> list[Device]:
        """Return the devices of *account* that are kept, in the order of their numbers."""
        return [self._devices[number] for number in sorted(self._of.get(account, ()))]

    def seen(self, account: Account) -> int:
        """Return when the owner of *account* came in last, as far as its devices tell."""
        return max([account.seen, *(device.seen for device in self.devices(account.id))])

    def device(self, secret: bytes) -> Device | None:
        """Return the device that has *secret* as its token or session, and was seen in the last year or so.

        One that is being revoked lets nobody in any more, though that is not stored yet.
        """
        device = self._secrets.get(secret)
        if device is None or self._goes(device):
            return None
        return device if device.seen + UNSEEN > self.now() else None

    def _goes(self, device: Device) -> bool:
        """Return whether *device* is about to be revoked, and is good no more if that can be stored."""
        return device.number in self._going or device.account in self._going

    def remember(self, device: Device, done: Done) -> None:
        """Keep *device*, which is new or was seen; those that are beyond what an account may have are revoked."""
        if self._goes(device):
            # It would be back again.
            done(None)
            return
        others = [other for other in self.devices(device.account) if other.number != device.number]
        others.sort(key=lambda other: other.seen)
        old = [other for other in others if other.seen + UNSEEN <= self.now()]
        old += others[len(old) : max(len(old), len(others) + 1 - DEVICES)]
        gone = [Revoked(tuple(other.number for other in old))] if old else []
        self.change([device, *gone], done)

    def bind(self, session: bytes, account: bytes) -> None:
        """Let *session* be as good as the password of *account*, until it is unbound."""
        self._sessions[session] = account

    def unbind(self, session: bytes) -> None:
        """Let *session* be worth nothing any more."""
        self._sessions.pop(session, None)

    def bound(self, session: bytes, got: Callable[[bytes | ChatError | None], None]) -> None:
        """Find the account to which *session* is bound."""
        account = self._sessions.get(session)
        if account is None and self._others:
            self._others.bound(session, got)
        else:
            got(account)

    def refresh(self, done: Callable[[None], None]) -> None:
        """Know what others have done until now, as far as that can be, and call *done*."""
        if self._others:
            self._others.refresh(done)
        else:
            done(None)

    # What has happened.

    def _apply(self, change: AccountChange) -> None:
        match change:
            case Account(id, username):
                known = self._accounts.get(id)
                self._forget(id)
                self._accounts[id] = change
                self._names[key(username)] = id
                for name, _ in change.former:
                    self._former[key(name)] = id
                for skeleton in skeletons(username):
                    self._alike[skeleton].add(id)
                if change.role == "operator":
                    self.operators.add(id)
                if known and (known.role, known.password) != (change.role, change.password):
                    self.operators.end_by(id)
            case Dropped(id):
                self._forget(id)
                self._accounts.pop(id, None)
                self.operators.end_by(id)
                self._revoke(tuple(self._of.get(id, ())))
            case Device(number):
                self._revoke((number,))
                self._devices[number] = change
                self._of[change.account].append(number)
                for secret in _secrets(change):
                    self._secrets[secret] = change
            case Revoked(numbers):
                self._revoke(numbers)
            case Ignoring(id) if account := self._accounts.get(id):
                self._accounts[id] = change.of(account)
            case Merged() | Unlike() | Ignoring():
                # Only rooms know guests; and what looks like what is found out by the name.
                pass

    def _forget(self, id: bytes) -> None:
        """Forget the names of an account."""
        if account := self._accounts.get(id):
            self.operators.discard(id)
            # Of several servers, one may hear of who has the name now before it hears who has it no more.
            if self._names.get(key(account.username)) == id:
                del self._names[key(account.username)]
            for name, _ in account.former:
                if self._former.get(key(name)) == id:
                    del self._former[key(name)]
            for skeleton in skeletons(account.username):
                self._alike[skeleton].discard(id)
                if not self._alike[skeleton]:
                    del self._alike[skeleton]

    def _revoke(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if device := self._devices.pop(number, None):
                self._of[device.account].remove(number)
                if not self._of[device.account]:
                    del self._of[device.account]
                for secret in _secrets(device):
                    if self._secrets.get(secret) == device:
                        del self._secrets[secret]


def _secrets(device: Device) -> tuple[bytes, ...]:
    """Return by what *device* is known."""
    return (device.secret,) if device.session is None else (device.secret, device.session)


def _gone(change: AccountChange) -> Iterator[int | bytes]:
    """Yield the numbers of devices and the ids of accounts that are gone with *change*."""
    match change:
        case Dropped(account):
            yield account
        case Revoked(numbers):
            yield from numbers
