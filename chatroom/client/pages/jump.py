"""Going to a room by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.pages.chat import Chat
from chatroom.client.pages.fuzzy import misfit
from chatroom.client.pages.items import Item, Place
from chatroom.client.pages.keys import Action
from chatroom.client.pages.lists import GOES, TypedListPage
from chatroom.client.pages.search import CLOSE
from chatroom.client.pages.views import ListView
from chatroom.wire.frames.requests import AnyRequest

MOST = 200
"""Rooms that are listed."""


class JumpPage(TypedListPage):
    """Lists the rooms that fit what is typed, the best first; Enter goes there."""

    @override
    def items(self) -> Sequence[Item]:
        typed = self._editor.text.strip()
        fits = [(misfit(typed, place.room) if typed else (0, 0), place) for place in self._places()]
        found = [(fit, self._rank(place), place) for fit, place in fits if fit is not None]
        return [place for *_, place in sorted(found, key=lambda each: each[:2])[:MOST]]

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, Place)
        return self.chat.enter(item.room)

    @override
    def type(self, text: str) -> None:
        self._chosen = None
        super().type(text)

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action not in GOES:
            self._chosen = None
        return super().act(action)

    @override
    def display(self) -> ListView:
        items = self.items()
        return ListView(
            title="Go to a room",
            about="",
            count=f"{len(items)} room{'' if len(items) == 1 else 's'}",
            items=items,
            chosen=self.chosen(items),
            notice="" if items else "No room has these letters in its name, in this order.",
            error=False,
            keys=((Action.SUBMIT, "go there"), CLOSE),
            input=self.input("Room: "),
            status=self.chat.status(),
        )

    def _places(self) -> Sequence[Place]:
        """Return the rooms that one is in, and the others that are open."""
        joined = [
            Place(room.room, room.topic, room.unread, int(room.mentioned), joined=True)
            for room in self.chat.conversations.values()
        ]
        others = [
            Place(info.room, info.topic, 0, 0, joined=False)
            for info in self.chat.directory.rooms.values()
            if info.room not in self.chat.conversations
        ]
        return [*joined, *others]

    def _rank(self, place: Place) -> tuple[bool, bool, bool, bool, int, str]:
        """Return where *place* stands among those that fit as well: where one is, one need not go."""
        conversation = self.chat.conversations.get(place.room)
        here = conversation is not None and conversation is self.chat.current
        visited = conversation.visited if conversation else 0
        return not place.joined, here, not place.mentions, not place.unread, -visited, place.room


def open_jump(chat: Chat) -> None:
    """Show the rooms to go to."""
    chat.open(JumpPage)
