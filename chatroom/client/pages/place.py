"""What the lobby and a room have in common: the commands that one gives there, and the keys that lead elsewhere."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from typing_extensions import override

from chatroom.client.pages import commands
from chatroom.client.pages.catchup import mark_read, open_catchup
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.completion import Vocabulary
from chatroom.client.pages.jump import open_jump
from chatroom.client.pages.keys import ROOMS, Action
from chatroom.client.pages.mentions import open_mentions
from chatroom.client.pages.page import Page
from chatroom.client.pages.recall import Recall
from chatroom.client.pages.search import open_search
from chatroom.client.pages.vocabulary import vocabulary
from chatroom.wire.frames.requests import AnyRequest

OPENINGS: Mapping[Action, Callable[[Chat], AnyRequest | None]] = {
    Action.HELP: commands.open_help,
    Action.CATCHUP: open_catchup,
    Action.SEARCH: open_search,
    Action.MENTIONS: open_mentions,
}
"""What opens the page that a key means, and returns what to ask the server for it."""


class PlacePage(Page):
    """A page of a place where one is."""

    def carry_out(self, line: str, recall: Recall | None = None) -> AnyRequest | None:
        """Do what *line* means, and keep it in *recall*; if that can't be done say why, and leave it to be changed."""
        try:
            request = commands.carry_out(self.chat, line)
        except commands.NotDone as error:
            self.chat.notice(str(error), error=True)
            self.editor.replace(line)
            return None
        if recall is not None:
            recall.add(line)
        return request

    @property
    @abstractmethod
    def asks(self) -> bool:
        """Whether a question is open, to which what is typed would be the answer."""

    @override
    def change_state(self) -> Page:
        returned, self.chat.returned = self.chat.returned, ""
        if returned and not self.editor.text and not self.asks:
            self.editor.replace(returned)
        elif returned:
            self.editor.keep(returned)
            key = self.chat.keys.label(Action.YANK)
            self.chat.notice(f"What you wrote is kept{f': {key} puts it into the line' if key else ''}.")
        return super().change_state()

    @override
    def act(self, action: Action) -> AnyRequest | None:
        match action:
            case Action.MARK_READ:
                mark_read(self.chat)
            case Action.KILL_LINE if self.editor.cursor == len(self.editor.text):
                open_jump(self.chat)
            case _ if opening := OPENINGS.get(action):
                return opening(self.chat)
            case _ if not travel(self.chat, action):
                return super().act(action)
        self._completion = None
        return None

    @override
    def vocabulary(self) -> Vocabulary:
        return vocabulary(self.chat)


def travel(chat: Chat, action: Action) -> bool:
    """Look at the room that *action* leads to; return False if it is no such action."""
    rooms = list(chat.conversations.values())
    if action in ROOMS:
        index = ROOMS.index(action)
        target = rooms[index] if index < len(rooms) else None
    elif action is Action.NEXT_ACTIVE:
        target = chat.active()
    elif action is Action.LAST_ROOM:
        target = chat.last
    elif action in (Action.NEXT_ROOM, Action.PREVIOUS_ROOM):
        step = 1 if action is Action.NEXT_ROOM else -1
        here = rooms.index(chat.current) if chat.current in rooms else (-1 if step > 0 else 0)
        target = rooms[(here + step) % len(rooms)] if rooms else None
    else:
        return False
    if target:
        chat.look(target)
    return True
