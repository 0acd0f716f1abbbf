"""The news of a room: what was said there and not seen by the user, and how far they have read."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable

from chatroom.client.model.reading import Reading, Unseen
from chatroom.client.model.window import WINDOW_LINES
from chatroom.client.views.lines import MessageLine


class News:
    """Counts *unread* messages and knows the *mentions* among them by their numbers; *read_to* is before the first.

    What the user jumped away from, as *reading* says, they have not read.
    """

    def __init__(self, reading: Reading) -> None:
        self.unread = 0
        self.mentions: deque[int] = deque(maxlen=WINDOW_LINES)
        self.read_to: int | None = None
        self._reading = reading
        # What has been looked at; and what is no news when it comes, for it was read before.
        self._seen_to = 0
        self._known_to = 0
        # While a backlog comes in: the first message of it.
        self._backlog = False
        self._first: int | None = None

    @property
    def read(self) -> int:
        """The number of the message up to which the user has read."""
        unseen = self._reading.unseen
        return self._seen_to if unseen is None or unseen.read_to is None else unseen.read_to

    def begin(self, newest: int, read: int | None) -> None:
        """Begin with a backlog up to the message *newest*: what is behind *read* is news, or (None) nothing."""
        self._known_to = self._seen_to = newest if read is None else min(read, newest)
        self.read_to = self._seen_to if self._seen_to < newest else None
        self._backlog, self._first = True, None

    def go_on(self) -> None:
        """Read on from the last message: all that comes is news."""
        self._known_to, self._backlog = 0, False

    def concerns(self, message: MessageLine) -> bool:
        """Say whether *message*, which has come, is news."""
        if self._first is None:
            self._first = message.seq
        return not message.own and message.seq > self._known_to

    def add(self, message: MessageLine) -> None:
        """Count *message* as new."""
        self.unread += 1
        if message.mention:
            self.mentions.append(message.seq)

    def level(self, newest: int) -> int | None:
        """Know that the backlog is here, up to *newest*; return how many messages before it are news, None without."""
        if not self._backlog:
            return None
        self._backlog = False
        first = newest + 1 if self._first is None else self._first
        return max(first - 1 - self._known_to, 0)

    def forget(self, seq: int) -> None:
        """Know that the message *seq* was taken back."""
        if seq in self.mentions:
            self.mentions.remove(seq)

    def look(self, newest: int) -> None:
        """Look at them up to *newest*: nothing is new any more, though the line before what was new stays."""
        self.unread = 0
        self.mentions.clear()
        self.see(newest)

    def see(self, newest: int) -> None:
        """See the message *newest* as it comes."""
        self._seen_to = newest

    def look_away(self, newest: int) -> None:
        """Look at them no longer: what comes behind *newest* is new."""
        self.read_to = newest

    def go_away(self, newest: int, retracted: Container[int]) -> None:
        """Look elsewhere: what was new and has not been seen is new again, but for mentions *retracted* since."""
        self.look_away(newest)
        if unseen := self._reading.unseen:
            self._seen_to = self.read
            self.unread = unseen.unread + self._reading.arrived
            self.mentions.extend(seq for seq in unseen.mentions if seq not in retracted)
            self.read_to = unseen.read_to
            self._reading.unseen = None

    def read_elsewhere(self, to: int, newest: int, known: Iterable[MessageLine]) -> None:
        """Know that the user has read up to the message *to* by another device; *known* are messages that count."""
        if to <= self.read:
            return
        self._seen_to, self._known_to = max(self._seen_to, to), max(self._known_to, to)
        behind = [message.seq for message in known if message.seq > to]
        left = len(behind) + max((behind[0] if behind else newest + 1) - 1 - to, 0) if to < newest else 0
        if unseen := self._reading.unseen:
            mentions = [seq for seq in unseen.mentions if seq > to]
            self._reading.unseen = Unseen(min(unseen.unread, left), mentions, to) if left else None
        self.unread = min(self.unread, left)
        self.mentions = deque((seq for seq in self.mentions if seq > to), maxlen=WINDOW_LINES)
        if self.read_to is not None:
            self.read_to = max(self.read_to, to)
