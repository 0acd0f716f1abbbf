"""The reducer: replies and events of the server become changes of the chat."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UnsetType

from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import NotRemembered
from chatroom.client.model.room import Room
from chatroom.client.reducer import (
    confirming,
    entering,
    failing,
    introducing,
    inviting,
    leaving,
    marking,
    receiving,
    remembering,
    talking,
)
from chatroom.client.reducer.moderating import (
    list_acts,
    list_sanctions,
    moderated,
    moderated_everywhere,
    removed,
    restrained,
)
from chatroom.client.reducer.reporting import list_reports, reported
from chatroom.client.views.lines import NoticeLine, Skipped, Traffic
from chatroom.core.values.wording import because, trusted
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest

ChangesAccount = requests.ChangePassword | requests.Unregister
"""Requests for which the present password is typed."""

AsksByItself = requests.Unread | requests.Talks
"""Requests of the client's own, which no person waits for."""


def reduce(chat: Chat, frame: AnyReply | AnyEvent, request: AnyRequest | None) -> Sequence[AnyRequest]:
    """Take *frame*, which may be the reply to *request*; return what to ask next."""
    return _replied(chat, frame, request) if isinstance(frame, AnyReply) else _happened(chat, frame)


def _replied(chat: Chat, reply: AnyReply, request: AnyRequest | None) -> Sequence[AnyRequest]:
    match reply:
        case answers.Welcome():
            chat.username = reply.username
            chat.account = reply.account or ""
            chat.features = frozenset(reply.features)
            chat.open_reports.begin()
            try:
                chat.preferences.begin(reply.username)
            except NotRemembered as error:
                chat.warn(str(error))
            if reply.motd and reply.motd != chat.motd:
                chat.motd = reply.motd
                chat.notice(reply.motd)
            remembering.begin(chat, reply)
            return [requests.List(watch=True), *chat.wanted.begin(), *talking.begin(chat)]
        case answers.Rooms():
            return chat.room_list.listed(reply, request)
        case answers.Entered() if request is None and reply.room not in chat.conversations:
            return entering.let_in(chat, reply.room)
        case answers.Entered():
            return entering.entered(chat, reply, request)
        case answers.Members():
            return entering.people(chat, reply, request)
        case answers.People():
            introducing.introduce(chat, reply)
        case answers.Entries():
            if request and (lookup := chat.lookups.take(request)):
                return lookup.answered(reply, request)
            _read(chat, reply, request)
        case answers.Sanctions():
            list_sanctions(chat, reply, request)
        case answers.Reports():
            list_reports(chat, reply, request)
        case answers.Audit():
            list_acts(chat, reply, request)
        case answers.Unread():
            return marking.counted(chat, reply, request if isinstance(request, requests.Unread) else None)
        case answers.Talks():
            return talking.listed(chat, reply)
        case answers.Devices():
            _devices(chat, reply)
        case answers.Ok():
            return confirming.done(chat, reply, request)
        case answers.Error() if chat.open_reports.was_asked(request) or isinstance(request, AsksByItself):
            # Who may not see them any more has none to look at; and what was counted here has to do.
            pass
        case answers.Error() if isinstance(request, requests.History) and talking.kept_nowhere(chat, reply, request):
            pass
        case answers.Error() if request is not None:
            silenced = restrained(chat, reply, request)
            if isinstance(request, requests.Join):
                if reply.code == "no-such-room":
                    # It was taken back, or the room is gone.
                    chat.invitations.settle(request.room)
                if reply.code == "already-a-member" and (there := chat.called(request.room)):
                    # It was entered by itself just before the user asked for it.
                    chat.look(there)
                else:
                    failing.failed(chat, request, reply.message + entering.offer(chat, reply, request))
                chat.wanted.refused(request)
                return chat.wanted.joins()
            if isinstance(request, ChangesAccount) and reply.code == "password-wrong":
                failing.failed(chat, request, "That is not your password; nothing was changed.")
            else:
                failing.failed(chat, request, reply.message, back=silenced)
        case answers.Error():
            chat.notice(reply.message, error=True)
    return []


