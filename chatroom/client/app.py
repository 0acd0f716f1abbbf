"""The client itself: pages, terminal and connection put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from chatroom.client import states
from chatroom.client.bell import Bell
from chatroom.client.drawing.mouse import Click, Wheel
from chatroom.client.drawing.paste import Paste, Typed
from chatroom.client.drawing.scrollback import Scroll
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.keys import Action
from chatroom.client.pages.lists import ListPage
from chatroom.client.pages.lobby import LobbyPage
from chatroom.client.pages.page import Page
from chatroom.client.pages.pointing import point
from chatroom.client.pages.room import RoomPage
from chatroom.client.pages.title import title
from chatroom.client.pages.username import UsernamePage
from chatroom.client.pages.views import Link, View
from chatroom.client.session import Connect, Face, Session
from chatroom.client.terminal import Terminal
from chatroom.wire.frames import answers
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest

SCROLLS: Mapping[Action, Scroll] = {
    Action.PAGE_UP: "page_up",
    Action.PAGE_DOWN: "page_down",
    Action.LINE_UP: "line_up",
    Action.LINE_DOWN: "line_down",
    Action.TOP: "top",
    Action.BOTTOM: "end",
}


SOON = 2
"""Seconds in which a server is connected to, or else one is told for how long it has not answered."""

FOCUS: Mapping[Typed, bool] = {"focus in": True, "focus out": False}
"""What the terminal tells of its focus, in the place of keys."""


class App:
    """Shows the pages of *chat* in *terminal*, with what *connect* connects to, from :meth:`start` to :meth:`end`.

    *bell* calls somebody who does not look.
    """

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        terminal: Terminal,
        chat: Chat,
        connect: Connect,
        bell: Bell,
    ) -> None:
        self._clock = reactor
        self._terminal = terminal
        self._chat = chat
        self._page: Page = UsernamePage(chat)
        self._bell = bell
        self._session = Session(chat, connect, self)
        self.ended = self._session.ended
        self._second = LoopingCall(self._tick)
        self._second.clock = reactor
        self._untold: Sequence[str] = ()

    def start(self, username: str = "", problems: Sequence[str] = ()) -> None:
        """Show the first page, with *problems* if there are any; log in at once if *username* is given."""
        for problem in problems:
            self._chat.notice(problem, error=True)
        if problems:
            self._page = UsernamePage(self._chat, problems[0])
        # Who goes straight into a room does not see the lobby.
        self._untold = problems if self._chat.wanted else ()
        self._terminal.start(self._typed, self._display)
        self._second.start(1, now=False)
        if username:
            self._page.type(username)
            self._session.ask(self._page.submit())

    def end(self, status: int, message: str = "") -> None:
        """Leave the terminal as it was; :attr:`ended` tells *status* and *message* to whoever is to exit with them."""
        self._session.end(status, message)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._terminal.stop()
        if self._second.running:
            self._second.stop()

    def quit(self) -> None:
        """End, for somebody wants that."""
        self.end(0)

    def _display(self) -> View:
        self._terminal.title(title(self._chat))
        return self._page.display()

    # What is typed.

    def _typed(self, keys: list[Typed]) -> None:
        for key in keys:
            if key in FOCUS:
                self._focus(FOCUS[key])
                continue
            self._bell.typed()
            if isinstance(key, Paste):
                self._page.paste(key.text)
                if not key.whole:
                    self._chat.notice(f"That was too much: only its first {len(key.text):,} characters were pasted.")
            elif isinstance(key, Wheel):
                self._turn_wheel(up=key.up)
            elif isinstance(key, Click):
                if target := self._terminal.frame.at(key):
                    self._session.ask(point(self._page, target))
            elif (action := self._chat.keys.actions.get(key)) is not None:
                self._act(action)
            elif len(key) == 1:
                self._page.type(key)
            self._page = self._page.change_state()

    def _focus(self, focused: bool) -> None:
        self._bell.focus(focused)
        self._chat.focus(focused)

    def _act(self, action: Action) -> None:
        self._end_was_seen()
        match action:
            case Action.REDRAW:
                self._terminal.clear()
            case Action.SHOW_ROOMS:
                self._terminal.frame.toggle_rooms()
            case Action.SHOW_MEMBERS:
                self._terminal.frame.toggle_members()
            case Action.MOUSE:
                self._terminal.toggle_mouse()
            case Action.COPY:
                self._terminal.copy()
            case Action.RETRY:
                self._session.connection.hurry()
            case _ if action in SCROLLS and not isinstance(self._page, ListPage):
                self._scroll(SCROLLS[action])
            case Action.END if isinstance(self._page, RoomPage) and not self._page.conversation.following:
                self._scroll("end")
            case _:
                self._session.ask(self._page.act(action))

    def _end_was_seen(self) -> None:
        """Count nothing in the room as new again, if its end was in view until now."""
        frame, page = self._terminal.frame, self._page
        if isinstance(page, RoomPage) and page.conversation.unseen and frame.at_end and page.conversation.shown.live:
            page.conversation.unseen = None

    def _turn_wheel(self, *, up: bool) -> None:
        if isinstance(self._page, LobbyPage | ListPage):
            self._session.ask(self._page.act(Action.UP if up else Action.DOWN))
        else:
            self._scroll("line_up" if up else "line_down")

    def _scroll(self, how: Scroll) -> None:
        frame, page = self._terminal.frame, self._page
        frame.scroll(how)
        if isinstance(page, RoomPage):
            if how == "end":
                self._session.ask(page.newest())
            elif frame.at_top:
                self._session.ask(page.older())
            elif frame.at_end:
                self._session.ask(page.newer())
            page.conversation.follow(frame.following and page.conversation.shown.live, frame.place)

    # What happens.

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Give the page what the server says; return what to ask next."""
        following = self._page.parse_response(frame, request)
        if self._untold and isinstance(frame, answers.Level):
            for problem in self._untold:
                self._chat.notice(problem, error=True)
            self._untold = ()
        return following

    def refused(self, message: str) -> None:
        """Ask for another name, and say why."""
        self._page = self._page if isinstance(self._page, UsernamePage) else UsernamePage(self._chat)
        self._page.refused(message)

    def changed(self, state: states.State) -> None:
        """Say why there is no connection, and when it is tried again."""
        match state:
            case states.Waiting(retry_at, reason):
                seconds = max(0, round(retry_at - self._clock.seconds()))
                if self._chat.username:
                    key = self._chat.keys.label(Action.RETRY)
                    when = f"in {seconds} s{f' or by {key}' if key else ''}"
                    self._chat.linked(Link.LOST, f"Connection lost, retry {when} ({reason})")
                else:
                    self._chat.linked(Link.LOST, f"{reason}; trying again in {seconds} s")
            case states.Connecting():
                silence = int(self._session.connection.silence)
                told = f"connecting, no answer for {silence} s" if silence > SOON else "connecting …"
                self._chat.linked(Link.CONNECTING, told)

    def turn(self) -> None:
        """Show what has happened."""
        self._page = self._page.change_state()
        self._bell.tell(self._chat.attention.take())
        self._terminal.show()

    def _tick(self) -> None:
        """Keep what changes with time up to date."""
        connection = self._session.connection
        news = self._chat.news
        self.changed(connection.state)
        lag, silence = connection.lag, int(connection.silence)
        if (lag, silence, news) != (self._chat.lag, self._chat.silence, self._chat.news):
            self._chat.lag, self._chat.silence = lag, silence
            self._terminal.show()


_: type[Face] = App
