"""The list of commands and keys, of which what is typed leaves those with all its words."""

from __future__ import annotations

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.screens.overlays.overlay import TypedOverlay
from chatroom.client.screens.screen import EDITING, Screen
from chatroom.client.text.highlights import plain
from chatroom.client.views.roles import EXPLAINED
from chatroom.client.views.view import Groups, HelpView
from chatroom.wire.frames.requests import AnyRequest


class HelpScreen(TypedOverlay):
    """Lists *commands*, in groups as the view has them, and the *keys* and marks, those first if *keys_first*.

    What is typed is looked for in what a line says, and in the title of its group.
    """

    def __init__(self, under: Screen, commands: Groups, *, keys: bool = True, keys_first: bool = False) -> None:
        super().__init__(under)
        self.commands = commands
        more = [*self.chat.keys.groups(), ("Names", EXPLAINED)] if keys else []
        self._groups = [*more, *commands] if keys_first else [*commands, *more]

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action in EDITING:
            return Screen.act(self, action)
        self.close()
        return None

    @override
    def view(self) -> HelpView:
        return HelpView(_with(self._editor.text, self._groups), overview.status(self.chat), self.input_line("Find: "))


def _with(typed: str, groups: Groups) -> Groups:
    """Return what of *groups* has all words of *typed* in it."""
    words = plain(typed).split()
    found = [
        (title, [line for line in lines if all(word in plain(f"{title} {' '.join(line)}") for word in words)])
        for title, lines in groups
    ]
    return [(title, lines) for title, lines in found if lines]
