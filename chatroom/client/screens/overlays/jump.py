"""Going to a room by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.talk import Talk
from chatroom.client.screens.overlays.lists import CLOSE, GOES, TypedListScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.text.fuzzy import misfit
from chatroom.client.views.items import Item, RoomItem
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest

MAX_LISTED = 200
"""Rooms that are listed."""


class JumpScreen(TypedListScreen):
    """Lists the rooms that fit what is typed, the best first; Enter goes there."""

    @override
    def items(self) -> Sequence[Item]:
        typed = self._editor.text.strip()
        fits = [(misfit(typed, item.room) if typed else (0, 0), item) for item in self._room_items()]
        found = [(fit, self._rank(item), item) for fit, item in fits if fit is not None]
        return [item for *_, item in sorted(found, key=lambda each: each[:2])[:MAX_LISTED]]

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, RoomItem)
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
    def view(self) -> ListView:
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
            input=self.input_line("Room: "),
            status=overview.status(self.chat),
        )

    def _room_items(self) -> Sequence[RoomItem]:
        """Return the joined rooms, and the others that are open."""
        joined = [
            RoomItem(
                each.name, each.topic, each.unread, int(each.mentioned), joined=True, private=isinstance(each, Talk)
            )
            for each in self.chat.conversations.values()
        ]
        others = [
            RoomItem(info.room, info.topic, 0, 0, joined=False)
            for info in self.chat.room_list.rooms.values()
            if info.room not in self.chat.conversations
        ]
        return [*joined, *others]

    def _rank(self, item: RoomItem) -> tuple[bool, bool, bool, bool, int, str]:
        """Return the rank of *item* among those that fit as well; nobody needs to go to the room they look at."""
        conversation = self.chat.conversations.get(item.room)
        here = conversation is not None and conversation is self.chat.current
        visited = conversation.visited if conversation else 0
        return not item.joined, here, not item.mentions, not item.unread, -visited, item.room


def open_jump(screen: Screen) -> None:
    """Show the rooms to go to."""
    screen.open(JumpScreen)
