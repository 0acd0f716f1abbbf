"""The token of an account, which is as good as its password, kept so that nobody has to type that each time."""

from __future__ import annotations

from typing import Protocol


class TokenStore(Protocol):
    """A place where tokens are kept from one time to the next; each method may raise :exc:`.NotRemembered`."""

    def recall(self, username: str) -> str:
        """Return the token of *username*, or nothing if none was kept."""

    def keep(self, username: str, token: str) -> None:
        """Keep *token* for *username*, in place of another one."""

    def forget(self, token: str) -> None:
        """Keep *token* no longer, for whatever name."""


class Tokens:
    """The token in use and the name that it is kept for in *store*; without one, there are no tokens."""

    def __init__(self, store: TokenStore | None = None) -> None:
        self._store = store
        self._kept = ("", "")

    @property
    def wanted(self) -> bool:
        """Whether there is a place to keep one."""
        return self._store is not None

    def begin(self, username: str, *, by_password: bool) -> str:
        """Return the token of *username*, who logs in; nothing if none was kept, or if they do it *by_password*.

        :raises NotRemembered: if that can't be read.
        """
        self._kept = (username, "")
        token = self._store.recall(username) if self._store and not by_password else ""
        self._kept = (username, token)
        return token

    def note(self, token: str, username: str = "") -> bool:
        """Keep the *token* in use, by another *username* if there is one; return whether another token was forgotten.

        :raises NotRemembered: if that fails.
        """
        name, before = self._kept
        now = (username or name, token)
        if self._store is None or now == self._kept:
            return False
        self._kept = now
        if before and before != token:
            self._store.forget(before)
        if token:
            self._store.keep(*now)
        return bool(before) and before != token
