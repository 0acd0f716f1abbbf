"""News of all joined rooms, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.talk import Talk
from chatroom.client.navigation.mention import mention_spans
from chatroom.client.screens.overlays.lists import CLOSE, ListScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import FoundMessage, Item, RoomItem
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest

_MENTIONS, _LINES = 2, 4
"""Lines of a room that are shown: so many mentions at least, so many in all."""


class CatchupScreen(ListScreen):
    """Lists the rooms, those with mentions first, each with its last lines; Enter goes to one."""

    own = Action.CATCHUP

    @override
    def items(self) -> Sequence[Item]:
        rooms = sorted(self.chat.conversations.values(), key=lambda room: (not room.mentioned, not room.unread))
        return tuple(item for room in rooms for item in _told(room, self.chat))

    @override
    def can_choose(self, item: Item) -> bool:
        return isinstance(item, RoomItem)

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, RoomItem)
        if conversation := self.chat.conversations.get(item.room):
            self.chat.look(conversation)
        return None

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action is Action.MARK_READ:
            mark_read(self.chat)
            return None
        return super().act(action)

    @override
    def view(self) -> ListView:
        items = self.items()
        unread = sum(room.unread for room in self.chat.conversations.values())
        return ListView(
            title="Catching up",
            about="what came since you looked last" if unread else "nothing is new",
            count=f"{unread} new" if unread else "",
            items=items,
            chosen=self.chosen(items),
            notice="" if items else "You are in no room.",
            error=False,
            keys=((Action.SUBMIT, "go there"), (Action.MARK_READ, "count all as read"), CLOSE),
            input=None,
            status=overview.status(self.chat),
            hues=overview.hues_by_room(self.chat),
        )


def open_catchup(screen: Screen) -> None:
    """Show what is new in all rooms."""
    screen.open(CatchupScreen)


def mark_read(chat: Chat) -> None:
    """Count all that was said in any room as read."""
    for conversation in chat.conversations.values():
        conversation.look()
        conversation.look_away()
        conversation.reading.unseen = None


def _told(conversation: Conversation, chat: Chat) -> Iterator[Item]:
    """Give *conversation* and its last lines: those that are new, or else one; mentions stand out."""
    new = _last(conversation, chat, conversation.unread)
    mentions = [message for message in new if message.mention]
    count = max(len(mentions), conversation.calling)
    private = isinstance(conversation, Talk)
    yield RoomItem(conversation.name, conversation.topic, conversation.unread, count, joined=True, private=private)
    kept = mentions[-_MENTIONS:]
    kept += [message for message in new if message not in kept][len(kept) - _LINES :]
    shown = sorted(kept, key=lambda message: message.seq) if new else _last(conversation, chat, 1)
    for message in shown:
        yield FoundMessage(conversation.name, message, mention_spans(chat, message.text) if message.mention else ())


def _last(conversation: Conversation, chat: Chat, count: int) -> list[MessageLine]:
    """Return the last *count* messages of others, without those of ignored people."""
    found: list[MessageLine] = []
    for line in reversed(conversation.window.lines):
        if len(found) >= count:
            break
        if isinstance(line, MessageLine) and not (line.own or chat.preferences.ignores(line.speaker)):
            found.append(line)
    return found[::-1]
