"""The login, line by line: a name, and a password if it needs one."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.client.line_mode.printer import Printer
from chatroom.client.line_mode.secret_line import SecretLine
from chatroom.client.screens.username import OF_A_NAME
from chatroom.client.views.printed import information, trouble
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Error


class LoginPrompt:
    """Asks a person for what it takes to come in, and the server (*ask*) to be let in."""

    def __init__(self, ask: Callable[[requests.Login], None], printer: Printer, secret: SecretLine) -> None:
        self._ask = ask
        self._printer = printer
        self._secret = secret
        # What one has logged in by last.
        self._username = ""
        self._by_password = False

    def begin(self, username: str) -> None:
        """Log in as *username*; who gives none is asked for it."""
        if not username:
            self._printer.print(information(["Type the username you want."]))
            return
        self._username, self._by_password = username, False
        self._ask(requests.Login(username=username))

    def refused(self, error: Error) -> None:
        """Ask for another name, or for the password, as *error* says it."""
        if error.code == "password-required":
            # It may be asked for again after a long time, and by another name than one has come by.
            self._username = error.username or self._username
            self._printer.print(information([error.message]))
            self._secret.ask("Password:", self._take_password)
            return
        self._printer.print(trouble(error.message))
        if error.code in OF_A_NAME or not self._by_password:
            mine = "; if that was you, type it again in half a minute" if error.code == "username-taken" else ""
            self._printer.print(information([f"Type another username{mine}."]))
        else:
            self._secret.ask("Password:", self._take_password)

    def _take_password(self, password: str) -> None:
        if password:
            self._by_password = True
            self._ask(requests.Login(username=self._username, password=password))
        else:
            self._printer.print(information(["Type another username."]))
