"""What the client needs of the world, played by the test: no socket, no terminal."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any, cast

from msgspec import UNSET
from twisted.internet.defer import Deferred, succeed
from typing_extensions import override
from urwid.event_loop import EventLoop

from chatroom.client.drawing.terminal.display import Display, written_apart
from chatroom.client.model.memory import PlaceStore, SavedView
from chatroom.client.model.preferences import NotRemembered
from chatroom.client.ports import LineSource, Server
from chatroom.client.states import Connecting, Disconnected, Incoming, Nameless, Offline, Online, Refused, State
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyReply, Ok, Welcome
from chatroom.wire.frames.requests import AnyRequest
from tests.client.emulator import Emulator
from tests.client.reader import LIMITS


class FakeServer:
    """Keeps what it is asked until the test answers, in order; *heard* and *changed* tell the client."""

    def __init__(self, heard: Callable[[Incoming], None], changed: Callable[[State], None]) -> None:
        self.state: State = Offline()
        self.lag: float | None = None
        self.silence = 0.0
        self.token = ""
        self.remembers = False
        self.session = ""
        self.left = False
        self.hear = heard
        self._changed = changed
        self._asked: list[tuple[AnyRequest, Deferred[AnyReply]]] = []

    @property
    def unsent(self) -> int:
        return sum(isinstance(request, requests.Say | requests.Tell) for request, _ in self._asked)

    @property
    def asked(self) -> list[AnyRequest]:
        """The requests that wait for their replies, the oldest first."""
        return [request for request, _ in self._asked]

    def login(
        self, username: str, *, password: str = "", token: str = "", remember: bool = False, session: str = ""
    ) -> Deferred[Welcome]:
        self.token, self.remembers, self.session = token, remember, session
        self.become(Connecting())
        login = requests.Login(username=username, password=password or UNSET, token=token or UNSET)
        return cast("Deferred[Welcome]", self.request(login))

    def request(self, request: AnyRequest) -> Deferred[AnyReply]:
        reply: Deferred[AnyReply] = Deferred()
        self._asked.append((request, reply))
        return reply

    def say(
        self, room: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        said = requests.Say(room=room, text=text, action=action, cid=cid or "", re=UNSET if re is None else re)
        return cast("Deferred[Ok]", self.request(said))

    def tell(
        self, to: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        told = requests.Tell(to=to, text=text, action=action, cid=cid or "", re=UNSET if re is None else re)
        return cast("Deferred[Ok]", self.request(told))

    def hurry(self) -> bool:
        return False

    def quit(self, note: str = "") -> Deferred[None]:
        return self.close()

    def close(self) -> Deferred[None]:
        self.left = True
        self.state = Offline()
        return succeed(None)

    def become(self, state: State) -> None:
        """Be in *state*, and tell."""
        self.state = state
        self._changed(state)

    def answer(self, *replies: AnyReply) -> None:
        """Answer the oldest requests with *replies*, an error as the connection tells it."""
        for reply in replies:
            _, asked = self._asked.pop(0)
            if isinstance(reply, answers.Error):
                asked.errback(Refused(reply))
            else:
                asked.callback(reply)

    def let_in(self, token: str = "", **fields: Any) -> None:
        """Take the name that the client wants to have, with a *token* for the next time."""
        [(login, asked)] = self._asked
        self._asked.clear()
        assert isinstance(login, requests.Login)
        welcome = Welcome(
            username=login.username,
            server="chatroom",
            protocol=1,
            resumed=False,
            rooms=[],
            heartbeat=60,
            limits=LIMITS,
            **fields,
        )
        self.token = token or self.token
        self.become(Online(welcome))
        asked.callback(welcome)

    def turn_away(self, message: str, code: str = "username-taken") -> None:
        """Refuse the name that the client wants to have, or by what it wants to have it."""
        error = answers.Error(code=code, message=message)
        self.token = ""
        self.become(Nameless(error))
        if any(isinstance(request, requests.Login) for request in self.asked):
            self.answer(error)

    def break_off(self, reason: str) -> None:
        """Leave everything unanswered."""
        lost, self._asked = self._asked, []
        for _, asked in lost:
            asked.errback(Disconnected(reason))


class FakeLines:
    """Lines that the test types."""

    def __init__(self) -> None:
        self.reading = False
        self.shown = True

    def start(self, take: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self.take, self.end = take, ended
        self.reading = True

    def read(self, wanted: bool) -> None:
        self.reading = wanted

    def echo(self, wanted: bool) -> None:
        self.shown = wanted


class FakePlaces:
    """Places that the test keeps, by username; *trouble* is why they can't be read or written."""

    def __init__(self) -> None:
        self.places: dict[str, SavedView] = {}
        self.trouble = ""
        self.writes = 0
        self._username = ""

    def recall(self, username: str) -> SavedView:
        self._username = username
        self._fail()
        return self.places.get(username, SavedView())

    def keep(self, place: SavedView) -> None:
        self._fail()
        self.writes += 1
        self.places[self._username] = place

    def _fail(self) -> None:
        if self.trouble:
            raise NotRemembered(self.trouble)


class FakeDisplay(Display):
    """A terminal that the test types at and looks at, without a tty: *screen* is what it shows.

    The bytes of the last drawing are its *frame*. Without *clusters* it measures each character by itself.
    """

    def __init__(
        self,
        columns: int = 80,
        rows: int = 24,
        term: str = "xterm-256color",
        *,
        clusters: bool = True,
        links: bool = True,
    ) -> None:
        self.screen = Emulator(columns, rows, clusters=clusters)
        self.frame = b""
        self._written = StringIO()
        self._loop: EventLoop | None = None
        self._take: Callable[[Any, list[int]], Any] = lambda *_: None
        super().__init__(None, self._written, {"TERM": term}, links=links)

    def type(self, keys: bytes) -> None:
        """Let *keys* arrive."""
        self.parse_input(self._loop, self._take, written_apart(keys))

    def resize(self, columns: int, rows: int) -> None:
        """Be of another size, and tell."""
        self.screen.cells.resize(rows, columns)
        self._sigwinch_handler()
        self.type(b"")

    @override
    def flush(self) -> None:
        self.frame = self._written.getvalue().encode()
        self.screen.feed(self.frame)
        self._written.seek(0)
        self._written.truncate()

    @override
    def get_cols_rows(self) -> tuple[int, int]:
        self.maxrow = self.screen.cells.lines
        return self.screen.cells.columns, self.maxrow

    @override
    def hook_event_loop(self, event_loop: EventLoop, callback: Callable[[Any, list[int]], Any]) -> None:
        self._loop, self._take = event_loop, callback

    @override
    def unhook_event_loop(self, event_loop: EventLoop) -> None:
        self._loop = None

    @override
    def _read_raw_input(self, timeout: float) -> bytearray:
        return bytearray()

    @override
    def _start(self, alternate_buffer: bool = True, *args: Any, **kwargs: Any) -> None:
        self._alternate_buffer = alternate_buffer
        self._begin_here()

    @override
    def _stop(self) -> None:
        self._end_here()
        self._stop_mouse_restore_buffer()


_: tuple[type[Server], type[LineSource], type[PlaceStore]] = (FakeServer, FakeLines, FakePlaces)
