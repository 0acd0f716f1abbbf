"""All messages that mention the user, of all joined rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.mention import is_mention, mention_spans, name_query
from chatroom.client.navigation.message import go
from chatroom.client.navigation.search import MATCHES_PER_PAGE
from chatroom.client.reducer import receiving
from chatroom.client.screens.overlays.lists import CLOSE, ListScreen, by_day
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import FoundMessage, Item
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import ListView
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

MAX_MENTIONS = 2000
"""Mentions that are kept."""


class _Place:
    """The mentions in one conversation by number, all back to *oldest*; *more* says that there may be older ones."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.found: dict[int, FoundMessage] = {}
        self.oldest: MessageLine | None = None
        self.more = conversation.kept

    def ask(self, query: str) -> AnyRequest:
        """Ask for older ones, by *query*."""
        before = self.oldest.seq if self.oldest else None
        return self._conversation.address.search(query, before=before, limit=MATCHES_PER_PAGE)

    def forget_taken_back(self) -> None:
        """Forget what was taken back since it was found."""
        for seq in [seq for seq in self.found if seq in self._conversation.retractions]:
            del self.found[seq]


class Mentions:
    """The mentions of all rooms and talks, the newest first; one is asked after the other."""

    def __init__(self, chat: Chat) -> None:
        self.notice = ""
        self._chat = chat
        self._places: dict[str, _Place] = {}
        self._asked: AnyRequest | None = None
        self._about = ""
        for name, conversation in chat.conversations.items():
            self._places[name] = _Place(conversation)
            # What mentions one here, and what the server finds by the name, may differ by an accent.
            self._take(name, [line for line in conversation.window.lines if isinstance(line, MessageLine)])

    @property
    def waiting(self) -> bool:
        """Whether the server has not answered yet."""
        return self._asked is not None

    @property
    def more(self) -> bool:
        """Whether there may be older ones."""
        return any(place.more for place in self._places.values())

    def found(self) -> list[FoundMessage]:
        """Return those that are sure to come next, in order: what one room has is not all, while others may have it."""
        places = self._places.values()
        if any(place.more and place.oldest is None for place in places):
            return []
        for place in places:
            place.forget_taken_back()
        since = max((place.oldest.at for place in places if place.more and place.oldest), default=None)
        found = [each for place in places for each in place.found.values() if since is None or each.message.at >= since]
        return sorted(found, key=lambda item: item.message.at, reverse=True)

    def further(self) -> AnyRequest | None:
        """Return what to ask for to have more of them, if there may be any."""
        unread = [(name, place) for name, place in self._places.items() if place.more]
        if self._asked or not unread or sum(len(place.found) for place in self._places.values()) >= MAX_MENTIONS:
            return None
        # The one of which least is known, reckoned from now, holds up the others.
        self._about, place = max(
            unread, key=lambda pair: (pair[1].oldest is None, pair[1].oldest and pair[1].oldest.at)
        )
        self.notice = ""
        self._asked = place.ask(name_query(self._chat.username))
        return self._chat.lookups.ask(self._asked, self)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take a page, and ask for the next, until there is a list."""
        self._asked = None
        place = self._places[self._about]
        messages = receiving.messages(self._chat, reply)
        self._take(self._about, messages)
        place.oldest = messages[-1] if messages else place.oldest
        place.more = reply.more is True and bool(messages)
        following = None if self.found() else self.further()
        return (following,) if following else ()

    def failed(self, reason: str) -> None:
        """Say why there is no answer."""
        self._asked = None
        self.notice = reason

    def _take(self, name: str, messages: Iterable[MessageLine]) -> None:
        for message in messages:
            if is_mention(message, self._chat):
                spans = mention_spans(self._chat, message.text)
                self._places[name].found[message.seq] = FoundMessage(name, message, spans, named=True)


class MentionsScreen(ListScreen):
    """Lists the mentions; Enter goes there."""

    own = Action.MENTIONS

    def __init__(self, under: Screen, mentions: Mentions) -> None:
        super().__init__(under)
        self._mentions = mentions

    @property
    @override
    def waiting(self) -> bool:
        return self._mentions.waiting

    @override
    def items(self) -> Sequence[Item]:
        return tuple(by_day(self._mentions.found()))

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, FoundMessage)
        conversation = self.chat.conversations.get(item.room)
        return go(self.chat, conversation, item.message.seq) if conversation else None

    @override
    def further(self) -> AnyRequest | None:
        return self._mentions.further()

    @override
    def view(self) -> ListView:
        items = self.items()
        count = sum(isinstance(item, FoundMessage) for item in items)
        return ListView(
            title="Mentions",
            about=f"of {self.chat.username}, in all your rooms",
            count=f"{count}{'+' if self._mentions.more else ''} found" if count else "",
            items=items,
            chosen=self.chosen(items),
            notice=self._notice(items),
            error=bool(self._mentions.notice),
            keys=((Action.SUBMIT, "go there"), (Action.UP, "newer"), (Action.DOWN, "older"), CLOSE),
            input=None,
            status=overview.status(self.chat),
            hues=overview.hues_by_room(self.chat),
        )

    def _notice(self, items: Sequence[Item]) -> str:
        if self._mentions.notice:
            return self._mentions.notice
        if self._mentions.waiting:
            return "searching …"
        return "" if items else "Nobody has mentioned you yet in the rooms you are in."


def open_mentions(screen: Screen) -> AnyRequest | None:
    """Show the mentions; return what to ask for."""
    mentions = Mentions(screen.chat)
    screen.open(partial(MentionsScreen, mentions=mentions))
    return mentions.further()
