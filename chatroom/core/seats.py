"""Whom a session brings back: users that stay for a while when their connection is lost."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatroom.core.user import User


class Seats:
    """Users by their session, connected or not."""

    def __init__(self) -> None:
        self._users: dict[bytes, User] = {}

    def keep(self, user: User) -> None:
        """Let *user* be found by its session, if it has one."""
        if user.session is not None:
            self._users[user.session] = user

    def find(self, session: bytes | None) -> User | None:
        """Return the user who has *session*."""
        user = self._users.get(session) if session is not None else None
        # How long a dictionary takes to find nothing tells of hashes only; this tells nothing of the one that is found.
        if user and user.session and session and compare_digest(user.session, session):
            return user
        return None

    def forget(self, user: User) -> None:
        """Let *user* be found no longer."""
        if user.session is not None and self._users.get(user.session) is user:
            del self._users[user.session]