def _happened(chat: Chat, event: AnyEvent) -> Sequence[AnyRequest]:
    match event:
        case answers.RoomsChanged():
            for room in event.closed:
                chat.invitations.settle(room)
            return chat.room_list.changed(event)
        case answers.Told(room=str(room)):
            to = trusted(event.role or "moderator", room)
            chat.confided(room, event.from_, to, event.text, chat.local(event.at))
            return []
        case answers.Told() if chat.pages:
            return talking.told(chat, event)
        case answers.Told():
            chat.private(event.from_, event.to, event.text, chat.local(event.at))
            return []
        case answers.Marked(with_=str(other)):
            if talk := chat.talk(other):
                marking.marked(chat, talk, event.seq)
            return []
        case answers.Redacted(with_=str(other)):
            if talk := chat.talk(other):
                receiving.take_back(chat, talk, event)
            return []
        case answers.Deleted():
            leaving.leave(chat, event.room, f"{event.by} deleted {event.room}.")
            return []
        case answers.Removed():
            removed(chat, event)
            return []
        case answers.Sanctioned(room=UnsetType()) | answers.Lifted(room=UnsetType()):
            moderated_everywhere(chat, event)
            return []
        case answers.Reported():
            reported(chat, event)
            return []
        case answers.Invited():
            inviting.invited(chat, event.room, event.by)
            return []
        case answers.OtherInvited():
            chat.notice(f"{event.by} invites {event.username} to {event.room}.")
            return []
        case answers.Slowed():
            # What a client asks by itself, who comes back into many rooms, is not the user's haste.
            if any(conversation.pending for conversation in chat.conversations.values()):
                chat.notice("Slower, please: the server takes what you sent one after the other. Nothing is lost.")
            return []
        case answers.Notice(by="server"):
            chat.notice(event.text)
            return []
        case answers.Notice():
            chat.notice(f"The operator: {event.text}")
            return []
        case answers.Memberships():
            # Another connection of ours has come or gone; what this one shows, it has entered itself.
            return []
        case answers.Renamed(room=UnsetType()):
            chat.username = event.to
            return []
        case answers.Ping() | answers.Online() | answers.Offline():
            # The user has not asked to be told who comes and goes.
            return []
    if conversation := chat.room(event.room):
        return _in_room(chat, conversation, event)
    return []


def _in_room(chat: Chat, conversation: Room, event: AnyEvent) -> Sequence[AnyRequest]:
    match event:
        case answers.Said():
            message = receiving.message(chat, event)
            chat.alerts.said(conversation, message, looked_at=conversation is chat.current)
            if message.own:
                marking.spoke(conversation, message.seq)
            receiving.write_down(chat, conversation, message)
        case answers.Marked():
            marking.marked(chat, conversation, event.seq)
        case answers.Redacted():
            receiving.take_back(chat, conversation, event)
        case answers.Joined():
            conversation.count = event.members
            quiet = _is_stranger(chat, conversation, event.username)
            conversation.traffic(Traffic(chat.now(), joined=(event.username,), quiet=quiet))
            if event.role:
                conversation.came_with(event.username, event.role)
            elif event.username in conversation.former_roles:
                # Who has none any more; or an older server does not tell.
                return [requests.Who(room=conversation.name)]
        case answers.Left() if event.by:
            conversation.count = event.members
            conversation.gone(event.username)
            why = f"{event.username} was {event.reason} from {event.room} by {event.by}{because(event.note or '')}."
            conversation.show(NoticeLine(chat.now(), why))
        case answers.Left():
            conversation.count = event.members
            quiet = _is_stranger(chat, conversation, event.username)
            conversation.traffic(Traffic(chat.now(), left=(event.username,), quiet=quiet))
            if event.note and not quiet:
                conversation.show(NoticeLine(chat.now(), f"{event.username} left{because(event.note)}."))
        case answers.Presence():
            conversation.count = event.members
        case answers.Renamed():
            if event.from_ == chat.username:
                chat.username = event.to
            quiet = event.to != chat.username and _is_stranger(chat, conversation, event.from_)
            conversation.traffic(Traffic(chat.now(), renamed=((event.from_, event.to),), quiet=quiet))
            talking.renamed(chat, event.from_, event.to)
        case answers.TopicChanged():
            conversation.topic = event.topic
            conversation.show(NoticeLine(chat.now(), f"{event.by} set the topic: {event.topic}"))
        case answers.Sanctioned() | answers.Lifted() | answers.Appointed() | answers.Configured():
            moderated(chat, conversation, event)
            if isinstance(event, answers.Appointed) and event.username == chat.username:
                return entering.look_at_reports(chat, conversation)
        case answers.Level():
            conversation.topic, conversation.count = event.topic, event.members
            chat.tell_again()
            asked = entering.reached(chat, conversation)
            return [requests.Who(room=conversation.name), *chat.wanted.joins(), *asked]
        case answers.Gap():
            conversation.skipped(Skipped(chat.now(), event.first, event.last, event.kept))
    return []


def _is_stranger(chat: Chat, conversation: Room, username: str) -> bool:
    return chat.preferences.ignores(username) or not conversation.smart_filter.knows(username)


def _devices(chat: Chat, reply: answers.Devices) -> None:
    rows = []
    for each in reply.devices:
        lasts = "remembered" if each.kind in ("token", "certificate") else "until it goes"
        program = f" {each.client}" if each.client else ""
        seen = "this one" if each.current else f"seen {chat.local(each.seen):%Y-%m-%d %H:%M}"
        rows.append(f"{each.device}{program} ({each.door} from {each.host}), {seen}, {lasts}")
    more = ["There are more."] if reply.more else []
    chat.aside("\n".join(["Your devices; /revoke and the number signs one out:", *rows, *more]))


def _read(chat: Chat, reply: answers.Entries, request: AnyRequest | None) -> None:
    if not isinstance(request, requests.History):
        return
    if request.with_ and (talk := chat.talk(request.with_)):
        talking.read(chat, talk, reply, request)
        return
    conversation = chat.room(reply.room)
    if conversation is None:
        return
    messages = receiving.messages(chat, reply)
    before = request.before if isinstance(request.before, int) else None
    after = request.after if isinstance(request.after, int) else None
    conversation.page(messages, more=reply.more is True, before=before, after=after)
