"""The audit: who did what to others."""

from __future__ import annotations

from typing import Literal, assert_never

from msgspec import Struct

from chatroom.core.values.accounts import AccountRole, Merged
from chatroom.core.values.changes import (
    Admitted,
    Called,
    Came,
    Change,
    Erased,
    Gone,
    Invited,
    Kicked,
    Lifted,
    Ranked,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.events import Message
from chatroom.core.values.moments import Moment
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Role, Tuning
from chatroom.core.values.sanctions import Kind
from chatroom.core.values.talks import is_talk

Action = Literal[
    "kick",
    "mute",
    "unmute",
    "ban",
    "unban",
    "exempt",
    "unexempt",
    "uninvite",
    "appoint",
    "configure",
    "invite",
    "join",
    "redact",
    "resolve",
    "delete",
    "disconnect",
    "account",
    "notice",
    "operate",
]
"""What somebody did, as the type of the request that asked for it."""


class Act(Struct, frozen=True, omit_defaults=True):
    """What *by* did *at* a time, in milliseconds since 1970 (UTC): an *action*, in *room* or anywhere.

    To *username*, a *connection*, a *network* or a *mask*, or to all from where somebody was (*everybody*), or to
    message *seq*; *until* some time or for ever, for a *reason*. What *role* somebody was given, what was done to an
    *account*, and what a room was tuned to, is told too. A store gives it a *number*.
    """

    at: Moment
    by: Username
    action: Action
    room: RoomName | None = None
    username: Username | None = None
    everybody: bool = False
    seq: int | None = None
    until: Moment | None = None
    reason: str = ""
    role: Role | AccountRole | None = None
    connection: int | None = None
    network: str = ""
    account: Literal["add", "password", "role", "remove"] | None = None
    tuning: Tuning | None = None
    mask: str = ""
    number: int = 0


_LIFTED: dict[Kind, Action] = {"mute": "unmute", "ban": "unban", "exempt": "unexempt", "invite": "uninvite"}


def acts(where: RoomName, change: Change, at: int) -> list[Act]:
    """Return what the audit keeps of a *change* in the room called *where*; the house has no name."""
    room = where or None
    match change:
        case Kicked(username, by, note):
            return [Act(at, by, "kick", room, username, reason=note)]
        case Sanctioned(sanction):
            return [
                Act(
                    at,
                    sanction.by,
                    sanction.kind,
                    room,
                    sanction.username or None,
                    sanction.everybody,
                    network=sanction.network,
                    until=sanction.until,
                    reason=sanction.reason,
                    mask=sanction.mask,
                )
            ]
        case Lifted(kind, username, _, by, network, mask):
            return [Act(at, by, _LIFTED[kind], room, username or None, network=network, mask=mask)]
        case Ranked(username, _, role, by):
            return [Act(at, by, "appoint", room, username, role=role)]
        case Tuned(tuning, by):
            return [Act(at, by, "configure", room, tuning=tuning.told)]
        case Invited(username, _, by, admits):
            return [Act(at, by, "invite", room, username)] if admits else []
        case Erased(redactions):
            # Who tells something and takes it back has done it to nobody else.
            if is_talk(where):
                return []
            return [
                Act(at, each.by, "redact", room, each.username, seq=each.seq, reason=each.note) for each in redactions
            ]
        case Gone(by):
            return [Act(at, by, "delete", room)]
        case Resolved(_, by, _, there, seq, username, note):
            return [Act(at, by, "resolve", None if is_talk(there) else there, username, seq=seq, reason=note)]
        case Message() | Reported() | Came() | Went() | Called() | Retitled() | Admitted() | Merged():
            return []
    assert_never(change)
