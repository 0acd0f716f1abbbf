"""The chat as the client knows it, whatever screen is open: the user, the open rooms, the joined ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import count
from secrets import token_urlsafe

from msgspec import UNSET, UnsetType

from chatroom.client.compose.editor import Clipboard
from chatroom.client.compose.input_history import InputHistory
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT, Bindings
from chatroom.client.model.alerts import Alerts
from chatroom.client.model.asides import Asides
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.hues import ALL_DIFFER, Hues
from chatroom.client.model.invitations import Invitations
from chatroom.client.model.line_filter import LineFilter
from chatroom.client.model.logs import Logs, OpenLog
from chatroom.client.model.lookups import Lookups
from chatroom.client.model.memory import Memory
from chatroom.client.model.open_reports import OpenReports
from chatroom.client.model.preferences import Preferences, PreferenceStore
from chatroom.client.model.restraints import Restraint
from chatroom.client.model.room import Room
from chatroom.client.model.room_list import RoomList
from chatroom.client.model.sessions import Sessions, SessionStore
from chatroom.client.model.talk import SIGN, Talk
from chatroom.client.model.tokens import Tokens, TokenStore
from chatroom.client.model.wanted_rooms import WantedRooms
from chatroom.client.model.window import Window
from chatroom.client.model.wishes import Wish
from chatroom.client.text.clock import USUAL, TimeFormat
from chatroom.client.views.lines import NoticeLine, Pending, Private
from chatroom.client.views.view import Connectivity
from chatroom.core.values.names import fold
from chatroom.wire.frames import requests
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
    *hues* are those that the user has chosen for some people, *looks* what each hue looks like. Without *pages* what is
    told privately is a line where the user is; else each talk has a page. *cid* makes up the name of a message, which
    no other client of the user's may give. *opens_log* opens a file into which what is said is written. *clock* writes
    times.
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
        looks: Sequence[int] = ALL_DIFFER,
        pages: bool = True,
        cid: Callable[[], str] = token_urlsafe,
        opens_log: OpenLog | None = None,
        clock: TimeFormat = USUAL,
    ) -> None:
        self.server = server
        self.now = now
        self.clock = clock
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
        # How many talks the server has listed since the login.
        self.talks_listed = 0
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
        self.mute: Restraint | None = None
        # By room, the last one known at the end.
        self.bans: dict[str, Restraint] = {}
        self.conversations: dict[str, Conversation] = {}
        self.input_history = InputHistory()
        self.clipboard = Clipboard()
        self._hues = hues or {}
        self._looks = looks
        self.lobby_hues = self.new_hues().given
        self.lobby = Window(200)
        self.current: Conversation | None = None
        self.last: Conversation | None = None
        self.preferences = Preferences(store)
        self.logs = Logs(opens_log, self.clock)
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

    def new_hues(self) -> Hues:
        """Return the hues of people in a room or talk that is opened."""
        return Hues(self._hues, self._looks)

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

    def enter(self, room: str, key: str = "") -> AnyRequest | None:
        """Look at *room* if it is joined; otherwise return the request to join it, which may need a *key*."""
        if conversation := self.called(room):
            self.look(conversation)
            return None
        return requests.Join(room=room, backlog=PAGE_SIZE, key=key or UNSET)

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
        self._window().add(NoticeLine(self.now(), text, error))

    def warn(self, text: str) -> None:
        """Tell the user what is amiss with the client itself, though all that they asked for is done."""
        self._window().add(NoticeLine(self.now(), text, error=True, warning=True))

    def aside(self, text: str, *, error: bool = False) -> None:
        """Answer what the user has just done, beside the talk."""
        self.asides.tell(NoticeLine(self.now(), text, error))

    def tell_again(self) -> None:
        """Tell in the first room what nobody has seen, for they did not see the lobby."""
        untold, self.untold = self.untold, ""
        if untold:
            self.notice(untold, error=True)

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

    def private(self, speaker: str, to: str, text: str, at: datetime) -> None:
        """Show a private message where the user is."""
        private = Private(at, speaker, to, text, own=speaker == self.username)
        self._window().add(private)

    def confided(self, room: str, speaker: str, to: str, text: str, at: datetime) -> None:
        """Show in *room* what some of those there are told alone."""
        own = speaker == self.username
        private = Private(at, speaker, to, text, own=own, several=True)
        if there := self.conversations.get(room):
            there.show(private)
        else:
            self._window().add(private)
        if not own:
            self.alerts.told(speaker, text, f"to {to}")

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

    def _window(self) -> Window:
        return self.current.window if self.current else self.lobby
