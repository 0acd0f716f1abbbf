"""The first screen: the user chooses a name, and types the password if it is an account's."""

from __future__ import annotations

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.name_wait import NameWait
from chatroom.client.screens.commands import open_keys
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import Connectivity, InputLine, UsernameView
from chatroom.core.values import names, passwords
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Error
from chatroom.wire.frames.requests import AnyRequest


class UsernameScreen(Screen):
    """Asks for a username and a password, until the server takes them; *notice* says what was wrong with the last ones.

    It goes back to the screen *under* it, if the user has been further already.
    """

    def __init__(self, chat: Chat, notice: str = "", under: Screen | None = None) -> None:
        super().__init__(chat)
        self.notice = notice
        self._under = under
        self._editor = Editor(chat.username if under else "")
        # While a password is asked for: why, and what is typed.
        self._why = ""
        self._password: Editor | None = None
        self._wait: NameWait | None = None

    @property
    @override
    def editor(self) -> Editor:
        return self._password or self._editor

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        self._wait = None
        # It stays there until the server has taken it.
        self.editor.replace(input)
        username = self._editor.text.strip()
        try:
            if self._password:
                passwords.password(input)
                login = requests.Login(username=username, password=input) if input else None
            else:
                login = requests.Login(username=names.username(username))
        except ChatError as error:
            self.notice = str(error)
            return None
        self.notice = ""
        return login

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action in (Action.CANCEL, Action.INTERRUPT):
            if self._password:
                self._password = None
                self.notice = ""
                return None
            # Who waits for a server has given a name, and wants to go rather than to change it.
            waiting = self.chat.connectivity in (Connectivity.CONNECTING, Connectivity.LOST)
            if waiting or not self._editor.text:
                return requests.Quit()
        if action is Action.HELP:
            open_keys(self)
        return super().act(action)

    def refused(self, error: Error) -> None:
        """Know that the name or the password was not taken, or a password is wanted, as *error* says."""
        if error.code == "password-required":
            self._password, self._why, self.notice = Editor(), error.message, ""
            # It may be asked for when one comes back, and nothing was typed here.
            if error.username:
                self._editor.replace(error.username)
        else:
            if self._password:
                self._password = None if error.code in OF_A_NAME else Editor()
            self.notice = error.message
            if error.code == "username-taken":
                self._in_use()

    def _in_use(self) -> None:
        """Wait for the name, in case that it is held for the user."""
        name = self._editor.text.strip()
        if self.chat.sessions.elsewhere:
            self.notice += " Another client of yours may have it."
        elif self._wait is None or self._wait.username != name:
            self._wait = NameWait(name, self.chat.now())

    def retry(self) -> AnyRequest | None:
        """Return what asks again for a name that was in use, when it is time to; to be called every second or so."""
        if self._wait and self._editor.text.strip() != self._wait.username:
            self._wait = None
        if self._wait is None or self._password or not self._wait.is_due(self.chat.now()):
            return None
        return requests.Login(username=self._wait.username)

    @override
    def view(self) -> UsernameView:
        why = self._why if self._password else ""
        waits = self._wait.told(self.chat.now()) if self._wait and self.notice else ""
        notice = f"{self.notice} {waits}".strip()
        return UsernameView(self.chat.server, notice, self._input(), overview.status(self.chat), why)

    def _input(self) -> InputLine:
        return self.hidden_line("Password: ") if self._password else self.input_line("Your name: ")

    @override
    def next_screen(self) -> Screen:
        if self.chat.connectivity is not Connectivity.ONLINE:
            return self
        return (self._under or LobbyScreen(self.chat)).next_screen()


OF_A_NAME = frozenset(("username-taken", "username-invalid"))
"""Codes of errors that no other password makes good."""
