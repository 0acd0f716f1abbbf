"""Messages that may come twice: each is known by the ``cid`` that its sender gave it, and stored once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from chatroom.core.errors import CidReused, StorageFailed
from chatroom.core.limits import RESENDABLE
from chatroom.core.names import RoomName
from chatroom.core.ports import Sent
from chatroom.core.replies import Stored

Done = Callable[[Stored | StorageFailed], None]
Name = tuple[Hashable, str]
"""By whom, as whoever it is known again, and under which ``cid``."""


@dataclass(slots=True)
class _Message:
    digest: bytes
    stored: Stored | None = None
    waiting: list[Done] = field(default_factory=list)


class SentMessages:
    """The newest messages of a room that have a name, those in flight included.

    It begins with *stored* ones, oldest first, and forgets what is older than the newest
    :data:`~chatroom.core.limits.RESENDABLE` of the room.
    """

    def __init__(self, room: RoomName, stored: Iterable[Sent]) -> None:
        self._room = room
        self._messages: dict[Name, _Message] = {}
        self._order: deque[tuple[int, Name]] = deque()
        for sent in stored:
            name = (sent.session, sent.cid)
            self._messages[name] = _Message(sent.digest, Stored(room, sent.seq, sent.at, sent.cid))
            self._order.append((sent.seq, name))

    def expect(self, name: Name, digest: bytes, done: Done) -> bool:
        """Let *done* know when the message called *name* is stored, if it is not yet, and tell whether it is new.

        :raises chatroom.core.errors.CidReused: if another message has that name.
        """
        known = self._messages.get(name)
        if known is None:
            self._messages[name] = _Message(digest, waiting=[done])
            return True
        if known.digest != digest:
            raise CidReused(name[1], self._room)
        if known.stored:
            done(known.stored)
        else:
            known.waiting.append(done)
        return False

    def forget(self, name: Name) -> None:
        """Know *name* no longer: it never reached the log."""
        del self._messages[name]

    def stored(self, name: Name, result: Stored | StorageFailed) -> None:
        """Let all who wait for *name* know the *result*; what failed may be sent anew."""
        message = self._messages[name]
        waiting, message.waiting = message.waiting, []
        if isinstance(result, StorageFailed):
            del self._messages[name]
        else:
            message.stored = result
            self._order.append((result.seq, name))
            while self._order[0][0] <= result.seq - RESENDABLE:
                del self._messages[self._order.popleft()[1]]
        for done in waiting:
            done(result)
