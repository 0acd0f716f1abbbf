"""The credentials: by what a connection logs in, the first time and whenever it comes back."""

from __future__ import annotations

import re
import secrets

from msgspec import UNSET
from msgspec.structs import replace

from chatroom.wire.frames.answers import Error, Ok, Welcome
from chatroom.wire.frames.requests import Authenticate, Login

_TOKEN = re.compile("[!-~]{22,128}")
"""The tokens that a server may be sent."""


class Credentials:
    """The username, and the secret *session* of the connection; for an account a password, once, or a token.

    *client* is what the program calls itself.
    """

    __slots__ = ("_client", "_own_session", "_password", "_remember", "session", "token", "username")

    def __init__(self, session: str | None = None, client: str = "") -> None:
        self.session = self._own_session = session or secrets.token_urlsafe(32)
        self.username: str | None = None
        self.token = ""
        self._password = ""
        self._remember = False
        self._client = client

    def take(self, username: str, password: str, token: str, *, remember: bool, session: str = "") -> None:
        """Log in as *username* from now on, by *password* or else *token*, with a *session* of that name's own."""
        self.username = username
        self.session = session or self._own_session
        self.token = "" if password else token
        self._password = password
        self._remember = remember

    def login(self) -> Login:
        """Return what is to be sent."""
        assert self.username is not None
        return Login(
            username=self.username,
            session=self.session,
            password=self._password or UNSET,
            token=self.token or UNSET,
            remember=self._remember,
            client=self._client or UNSET,
        )

    def welcomed(self, welcome: Welcome) -> None:
        """Know by what to come back; a password is forgotten."""
        self.username = welcome.username
        self._password = ""
        if welcome.token and _TOKEN.fullmatch(welcome.token):
            self.token = welcome.token

    def authenticate(self, request: Authenticate) -> Authenticate:
        """Return *request* as it is to be sent, by the program that this is."""
        return replace(request, client=self._client or UNSET)

    def authenticated(self, reply: Ok) -> Ok:
        """Know by what to come back as another one; return *reply* without what is a secret."""
        if reply.username:
            self.username = reply.username
        if reply.token and _TOKEN.fullmatch(reply.token):
            self.token = reply.token
        return replace(reply, token=UNSET)

    def registered(self, password: str) -> None:
        """Have an account by this *password*; if it is to be remembered, coming back by it brings a token.

        Only a login does so; else a server that has forgotten its sessions would ask for what was typed just now.
        """
        if self._remember:
            self._password = password

    def changed(self, password: str) -> None:
        """Know that the account has another *password*."""
        if self._password:
            self._password = password

    def unregistered(self) -> None:
        """Have no account any more."""
        self.token = self._password = ""

    def refused(self, error: Error) -> bool:
        """Forget what is worth nothing; return whether to log in by the rest may do better."""
        if error.code == "password-wrong" and self.token:
            # The session may still do, or the account be gone; if not, the server says what it needs.
            self.token = ""
            return True
        self._password = ""
        return False
