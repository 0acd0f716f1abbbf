"""Alerts: messages that call for attention, for a user who does not look at the screen."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from chatroom.client.model.conversation import Conversation
from chatroom.client.model.preferences import Interest, Preferences
from chatroom.client.views.alert import Alert
from chatroom.client.views.lines import MessageLine

MAX_EVENTS = 100
"""Events that wait for whoever wants to be told of them."""

EVENTS = ("mention", "private", "invitation")
"""The kinds of events."""


class Event(Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """Something that concerns the user: a *text* in which they are named, that is for them alone, or an invitation."""

    event: str
    from_: str
    text: str = ""
    at: datetime | None = None
    room: str = ""
    seq: int = 0


class Alerts:
    """Gathers unseen messages, as far as the *preferences* ask for them.

    *focused* says whether the terminal has the focus, as far as it tells.
    """

    def __init__(self, preferences: Preferences) -> None:
        self.focused = True
        self._preferences = preferences
        self._alert: Alert | None = None
        # The conversation and the number of the message that it is about.
        self._about: tuple[str, int] | None = None
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)

    def said(self, conversation: Conversation, message: MessageLine, *, looked_at: bool) -> None:
        """Put *message* into *conversation*, which may be the one that is *looked_at*."""
        interest = self._preferences.interest(conversation.name)
        seen = interest is Interest.MUTE or (looked_at and self.focused)
        hidden = self._preferences.ignores(message.speaker)
        news = conversation.said(message, seen=seen, hidden=hidden)
        if looked_at and self.focused:
            conversation.news.see(conversation.newest)
        if news and interest is not Interest.MUTE:
            self._note(conversation, message)
        if news and (interest is Interest.ALL or (conversation.calls(message) and interest is Interest.MENTIONS)):
            self._alert = Alert(conversation.called_by(message.speaker), message.text)
            self._about = conversation.name, message.seq

    def _note(self, conversation: Conversation, message: MessageLine) -> None:
        """Note for whoever wants to be told of it that *message* concerns the user, if it does."""
        if conversation.kind == "talk":
            self._events.append(Event("private", message.speaker, message.text, message.at))
        elif message.mention:
            about = message.at, conversation.name, message.seq
            self._events.append(Event("mention", message.speaker, message.text, *about))

    def told(self, speaker: str, text: str, how: str = "privately") -> None:
        """Take what *speaker* told the user meanwhile, and last, *how*: to whom, if not to them alone."""
        self._alert = Alert(f"{speaker} {how}", text)
        self._events.append(Event("private", speaker, text))
        self._about = None

    def invited(self, room: str, by: str) -> None:
        """Take an invitation into *room* *by* somebody."""
        self._alert = Alert(f"{by} invites you", room)
        self._events.append(Event("invitation", by, room=room))
        self._about = None

    def take_back(self, name: str, seq: int) -> None:
        """Call for nobody by a message that was taken back."""
        if self._about == (name, seq):
            self._alert = None

    def take_events(self) -> Sequence[Event]:
        """Return what has concerned the user since the last time, looked at or not."""
        events, self._events = self._events, deque(maxlen=MAX_EVENTS)
        return tuple(events)

    def take(self) -> Alert | None:
        """Return the newest that calls for attention since the last time, if anything does."""
        alert, self._alert = self._alert, None
        return alert
