"""The list of commands and keys."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.screens.overlays.overlay import Overlay
from chatroom.client.screens.screen import Screen
from chatroom.client.views.roles import EXPLAINED
from chatroom.client.views.view import HelpView
from chatroom.wire.frames.requests import AnyRequest


class HelpScreen(Overlay):
    """Lists *commands*, in groups as the view has them, and the *keys* and marks, until a key is pressed."""

    def __init__(
        self,
        under: Screen,
        commands: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        *,
        keys: bool = True,
    ) -> None:
        super().__init__(under)
        self.commands = commands
        self._more = [*self.chat.keys.groups(), ("Names", EXPLAINED)] if keys else []

    @override
    def type(self, text: str) -> None:
        self.close()

    @override
    def act(self, action: Action) -> AnyRequest | None:
        self.close()
        return None

    @override
    def view(self) -> HelpView:
        return HelpView([*self.commands, *self._more], overview.status(self.chat))
