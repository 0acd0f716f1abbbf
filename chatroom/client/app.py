"""The client itself: screens, terminal and connection put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from signal import SIGINT, SIGQUIT

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from chatroom.client import states
from chatroom.client.connection_news import tell_connection
from chatroom.client.drawing.lines.scrollback import Scroll
from chatroom.client.drawing.mouse import Click, Wheel
from chatroom.client.drawing.paste import Paste, Typed
from chatroom.client.errands import NOWHERE, Errands, World
from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.memory import Layout
from chatroom.client.ports import Connect, Program, UserInterface
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.lists import Chooser
from chatroom.client.screens.overlays.overlay import Overlay
from chatroom.client.screens.pointing import point
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.scrolling import SCROLLS, scroll, see_end, turn_wheel
from chatroom.client.session import Session
from chatroom.client.terminal import Terminal
from chatroom.client.views.lines import NoticeLine
from chatroom.client.views.view import Connectivity, LobbyView, RoomView, View
from chatroom.client.world.bell import Bell
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest

_OF_KEYS = (128 + SIGINT, 128 + SIGQUIT)
"""The status of a client that is ended by signals which keys send to all that run on the terminal."""

FOCUS: Mapping[Typed, bool] = {"focus in": True, "focus out": False}
"""Focus as the terminal tells it, in the place of keys."""


class App:
    """Shows the screens of *chat* in *terminal*, with what *connect* connects to, from :meth:`start` to :meth:`end`.

    *bell* calls users who do not look; *world* has other programs.
    """

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        terminal: Terminal,
        chat: Chat,
        connect: Connect,
        bell: Bell,
        world: World = NOWHERE,
    ) -> None:
        self._clock = reactor
        self._terminal = terminal
        self._chat = chat
        self._screen: Screen = UsernameScreen(chat)
        self._bell = bell
        self._tells = world.tells
        self._errands = Errands(terminal, chat, world, self._resume)
        self.session = Session(chat, connect, self)
        self.ended = self.session.ended
        self._second = LoopingCall(self._tick)
        self._second.clock = reactor
        self._untold: Sequence[str] = ()
        self._restraint = ""
        self._seen: Sequence[NoticeLine] = ()

    def start(self, username: str = "", problems: Sequence[str] = ()) -> None:
        """Show the first screen, with *problems* if there are any; log in at once if *username* is given."""
        for problem in problems:
            self._chat.notice(problem, error=True)
        if problems:
            self._screen = UsernameScreen(self._chat, problems[0])
        self._untold = problems
        self._terminal.start(self._typed, self._display)
        self._second.start(1, now=False)
        if username:
            self._screen.type(username)
            self.session.ask(self._screen.submit())

    def end(self, status: int, message: str = "") -> None:
        """Leave the terminal as it was; :attr:`ended` then fires with *status* and *message*."""
        if self._errands.away and status in _OF_KEYS:
            # Whoever types Ctrl+c in the editor means the editor.
            return
        self.session.end(status, message)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if not self._errands.away:
            self._terminal.stop()
        if self._second.running:
            self._second.stop()

    def quit(self) -> None:
        """End as the user wants."""
        self.end(0)

    def complain(self, problem: str) -> None:
        """Show at once what has gone wrong around the client, as with a hook."""
        self._chat.notice(problem, error=True)
        self.turn()

    def _display(self) -> View:
        self._terminal.title(title(self._chat))
        view = self._screen.view()
        self._seen = view.asides if isinstance(view, LobbyView | RoomView) else ()
        return view

    # What is typed.

    def _typed(self, keys: list[Typed]) -> None:
        for key in keys:
            if key in FOCUS:
                self._focus(FOCUS[key])
                continue
            self._bell.typed()
            if self._reads_on(key):
                continue
            if not isinstance(key, Wheel):
                # What was never in view is not yet read.
                self._chat.asides.put_away(self._seen)
            if isinstance(key, Paste):
                self._screen.paste(key.text)
                if not key.whole:
                    self._chat.aside(f"That was too much: only its first {len(key.text):,} characters were pasted.")
            elif isinstance(key, Wheel):
                turn_wheel(self._screen, self._terminal.widget, self.session.ask, up=key.up)
            elif isinstance(key, Click):
                self.session.ask(point(self._screen, self._terminal.widget.at(key), menu=key.menu))
            elif (action := self._chat.keys.actions.get(key)) is not None:
                self._act(action)
            elif len(key) == 1:
                self._screen.type(key)
            self._errands.run()
            self._screen = self._screen.change_state()

    def _resume(self) -> None:
        """Have the terminal again, which was another program's."""
        if not self.session.leaving:
            self._terminal.start(self._typed, self._display)
            self.turn()

    def _reads_on(self, key: Typed) -> bool:
        """Read on in what the user was answered, if *key* means that and there is more of it."""
        step: Scroll | None = None
        if isinstance(key, Wheel):
            step = "line_up" if key.up else "line_down"
        elif isinstance(key, str) and (action := self._chat.keys.actions.get(key)):
            step = SCROLLS.get(action)
        return step is not None and self._terminal.widget.read_on(step)

    def _focus(self, focused: bool) -> None:
        self._bell.focus(focused)
        self._chat.focus(focused)

    def _act(self, action: Action) -> None:
        see_end(self._screen, self._terminal.widget)
        match action:
            case Action.REDRAW:
                self._terminal.clear()
            case Action.SHOW_ROOMS:
                self._terminal.widget.toggle_rooms()
                self._chat.memory.switch(rooms=self._terminal.widget.wanted[0])
            case Action.SHOW_MEMBERS:
                self._terminal.widget.toggle_members()
                self._chat.memory.switch(members=self._terminal.widget.wanted[1])
            case Action.MOUSE:
                self._terminal.toggle_mouse()
                self._chat.memory.switch(mouse=self._terminal.widget.mouse)
            case Action.COPY:
                self._terminal.copy()
            case Action.RETRY:
                self._come_back()
            case _ if action in SCROLLS and not isinstance(self._screen, Chooser):
                scroll(self._screen, self._terminal.widget, self.session.ask, SCROLLS[action])
            case Action.UP | Action.DOWN if isinstance(self._screen, HelpScreen):
                turn_wheel(self._screen, self._terminal.widget, self.session.ask, up=action is Action.UP)
            case Action.END if isinstance(self._screen, RoomScreen) and not self._screen.conversation.reading.following:
                scroll(self._screen, self._terminal.widget, self.session.ask, "end")
            case _:
                self.session.ask(self._screen.act(action))

    def _come_back(self) -> None:
        """Connect at once; also to where the server has sent one away."""
        if not self.session.server.hurry() and isinstance(self.session.server.state, states.Away):
            self.session.ask(requests.Login(username=self._chat.username))

    # What happens.

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Give the screen what the server says; return what to ask next."""
        following = self._screen.parse_response(frame, request)
        if isinstance(frame, answers.Welcome):
            self._lay_out(self._chat.memory.layout)
            if not self._chat.wanted.first:
                # Only who goes straight into a room does not see the lobby.
                self._untold = ()
        if isinstance(frame, answers.Notice) and not self._chat.username:
            self._untold = [*self._untold, frame.text]
        if self._untold and isinstance(frame, answers.Level):
            for problem in self._untold:
                self._chat.notice(problem, error=True)
            self._untold = ()
        return following

    def _lay_out(self, layout: Layout) -> None:
        """Let the screen be as the user has switched it."""
        self._terminal.widget.want(layout.rooms, layout.members)
        if layout.mouse is not None and layout.mouse is not self._terminal.widget.mouse:
            self._terminal.toggle_mouse()

    def refused(self, error: answers.Error) -> None:
        """Ask for another name or a password, and say why."""
        screen = self._screen
        while isinstance(screen, Overlay):
            screen = screen.under
        if not isinstance(screen, UsernameScreen):
            screen = UsernameScreen(self._chat, under=self._screen)
        screen.refused(error)
        self._screen = screen

    def changed(self, state: states.State) -> None:
        """Say why there is no connection, and when it is tried again, or how to come back."""
        if isinstance(state, states.Away):
            again = f" {key} comes in again." if (key := self._chat.keys.label(Action.RETRY)) else ""
            self._chat.notice(f"{state.reason[:1].upper()}{state.reason[1:]}.{again}", error=True)
        self._tell(state)

    def _tell(self, state: states.State) -> None:
        tell_connection(self._chat, state, now=self._clock.seconds(), silence=int(self.session.server.silence))

    def turn(self) -> None:
        """Show what has happened."""
        self._screen = self._screen.change_state()
        self._bell.tell(self._chat.alerts.take())
        self._tells(self._chat.alerts.take_events())
        self._terminal.show()

    def _tick(self) -> None:
        """Keep what changes with time up to date, and what is to be remembered."""
        # What comes to a terminal that is on and deserted is to be new at the user's other devices.
        self.session.remember(looks=self._bell.looks)
        if isinstance(self._screen, UsernameScreen):
            self.session.ask(self._screen.retry())
            self._terminal.show()
        if isinstance(self._screen, RoomScreen) and self._chat.connectivity is Connectivity.ONLINE:
            for asked in self._screen.look_up(self._terminal.widget.missing):
                self.session.ask(asked)
        server = self.session.server
        news = self._chat.news
        self._tell(server.state)
        lag, silence = server.lag, int(server.silence)
        restraint, self._restraint = self._restraint, overview.restraint(self._chat)
        if (lag, silence, news, restraint) != (self._chat.lag, self._chat.silence, self._chat.news, self._restraint):
            self._chat.lag, self._chat.silence = lag, silence
            self._terminal.show()


def title(chat: Chat) -> str:
    """Return the title of the window: the room, and the news elsewhere, with a ``!`` for a mention."""
    tabs = overview.tabs(chat)
    unread = sum(tab.unread for tab in tabs)
    new = f" ({unread}{'!' if any(tab.mentioned for tab in tabs) else ''})" if unread else ""
    return f"chatroom{f': {chat.current.name}' if chat.current else ''}{new}"


_: tuple[type[UserInterface], type[Program]] = (App, App)
