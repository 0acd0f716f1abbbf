"""Entering: a room lets the user in, shows what was missed, and says who is there."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.conversation import MAX_ASKED_NAMES
from chatroom.client.model.preferences import Interest
from chatroom.client.model.room import Room
from chatroom.client.reducer import marking, remembering
from chatroom.client.reducer.moderating import restrict
from chatroom.client.views.roles import marked
from chatroom.core.values.names import fold
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest


def let_in(chat: Chat, room: str) -> Sequence[AnyRequest]:
    """Read the backlog of *room*, whose port the client has connected to; not if it came back for others."""
    if fold(room) == fold(chat.wanted.first):
        return []
    return [requests.Leave(room=room) if chat.conversations else requests.Join(room=room, backlog=PAGE_SIZE)]


def entered(chat: Chat, reply: answers.Entered, request: AnyRequest | None) -> Sequence[AnyRequest]:
    """Open the room that has let the user in, or go on there; return what to ask next."""
    conversation = chat.room(reply.room)
    if conversation is None:
        conversation = Room(reply.room, chat.input_history, chat.clipboard, chat.new_hues())
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
    elif conversation is not chat.current and not reply.resumed and conversation.news.read_to is None:
        # What comes before one looks there is new.
        conversation.look_away()
    if isinstance(request, requests.Create) and reply.seq:
        # A room of that name had been closed, and has all that was said there.
        conversation.loading = True
        return [requests.History(room=reply.room, limit=PAGE_SIZE)]
    return []


def reached(chat: Chat, conversation: Room) -> Sequence[AnyRequest]:
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


def offer(chat: Chat, reply: answers.Error, request: requests.Join) -> str:
    """Say how to open a room that is not there, if the user wants to enter it now, or to get into one for accounts."""
    if reply.code == "password-required" and not chat.account and "accounts" in chat.features:
        return " Write /register, and then enter it again."
    return "" if request.room in chat.wanted or reply.code != "no-such-room" else f" /create {request.room} opens it."


def people(chat: Chat, reply: answers.Members, request: AnyRequest | None) -> Sequence[AnyRequest]:
    """Know who is there, or tell who has asked for it; return what to ask next."""
    room = reply.room or ""
    if chat.was_asked(request):
        away = reply.away or {}
        shown = (
            f"{marked(name, reply.roles or {})}{f' (away: {away[name]})' if name in away else ''}"
            for name in reply.usernames
        )
        names = ", ".join(shown) or "nobody"
        more = " …" if reply.more else ""
        chat.aside(f"In {room}: {names}{more}" if room else f"Online: {names}{more}")
        return []
    conversation = chat.room(room)
    if conversation is None or not isinstance(request, requests.Who):
        return []
    conversation.people(reply.usernames, reply.roles or {}, first=not request.after)
    asked = look_at_reports(chat, conversation) if chat.username in reply.usernames else []
    if reply.more and reply.usernames and len(conversation.members) < MAX_ASKED_NAMES:
        return [requests.Who(room=room, after=reply.usernames[-1]), *asked]
    return asked


def look_at_reports(chat: Chat, conversation: Room) -> Sequence[AnyRequest]:
    """Return what to ask about reports, if the user moderates there."""
    if conversation.roles.get(chat.username, "voiced") != "voiced":
        return chat.open_reports.look(conversation.name) if chat.moderates else []
    chat.open_reports.forget(conversation.name)
    return []
