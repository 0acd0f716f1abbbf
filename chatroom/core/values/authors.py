"""Whose messages are meant."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.events import Message
from chatroom.core.values.names import Key, key


class Author(Struct, frozen=True):
    """Whoever is known by *identity* under all their names, or was *formerly*; or who had that *name* as they spoke."""

    identity: bytes | None
    name: Key | None = None
    formerly: bytes | None = None

    @property
    def session(self) -> bytes | None:
        """The session that their messages have; ``None`` if something else tells, too."""
        return self.identity if self.name is None and self.formerly is None else None

    def has_said(self, message: Message) -> bool:
        """Return whether *message* is theirs."""
        if message.session is not None and message.session in (self.identity, self.formerly):
            return True
        return self.name is not None and key(message.speaker) == self.name
