"""Messages that may come twice: each is recognized by the ``cid`` that its sender gave it, and stored once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chatroom.core.ports import Resendable
from chatroom.core.values.errors import ChatError, CidReused
from chatroom.core.values.events import Message, digest
from chatroom.core.values.limits import RESENDABLE
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Stored

Done = Callable[[Stored | ChatError], None]
Name = tuple[bytes, str]
"""The name of a message: the session of its sender, and its ``cid``."""


@dataclass(slots=True)
class _InFlight:
    """A message on its way to the log, and the callbacks that wait until it is there."""

    digest: bytes
    waiting: list[Done]


class DedupWindow:
    """The newest messages of a room that have a name, those in flight included.

    The window begins with *stored* messages, oldest first, and forgets those that are older than the newest
    :data:`~chatroom.core.values.limits.RESENDABLE` of the room.
    """

    def __init__(self, room: RoomName, stored: Sequence[Resendable]) -> None:
        self._room = room
        # There may be ten thousand, and all others wait meanwhile: they are taken as they are.
        self._messages: dict[Name, Resendable | _InFlight] = {(sent.session, sent.cid): sent for sent in stored}
        self._order = deque(stored)

    def expect(self, name: Name, digest: bytes, done: Done) -> bool:
        """Call *done* when the message called *name* is stored, at once if it is; return whether it is new.

        :raises chatroom.core.values.errors.CidReused: if another message has that name.
        """
        known = self._messages.get(name)
        if known is None:
            self._messages[name] = _InFlight(digest, [done])
            return True
        # What was taken back had any text.
        if known.digest and known.digest != digest:
            raise CidReused(name[1], self._room)
        if isinstance(known, Resendable):
            done(Stored(self._room, known.seq, known.at, known.cid))
        else:
            known.waiting.append(done)
        return False

    def __contains__(self, name: Name) -> bool:
        return name in self._messages

    def forget(self, name: Name) -> None:
        """Forget *name*, which never reached the log."""
        del self._messages[name]

    def stored(self, name: Name, result: Stored | ChatError) -> None:
        """Give the *result* to all who wait for *name*; a message that failed may be sent anew."""
        message = self._messages.pop(name)
        assert isinstance(message, _InFlight)
        if isinstance(result, Stored):
            self._add(Resendable(*name, result.seq, result.at, message.digest))
        for done in message.waiting:
            done(result)

    def heard(self, seq: int, message: Message) -> None:
        """Note that *message* is in the log as number *seq*, unless it is awaited here."""
        if message.session is not None and message.cid is not None:
            name = message.session, message.cid
            if name not in self._messages:
                self._add(Resendable(*name, seq, message.at, digest(message.text, message.kind, message.re)))

    def erase(self, numbers: Collection[int]) -> None:
        """Note that the texts of messages with these *numbers* are known no more."""
        for sent in self._order:
            if sent.seq in numbers:
                self._messages[sent.session, sent.cid] = replace(sent, digest=b"")

    def _add(self, sent: Resendable) -> None:
        self._messages[sent.session, sent.cid] = sent
        self._order.append(sent)
        while self._order[0].seq <= sent.seq - RESENDABLE:
            oldest = self._order.popleft()
            del self._messages[oldest.session, oldest.cid]
