"""The links in a room, to be opened or copied."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.wishes import Copy, Open
from chatroom.client.screens.overlays.lists import CLOSE, ListScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.text.links import addresses
from chatroom.client.views.items import Choice, Item
from chatroom.client.views.lines import MessageLine, Private
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest

MAX_LINKS = 200
"""Links that are listed."""


class LinksScreen(ListScreen):
    """Lists the links in *conversation*, the newest first; Enter opens one, and another key copies it.

    The first one that is chosen is the newest, or where the user reads further up the first from there on.
    """

    own = Action.LINKS

    def __init__(self, under: Screen, conversation: Conversation) -> None:
        super().__init__(under)
        # What is said meanwhile moves nothing.
        self._links, self._chosen = _links(under, conversation)
        self._room = conversation.name

    @override
    def items(self) -> Sequence[Item]:
        return self._links

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, Choice)
        self.chat.wishes.append(Open(item.words))
        return None

    @override
    def act(self, action: Action) -> AnyRequest | None:
        number = self.chosen(self._links)
        if action is Action.YANK and number is not None:
            self.close()
            self.chat.wishes.append(Copy(self._links[number].words))
            return None
        return super().act(action)

    @override
    def view(self) -> ListView:
        count = len(self._links)
        return ListView(
            title=f"Links in {self._room}",
            about="",
            count=f"{count} link{'s' * (count != 1)}",
            items=self._links,
            chosen=self.chosen(self._links),
            notice="" if self._links else "There is no link in what is loaded here; further up there may be some.",
            error=False,
            keys=((Action.SUBMIT, "opens it"), (Action.YANK, "copies it"), CLOSE),
            input=None,
            status=overview.status(self.chat),
        )


def open_links(screen: Screen) -> None:
    """Show the links in the room that is looked at."""
    if here := screen.chat.current:
        screen.open(lambda under: LinksScreen(under, here))
    else:
        screen.chat.remark = "You are in the lobby"


def _links(screen: Screen, conversation: Conversation) -> tuple[Sequence[Choice], Choice | None]:
    """Return the links, each once, and the one that is chosen first, if it is not the newest."""
    at = conversation.reading.at
    chosen: Choice | None = None
    found: dict[str, Choice] = {}
    for line in reversed(screen.chat.line_filter.shown(conversation.reading.shown.lines)):
        if not isinstance(line, MessageLine | Private):
            continue
        for address in reversed([*addresses(line.text)]):
            choice = found.setdefault(address, Choice(address, f"{line.speaker}, {screen.chat.clock.written(line.at)}"))
            if at is not None and isinstance(line, MessageLine) and line.seq >= at:
                chosen = choice
        if len(found) >= MAX_LINKS:
            break
    return tuple(found.values())[:MAX_LINKS], chosen
