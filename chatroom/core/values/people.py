"""Who people are, as others may know it: what they say of themselves, and from where they come, without an address."""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from chatroom.core.values.moments import Moment
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import ShownRole

Aspect = Literal["account", "host", "realname", "away", "bot"]
"""What others may know of a person beside the name, by a word."""

CLOAK_BYTES = 5
"""Bytes of a hash that stand for a host: eight characters."""

UNKNOWN = "u"
"""The ident of whoever gave none."""


class Profile(Struct, frozen=True):
    """What somebody says of themselves; *away* is why they are, ``None`` while they are not.

    The *ident* is a name at their own machine, which nobody has checked. Who is *invisible* is listed only to those who
    share a room with them.
    """

    realname: str = ""
    ident: str = ""
    away: str | None = None
    bot: bool = False
    invisible: bool = False


class Person(Struct, frozen=True):
    """Who *username* is to others, as of now: *account* is what their account is called, if they have one.

    The *host* is a cloak and a door. The *realname* may be empty.
    """

    username: Username
    ident: str
    host: str
    account: Username | None = None
    realname: str = ""
    away: str | None = None
    bot: bool = False

    @property
    def source(self) -> str:
        """Name, ident and host in one word, as IRC writes them."""
        return f"{self.username}!{self.ident}@{self.host}"


class Known(Struct, frozen=True):
    """All that others may know of a *person* who is here, with a *role* in the room that was asked about.

    They may be an *operator*. They are here *since* a time, in milliseconds since 1970 (UTC); 0 if that is known at
    another server only. *rooms* are those, with their roles, of which whoever asks may know. While they are *held*, all
    their connections are lost; they are *secure* if each of these comes by TLS.
    """

    person: Person
    role: ShownRole | None = None
    operator: bool = False
    since: Moment = 0
    rooms: tuple[tuple[RoomName, ShownRole | None], ...] = ()
    held: bool = False
    secure: bool = False


class Gone(Struct, frozen=True):
    """A *person*, who left or took another name *at* a time, in milliseconds since 1970 (UTC)."""

    person: Person
    at: Moment


def differing(before: Person, now: Person) -> tuple[Aspect, ...]:
    """Return what of a person is not *now* as it was *before*."""
    changed: dict[Aspect, bool] = {
        # What it is called is told with the new name.
        "account": (before.account is None) != (now.account is None),
        "host": (before.ident, before.host) != (now.ident, now.host),
        "realname": before.realname != now.realname,
        "away": before.away != now.away,
        "bot": before.bot != now.bot,
    }
    return tuple(aspect for aspect, is_other in changed.items() if is_other)


def ident(profile: Profile | None) -> str:
    """Return the ident of *profile*, with the sign of those that nobody has checked."""
    return f"~{profile.ident if profile and profile.ident else UNKNOWN}"


def cloak(secret: bytes, host: bytes | None) -> str:
    """Return what stands for *host* before others, which without the *secret* tells nothing of it."""
    return b32encode(blake2b(host or b"", digest_size=CLOAK_BYTES, key=secret).digest()).decode().lower()
