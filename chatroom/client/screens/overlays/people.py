"""The people in a room, of whom one is chosen by a few letters of the name."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.compose.completion import ranked
from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.conversation import Conversation
from chatroom.client.screens.offers import role
from chatroom.client.screens.overlays.jump import MAX_LISTED
from chatroom.client.screens.overlays.lists import CLOSE, TypedListScreen
from chatroom.client.screens.overlays.menu import open_person
from chatroom.client.screens.screen import Screen
from chatroom.client.text.fuzzy import misfit
from chatroom.client.views.items import Choice, Item
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest


class PeopleScreen(TypedListScreen):
    """Lists the people in *conversation* whose names fit what is typed; Enter opens the menu of one."""

    own = Action.CHOOSE_PERSON

    def __init__(self, under: Screen, conversation: Conversation) -> None:
        super().__init__(under)
        self._conversation = conversation

    @override
    def items(self) -> Sequence[Item]:
        here, typed = self._conversation, self._editor.text.strip()
        people = ranked(here.members, reversed(here.addressed), reversed(here.spoken), self.chat.username)
        fits = [(misfit(typed, name) if typed else (0, 0), name) for name in people]
        found = sorted(((fit, name) for fit, name in fits if fit is not None), key=lambda each: each[0])
        return [Choice(name, role(here, name)) for _, name in found[:MAX_LISTED]]

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, Choice)
        open_person(self, self._conversation, item.words)
        return None

    @override
    def type(self, text: str) -> None:
        self._chosen = None
        super().type(text)

    @override
    def view(self) -> ListView:
        items = self.items()
        return ListView(
            title=f"People in {self._conversation.name}",
            about="",
            count=f"{self._conversation.count} here",
            items=items,
            chosen=self.chosen(items),
            notice="" if items else "Nobody else here has these letters in their name, in this order.",
            error=False,
            keys=((Action.SUBMIT, "opens their menu"), CLOSE),
            input=self.input_line("Name: "),
            status=overview.status(self.chat),
        )

    @override
    def next_screen(self) -> Screen:
        if self.chat.current is not self._conversation:
            self.close()
        return super().next_screen()
