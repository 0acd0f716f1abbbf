"""The directory of one server: users by name and by session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hmac import compare_digest
from itertools import count

from typing_extensions import override

from chatroom.core.ports import SeatId
from chatroom.core.rooms.user import User
from chatroom.core.tools.name_index import NameIndex
from chatroom.core.values.errors import NoSuchUser, Unavailable, UsernameTaken
from chatroom.core.values.names import Key, Username, key


class LocalDirectory(Mapping[Key, User]):
    """Users by name, and the names that users have claimed: a name has one holder.

    The index *by_name* has the users in the order of their names.
    """

    def __init__(self) -> None:
        self.by_name: NameIndex[User] = NameIndex()
        self._users: dict[Key, User] = {}
        self._claims: dict[Key, User] = {}
        self._sessions: dict[bytes, User] = {}
        self._seats = count(1)

    @override
    def __getitem__(self, name: Key) -> User:
        return self._users[name]

    @override
    def __iter__(self) -> Iterator[Key]:
        return iter(self._users)

    @override
    def __len__(self) -> int:
        return len(self._users)

    # Names.

    def claim(self, username: Username, user: User) -> None:
        """Keep *username* for *user*, who is about to take it."""
        name = key(username)
        holder = self._users.get(name)
        if holder is not user:
            if holder is not None or name in self._claims:
                raise UsernameTaken(holder.username if holder else username)
            self._claims[name] = user

    def disclaim(self, user: User) -> None:
        """Free the names that *user* has claimed and not taken."""
        for name in [name for name, claimer in self._claims.items() if claimer is user]:
            del self._claims[name]

    def add(self, user: User) -> None:
        """Add *user*, to be found by their name and their session."""
        self.claim(user.username, user)
        user.seat = SeatId(next(self._seats), 1)
        self._users[user.key] = self._claims.pop(user.key)
        self.by_name.add(user)
        if user.session is not None:
            self._sessions[user.session] = user

    def rename(self, user: User, username: Username) -> None:
        """Rename *user* to *username*, which they have claimed."""
        self.by_name.remove(user)
        del self._users[user.key]
        user.username = username
        user.key = key(username)
        self._claims.pop(user.key, None)
        self._users[user.key] = user
        self.by_name.add(user)

    def knows(self, user: User) -> bool:
        """Return whether *user* is here, or a seat is held for them."""
        return self._users.get(user.key) is user

    def forget(self, user: User) -> None:
        """Free the names of *user*, who is gone."""
        if self.knows(user):
            del self._users[user.key]
            self.by_name.remove(user)
        self.disclaim(user)

    def find(self, username: Username) -> User:
        """Return the user called *username*, if they are here."""
        user = self._users.get(key(username))
        if user is None or user.leaving:
            raise NoSuchUser(username)
        if user.visitor.gone:
            raise Unavailable(user.username)
        return user

    # Sessions.

    def find_session(self, session: bytes | None) -> User | None:
        """Return the user who has *session*, connected or not."""
        user = self._sessions.get(session) if session is not None else None
        # The time of a lookup that fails tells of hashes only; that of this comparison tells nothing of the session.
        if user and user.session and session and compare_digest(user.session, session):
            return user
        return None

    def end_session(self, user: User) -> None:
        """Forget the session of *user*."""
        if user.session is not None and self._sessions.get(user.session) is user:
            del self._sessions[user.session]
