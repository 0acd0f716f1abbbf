"""A screen that takes commands, as the lobby and a room do, and keys that lead elsewhere."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from typing_extensions import override

from chatroom.client.compose.completion import Vocabulary
from chatroom.client.compose.input_history import HistoryCursor
from chatroom.client.keys.actions import Action
from chatroom.client.navigation.room import travel
from chatroom.client.reducer import inviting
from chatroom.client.screens import commands
from chatroom.client.screens.command import NotDone
from chatroom.client.screens.overlays.catchup import mark_read, open_catchup
from chatroom.client.screens.overlays.jump import open_jump
from chatroom.client.screens.overlays.links import open_links
from chatroom.client.screens.overlays.mentions import open_mentions
from chatroom.client.screens.overlays.search import open_search
from chatroom.client.screens.screen import Screen
from chatroom.client.screens.vocabulary import vocabulary
from chatroom.wire.frames.requests import AnyRequest

OPENINGS: Mapping[Action, Callable[[Screen], AnyRequest | None]] = {
    Action.HELP: commands.open_keys,
    Action.CATCHUP: open_catchup,
    Action.SEARCH: open_search,
    Action.MENTIONS: open_mentions,
    Action.LINKS: open_links,
}
"""Functions that open the overlay of a key, and return what to ask the server for it."""


class CommandScreen(Screen):
    """A screen on which the user gives commands."""

    def carry_out(self, line: str, history: HistoryCursor | None = None) -> AnyRequest | None:
        """Do what *line* means, and keep it in *history*; if that can't be done say why, and leave it to be changed."""
        try:
            request = commands.carry_out(self, line)
        except NotDone as error:
            self.chat.aside(str(error), error=True)
            self._give_back(line if error.line is None else error.line)
            return None
        if history is not None:
            history.add(line)
        return request

    @property
    @abstractmethod
    def asks(self) -> bool:
        """Whether a question is open, which the typed line would answer."""

    @override
    def change_state(self) -> Screen:
        returned, self.chat.returned = self.chat.returned, ""
        if returned:
            self._give_back(returned)
        return super().change_state()

    def _give_back(self, line: str) -> None:
        """Put *line* where it was typed, or keep it, if something else is there now."""
        if not self.editor.text and not self.asks:
            self.editor.replace(line)
        else:
            self.editor.keep(line)
            key = self.chat.keys.label(Action.YANK)
            self.chat.aside(f"What you wrote is kept{f': {key} puts it into the line' if key else ''}.")

    @override
    def act(self, action: Action) -> AnyRequest | None:
        match action:
            case Action.MARK_READ:
                mark_read(self.chat)
            case Action.ACCEPT:
                return inviting.accept(self.chat)
            case Action.KILL_LINE if self.editor.cursor == len(self.editor.text):
                open_jump(self)
            case _ if opening := OPENINGS.get(action):
                return opening(self)
            case _ if not travel(self.chat, action):
                return super().act(action)
        self._completion = None
        return None

    @override
    def vocabulary(self) -> Vocabulary:
        return vocabulary(self.chat)
