"""The first screen: the user chooses a name."""

from __future__ import annotations

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.screens.commands import open_help
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import Connectivity, UsernameView
from chatroom.core.values import names
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


class UsernameScreen(Screen):
    """Asks for a username, until the server takes one; *notice* says what was wrong with the last one."""

    def __init__(self, chat: Chat, notice: str = "") -> None:
        super().__init__(chat)
        self.notice = notice
        self._editor = Editor()

    @property
    @override
    def editor(self) -> Editor:
        return self._editor

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        try:
            username = names.username(input.strip())
        except ChatError as error:
            self.notice = str(error)
            self._editor.replace(input)
            return None
        self.notice = ""
        self._editor.replace(input)
        return requests.Login(username=username)

    @override
    def act(self, action: Action) -> AnyRequest | None:
        # Who waits for a server has given a name, and wants to go rather than to change it.
        waiting = self.chat.connectivity in (Connectivity.CONNECTING, Connectivity.LOST)
        if action in (Action.CANCEL, Action.INTERRUPT) and (waiting or not self._editor.text):
            return requests.Quit()
        if action is Action.HELP:
            open_help(self)
        return super().act(action)

    def refused(self, notice: str) -> None:
        """Know that the name was not taken, and why."""
        self.notice = notice

    @override
    def view(self) -> UsernameView:
        return UsernameView(self.chat.server, self.notice, self.input_line("Your name: "), self.chat.status())

    @override
    def next_screen(self) -> Screen:
        return LobbyScreen(self.chat).next_screen() if self.chat.connectivity is Connectivity.ONLINE else self
