"""Alerts: messages that call for attention, for a user who does not look at the screen."""

from __future__ import annotations

from chatroom.client.model.conversation import Conversation
from chatroom.client.model.preferences import Interest, Preferences
from chatroom.client.views.alert import Alert
from chatroom.client.views.lines import Message


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

    def said(self, conversation: Conversation, message: Message, *, looked_at: bool) -> None:
        """Put *message* into *conversation*, which may be the one that is *looked_at*."""
        interest = self._preferences.interest(conversation.name)
        seen = interest is Interest.MUTE or (looked_at and self.focused)
        hidden = self._preferences.ignores(message.speaker)
        news = conversation.said(message, seen=seen, hidden=hidden)
        if looked_at and self.focused:
            conversation.news.see(conversation.newest)
        if news and (interest is Interest.ALL or (conversation.calls(message) and interest is Interest.MENTIONS)):
            self._alert = Alert(conversation.called_by(message.speaker), message.text)
            self._about = conversation.name, message.seq

    def told(self, speaker: str, text: str) -> None:
        """Take what *speaker* told the user meanwhile, and last."""
        self._alert = Alert(f"{speaker} privately", text)
        self._about = None

    def invited(self, room: str, by: str) -> None:
        """Take an invitation into *room* *by* somebody."""
        self._alert = Alert(f"{by} invites you", room)
        self._about = None

    def take_back(self, name: str, seq: int) -> None:
        """Call for nobody by a message that was taken back."""
        if self._about == (name, seq):
            self._alert = None

    def take(self) -> Alert | None:
        """Return the newest that calls for attention since the last time, if anything does."""
        alert, self._alert = self._alert, None
        return alert
