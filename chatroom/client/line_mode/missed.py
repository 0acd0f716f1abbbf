"""Talk that was missed, where it is printed: page by page, before the backlog of the room."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.reading import Unseen
from chatroom.client.model.room import Room
from chatroom.client.reducer import receiving
from chatroom.client.views.lines import MessageLine, NoticeLine
from chatroom.wire.frames import answers
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Entries
from chatroom.wire.frames.requests import AnyRequest

MOST_MISSED = 1000
"""Missed messages of a room that are printed, the newest ones; of more, the number is told."""


class MissedMessages:
    """Finds what a person has missed in the rooms of *chat* that they enter; what is said there is *held* meanwhile.

    Of rooms in which they don't talk, only the number is told. Until it is printed, it does not count as read.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        # By the rooms, up to where they were read.
        self._read: dict[Room, int] = {}

    def holds(self, room: object) -> bool:
        """Say whether nothing of *room* is to be printed yet."""
        return room in self._read

    @property
    def held(self) -> bool:
        """Whether that is so of the room in which the user talks."""
        return self.holds(self._chat.current)

    def take(self, frame: AnyReply | AnyEvent) -> Sequence[AnyRequest]:
        """Know of *frame*, which the chat has taken; return what to ask next."""
        match frame:
            case answers.Entered() if not frame.resumed and (room := self._chat.room(frame.room)):
                if (read := room.news.read_to) is not None and read < room.newest:
                    self._read[room] = read
                    room.reading.unseen = Unseen(room.newest - read, (), read)
            case answers.Level() if (room := self._chat.room(frame.room)) in self._read:
                assert room
                return self._read_on(room, self._read[room])
        return ()

    def _read_on(self, room: Room, read: int) -> Sequence[AnyRequest]:
        first = room.window.first or room.newest + 1
        after = max(read, first - 1 - MOST_MISSED) if room is self._chat.current else first - 1
        page = _Pages(self, self._chat, room, range(after + 1, first))
        if after > read:
            page.found.append(NoticeLine(self._chat.now(), untold(room.name, after - read, read + 1)))
        if after == first - 1:
            page.end()
            return ()
        return (page.ask(after),)

    def release(self, room: Room) -> None:
        """Let what is said in *room* be printed."""
        self._read.pop(room, None)


class _Pages:
    """Reads those of the messages *missed* in *room* that the server still has; *found* goes before the backlog."""

    def __init__(self, missed: MissedMessages, chat: Chat, room: Room, numbers: range) -> None:
        self.found: list[MessageLine | NoticeLine] = []
        self._missed = missed
        self._chat = chat
        self._room = room
        self._numbers = numbers

    def ask(self, after: int) -> AnyRequest:
        """Return what asks for the next page, behind the message *after*."""
        return self._chat.lookups.ask(self._room.address.history(after=after, limit=PAGE_SIZE), self)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take a page; ask for the next one, if there is more before the backlog."""
        page = receiving.messages(self._chat, reply)
        self.found += [message for message in page if message.seq in self._numbers]
        if reply.more and page and page[-1].seq + 1 in self._numbers:
            return (self.ask(page[-1].seq),)
        self.end()
        return ()

    def failed(self, reason: str) -> None:
        """Say of how much there is no more, and why."""
        last = next(
            (line.seq for line in reversed(self.found) if isinstance(line, MessageLine)), self._numbers.start - 1
        )
        left = self._numbers.stop - 1 - last
        text = f"{untold(self._room.name, left, last + 1)} They could not be read: {reason}"
        self.found.append(NoticeLine(self._chat.now(), text, error=True))
        self.end()

    def end(self) -> None:
        """Let all be printed, in order."""
        self._room.window.lines[:0] = self.found
        self._room.reading.unseen = None
        self._missed.release(self._room)


def untold(room: str, count: int, first: int) -> str:
    """Say that *count* messages of *room*, from the *first* on, were missed and are not printed."""
    were = "1 message that you missed is" if count == 1 else f"{count:,} messages that you missed are"
    return f"{were} not printed; in {room}, /goto #{first} prints from there on."
