"""Changes of a room: one frozen value each. A change that has happened is an entry of the room's log."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.accounts import Merged
from chatroom.core.values.events import Message, Reason
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Role, ShownRole, Tuning
from chatroom.core.values.sanctions import Kind, Sanction


class Came(Struct, frozen=True):
    """*username* comes in, who has a *role*, if there are fewer than *capacity* members; 0 is no limit.

    Who is known by *person* follows the room from then on; without one, nobody does. Of the keys that the room has had
    they gave the one with the number *keyed*; 0 is none.
    """

    username: Username
    capacity: int = 0
    person: bytes | None = None
    role: ShownRole | None = None
    keyed: int = 0


class Went(Struct, frozen=True):
    """*username* goes; without a *reason* nobody is told. It may be by all connections that they have *elsewhere*.

    Who is known by *person* follows the room no more, unless they are in by another seat. The *note* is what they have
    written about it; the *serial* is the same in all rooms from which they go at once.
    """

    username: Username
    reason: Reason | None
    person: bytes | None = None
    elsewhere: bool = False
    note: str = ""
    serial: int = 0


class Called(Struct, frozen=True):
    """The member called *old* is called *new* from now on; if that one is in already, *old* goes, and is the same.

    The *serial* is the same in all rooms where they are.
    """

    old: Username
    new: Username
    serial: int = 0


class Retitled(Struct, frozen=True):
    """*by* gives the room a new *topic*."""

    topic: str
    by: Username


class Kicked(Struct, frozen=True):
    """*by* puts *username* out, who is known by *person*, with a *note* for everybody.

    That ends an invitation, and they follow the room no more.
    """

    username: Username
    by: Username
    note: str = ""
    person: bytes = b""


class Ranked(Struct, frozen=True):
    """*by* gives *username*, who is known by *person*, a *role* in the room."""

    username: Username
    person: bytes
    role: Role
    by: Username


class Tuned(Struct, frozen=True):
    """*by* changes settings of the room; if it becomes private, those who are in are *admitted*.

    Of a log that nodes share, each of them knows only who is in by it: there :class:`Admitted` says so.
    """

    tuning: Tuning
    by: Username
    admitted: tuple[bytes, ...] = ()


class Admitted(Struct, frozen=True):
    """Those who are known by these *persons* may come in, though the room becomes private: they are in by any node."""

    persons: tuple[bytes, ...]


class Invited(Struct, frozen=True):
    """*by* invites *username*, who is known by *person*: that *admits* them, or only tells them of the room."""

    username: Username
    person: bytes
    by: Username
    admits: bool = True


class Sanctioned(Struct, frozen=True):
    """A *sanction* holds from now on, in place of those with the numbers that it *replaces*; a ban puts out, too.

    It takes back an invitation as well.
    """

    sanction: Sanction
    replaces: tuple[int, ...] = ()


class Lifted(Struct, frozen=True):
    """*by* lifts the sanctions with these *numbers*, of a *kind*, from *username*, a *network* or a *mask*."""

    kind: Kind
    username: Username
    numbers: tuple[int, ...]
    by: Username
    network: str = ""
    mask: str = ""


class Redaction(Struct, frozen=True):
    """Message number *seq* of *username* is taken back *by* somebody, who may have written a *note*.

    If the message was *withheld* from somebody, so is that.
    """

    seq: int
    username: Username
    by: Username
    note: str = ""
    withheld: bool = False


class Erased(Struct, frozen=True):
    """The texts of some messages are no longer kept: each is taken back by one of these *redactions*."""

    redactions: tuple[Redaction, ...]


class Reported(Struct, frozen=True):
    """*by*, who is known by *person*, reports message number *seq* of *room*, whose log is *log*, for a *reason*.

    It is a change of the house. When it has happened, it has a *number*, and tells who the message is *about*.
    """

    log: int
    room: RoomName
    seq: int
    by: Username
    person: bytes
    reason: str
    about: bytes = b""
    number: int = 0


class Resolved(Struct, frozen=True):
    """*by* resolves report *number* of message *seq* of *username* in *room*, with a *note*: a change of the house.

    Who reads the audit of *log* may know of it; without one, operators alone may.
    """

    number: int
    by: Username
    log: int | None
    room: RoomName
    seq: int
    username: Username
    note: str = ""


class Gone(Struct, frozen=True):
    """*by* deletes the room."""

    by: Username


Movement = Came | Went | Called
"""Who is there becomes another: the log of one server does not store that."""

KeptChange = Kicked | Retitled | Ranked | Tuned | Invited | Sanctioned | Lifted | Erased | Reported | Resolved | Gone
"""What every log stores, besides messages."""

Heard = Admitted | Merged
"""What follows from something else that was asked for: nobody asks for it."""

Change = Message | Movement | KeptChange | Heard
"""Whatever happens in a room."""


class Entry(Struct, frozen=True, gc=False):
    """A *change* that has happened; a message and a sanction have the number *seq*, all others have 0."""

    change: Change
    seq: int = 0
