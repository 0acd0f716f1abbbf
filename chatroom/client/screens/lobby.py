"""The screen of the lobby: the open rooms, to enter one, open another, or delete an own one."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.screens.commanding import CommandScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import LobbyRoom, LobbyView
from chatroom.core.values import names
from chatroom.core.values.errors import ChatError, RoomFull
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


class LobbyScreen(CommandScreen):
    """The open rooms, of which what is typed leaves those with it in their name; one of them is chosen.

    Instead of that it may ask for the topic of a room to be opened (*opening*), or whether to delete one (*deleting*).
    """

    def __init__(self, chat: Chat) -> None:
        super().__init__(chat)
        self._editor = Editor(chat.wanted.named)
        self._chosen = ""
        self._opening = ""
        self._deleting = ""

    @property
    @override
    def editor(self) -> Editor:
        return self._editor

    @property
    @override
    def asks(self) -> bool:
        return bool(self._opening or self._deleting)

    @property
    def _rooms(self) -> Sequence[LobbyRoom]:
        """The rooms that are shown."""
        filtering = not (self.asks or self._editor.text.startswith("/"))
        return overview.lobby_rooms(self.chat, self._editor.text.strip() if filtering else "")

    def _index(self, rooms: Sequence[LobbyRoom]) -> int | None:
        """Return which of *rooms* is chosen: it stays the same room, wherever that moves."""
        if not rooms:
            return None
        return next((index for index, listed in enumerate(rooms) if listed.room == self._chosen), 0)

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        if opening := self._opening:
            self._opening = ""
            if listed := self._listed(opening):
                # It was opened meanwhile, or the list had not come yet.
                return self._enter(listed)
            return requests.Create(room=opening, topic=input.strip())
        if self._deleting:
            return self._confirmed(input)
        if input.startswith("/"):
            return self.carry_out(input)
        rooms = overview.lobby_rooms(self.chat, input.strip())
        index = self._index(rooms)
        if index is None:
            self._open(input.strip())
            return None
        return self._enter(rooms[index])

    @override
    def act(self, action: Action) -> AnyRequest | None:
        match action:
            case Action.CANCEL | Action.INTERRUPT if self.asks:
                self._opening = self._deleting = ""
                self._editor.take()
            case Action.CANCEL if not self._editor.text:
                self._back()
            case Action.LOBBY:
                self._back()
            case Action.UP | Action.DOWN:
                self._move(1 if action is Action.DOWN else -1)
            case Action.CREATE if self._editor.text.strip() and not self.asks:
                self._open(self._editor.take().strip())
            case Action.DELETE_ROOM if not self.asks:
                rooms = self._rooms
                if (index := self._index(rooms)) is not None:
                    self._deleting = rooms[index].room
                    self._editor.take()
            case _:
                return super().act(action)
        return None

    def choose(self, room: str) -> AnyRequest | None:
        """Choose *room* among those that are listed; enter it if it was chosen already."""
        listed = next((listed for listed in self._rooms if listed.room == room), None)
        if listed is None or self.asks:
            return None
        if room == self._chosen:
            return self._enter(listed)
        self._chosen = room
        return None

    @override
    def view(self) -> LobbyView:
        rooms = self._rooms
        return LobbyView(
            server=self.chat.server,
            rooms=rooms,
            chosen=self._index(rooms),
            total=len(self.chat.room_list.rooms) if self.chat.room_list.complete else None,
            question=self._question(),
            lines=self.chat.line_filter.shown(self.chat.lobby.lines),
            input=self.input_line(self._prompt()),
            status=overview.status(self.chat),
            hues=self.chat.lobby_hues,
            asides=self.chat.asides.waiting,
        )

    @override
    def next_screen(self) -> Screen:
        if self.chat.current is None:
            return self
        # When one comes back, it is for another room.
        self._editor.take()
        return RoomScreen(self.chat, self)

    def _prompt(self) -> str:
        if self._opening:
            return "Topic: "
        return "Delete it? (yes or no) " if self._deleting else "Room: "

    def _question(self) -> str:
        if self._opening:
            enter, esc = self.chat.keys.label(Action.SUBMIT), self.chat.keys.label(Action.CANCEL)
            return f"Open the room {self._opening}: what is it about? {enter} alone for no topic, {esc} to go back."
        if self._deleting:
            info = self.chat.room_list.rooms.get(self._deleting)
            others = f" {info.members} in it go back to the lobby." if info and info.members else ""
            return f"Delete {self._deleting} and all that was said there?{others}"
        return ""

    def _open(self, name: str) -> None:
        """Ask what the room *name* is to be about; say at once if no room can be called so."""
        if not name:
            return
        try:
            self._opening = names.room_name(name)
        except ChatError as error:
            self.chat.aside(str(error), error=True)
            self._editor.replace(name)

    def _listed(self, name: str) -> LobbyRoom | None:
        """Return the open room called *name*."""
        found = names.fold(name)
        return next(
            (listed for listed in overview.lobby_rooms(self.chat, name) if names.fold(listed.room) == found), None
        )

    def _enter(self, listed: LobbyRoom) -> AnyRequest | None:
        if listed.full and not listed.joined:
            self.chat.aside(str(RoomFull(names.RoomName(listed.room), listed.capacity)), error=True)
            return None
        return self.chat.enter(listed.room)

    def _confirmed(self, answer: str) -> AnyRequest | None:
        if answer.strip().lower() not in ("y", "yes", "n", "no"):
            return None
        deleting, self._deleting = self._deleting, ""
        return requests.Delete(room=deleting) if answer.strip().lower().startswith("y") else None

    def _move(self, step: int) -> None:
        rooms = self._rooms
        index = self._index(rooms)
        if index is not None:
            self._chosen = rooms[min(max(index + step, 0), len(rooms) - 1)].room

    def _back(self) -> None:
        conversation = self.chat.last or next(iter(self.chat.conversations.values()), None)
        if conversation:
            self.chat.look(conversation)
