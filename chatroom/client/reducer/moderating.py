"""What moderators do, as the chat knows it and tells it."""

from __future__ import annotations

from typing import Literal, TypeVar, cast

from msgspec import UNSET, UnsetType

from chatroom.client.model.chat import Chat
from chatroom.client.model.restraints import Restraint
from chatroom.client.model.room import Room
from chatroom.client.reducer import leaving
from chatroom.client.views.lines import NoticeLine
from chatroom.core.values.acts import acted
from chatroom.core.values.audit import Act, Action
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Role, Tuning
from chatroom.core.values.wording import appointed, because, configured
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest

T = TypeVar("T")

Moderation = answers.Sanctioned | answers.Lifted | answers.Appointed | answers.Configured
"""Acts of a moderator in a room that put nobody out."""

Speaks = requests.Say | requests.Topic
"""Requests that who may not speak may not make."""

_IMPOSED = {"mute": "is muted", "ban": "is banned", "exempt": "is exempt", "invite": "is invited"}


def moderated(chat: Chat, conversation: Room, act: Moderation) -> None:
    """Know of *act* in *conversation*, and tell it."""
    match act:
        case answers.Sanctioned():
            conversation.restraints.mute = _sanction(chat, act.until, act.reason)
            told = [f"{act.by} has muted you{_ending(chat, act.until)}{because(act.reason or '')}"]
        case answers.Lifted():
            conversation.restraints.mute = None
            told = [f"{act.by} lets you speak again"]
        case answers.Appointed():
            conversation.appointed(act.username, act.role)
            if act.role == "owner":
                own = chat.room_list.own
                (own.add if act.username == chat.username else own.discard)(act.room)
            told = [f"{act.by} {appointed(act.username, act.role)}"]
        case answers.Configured():
            restrict(chat, conversation, act)
            tuning = _tuning(act)
            told = [f"{act.by}: {sentence}" for sentence in configured(act.room, tuning)]
    for sentence in told:
        conversation.show(NoticeLine(chat.now(), f"{sentence}."))


def moderated_everywhere(chat: Chat, act: answers.Sanctioned | answers.Lifted) -> None:
    """Know that the user may not speak anywhere any more, or may again, and tell it."""
    if isinstance(act, answers.Sanctioned):
        chat.mute = _sanction(chat, act.until, act.reason)
        told = f"{act.by} has muted you everywhere{_ending(chat, act.until)}{because(act.reason or '')}."
    else:
        chat.mute = None
        told = f"{act.by} lets you speak again."
    chat.notice(told)


def restrict(chat: Chat, conversation: Room, settings: answers.Configured | answers.Entered) -> None:
    """Know of the *settings* of the room, and whether one is muted, on entering it; later of what has changed."""
    restraints = conversation.restraints
    anew = isinstance(settings, answers.Entered)
    if isinstance(settings, answers.Entered):
        muted = settings.muted
        restraints.mute = _sanction(chat, muted.until, muted.reason) if muted else None
    if anew or settings.slow is not UNSET:
        restraints.slow = settings.slow or 0
    if anew or settings.locked is not UNSET:
        restraints.locked = settings.locked or False
    if anew or settings.guests is not UNSET:
        restraints.guests = settings.guests is not False
    if anew or settings.private is not UNSET:
        restraints.private = settings.private is True
    if anew or settings.invite_only is not UNSET or settings.private is not UNSET:
        restraints.invite_only = settings.invite_only is True


def _tuning(act: answers.Configured | answers.Act) -> Tuning:
    """Return which settings were changed by *act*."""
    given = _given(act.slow), _given(act.locked), _given(act.capacity), _given(act.guests), _given(act.private)
    more = _given(act.invite_only), _given(act.hidden), _given(act.topic_locked)
    return Tuning(*given, *more, keyed=_given(act.keyed))


def restrained(chat: Chat, error: answers.Error, request: AnyRequest) -> bool:
    """Know what *error* says about who may speak and come in; return whether it keeps the user from speaking."""
    if error.code == "banned" and isinstance(request, requests.Join):
        _banned(chat, request.room, _sanction(chat, error.until, error.reason))
    if error.code == "muted" and not error.room:
        chat.mute = _sanction(chat, error.until, error.reason)
        return isinstance(request, Speaks)
    if not isinstance(request, Speaks) or not (found := chat.room(request.room)):
        return False
    match error.code:
        case "muted":
            found.restraints.mute = _sanction(chat, error.until, error.reason)
        case "locked":
            found.restraints.locked = True
        case "slow-mode":
            found.restraints.wait(error.retry_after or 0, chat.now())
        case _:
            return False
    return True


def removed(chat: Chat, event: answers.Removed) -> None:
    """Know that the user was put out of a room, and tell why."""
    if event.why == "banned":
        _banned(chat, event.room, _sanction(chat, event.until, event.note))
    why = f"{event.why} from {event.room} by {event.by}{_ending(chat, event.until)}{because(event.note or '')}"
    leaving.leave(chat, event.room, f"You were {why}.")


def list_sanctions(chat: Chat, reply: answers.Sanctions, request: AnyRequest | None) -> None:
    """Tell who is banned and muted."""
    rows = []
    for each in reply.sanctions:
        end = _ending(chat, each.until)
        who = each.mask or (f"account {each.account}" if each.account else each.username)
        who = f"{who}, and all from there," if each.host else who
        rows.append(f"{who} {_IMPOSED.get(each.kind, each.kind)}{end} by {each.by}{because(each.reason or '')}")
    room = request.room if isinstance(request, requests.Sanctions) else ""
    more = ["There are more."] if reply.more else []
    chat.aside("\n".join([*rows, *more]) or f"Nobody is banned from {room}, or muted.")


def list_acts(chat: Chat, reply: answers.Audit, request: AnyRequest | None) -> None:
    """Tell what was done to others."""
    rows = [
        f"{chat.local(each.at):%Y-%m-%d %H:%M} {each.by}: {acted(_act(each), _ending(chat, each.until))}"
        for each in reply.audit
    ]
    room = request.room if isinstance(request, requests.Audit) else ""
    more = ["There is more."] if reply.more else []
    chat.aside("\n".join([*rows, *more]) or f"Nothing was done to anybody in {room}.")


def _act(act: answers.Act) -> Act:
    """Return *act* as the server knows it, but for what is told beside it."""
    tuning = _tuning(act)
    return Act(
        0,
        Username(act.by),
        # What a newer server may say besides is told as well.
        cast("Action", act.action),
        RoomName(act.room) if act.room else None,
        Username(act.username) if act.username else None,
        act.host or False,
        _given(act.seq),
        None,
        act.reason or "",
        cast("Role | None", _given(act.role)),
        _given(act.connection),
        act.network or "",
        cast("Literal['add', 'password', 'role', 'remove'] | None", _given(act.account)),
        None if tuning == Tuning() else tuning,
        act.mask or "",
    )


def _banned(chat: Chat, room: str, ban: Restraint) -> None:
    chat.bans.pop(room, None)
    chat.bans[room] = ban


def _sanction(chat: Chat, until: str | UnsetType, reason: str | UnsetType) -> Restraint:
    return Restraint(chat.local(until) if until else None, reason or "")


def _ending(chat: Chat, until: str | UnsetType) -> str:
    return f" until {chat.local(until):%Y-%m-%d %H:%M}" if until else ""


def _given(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
