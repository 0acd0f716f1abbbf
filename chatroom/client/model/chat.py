"""The chat as the client knows it, whatever screen is open: the user, the open rooms, the joined ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import count
from secrets import token_urlsafe

from msgspec import UnsetType

from chatroom.client.compose.editor import Clipboard
from chatroom.client.compose.input_history import InputHistory
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT, Bindings
from chatroom.client.model.alerts import Alerts
from chatroom.client.model.asides import Asides
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.hues import Hues
from chatroom.client.model.invitations import Invitations
from chatroom.client.model.line_filter import LineFilter
from chatroom.client.model.logs import LogFailed, Logs, OpenLog
from chatroom.client.model.lookups import Lookups
from chatroom.client.model.memory import Memory
from chatroom.client.model.open_reports import OpenReports
from chatroom.client.model.preferences import Interest, Preferences, PreferenceStore
from chatroom.client.model.restraints import Sanction
from chatroom.client.model.retractions import TAKEN_BACK
from chatroom.client.model.room import Room
from chatroom.client.model.room_list import RoomList
from chatroom.client.model.sessions import Sessions, SessionStore
from chatroom.client.model.talk import SIGN, Talk
from chatroom.client.model.tokens import Tokens, TokenStore
from chatroom.client.model.wanted_rooms import WantedRooms
from chatroom.client.model.window import Window
from chatroom.client.model.wishes import Wish
from chatroom.client.text.highlights import mentions
from chatroom.client.views.lines import Message, Notice, Pending, Private
from chatroom.client.views.view import Connectivity, LobbyRoom, Status, Tab
from chatroom.core.values.names import fold
from chatroom.core.values.texts import MAX_TEXT
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest

MANY_UNREAD = 20
"""Messages that may be new in a room without a word: their beginning is in view."""

PAGE_SIZE = 100
"""Messages of a room that are shown on entering it; a page of history too."""


class Chat:
    """A chat and what the user does with it; the reducer puts in what the server says.

    *now* tells the local time; *zone* is that of the times shown, the system's own if None. *wanted* is the room to
    enter first, *also* are others, which are entered along with it. *highlight_words* count as the user's
    name does; while *quiet*, strangers come and go unseen. *store* has the preferences of the last time, *memory* the
    place where the user was, *tokens* what is as good as the password, *sessions* by what the server knows them again.
    *hues* are those that the user has chosen for some people. Without *pages* what is told privately is a line where
    the user is; else each talk has a page. *cid* makes up the name of a message, which no other client of the user's
    may give. *opens_log* opens a file into which what is said is written.
    """

    def __init__(
        self,
        server: str,
        now: Callable[[], datetime],
        zone: tzinfo | None = None,
        wanted: str = "",
        *,
        also: Sequence[str] = (),
        keys: Bindings = DEFAULT,
        highlight_words: Sequence[str] = (),
        quiet: bool = False,
        store: PreferenceStore | None = None,
        memory: Memory | None = None,
        tokens: TokenStore | None = None,
        sessions: SessionStore | None = None,
        hues: Mapping[str, int] | None = None,
        pages: bool = True,
        cid: Callable[[], str] = token_urlsafe,
        opens_log: OpenLog | None = None,
    ) -> None:
        self.server = server
        self.now = now
        self.username = ""
        # The name of the user's account, if they have one, and words for what the server has.
        self.account = ""
        self.features: frozenset[str] = frozenset()
        self.tokens = Tokens(tokens)
        self.sessions = Sessions(sessions)
        self.memory = memory or Memory()
        self.wanted = WantedRooms(wanted, also, PAGE_SIZE)
        self.pages = pages
        # With whom a page was open the last time, and the one that was looked at, until the server has told of them.
        self.wanted_talks: list[str] = []
        self.wanted_talk = ""
        self.keys = keys
        self.highlight_words = tuple(highlight_words)
        self.motd = ""
        self.connectivity = Connectivity.NONE
        self.news = ""
        self.lag: float | None = None
        self.silence = 0
        self.remark = ""
        self.returned = ""
        self.untold = ""
        # A message of a room that the user is about to enter, to be looked at there.
        self.bound_for: tuple[str, int] | None = None
        # What the user wants done outside of the client.
        self.wishes: list[Wish] = []
        # What one key asks for besides the first.
        self.further: list[AnyRequest] = []
        self.lookups = Lookups()
        self.room_list = RoomList()
        self.invitations = Invitations()
        self.open_reports = OpenReports()
        # In all rooms, and to everybody.
        self.mute: Sanction | None = None
        # By room, the last one known at the end.
        self.bans: dict[str, Sanction] = {}
        self.conversations: dict[str, Conversation] = {}
        self.input_history = InputHistory()
        self.clipboard = Clipboard()
        self.chosen_hues = hues or {}
        self.lobby_hues = Hues(self.chosen_hues).given
        self.lobby = Window(200)
        self.current: Conversation | None = None
        self.last: Conversation | None = None
        self.preferences = Preferences(store)
        self.logs = Logs(opens_log)
        self.line_filter = LineFilter(self.preferences, quiet=quiet)
        self.alerts = Alerts(self.preferences)
        self.asides = Asides()
        self._zone = zone
        self._asked: list[AnyRequest] = []
        self._visits = count(1)
        self._cid = cid

    # What it is asked.

    @property
    def takes_back(self) -> bool:
        """Whether the server takes messages back, and keeps who did what to others."""
        return "redaction" in self.features

    @property
    def replies(self) -> bool:
        """Whether the server lets a message answer another one."""
        return "replies" in self.features

    @property
    def finds(self) -> bool:
        """Whether the server finds messages in all rooms at once, by who said them, and by their time."""
        return "finding" in self.features

    @property
    def moderates(self) -> bool:
        """Whether the server lets people moderate rooms."""
        return "moderation" in self.features

    @property
    def keeps_talks(self) -> bool:
        """Whether the server keeps what the user and others with an account tell each other."""
        return self.pages and bool(self.account) and "talks" in self.features

    @property
    def talks(self) -> Sequence[Talk]:
        """The private talks whose pages are open, in their order."""
        return [each for each in self.conversations.values() if isinstance(each, Talk)]

    def status(self) -> Status:
        """Return the user's name and the state of the connection."""
        unsent = sum(len(conversation.pending) for conversation in self.conversations.values())
        return Status(
            self.username,
            self.connectivity,
            self.news,
            self.lag,
            unsent,
            remark=self.remark,
            highlight_words=self.highlight_words,
            silence=self.silence,
            restraint=self.restraint(),
            reports=self.open_reports.told(),
            elsewhere=tuple(tab for tab in self.tabs() if (tab.unread or tab.mentioned) and not tab.current),
        )

    def restraint(self) -> str:
        """Write what keeps the user from speaking in the room that is looked at, or from the one they want to enter."""
        now = self.now()
        if self.mute and self.mute.holds(now):
            return self.mute.told("muted everywhere", now)
        if isinstance(self.current, Room):
            return self.current.restraints.told(now, free=self.username in self.current.roles)
        held = [(room, ban) for room, ban in self.bans.items() if ban.holds(now)]
        return next((ban.told(f"banned from {room}", now) for room, ban in reversed(held)), "")

    def tabs(self) -> Sequence[Tab]:
        """Return the open conversations, in their order."""
        return [
            Tab(
                conversation.name,
                conversation.unread,
                conversation.mentioned,
                conversation is self.current,
                muted=self.preferences.interest(conversation.name) is Interest.MUTE,
                begun=conversation is not self.current and bool(conversation.begun),
            )
            for conversation in self.conversations.values()
        ]

    def hues_by_room(self) -> Mapping[str, Mapping[str, int]]:
        """Return the hues of people in each of the joined rooms."""
        return {room: conversation.hues.given for room, conversation in self.conversations.items()}

    def lobby_rooms(self, part: str = "") -> Sequence[LobbyRoom]:
        """List the open rooms that have *part* in their name, those that begin with it first, then the busy ones."""
        last = ((room, conversation.said_last) for room, conversation in self.conversations.items())
        shown = {room: said for room, said in last if said and not self.preferences.ignores(said.speaker)}
        return self.room_list.matching(part, self.conversations, self.invitations, shown)

    def called(self, name: str) -> Conversation | None:
        """Return the open conversation that is called *name*, in any case."""
        if exact := self.conversations.get(name):
            return exact
        return next((found for found in self.conversations.values() if fold(found.name) == fold(name)), None)

    def room(self, name: str | UnsetType) -> Room | None:
        """Return the joined room *name*, as the server calls it."""
        found = self.conversations.get(name or "")
        return found if isinstance(found, Room) else None

    def talk(self, other: str) -> Talk | None:
        """Return the talk with *other*, in any case, if its page is open."""
        found = self.called(f"{SIGN}{other}")
        return found if isinstance(found, Talk) else None

    def addressed(self, request: requests.Tell) -> Talk | None:
        """Return the talk of *request*: the one where its message waits, or that with whom it names."""
        waiting = (talk for talk in self.talks if request.cid and request.cid in talk.pending)
        return next(waiting, None) or self.talk(request.to)

    def at(self, room: str | UnsetType, with_: str | UnsetType) -> Conversation | None:
        """Return what the server calls *room*, or the talk *with_* somebody."""
        return self.talk(with_) if with_ else self.room(room)

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
            self.current.go_away()
            self.last = self.current
        self.current = conversation
        if conversation:
            conversation.visited = next(self._visits)
            self._see(conversation)
            if not self.alerts.focused and conversation.news.read_to is None:
                # The terminal was turned away from before one came here.
                conversation.look_away()

    def enter(self, room: str) -> AnyRequest | None:
        """Look at *room* if it is joined; otherwise return the request to join it."""
        if conversation := self.called(room):
            self.look(conversation)
            return None
        return requests.Join(room=room, backlog=PAGE_SIZE)

    def invited(self, room: str, by: str) -> None:
        """Tell the user that they are invited into *room* *by* somebody, unless that is one whom they ignore."""
        if self.preferences.ignores(by):
            return
        if self.called(room):
            self.notice(f"{by} invites you to {room}, where you are.")
            return
        self.invitations.add(room)
        key = self.keys.label(Action.ACCEPT)
        self.notice(f"{by} invites you to {room}: /join {room} enters it{f', and {key}' if key else ''}.")
        self.alerts.invited(room, by)

    def accept(self) -> AnyRequest | None:
        """Enter the room into which the user was invited last, as :meth:`enter` does."""
        if room := self.invitations.newest:
            return self.enter(room)
        self.aside("You have no invitation.")
        return None

    def focus(self, focused: bool) -> None:
        """Know whether the terminal has the focus: while it does not, what comes is new."""
        self.alerts.focused = focused
        if self.current and focused:
            self._see(self.current)
        elif self.current:
            self.current.look_away()

    def _see(self, conversation: Conversation) -> None:
        """Count nothing there as new any more; if it is more than can be seen, say how to get to the first of it."""
        self.tell_new(conversation.unread)
        conversation.look()

    def tell_new(self, count: int) -> None:
        """Say how to get to the first of *count* messages that are new where one looks, if there are many."""
        if count > MANY_UNREAD and (key := self.keys.label(Action.UNREAD)):
            self.remark = f"{count} new, {key} goes to the first"

    def say(
        self, conversation: Conversation, text: str, *, action: bool = False, re: int | None = None
    ) -> requests.Say | requests.Tell:
        """Say *text*, perhaps in answer to message *re*; it is shown as waiting until the server has it."""
        pending = Pending(self._cid(), self.username, text, action, re)
        conversation.say(pending)
        return conversation.request(pending)

    def ask(self, request: AnyRequest) -> AnyRequest:
        """Return *request*, whose reply shall be written out."""
        self._asked.append(request)
        return request

    def notice(self, text: str, *, error: bool = False) -> None:
        """Tell the user something, where it is seen."""
        self._window().add(Notice(self.now(), text, error))

    def aside(self, text: str, *, error: bool = False) -> None:
        """Answer what the user has just done, beside the talk."""
        self.asides.tell(Notice(self.now(), text, error))

    def tell_again(self) -> None:
        """Tell in the first room what nobody has seen, for they did not see the lobby."""
        untold, self.untold = self.untold, ""
        if untold:
            self.notice(untold, error=True)

    def messages(self, page: answers.Entries) -> list[Message]:
        """Return the messages of a *page* of a log as they are shown."""
        messages = [self.message(entry) for entry in page.entries]
        conversation = self.at(page.room, page.with_)
        return [conversation.retractions.applied(message) for message in messages] if conversation else messages

    # What happens.

    def connection_changed(self, connectivity: Connectivity, news: str = "") -> None:
        """Know how the connection is."""
        if self.connectivity is Connectivity.ONLINE and connectivity is not Connectivity.ONLINE:
            self.lag = None
            self.silence = 0
            if self.current:
                # What is missed from now on is new.
                self.current.look_away()
        self.connectivity = connectivity
        self.news = news

    def shut_out(self, room: str, reason: str) -> None:
        """Know that the user is not in *room* any more."""
        self.leave(room, f"You are not in {room} any more: {reason}", error=True)

    def failed(self, request: AnyRequest, reason: str, *, back: bool = False) -> None:
        """Know that *request* was not carried out; what was typed for it comes *back* into the line of its room."""
        self.was_asked(request)
        if isinstance(request, requests.Join):
            self.bound_for = None
        if lookup := self.lookups.take(request):
            lookup.failed(reason)
        elif isinstance(request, requests.Say) and request.cid and (found := self.room(request.room)):
            self._refused(found, request, reason, back=back)
        elif isinstance(request, requests.Tell) and request.cid and (talk := self.addressed(request)):
            self._refused(talk, request, reason, back=back)
            if talk is not self.current:
                self._not_told(request, reason)
            if talk.unused and talk is not self.current:
                # It was opened for that alone.
                self._forget(talk, back=False)
        elif isinstance(request, requests.Say):
            # The room is gone, or one is; what was said there is not lost for that.
            self.notice(f"Not sent: {request.text}\n{reason}", error=True)
        elif isinstance(request, requests.History):
            # Where nobody looks any more, nobody waits for it.
            if there := self.at(request.room, request.with_):
                there.loading = False
        elif isinstance(request, requests.Tell):
            self._not_told(request, reason)
        elif not isinstance(request, requests.Quit):
            # What nobody asked for just now may come while they type.
            tell = self.notice if isinstance(request, requests.Join) and request.room in self.wanted else self.aside
            tell(reason, error=True)
            if isinstance(request, requests.Topic) and back:
                self.returned = f"/topic {request.topic}"

    def _refused(self, found: Conversation, request: requests.Say | requests.Tell, reason: str, *, back: bool) -> None:
        """Show that the message of *request* won't be said; what was typed is put into the line again, if it fits."""
        found.refused(request.cid or "", reason, self.now())
        put = back and not found.reverse_search and found.returned.put(_typed(request))
        if found is self.current and not put and (back or "\n" not in request.text):
            self.returned = _typed(request)

    def _not_told(self, request: requests.Tell, reason: str) -> None:
        self.aside(reason, error=True)
        # Nobody has it, so whoever wrote it shall not have to write it again.
        self.returned = f"/msg {request.to} {request.text}"

    def take_back(self, conversation: Conversation, event: answers.Redacted) -> None:
        """Know that a message in *conversation* was taken back: no copy of it is kept."""
        was = conversation.take_back(event)
        self.alerts.take_back(conversation.name, event.seq)
        # Who takes back their own may be about to say it better.
        if was and not was.own and self.clipboard.text == was.text:
            self.clipboard.text = ""

    def write_down(self, conversation: Conversation, message: Message) -> None:
        """Write *message* into the log of *conversation*, if the user has begun one."""
        if message.own or not self.preferences.ignores(message.speaker):
            try:
                self.logs.said(conversation.name, message)
            except LogFailed as failed:
                self.notice(str(failed), error=True)

    def private(self, speaker: str, to: str, text: str, at: datetime) -> None:
        """Show a private message where the user is."""
        private = Private(at, speaker, to, text, own=speaker == self.username)
        self._window().add(private)

    def leave(self, room: str, reason: str = "", *, error: bool = False) -> None:
        """Be no longer in *room*, for a *reason* to be told; what was begun there can be put into another line."""
        self.invitations.settle(room)
        conversation = self.called(room)
        if conversation:
            # What somebody is typing must not go on in another room, where others read it.
            self._forget(conversation, back=not reason)
        if reason:
            self.notice(reason, error=error)
        if conversation and (begun := conversation.begun):
            conversation.editor.keep(begun)
            key = self.keys.label(Action.YANK)
            self.notice(f"What you had begun there is kept{f': in a room, {key} puts it back' if key else ''}.")

    def message(self, said: answers.Said | answers.Message) -> Message:
        """Return what was *said* as it is shown."""
        own = said.from_ == self.username
        may_mention = not own and not self.preferences.ignores(said.from_)
        mention = may_mention and mentions(said.text, self.username, self.highlight_words)
        at = self.local(said.at)
        if said.redacted:
            return Message(said.seq, at, said.from_, "", own=own, retraction=TAKEN_BACK)
        return Message(
            said.seq,
            at,
            said.from_,
            # No text is longer, and a word that filled many screens would take seconds to draw.
            said.text[:MAX_TEXT],
            action=said.action is True,
            own=own,
            mention=mention,
            re=said.re or None,
        )

    def local(self, at: str) -> datetime:
        """Return the local time of the moment that the server calls *at*."""
        try:
            return datetime.fromisoformat(at).astimezone(self._zone)
        except (ValueError, OverflowError):
            # The server's clock is its own affair; the message is not lost for it.
            return self.now()

    def moment(self, wall: datetime) -> datetime:
        """Return when it is *wall* on the clock on the wall, as a server is asked for it."""
        return (wall.replace(tzinfo=self._zone) if self._zone else wall.astimezone()).astimezone(UTC)

    def was_asked(self, request: AnyRequest | None) -> bool:
        """Say whether a person asked this, and forget that."""
        for index, asked in enumerate(self._asked):
            if asked is request:
                del self._asked[index]
                return True
        return False

    def _forget(self, conversation: Conversation, *, back: bool) -> None:
        """Forget *conversation*; go *back* to the one before, or to the lobby."""
        self.memorize(conversation)
        self.wanted.left(conversation.name)
        del self.conversations[conversation.name]
        self.open_reports.forget(conversation.name)
        self.logs.end(conversation.name)
        if self.last is conversation:
            self.last = None
        if self.current is conversation:
            self.current = None
            if back:
                self.look(self.last or next(reversed(self.conversations.values()), None))
                self.last = None

    def memorize(self, conversation: Conversation) -> None:
        """Know how far *conversation* was read and what was begun there, when it is entered again."""
        if isinstance(conversation, Room) and conversation.epoch:
            self.memory.read(conversation.name, conversation.epoch, conversation.news.read)
        self.memory.draft(conversation.name, conversation.begun)

    def _window(self) -> Window:
        return self.current.window if self.current else self.lobby


def _typed(say: requests.Say | requests.Tell) -> str:
    """Return what was typed for *say*."""
    if say.action:
        return f"/me {say.text}"
    if say.re:
        return f"/reply {say.re} {say.text}"
    return f"/{say.text}" if say.text.startswith("/") else say.text
