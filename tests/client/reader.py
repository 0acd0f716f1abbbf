"""Somebody at the screens, without a terminal: what is typed, what the server says, what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec import UNSET, UnsetType

from chatroom.client.model.chat import Chat
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Private
from chatroom.client.views.view import Connectivity, LobbyView, RoomView, UsernameView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

LIMITS = answers.Limits(line=32768, text=4000, burst=30, rate=5, page=100, rooms=8, capacity=256, grace=30)


class Reader:
    """Types, hears and looks; *asked* are the requests that came of it."""

    def __init__(self, wanted: str = "", **settings: Any) -> None:
        self.time = NOON
        self.chat = Chat("localhost", lambda: self.time, UTC, wanted, **{"cid": map(str, count(1)).__next__} | settings)
        self.screen: Screen = UsernameScreen(self.chat)
        self.asked: list[AnyRequest] = []

    def press(self, *keys: str) -> AnyRequest | None:
        """Press *keys*, or type what is no key; return the last request that came of it."""
        asked: AnyRequest | None = None
        for key in keys:
            if key in self.chat.keys.actions:
                asked = self.screen.act(self.chat.keys.actions[key])
                if asked is not None:
                    self.asked.append(asked)
                self.asked += self.chat.further
                self.chat.further = []
            else:
                self.screen.type(key)
            self.screen = self.screen.change_state()
        return asked

    def paste(self, text: str) -> None:
        """Paste *text*."""
        self.screen.paste(text)
        self.screen = self.screen.change_state()

    def enter(self, line: str) -> AnyRequest | None:
        """Type *line*, and Enter."""
        return self.press("ctrl e", "ctrl u", line, "enter")

    def hear(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Hear *frame*, which may be the reply to *request*; return what is asked next."""
        asked = self.screen.parse_response(frame, request)
        self.asked += asked
        self.screen = self.screen.change_state()
        return asked

    def come_in(
        self,
        username: str = "alice",
        motd: str | UnsetType = UNSET,
        *,
        resumed: bool = False,
        rooms: Sequence[str] = (),
        **fields: Any,
    ) -> None:
        """Be logged in, and told *motd*, and what else the server says in *fields*."""
        self.chat.connection_changed(Connectivity.ONLINE)
        self.hear(
            answers.Welcome(
                username=username,
                server="chatroom",
                protocol=1,
                heartbeat=60,
                limits=LIMITS,
                motd=motd,
                resumed=resumed,
                rooms=[*rooms],
                **fields,
            )
        )

    def enter_room(
        self, room: str = "tea", *, seq: int = 0, topic: str = "", request: AnyRequest | None = None
    ) -> None:
        """Be let into *room*, of which the last message has the number *seq*."""
        asked = request or requests.Join(room=room, backlog=100)
        self.hear(entered(room, seq=seq, topic=topic), asked)
        self.hear(answers.Level(room=room, seq=seq, members=1, topic=topic))

    def hear_said(self, *texts: str, first: int = 1, room: str = "tea", speaker: str = "bob") -> None:
        """Hear *texts*, numbered from *first*."""
        for seq, text in enumerate(texts, first):
            self.hear(said(seq, text, room=room, speaker=speaker))

    @property
    def username_view(self) -> UsernameView:
        """What the screen of the username shows."""
        assert isinstance(self.screen, UsernameScreen)
        return self.screen.view()

    @property
    def lobby_view(self) -> LobbyView:
        """What the screen of the lobby shows."""
        assert isinstance(self.screen, LobbyScreen)
        return self.screen.view()

    @property
    def room_screen(self) -> RoomScreen:
        """The screen of a room."""
        assert isinstance(self.screen, RoomScreen)
        return self.screen

    @property
    def room_view(self) -> RoomView:
        """What the screen of a room shows."""
        return self.room_screen.view()

    @property
    def texts(self) -> list[str]:
        """What stands in the room, in a few words each."""
        return [text(line) for line in self.room_view.lines]

    def lobby_texts(self) -> list[str]:
        """What stands in the lobby, likewise."""
        return [text(line) for line in self.lobby_view.lines]

    @property
    def told(self) -> list[str]:
        """The answers to what was done, likewise, in the lobby or in a room."""
        view = self.screen.view()
        assert isinstance(view, LobbyView | RoomView)
        return [text(line) for line in view.asides]


def text(line: Line) -> str:
    """Write *line* in a few words."""
    match line:
        case MessageLine():
            return f"{line.speaker}: {line.text}"
        case Private():
            return f"{line.speaker} to {line.to}: {line.text}"
        case NoticeLine():
            return f"! {line.text}" if line.error else line.text
    return repr(line)


def said(seq: int, text: str, *, room: str = "tea", speaker: str = "bob", action: bool = False) -> answers.Said:
    """A message, said *seq* minutes after noon."""
    return answers.Said(
        room=room, seq=seq, at=at(seq), from_=speaker, text=text, **({"action": True} if action else {})
    )


def entry(seq: int, text: str, *, speaker: str = "bob") -> answers.Message:
    """A message as it stands in the log."""
    return answers.Message(seq=seq, at=at(seq), from_=speaker, text=text)


def at(minutes: int) -> str:
    """Write the time that many *minutes* after noon."""
    return (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", ".000Z")


def entered(room: str = "tea", *, seq: int = 0, topic: str = "", resumed: bool = False) -> answers.Entered:
    """The reply that lets one into *room*."""
    return answers.Entered(
        room=room, topic=topic, members=1, capacity=256, epoch="e", seq=seq, resumed=resumed, creator="bob"
    )


def rooms(*names: str, members: int = 3, capacity: int = 256) -> list[answers.RoomInfo]:
    """Rooms as the lobby lists them."""
    return [answers.RoomInfo(room=name, topic=f"about {name}", members=members, capacity=capacity) for name in names]
