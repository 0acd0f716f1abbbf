"""What was found in a room, or in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.talk import SIGN
from chatroom.client.navigation.message import go, go_into
from chatroom.client.navigation.search import ONE_ROOM, SearchResults
from chatroom.client.reducer import talking
from chatroom.client.screens.overlays.lists import CLOSE, TypedListScreen, by_day
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import FoundMessage, Item
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest

EVERYWHERE = "*"
"""What is written before words that are to be looked for in all rooms."""


class SearchScreen(TypedListScreen):
    """Takes the words to search for, and lists where they were said; Enter goes there."""

    own = Action.SEARCH

    def __init__(self, under: Screen, search: SearchResults) -> None:
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
        assert isinstance(item, FoundMessage)
        here = self._search.conversation
        if here and item.room == here.name:
            return go(self.chat, here, item.message.seq)
        if item.talk:
            self.chat.further += talking.query(self.chat, item.room.removeprefix(SIGN))
            assert self.chat.current is not None, "that is the page"
            return go(self.chat, self.chat.current, item.message.seq)
        return go_into(self.chat, item.room, item.message.seq)

    @override
    def further(self) -> AnyRequest | None:
        return self._search.older()

    @override
    def act(self, action: Action) -> AnyRequest | None:
        words, search = " ".join(self._editor.text.split()), self._search
        failed = search.notice and not search.found
        if action in (Action.COMPLETE, Action.COMPLETE_BACK):
            self._chosen = None
            return search.turn()
        if action is Action.SUBMIT and (words != search.words or failed):
            self._chosen = None
            return search.begin(words)
        return super().act(action)

    @override
    def view(self) -> ListView:
        search, items = self._search, self.items()
        return ListView(
            title=f"Found in {search.where}",
            about=search.words,
            count=f"{len(search.found)}{'+' if search.more else ''} found" if search.found else "",
            items=items,
            chosen=self.chosen(items),
            notice=self._notice(items),
            error=bool(search.notice),
            keys=(
                (Action.SUBMIT, "search, or go there"),
                *self._other_place(),
                (Action.UP, "newer"),
                (Action.DOWN, "older"),
                CLOSE,
            ),
            input=self.input_line("Search: "),
            status=overview.status(self.chat),
            hues=overview.hues_by_room(self.chat),
        )

    def _other_place(self) -> Sequence[tuple[Action, str]]:
        """Return the key that looks through another place, and which."""
        search = self._search
        if search.conversation is None or not self.chat.finds:
            return ()
        return ((Action.COMPLETE, f"in {search.conversation.name}" if search.everywhere else "in all rooms"),)

    def _notice(self, items: Sequence[Item]) -> str:
        """Say what is to be said instead of the keys, or of matches."""
        search = self._search
        if search.notice:
            return search.notice
        if search.waiting:
            return "searching …"
        if search.more and not search.found:
            return "So far, only people whom you ignore said that; there may be more further back."
        if search.words and not search.found:
            looser = f" as whole words; {search.looser} finds those that begin so" if search.looser else ""
            return f"Nobody said that in {search.where}{looser}."
        if search.found:
            return self._elsewhere(items)
        more = " from:bob, since: and before:2026-11-20 narrow it." if self.chat.finds else ""
        return f'All words must occur, in any case; word* is how one begins, "…" a phrase.{more}'

    def _elsewhere(self, items: Sequence[Item]) -> str:
        """Say what it takes to go to what is chosen, where the user is not."""
        number = self.chosen(items)
        item = None if number is None else items[number]
        if not isinstance(item, FoundMessage) or item.talk or self.chat.called(item.room):
            return ""
        return f"You are not in {item.room}: {self.chat.keys.label(Action.SUBMIT)} enters it, and goes there."


def open_search(screen: Screen, words: str = "") -> AnyRequest | None:
    """Show the matches for *words* in the room that is looked at, or behind a ``*`` in all; return what to ask for."""
    chat = screen.chat
    first, _, others = words.strip().partition(" ")
    everywhere = first == EVERYWHERE
    if not chat.finds and (everywhere or chat.current is None):
        chat.aside("You are in the lobby: enter a room to search it." if not chat.current else ONE_ROOM, error=True)
        return None
    if chat.current and not chat.current.kept and not everywhere:
        chat.aside("What is said here is not kept, and can't be searched.", error=True)
        return None
    search = SearchResults(chat, chat.current, everywhere=everywhere)
    asked = search.begin(" ".join((others if everywhere else words).split()))
    screen.open(partial(SearchScreen, search=search))
    return asked
