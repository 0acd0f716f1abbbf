"""The search in a room, as far back as the server keeps its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from msgspec import UNSET
from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.message import go
from chatroom.client.screens.overlays.lists import TypedListScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.text.spans import spans
from chatroom.client.views.items import Day, Found, Item
from chatroom.client.views.view import ListView
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

MATCHES_PER_PAGE = 50
"""Matches that are asked for at once."""

MAX_MATCHES = 2000
"""Matches that are kept; after so many, another word is the better search."""

_PAGES = 10
"""Screens that are asked for at once where nothing on them is to be seen."""


class Search:
    """The matches for *words* in *conversation*, the newest first, without those of ignored people."""

    def __init__(self, chat: Chat, conversation: Conversation) -> None:
        self.conversation = conversation
        self.words = ""
        self.found: list[Found] = []
        self.more = False
        self.notice = ""
        self._chat = chat
        self._asked: AnyRequest | None = None
        self._oldest: int | None = None
        self._left = 0

    @property
    def waiting(self) -> bool:
        """Whether the server has not answered yet."""
        return self._asked is not None

    def current(self) -> Sequence[Found]:
        """Return the matches, without the text of what was taken back since."""
        self.found = [renewed(found, self.conversation) for found in self.found]
        return self.found

    def begin(self, words: str) -> AnyRequest:
        """Search for *words* instead; return what to ask for."""
        self.words = words
        self.found = []
        self.more = False
        self._oldest = None
        self._left = _PAGES
        return self._ask()

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
        messages = self._chat.messages(reply)
        self._oldest = messages[-1].seq if messages else self._oldest
        self.more = reply.more is True and bool(messages)
        seen = [message for message in messages if not self._chat.preferences.ignores(message.speaker)]
        room = self.conversation.room
        self.found += [Found(room, message, spans(message.text, self.words)) for message in seen]
        return () if seen or not (self.more and self._left) else (self._ask(),)

    def failed(self, reason: str) -> None:
        """Say why there is no answer."""
        self._asked = None
        self.notice = reason

    def _ask(self) -> AnyRequest:
        self.notice = ""
        self._left -= 1
        self._asked = requests.Search(
            room=self.conversation.room,
            query=self.words,
            before=UNSET if self._oldest is None else self._oldest,
            limit=MATCHES_PER_PAGE,
            newest_first=True,
        )
        return self._chat.lookups.ask(self._asked, self)


class SearchScreen(TypedListScreen):
    """Takes the words to search for, and lists where they were said; Enter goes there."""

    own = Action.SEARCH

    def __init__(self, under: Screen, search: Search) -> None:
        super().__init__(under, search.words)
        self._search = search

    @property
    @override
    def waiting(self) -> bool:
        return self._search.waiting

    @override
    def items(self) -> Sequence[Item]:
        return tuple(by_day(self._search.current()))

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, Found)
        return go(self.chat, self._search.conversation, item.message.seq)

    @override
    def further(self) -> AnyRequest | None:
        return self._search.older()

    @override
    def act(self, action: Action) -> AnyRequest | None:
        words, search = " ".join(self._editor.text.split()), self._search
        failed = search.notice and not search.found
        if action is Action.SUBMIT and (words != search.words or failed):
            self._chosen = None
            return search.begin(words) if words else None
        return super().act(action)

    @override
    def view(self) -> ListView:
        search, items = self._search, self.items()
        return ListView(
            title=f"Found in {search.conversation.room}",
            about=search.words,
            count=f"{len(search.found)}{'+' if search.more else ''} found" if search.found else "",
            items=items,
            chosen=self.chosen(items),
            notice=self._notice(),
            error=bool(search.notice),
            keys=((Action.SUBMIT, "search, or go there"), (Action.UP, "newer"), (Action.DOWN, "older"), CLOSE),
            input=self.input_line("Search: "),
            status=self.chat.status(),
            hues=self.chat.hues_by_room(),
        )

    def _notice(self) -> str:
        """Say what is to be said instead of the keys, or of matches."""
        search = self._search
        if search.notice:
            return search.notice
        if search.waiting:
            return "searching …"
        if search.more and not search.found:
            return "So far, only people whom you ignore said that; there may be more further back."
        if search.words and not search.found:
            return f"Nobody said that in {search.conversation.room}."
        return "" if search.found else 'All words must occur, in any case; word* is how one begins, "…" a phrase.'


CLOSE = (Action.CANCEL, "back")


def open_search(screen: Screen, words: str = "") -> AnyRequest | None:
    """Show the matches for *words* in the room that is looked at; return what to ask for."""
    chat = screen.chat
    if chat.current is None:
        chat.aside("You are in the lobby: enter a room to search it.", error=True)
        return None
    search = Search(chat, chat.current)
    screen.open(partial(SearchScreen, search=search))
    return search.begin(words) if words else None


def renewed(found: Found, conversation: Conversation) -> Found:
    """Return *found*, a message of *conversation*, as it is now."""
    message = conversation.retractions.applied(found.message)
    return found if message is found.message else Found(found.room, message, named=found.named)


def by_day(found: Iterable[Found]) -> Iterator[Item]:
    """Give *found* with its day above the messages of each day."""
    day = None
    for item in found:
        if item.message.at.date() != day:
            day = item.message.at.date()
            yield Day(day)
        yield item
