"""Accounts: names that are somebody's, and the devices that need no password."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chatroom.core.values.moments import Moment
from chatroom.core.values.names import Key, Username, key

AccountRole = Literal["member", "operator"]
"""What an account may do anywhere."""

DeviceKind = Literal["token", "session", "certificate"]
"""By what a device is known: a token that it was given, the session that it has made up, or its certificate for TLS."""


def digest(secret: str) -> bytes:
    """Return by what a *secret* of a client is known: nothing else of it is kept, or goes any further."""
    return sha256(secret.encode()).digest()


class Ignored(Struct, frozen=True):
    """Somebody who is ignored: the account known by *person*, or without that whoever is called *username*."""

    username: Username
    person: bytes | None = None

    @property
    def name(self) -> bytes | Key:
        """By what they are told from others: the same person under two names is one."""
        return self.person or key(self.username)


class Account(Struct, frozen=True):
    """An account called *username*, which rooms know by *id*; times are in milliseconds since 1970 (UTC).

    The *password* is an encoded hash, or empty where others check it. *former* names stay its own until a time each.
    Nobody who is *ignored* can tell its owner anything; only :class:`Ignoring` changes that.
    """

    id: bytes
    username: Username
    password: str
    created: Moment
    seen: Moment
    role: AccountRole = "member"
    former: tuple[tuple[Username, int], ...] = ()
    ignored: tuple[Ignored, ...] = ()


class Device(Struct, frozen=True):
    """Device *number* of an account, known by the SHA-256 of a *secret*, and by its *session* where it has one.

    Its *door* and *host* are the last ones; it calls itself *client*. Times are in milliseconds since 1970 (UTC).
    """

    number: int
    account: bytes
    kind: DeviceKind
    secret: bytes
    created: Moment
    seen: Moment
    door: str
    host: str
    client: str = ""
    session: bytes | None = None


class Dropped(Struct, frozen=True):
    """The *account* is no more, and none of its devices."""

    account: bytes


class Revoked(Struct, frozen=True):
    """The devices with these *numbers* are no more, nor other connections of the *account* if one is named."""

    numbers: tuple[int, ...]
    account: bytes | None = None


class Merged(Struct, frozen=True):
    """What rooms know of *person*, a guest, they know of the *account* from now on."""

    person: bytes
    account: bytes


class Unlike(Struct, frozen=True):
    """The new name of the *account* looks like that of no other one, or nothing happens."""

    account: bytes


class Ignoring(Struct, frozen=True):
    """The *account* ignores somebody from now on, or no longer if that *ends*."""

    account: bytes
    whom: Ignored
    ends: bool = False

    def of(self, account: Account) -> Account:
        """Return *account* as it is afterwards."""
        others = tuple(each for each in account.ignored if each.name != self.whom.name)
        return replace(account, ignored=others if self.ends else (*others, self.whom))


AccountChange = Account | Device | Dropped | Revoked | Merged | Unlike | Ignoring
"""What happens to accounts: one is new or another now, a device likewise, they are gone, or a guest's is one's too."""


class AllAccounts(Struct, frozen=True):
    """All *accounts* and *devices* that are kept; *last_device* is the highest number that a device ever had."""

    accounts: Sequence[Account] = ()
    devices: Sequence[Device] = ()
    last_device: int = 0

    @property
    def changes(self) -> Sequence[AccountChange]:
        """What makes them in a store that has none."""
        ignoring = [Ignoring(account.id, each) for account in self.accounts for each in account.ignored]
        return [*self.accounts, *ignoring, *self.devices]
