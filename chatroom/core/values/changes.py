"""Changes of a room: one frozen value each. A change that has happened is an entry of the room's log."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.events import Message, Reason
from chatroom.core.values.names import Username
from chatroom.core.values.rights import Role, Tuning
from chatroom.core.values.sanctions import Kind, Sanction


class Came(Struct, frozen=True):
    """*username* comes in, if there are fewer than *capacity* members; 0 is no limit."""

    username: Username
    capacity: int = 0


class Went(Struct, frozen=True):
    """*username* goes; without a *reason* nobody is told. It may be by all connections that they have *elsewhere*."""

    username: Username
    reason: Reason | None
    elsewhere: bool = False


class Called(Struct, frozen=True):
    """The member called *old* is called *new* from now on."""

    old: Username
    new: Username


class Retitled(Struct, frozen=True):
    """*by* gives the room a new *topic*."""

    topic: str
    by: Username


class Kicked(Struct, frozen=True):
    """*by* puts *username* out, with a *note* for everybody."""

    username: Username
    by: Username
    note: str = ""


class Ranked(Struct, frozen=True):
    """*by* gives *username*, who is known by *person*, a *role* in the room."""

    username: Username
    person: bytes
    role: Role
    by: Username


class Tuned(Struct, frozen=True):
    """*by* changes settings of the room."""

    tuning: Tuning
    by: Username


class Sanctioned(Struct, frozen=True):
    """A *sanction* holds from now on, in place of those with the numbers that it *replaces*; a ban puts out, too."""

    sanction: Sanction
    replaces: tuple[int, ...] = ()


class Lifted(Struct, frozen=True):
    """*by* lifts the sanctions with these *numbers*, of a *kind*, from *username* or a *network*."""

    kind: Kind
    username: Username
    numbers: tuple[int, ...]
    by: Username
    network: str = ""


class Redaction(Struct, frozen=True):
    """Message number *seq* of *username* is taken back *by* somebody, who may have written a *note*."""

    seq: int
    username: Username
    by: Username
    note: str = ""


class Erased(Struct, frozen=True):
    """The texts of some messages are no longer kept: each is taken back by one of these *redactions*."""

    redactions: tuple[Redaction, ...]


class Gone(Struct, frozen=True):
    """*by* deletes the room."""

    by: Username


Change = Message | Came | Went | Called | Retitled | Kicked | Ranked | Tuned | Sanctioned | Lifted | Erased | Gone
"""Whatever happens in a room."""


class Entry(Struct, frozen=True, gc=False):
    """A *change* that has happened; a message and a sanction have the number *seq*, all others have 0."""

    change: Change
    seq: int = 0
