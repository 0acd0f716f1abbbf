"""Confirming: the server has done what was asked, and the user is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatroom.client.model.chat import Chat
from chatroom.client.model.room import Room
from chatroom.client.reducer import leaving, receiving, talking
from chatroom.core.values import masks
from chatroom.core.values.durations import spoken
from chatroom.core.values.wording import trusted
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest

_IMPOSED: Mapping[type, str] = {requests.Mute: "muted", requests.Ban: "banned", requests.Exempt: "exempt"}


def done(chat: Chat, reply: answers.Ok, request: AnyRequest | None) -> Sequence[AnyRequest]:
    """Know that *request* was carried out; return what to ask next."""
    if isinstance(request, requests.Tell) and reply.away:
        chat.aside(f"{request.to} is away ({reply.away}).")
    match request:
        case requests.Say() if request.cid and isinstance(reply.seq, int):
            if conversation := chat.room(request.room):
                conversation.stored(request.cid, reply.seq)
                conversation.restraints.spoke(chat.now())
                chat.mute = None
        case requests.Profile(away=str(away)):
            chat.aside(f"You are away ({away}); /back ends it." if away else "You are back.")
        case requests.Leave():
            leaving.leave(chat, request.room)
        case requests.Rename():
            chat.username = request.username
            if not chat.conversations:
                chat.aside(f"You are {request.username} now.")
        case requests.Tell() if chat.pages:
            if isinstance(chat.current, Room):
                chat.current.speak_to(request.to)
            return talking.stored(chat, reply, request)
        case requests.Tell():
            chat.private(chat.username, request.to, request.text, chat.now())
        case requests.Mute() | requests.Ban() | requests.Exempt():
            how = _IMPOSED[type(request)]
            chat.aside(f"You {how} {_whom(request)}{f' for {spoken(request.seconds)}' if request.seconds else ''}.")
        case requests.Unexempt():
            chat.aside(f"{_whom(request)} is exempt no more.")
        case requests.Unmute():
            chat.aside(f"{_whom(request)} may speak again.")
        case requests.Unban():
            chat.aside(f"{_whom(request)} may come in again.")
        case requests.Invite():
            chat.aside(f"You invited {_whom(request)} to {request.room}.")
        case requests.Uninvite():
            chat.aside(f"{_whom(request)} is invited no more.")
        case requests.Redact(username=str(username)):
            count = reply.count or 0
            messages = f"{count} message{'s' * (count != 1)}"
            chat.aside(f"You took back {messages} of {username}.")
        case requests.Redact(with_=str(other), seq=int(seq)):
            # Everybody else is told of it.
            if talk := chat.talk(other):
                receiving.take_back(
                    chat, talk, answers.Redacted(with_=other, seq=seq, from_=chat.username, by=chat.username)
                )
        case requests.Confide():
            to = trusted(request.role, request.room)
            chat.confided(request.room, chat.username, to, request.text, chat.now())
        case requests.Report():
            chat.aside(f"Those who {f'moderate {request.room}' if request.room else 'run the server'} are told.")
        case requests.Resolve():
            chat.open_reports.resolved(request.report)
            chat.aside(f"Report {request.report} is seen to.")
        case requests.Authenticate():
            chat.username = reply.username or request.username or chat.username
            chat.account = reply.account or chat.username
            chat.aside(f"You are {chat.account} now, and no guest any more.")
            return talking.begin(chat)
        case requests.Register():
            chat.account = reply.account or chat.username
            when = "the next start you may be asked for the password once, and then are remembered here"
            when = when if chat.tokens.wanted else "each start you are asked for the password"
            chat.aside(f"{chat.account} is yours now. At {when}.")
        case requests.ChangePassword():
            chat.aside("Your password is another one now, and all your other devices are signed out.")
        case requests.Unregister():
            chat.account = ""
            chat.aside(f"You have no account any more; {chat.username} is yours until you go.")
        case requests.Revoke():
            chat.aside(f"Device {request.device} is signed out.")
        case requests.Delete():
            if request.room not in chat.conversations:
                chat.aside(f"You deleted {request.room}.")
    return []


def _whom(
    request: requests.Mute
    | requests.Unmute
    | requests.Ban
    | requests.Unban
    | requests.Exempt
    | requests.Unexempt
    | requests.Invite
    | requests.Uninvite,
) -> str:
    """Return who was meant: a name, or a mask."""
    if isinstance(request.account, str):
        return masks.OF_ACCOUNT + request.account
    if isinstance(request.mask, str):
        return request.mask
    assert not isinstance(request, requests.Exempt), "it has one of them"
    return request.username or ""
