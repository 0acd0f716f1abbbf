"""Everything that the client knows, whatever page is open: who one is, the rooms that are open, those one is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from chatroom.client.pages.conversation import NAMES, Conversation
from chatroom.client.pages.directory import Directory
from chatroom.client.pages.lines import Message, Notice, Pending, Private, Skipped, Traffic
from chatroom.client.pages.marks import mentions
from chatroom.client.pages.views import Link, Row, Status, Tab
from chatroom.client.pages.window import Window
from chatroom.core.names import fold
from chatroom.core.texts import MAX_TEXT
from chatroom.wire import answers, requests
from chatroom.wire.answers import AnyEvent, AnyReply
from chatroom.wire.requests import AnyRequest

BACKLOG = 100
"""Messages of a room that are shown on entering it; a page of history too."""


class Chat:
    """What the server said so far, and what one did with it.

    *now* tells the local time; *zone* is that of the times shown, the system's own if None. *wanted* is the room to
    enter first.
    """

    def __init__(self, server: str, now: Callable[[], datetime], zone: tzinfo | None = None, wanted: str = "") -> None:
        self.server = server
        self.now = now
        self.username = ""
        self.wanted = wanted
        self.link = Link.NONE
        self.news = ""
        self.lag: float | None = None
        self.helping = False
        self.directory = Directory()
        self.conversations: dict[str, Conversation] = {}
        self.lobby = Window(200)
        self.current: Conversation | None = None
        self.last: Conversation | None = None
        self._zone = zone
        self._asked: list[AnyRequest] = []
        self._cid = 0

    # What it is asked.

    def status(self) -> Status:
        """Say who one is and how the connection is."""
        unsent = sum(len(conversation.pending) for conversation in self.conversations.values())
        return Status(self.username, self.link, self.news, self.lag, unsent)

    def tabs(self) -> Sequence[Tab]:
        """List the rooms one is in, in the order in which one entered them."""
        return [
            Tab(conversation.room, conversation.unread, conversation.mentioned, conversation is self.current)
            for conversation in self.conversations.values()
        ]

    def rows(self, part: str = "") -> Sequence[Row]:
        """List the open rooms that have *part* in their name, those that begin with it first."""
        return self.directory.rows(part, self.conversations)

    def called(self, room: str) -> Conversation | None:
        """Return the room one is in that somebody means by *room*, in whatever case it is written."""
        if exact := self.conversations.get(room):
            return exact
        return next((found for found in self.conversations.values() if fold(found.room) == fold(room)), None)

    def active(self) -> Conversation | None:
        """Return the room where most goes on: the first with a mention, else the one with the most new messages."""
        others = [found for found in self.conversations.values() if found is not self.current and found.unread]
        return max(others, key=lambda found: (found.mentioned, found.unread), default=None)

    # What one does.

    def look(self, conversation: Conversation | None) -> None:
        """Look at *conversation*, or (None) at the lobby."""
        if conversation is self.current:
            return
        if self.current:
            self.current.look_away()
            self.last = self.current
        self.current = conversation
        if conversation:
            conversation.look()

    def say(self, conversation: Conversation, text: str, *, action: bool = False) -> requests.Say:
        """Say *text*; it is shown as waiting until the server has it."""
        self._cid += 1
        cid = str(self._cid)
        conversation.say(Pending(cid, self.username, text, action))
        return requests.Say(room=conversation.room, text=text, action=action, cid=cid)

    def ask(self, request: AnyRequest) -> AnyRequest:
        """Return *request*, whose reply shall be written out."""
        self._asked.append(request)
        return request

    def notice(self, text: str, *, error: bool = False) -> None:
        """Tell the reader something, where it is seen."""
        self._window().add(Notice(self.now(), text, error))

    # What happens.

    def linked(self, link: Link, news: str = "") -> None:
        """Know how the connection is."""
        if self.link is Link.ONLINE and link is not Link.ONLINE:
            self.lag = None
            if self.current:
                # What is missed from now on is new.
                self.current.look_away()
        self.link = link
        self.news = news

    def shut_out(self, room: str, reason: str) -> None:
        """Know that one is not in *room* any more."""
        self._close(room)
        self.notice(f"You are not in {room} any more: {reason}", error=True)

    def failed(self, request: AnyRequest, reason: str) -> None:
        """Know that *request* got no reply."""
        self._was_asked(request)
        if isinstance(request, requests.Say) and request.cid and (found := self.conversations.get(request.room)):
            found.refused(request.cid, reason, self.now())
        elif isinstance(request, requests.History) and (found := self.conversations.get(request.room)):
            found.loading = False
        elif not isinstance(request, requests.Quit):
            self.notice(reason, error=True)

    def replied(self, reply: AnyReply, request: AnyRequest | None) -> Sequence[AnyRequest]:
        """Take the *reply* to *request*; return what to ask next."""
        match reply:
            case answers.Welcome():
                self.username = reply.username
                follow: list[AnyRequest] = [requests.List(watch=True)]
                if self.wanted:
                    follow.append(requests.Join(room=self.wanted, backlog=BACKLOG))
                return follow
            case answers.Rooms():
                return self.directory.listed(reply, request)
            case answers.Entered() if request is None and reply.room not in self.conversations:
                return self._let_in(reply.room)
            case answers.Entered():
                self._entered(reply, request)
            case answers.Members():
                return self._people(reply, request)
            case answers.Entries():
                self._read(reply, request)
            case answers.Ok():
                self._done(reply, request)
            case answers.Error() if request is not None:
                self.failed(request, reply.message)
            case answers.Error():
                self.notice(reply.message, error=True)
        return []

    def happened(self, event: AnyEvent) -> Sequence[AnyRequest]:
        """Take *event*; return what to ask next."""
        match event:
            case answers.RoomsChanged():
                self.directory.changed(event)
                return []
            case answers.Told():
                self.private(event.from_, event.to, event.text, self._local(event.at))
                return []
            case answers.Deleted():
                self._close(event.room)
                self.notice(f"{event.by} deleted {event.room}.")
                return []
            case answers.Slowed():
                self.notice("Slower, please: the server takes what you sent one after the other. Nothing is lost.")
                return []
            case answers.Ping():
                return []
        if conversation := self.conversations.get(event.room):
            return self._in_room(conversation, event)
        return []

    def private(self, speaker: str, to: str, text: str, at: datetime) -> None:
        """Show what was said to one person alone."""
        self._window().add(Private(at, speaker, to, text, own=speaker == self.username))
        if self.current and speaker != self.username:
            self.current.address(speaker)

    def _in_room(self, conversation: Conversation, event: AnyEvent) -> Sequence[AnyRequest]:
        match event:
            case answers.Said():
                message = self._message(event)
                conversation.said(message, seen=conversation is self.current)
            case answers.Joined():
                conversation.count = event.members
                conversation.traffic(Traffic(self.now(), joined=(event.username,)))
            case answers.Left():
                conversation.count = event.members
                conversation.traffic(Traffic(self.now(), left=(event.username,)))
            case answers.Presence():
                conversation.count = event.members
            case answers.Renamed():
                if event.from_ == self.username:
                    self.username = event.to
                conversation.traffic(Traffic(self.now(), renamed=((event.from_, event.to),)))
            case answers.TopicChanged():
                conversation.topic = event.topic
                conversation.show(Notice(self.now(), f"{event.by} set the topic: {event.topic}"))
            case answers.Level():
                conversation.topic, conversation.count = event.topic, event.members
                conversation.level()
                return [requests.Who(room=conversation.room)]
            case answers.Gap():
                conversation.skipped(Skipped(self.now(), event.first, event.last, event.kept))
        return []

    def _let_in(self, room: str) -> Sequence[AnyRequest]:
        """Read what was said before in *room*, to whose port one has connected; not if one came back for others."""
        if fold(room) == fold(self.wanted):
            return []
        return [requests.Leave(room=room) if self.conversations else requests.Join(room=room, backlog=BACKLOG)]

    def _entered(self, reply: answers.Entered, request: AnyRequest | None) -> None:
        conversation = self.conversations.setdefault(reply.room, Conversation(reply.room))
        conversation.topic, conversation.count = reply.topic, reply.members
        if isinstance(request, requests.Create):
            self.directory.own.add(reply.room)
        conversation.entered(newest=reply.seq, resumed=reply.resumed, at=self.now())
        # A room entered again by itself, after the connection was lost, is no reason to look there.
        if request is not None:
            self.wanted = ""
            self.look(conversation)

    def _people(self, reply: answers.Members, request: AnyRequest | None) -> Sequence[AnyRequest]:
        room = reply.room or ""
        if self._was_asked(request):
            names = ", ".join(reply.usernames) or "nobody"
            more = " …" if reply.more else ""
            self.notice(f"In {room}: {names}{more}" if room else f"Online: {names}{more}")
            return []
        conversation = self.conversations.get(room)
        if conversation is None or not isinstance(request, requests.Who):
            return []
        conversation.people(reply.usernames, first=not request.after)
        if reply.more and reply.usernames and len(conversation.members) < NAMES:
            return [requests.Who(room=room, after=reply.usernames[-1])]
        return []

    def _read(self, reply: answers.Entries, request: AnyRequest | None) -> None:
        conversation = self.conversations.get(reply.room)
        if conversation is None or not isinstance(request, requests.History):
            return
        messages = [self._message(entry) for entry in reply.entries]
        before = request.before if isinstance(request.before, int) else None
        after = request.after if isinstance(request.after, int) else None
        conversation.page(messages, more=reply.more, before=before, after=after)

    def _done(self, reply: answers.Ok, request: AnyRequest | None) -> None:
        match request:
            case requests.Say() if request.cid and isinstance(reply.seq, int):
                if conversation := self.conversations.get(request.room):
                    conversation.stored(request.cid, reply.seq)
            case requests.Leave():
                self._close(request.room)
            case requests.Rename():
                self.username = request.username
                if not self.conversations:
                    self.notice(f"You are {request.username} now.")
            case requests.Tell():
                self.private(self.username, request.to, request.text, self.now())
                if self.current:
                    self.current.address(request.to)
            case requests.Delete():
                if request.room not in self.conversations:
                    self.notice(f"You deleted {request.room}.")

    def _close(self, room: str) -> None:
        conversation = self.called(room)
        if conversation is None:
            return
        del self.conversations[conversation.room]
        if self.last is conversation:
            self.last = None
        if self.current is conversation:
            self.current = None
            self.look(self.last or next(reversed(self.conversations.values()), None))
            self.last = None

    def _message(self, said: answers.Said | answers.Entry) -> Message:
        own = said.from_ == self.username
        mention = not own and mentions(said.text, self.username)
        return Message(
            said.seq,
            self._local(said.at),
            said.from_,
            # No text is longer, and a word that filled many screens would take seconds to draw.
            said.text[:MAX_TEXT],
            action=said.action is True,
            own=own,
            mention=mention,
        )

    def _local(self, at: str) -> datetime:
        try:
            return datetime.fromisoformat(at).astimezone(self._zone)
        except (ValueError, OverflowError):
            # The server's clock is its own affair; the message is not lost for it.
            return self.now()

    def _window(self) -> Window:
        return self.current.window if self.current else self.lobby

    def _was_asked(self, request: AnyRequest | None) -> bool:
        """Say whether a person asked this, and forget that."""
        for index, asked in enumerate(self._asked):
            if asked is request:
                del self._asked[index]
                return True
        return False
