"""Many requests under way over one connection, and over the next one when that is lost."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatroom.client.connection.joined_rooms import JoinedRooms, key
from chatroom.client.connection.kept_talks import KeptTalks
from chatroom.client.connection.outgoing import Outgoing
from chatroom.client.connection.pending_requests import PendingRequests
from chatroom.client.reasons import sentence
from chatroom.client.states import Disconnected, Incoming, Outside, Refused
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Entered, Ok, Welcome
from chatroom.wire.frames.requests import AnyRequest, Say, Tell


class Multiplexer:
    """Matches replies to requests, and goes on after a loss with joined rooms, talks and outgoing messages.

    *send* writes a request to the connection there is, *tell* is called with each event that is new.
    """

    def __init__(self, send: Callable[[AnyRequest], None], tell: Callable[[Incoming], None]) -> None:
        self._send = send
        self._tell = tell
        self._pending = PendingRequests()
        self._joined_rooms = JoinedRooms()
        self._talks = KeptTalks(self.ask, tell)
        self._outgoing = Outgoing(self.ask)

    @property
    def unsent(self) -> int:
        """Messages that are said and not yet known to be stored."""
        return len(self._outgoing)

    def ask(self, request: AnyRequest) -> Deferred[AnyReply]:
        """Send *request*, with an id made here."""
        request, reply = self._pending.ask(request)
        self._send(request)
        return reply

    def say(self, said: Say | Tell, *, now: bool) -> Deferred[Ok]:
        """Keep what is *said* until it is known to be stored; send it *now*, or when it goes on."""
        message = self._outgoing.add(said)
        if now:
            self._outgoing.send(message)
        return message.stored

    def go_on(self, welcome: Welcome) -> None:
        """Enter the joined rooms again, read on in the talks, and send again all messages that may not be stored."""
        self._talks.welcome(welcome)
        for join in self._joined_rooms.joins():
            self.ask(join).addCallbacks(self._tell, self._outside, errbackArgs=(join.room,))
        self._outgoing.send_all()

    def hear(self, frame: AnyReply | AnyEvent) -> bool:
        """Take *frame*; return whether it is an event that is new."""
        if isinstance(frame, answers.ReplyFrame) and frame.id is not UNSET:
            request = self._pending.asked(frame)
            if request is not None:
                self._note(request, frame)
                self._pending.answer(frame)
            return False
        if isinstance(frame, answers.Told):
            # Told by itself, at once or when what is missing before it was read.
            self._talks.hear(frame)
            return False
        if not self._joined_rooms.hear(frame):
            return False
        self._tell(frame)
        if isinstance(frame, answers.Deleted):
            self._give_up(frame.room, Disconnected(f"{sentence(frame.room)} was deleted"))
        elif isinstance(frame, answers.Removed):
            self._give_up(frame.room, Disconnected(f"{sentence(frame.by)} has put us out of {sentence(frame.room)}"))
        return True

    def lost(self, error: Exception | Failure) -> None:
        """Know that no replies will come, because of *error*; keep the outgoing messages of joined rooms."""
        self._pending.fail(error)
        self._outgoing.fail(error, lambda said: isinstance(said, Say) and said.room not in self._joined_rooms)

    def unanswered(self, error: Exception | Failure) -> None:
        """Know that no replies will come, because of *error*; keep all outgoing messages."""
        self._pending.fail(error)

    def end(self, error: Exception | Failure) -> None:
        """Give up everything, because of *error*."""
        self._pending.fail(error)
        self._outgoing.fail(error)

    def leave_all(self) -> None:
        """Be in no room any more."""
        self._joined_rooms.clear()

    def _note(self, request: AnyRequest, reply: AnyReply) -> None:
        """Take note of what *reply* changes."""
        match request, reply:
            case requests.Join() | requests.Create(), Entered():
                self._joined_rooms.enter(request, reply)
            case requests.Tell(to=to), Ok(seq=int(seq)):
                self._talks.stored(to, seq)
            case requests.Leave(room=room), Ok():
                self._joined_rooms.leave(room)
                self._give_up(room, Disconnected(f"you have left {room}"))

    def _outside(self, failure: Failure, room: str) -> None:
        # What is lost before the reply is asked again.
        if isinstance(refused := failure.value, Refused):
            self._joined_rooms.leave(room)
            self._tell(Outside(room, refused.error))
            self._give_up(room, Refused(refused.error))

    def _give_up(self, room: str, error: Exception) -> None:
        """Give up what was said in *room*, because of *error*."""
        self._outgoing.fail(error, lambda said: isinstance(said, Say) and key(said.room) == key(room))
