"""Who is called what: a name has one holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatroom.core.errors import NoSuchUser, Unavailable, UsernameTaken
from chatroom.core.names import Key, Username, key
from chatroom.core.roll import Roll

if TYPE_CHECKING:
    from chatroom.core.user import User


class Users(dict[Key, "User"]):
    """Everybody who has a username, and the names that somebody is about to be called by."""

    def __init__(self) -> None:
        super().__init__()
        self.roll: Roll[User] = Roll()
        self._claims: dict[Key, User] = {}

    def claim(self, username: Username, user: User) -> None:
        """Keep *username* for *user*, who is about to be called so."""
        name = key(username)
        holder = self.get(name)
        if holder is not user:
            if holder is not None or name in self._claims:
                raise UsernameTaken(holder.username if holder else username)
            self._claims[name] = user

    def disclaim(self, user: User) -> None:
        """Give free what *user* was about to be called."""
        for name in [name for name, claimer in self._claims.items() if claimer is user]:
            del self._claims[name]

    def add(self, user: User) -> None:
        """Let *user* in under its name."""
        self.claim(user.username, user)
        self[user.key] = self._claims.pop(user.key)
        self.roll.add(user)

    def rename(self, user: User, username: Username) -> None:
        """Call *user* by the name it has claimed."""
        rolls = [self.roll, *(member.room.roll for member in user.rooms.values())]
        for roll in rolls:
            roll.remove(user)
        del self[user.key]
        user.username = username
        user.key = key(username)
        self._claims.pop(user.key, None)
        self[user.key] = user
        for roll in rolls:
            roll.add(user)

    def knows(self, user: User) -> bool:
        """Tell whether *user* is here, or a seat is held for it."""
        return self.get(user.key) is user

    def forget(self, user: User) -> None:
        """Give the names of *user* free, who is gone."""
        if self.knows(user):
            del self[user.key]
            self.roll.remove(user)
        self.disclaim(user)

    def find(self, username: Username) -> User:
        """Return who is called *username* and is here."""
        user = self.get(key(username))
        if user is None or user.leaving:
            raise NoSuchUser(username)
        if user.visitor.gone:
            raise Unavailable(user.username)
        return user
