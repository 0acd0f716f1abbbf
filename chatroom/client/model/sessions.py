"""The session of a user: a secret by which the server knows them again, kept so that a new client has their place."""

from __future__ import annotations

from typing import Protocol


class SessionStore(Protocol):
    """A place where secrets are kept from one time to the next, each for one running client only."""

    def take(self, username: str) -> str:
        """Return the secret of *username* and hold it; nothing if another running client does.

        :exc:`.NotRemembered` if it can't be read, or a new one not be written.
        """

    def release(self) -> None:
        """Hold none any longer."""


class Sessions:
    """The secret in use, out of *store*; without one, and for a second client by one name, it is made up each time.

    *elsewhere* says that another running client of the user has the one that is kept.
    """

    def __init__(self, store: SessionStore | None = None) -> None:
        self.elsewhere = False
        self._store = store

    def begin(self, username: str) -> str:
        """Return the secret for *username*, who logs in; nothing for one that is made up.

        :raises NotRemembered: if it can't be read.
        """
        self.elsewhere = False
        secret = self._store.take(username) if self._store else ""
        self.elsewhere = self._store is not None and not secret
        return secret

    def end(self) -> None:
        """Let another client have it."""
        if self._store:
            self._store.release()
