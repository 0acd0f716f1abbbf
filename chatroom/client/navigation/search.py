"""The search in a room or in all of them, as far back as the server keeps their logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatroom.client.model.address import Address
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.talk import SIGN
from chatroom.client.navigation.moment import INSTANT
from chatroom.client.reducer import receiving
from chatroom.client.text.moments import BadMoment
from chatroom.client.text.query import Query, parse
from chatroom.client.text.spans import spans
from chatroom.client.views.items import FoundMessage
from chatroom.wire.frames import answers
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

MATCHES_PER_PAGE = 50
"""Matches that are asked for at once."""

MAX_MATCHES = 2000
"""Matches that are kept; after so many, another word is the better search."""

ONE_ROOM = "This server looks through one room at a time, and for words alone."

ONLY_TIMES = "Add a word or from:bob to the time; /goto 2026-11-20 shows all that was said from then on."

_PAGES = 10
"""Screens that are asked for at once where nothing on them is to be seen."""


class SearchResults:
    """The matches for *words*, the newest first, without those of ignored people.

    They are those in *conversation*, or *everywhere*: in all rooms that the user follows, and in talks.
    """

    def __init__(self, chat: Chat, conversation: Conversation | None, *, everywhere: bool = False) -> None:
        self.conversation = conversation
        self.everywhere = everywhere or conversation is None
        self.words = ""
        self.found: list[FoundMessage] = []
        self.more = False
        self.notice = ""
        self._chat = chat
        self._asked: AnyRequest | None = None
        self._query = Query("")
        self._oldest: answers.Message | None = None
        self._left = 0

    @property
    def where(self) -> str:
        """The place that is looked through, in words."""
        return "all rooms and talks" if self.everywhere or not self.conversation else self.conversation.name

    @property
    def looser(self) -> str:
        """What finds more than a word that has found nothing, if anything does."""
        return self._query.looser

    @property
    def waiting(self) -> bool:
        """Whether the server has not answered yet."""
        return self._asked is not None

    def current(self) -> Sequence[FoundMessage]:
        """Return the matches, without the text of what was taken back since."""
        self.found = [self._renewed(found) for found in self.found]
        return self.found

    def begin(self, words: str) -> AnyRequest | None:
        """Search for *words* instead; return what to ask for, if it can be."""
        self.words = words
        self.found = []
        self.more = False
        self.notice = ""
        self._asked = self._oldest = None
        self._left = _PAGES
        if not words:
            return None
        try:
            self._query = parse(words, self._chat.now())
        except BadMoment as bad:
            self.notice = f"{bad}."
            return None
        if not (self._query.is_plain or self._chat.finds):
            self.notice = ONE_ROOM
            return None
        if not (self._query.words or self._query.speaker):
            self.notice = ONLY_TIMES
            return None
        return self._ask()

    def turn(self) -> AnyRequest | None:
        """Look through the other place: all of them instead of the room, or the room; return what to ask for."""
        if self.conversation is None:
            return None
        if not self._chat.finds:
            self.notice = ONE_ROOM
            return None
        self.everywhere = not self.everywhere
        return self.begin(self.words)

    def older(self) -> AnyRequest | None:
        """Return what to ask for to have older matches, if there may be any."""
        if self._asked or not self.more or len(self.found) >= MAX_MATCHES:
            return None
        self._left = _PAGES
        return self._ask()

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take a page of matches; ask for the next, if there is nothing to be seen on it."""
        if request is not self._asked:
            return ()
        self._asked = None
        self._oldest = reply.entries[-1] if reply.entries else None
        self.more = reply.more is True and self._oldest is not None and _at(self._oldest) is not None
        seen = [found for found in map(self._taken, reply.entries) if found]
        self.found += seen
        return () if seen or not (self.more and self._left) else (self._ask(),)

    def failed(self, reason: str) -> None:
        """Say why there is no answer."""
        self._asked = None
        self.notice = reason

    def _ask(self) -> AnyRequest:
        self.notice = ""
        self._left -= 1
        query, chat, oldest = self._query, self._chat, self._oldest
        until = None if query.until is None else chat.moment(query.until)
        here = None if self.everywhere or self.conversation is None else self.conversation
        if here is None and oldest:
            # Numbers are those of each room.
            until = _at(oldest)
        self._asked = (here.address if here else Address()).search(
            query.words,
            before=oldest.seq if oldest and here else None,
            limit=MATCHES_PER_PAGE,
            speaker=query.speaker,
            since=None if query.since is None else chat.moment(query.since - INSTANT),
            until=until,
        )
        return chat.lookups.ask(self._asked, self)

    def _taken(self, entry: answers.Message) -> FoundMessage | None:
        """Return *entry* as a match; nothing if somebody said it whom the user ignores."""
        message = receiving.message(self._chat, entry)
        if self._chat.preferences.ignores(message.speaker) and not message.own:
            return None
        here = self.conversation.name if self.conversation else ""
        place = f"{SIGN}{entry.with_}" if entry.with_ else entry.room or here
        words = spans(message.text, self._query.words)
        return self._renewed(FoundMessage(place, message, words, named=self.everywhere, talk=place.startswith(SIGN)))

    def _renewed(self, found: FoundMessage) -> FoundMessage:
        """Return *found* as it is now."""
        there = self._chat.conversations.get(found.room)
        return renewed(found, there) if there else found


def renewed(found: FoundMessage, conversation: Conversation) -> FoundMessage:
    """Return *found*, a message of *conversation*, as it is now."""
    message = conversation.retractions.applied(found.message)
    return found if message is found.message else replace(found, message=message, spans=())


def _at(entry: answers.Message) -> datetime | None:
    """Return when *entry* was said; nothing if the server does not know."""
    try:
        return datetime.fromisoformat(entry.at)
    except ValueError:
        return None
