"""The reducer: replies and events of the server become changes of the chat."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UnsetType

from chatroom.client.model import marking, remembering, talking
from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.conversation import MAX_ASKED_NAMES
from chatroom.client.model.moderating import (
    list_acts,
    list_sanctions,
    moderated,
    moderated_everywhere,
    removed,
    restrained,
    restrict,
)
from chatroom.client.model.preferences import Interest, NotRemembered
from chatroom.client.model.reporting import list_reports, reported
from chatroom.client.model.room import Room
from chatroom.client.views.lines import Notice, Skipped, Traffic
from chatroom.client.views.roles import marked
from chatroom.core.values.durations import spoken
from chatroom.core.values.names import fold
from chatroom.core.values.wording import because
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
                chat.notice(str(error), error=True)
            if reply.motd and reply.motd != chat.motd:
                chat.motd = reply.motd
                chat.notice(reply.motd)
            remembering.begin(chat, reply)
            return [requests.List(watch=True), *chat.wanted.begin(), *talking.begin(chat)]
        case answers.Rooms():
            return chat.room_list.listed(reply, request)
        case answers.Entered() if request is None and reply.room not in chat.conversations:
            return _let_in(chat, reply.room)
        case answers.Entered():
            return _entered(chat, reply, request)
        case answers.Members():
            return _people(chat, reply, request)
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
            marking.counted(chat, reply)
        case answers.Talks():
            return talking.listed(chat, reply)
        case answers.Devices():
            _devices(chat, reply)
        case answers.Ok():
            return _done(chat, reply, request)
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
                    chat.failed(request, reply.message + _offer(chat, reply, request))
                chat.wanted.refused(request)
                return chat.wanted.joins()
            if isinstance(request, ChangesAccount) and reply.code == "password-wrong":
                chat.failed(request, "That is not your password; nothing was changed.")
            else:
                chat.failed(request, reply.message, back=silenced)
        case answers.Error():
            chat.notice(reply.message, error=True)
    return []


def _happened(chat: Chat, event: AnyEvent) -> Sequence[AnyRequest]:
    match event:
        case answers.RoomsChanged():
            for room in event.closed:
                chat.invitations.settle(room)
            return chat.room_list.changed(event)
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
                chat.take_back(talk, event)
            return []
        case answers.Deleted():
            chat.leave(event.room, f"{event.by} deleted {event.room}.")
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
            chat.invited(event.room, event.by)
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
        case answers.Ping():
            return []
    if conversation := chat.room(event.room):
        return _in_room(chat, conversation, event)
    return []


def _in_room(chat: Chat, conversation: Room, event: AnyEvent) -> Sequence[AnyRequest]:
    match event:
        case answers.Said():
            message = chat.message(event)
            chat.alerts.said(conversation, message, looked_at=conversation is chat.current)
            if message.own:
                marking.spoke(conversation, message.seq)
            chat.write_down(conversation, message)
        case answers.Marked():
            marking.marked(chat, conversation, event.seq)
        case answers.Redacted():
            chat.take_back(conversation, event)
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
            conversation.show(Notice(chat.now(), why))
        case answers.Left():
            conversation.count = event.members
            quiet = _is_stranger(chat, conversation, event.username)
            conversation.traffic(Traffic(chat.now(), left=(event.username,), quiet=quiet))
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
            conversation.show(Notice(chat.now(), f"{event.by} set the topic: {event.topic}"))
        case answers.Sanctioned() | answers.Lifted() | answers.Appointed() | answers.Configured():
            moderated(chat, conversation, event)
            if isinstance(event, answers.Appointed) and event.username == chat.username:
                return _look_at_reports(chat, conversation)
        case answers.Level():
            conversation.topic, conversation.count = event.topic, event.members
            chat.tell_again()
            asked = _reached(chat, conversation)
            return [requests.Who(room=conversation.name), *chat.wanted.joins(), *asked]
        case answers.Gap():
            conversation.skipped(Skipped(chat.now(), event.first, event.last, event.kept))
    return []


def _reached(chat: Chat, conversation: Room) -> Sequence[AnyRequest]:
    """Know that all is here that was missed, and count news that are before it; the user may look at them."""
    unloaded = conversation.level()
    news = conversation.news
    if unloaded is None:
        return []
    if conversation is chat.current:
        chat.tell_new(0 if news.read_to is None else conversation.newest - news.read_to)
    elif unloaded and chat.preferences.interest(conversation.name) is not Interest.MUTE:
        news.unread += unloaded
        return [requests.Unread()] if "marks" in chat.features else []
    return []


def _let_in(chat: Chat, room: str) -> Sequence[AnyRequest]:
    """Read the backlog of *room*, whose port the client has connected to; not if it came back for others."""
    if fold(room) == fold(chat.wanted.first):
        return []
    return [requests.Leave(room=room) if chat.conversations else requests.Join(room=room, backlog=PAGE_SIZE)]


def _offer(chat: Chat, reply: answers.Error, request: requests.Join) -> str:
    """Say how to open a room that is not there, if the user wants to enter it now, or to get into one for accounts."""
    if reply.code == "password-required" and not chat.account and "accounts" in chat.features:
        return " Write /register, and then enter it again."
    return "" if request.room in chat.wanted or reply.code != "no-such-room" else f" /create {request.room} opens it."


def _is_stranger(chat: Chat, conversation: Room, username: str) -> bool:
    return chat.preferences.ignores(username) or not conversation.smart_filter.knows(username)


def _entered(chat: Chat, reply: answers.Entered, request: AnyRequest | None) -> Sequence[AnyRequest]:
    conversation = chat.room(reply.room)
    if conversation is None:
        conversation = Room(reply.room, chat.input_history, chat.clipboard, chat.chosen_hues)
        remembering.restore(chat, conversation)
    conversation.topic, conversation.count = reply.topic, reply.members
    conversation.creator = reply.creator or ""
    restrict(chat, conversation, reply)
    chat.bans.pop(reply.room, None)
    chat.invitations.settle(reply.room)
    if isinstance(request, requests.Create):
        chat.room_list.own.add(reply.room)
    read = remembering.read_to(chat, reply)
    conversation.entered(newest=reply.seq, resumed=reply.resumed, at=chat.now(), read=read, epoch=reply.epoch)
    conversation.marked = 0
    marking.marked(chat, conversation, reply.marked or 0)
    # A room entered again by itself, after the connection was lost, is no reason to look there.
    if request is not None and not chat.wanted.settle(request):
        chat.wanted.first = ""
        chat.look(conversation)
    elif conversation is not chat.current and not reply.resumed and read is None:
        # What comes before one looks there is new.
        conversation.look_away()
    if isinstance(request, requests.Create) and reply.seq:
        # A room of that name had been closed, and has all that was said there.
        conversation.loading = True
        return [requests.History(room=reply.room, limit=PAGE_SIZE)]
    return []


def _people(chat: Chat, reply: answers.Members, request: AnyRequest | None) -> Sequence[AnyRequest]:
    room = reply.room or ""
    if chat.was_asked(request):
        names = ", ".join(marked(name, reply.roles or {}) for name in reply.usernames) or "nobody"
        more = " …" if reply.more else ""
        chat.aside(f"In {room}: {names}{more}" if room else f"Online: {names}{more}")
        return []
    conversation = chat.room(room)
    if conversation is None or not isinstance(request, requests.Who):
        return []
    conversation.people(reply.usernames, reply.roles or {}, first=not request.after)
    asked = _look_at_reports(chat, conversation) if chat.username in reply.usernames else []
    if reply.more and reply.usernames and len(conversation.members) < MAX_ASKED_NAMES:
        return [requests.Who(room=room, after=reply.usernames[-1]), *asked]
    return asked


def _look_at_reports(chat: Chat, conversation: Room) -> Sequence[AnyRequest]:
    """Return what to ask about reports, if the user moderates there."""
    if chat.username in conversation.roles:
        return chat.open_reports.look(conversation.name) if chat.moderates else []
    chat.open_reports.forget(conversation.name)
    return []


def _devices(chat: Chat, reply: answers.Devices) -> None:
    rows = []
    for each in reply.devices:
        lasts = "remembered" if each.kind == "token" else "until it goes"
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
    messages = chat.messages(reply)
    before = request.before if isinstance(request.before, int) else None
    after = request.after if isinstance(request.after, int) else None
    conversation.page(messages, more=reply.more is True, before=before, after=after)


def _done(chat: Chat, reply: answers.Ok, request: AnyRequest | None) -> Sequence[AnyRequest]:
    match request:
        case requests.Say() if request.cid and isinstance(reply.seq, int):
            if conversation := chat.room(request.room):
                conversation.stored(request.cid, reply.seq)
                conversation.restraints.spoke(chat.now())
                chat.mute = None
        case requests.Leave():
            chat.leave(request.room)
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
        case requests.Mute() | requests.Ban():
            how = "muted" if isinstance(request, requests.Mute) else "banned"
            chat.aside(f"You {how} {request.username}{f' for {spoken(request.seconds)}' if request.seconds else ''}.")
        case requests.Unmute():
            chat.aside(f"{request.username} may speak again.")
        case requests.Unban():
            chat.aside(f"{request.username} may come in again.")
        case requests.Invite():
            chat.aside(f"You invited {request.username} to {request.room}.")
        case requests.Redact(username=str(username)):
            count = reply.count or 0
            messages = f"{count} message{'s' * (count != 1)}"
            chat.aside(f"You took back {messages} of {username}.")
        case requests.Redact(with_=str(other), seq=int(seq)):
            # Everybody else is told of it.
            if talk := chat.talk(other):
                chat.take_back(talk, answers.Redacted(with_=other, seq=seq, from_=chat.username, by=chat.username))
        case requests.Report():
            chat.aside(f"Those who {f'moderate {request.room}' if request.room else 'run the server'} are told.")
        case requests.Resolve():
            chat.open_reports.resolved(request.report)
            chat.aside(f"Report {request.report} is seen to.")
        case requests.Authenticate():
            chat.username = reply.username or request.username
            chat.account = reply.account or chat.username
            chat.aside(f"You are {chat.account} now, and no guest any more.")
            return talking.begin(chat)
        case requests.Register():
            chat.account = reply.account or chat.username
            when = "the next start you are asked for the password once, and then remembered here"
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
