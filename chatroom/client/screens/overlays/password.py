"""Passwords that a command needs, typed in the place of the line and never shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.screens.overlays.overlay import TypedOverlay
from chatroom.client.screens.screen import EDITING, Screen
from chatroom.client.views.view import LobbyView, RoomView, View
from chatroom.core.values import passwords
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames.requests import AnyRequest

NEW, AGAIN = "New password: ", "The same again: "
PRESENT = "Your password: "


class PasswordScreen(TypedOverlay):
    """Asks for a password after each of *prompts*, and then for what *request* makes of them.

    A new one is asked for twice. All else that happens is seen as on the screen *under* it.
    """

    def __init__(self, under: Screen, prompts: Sequence[str], request: Callable[..., AnyRequest]) -> None:
        super().__init__(under)
        self._prompts = prompts
        self._request = request
        self._typed: list[str] = []

    @property
    def prompt(self) -> str:
        """What is asked now."""
        return self._prompts[len(self._typed)]

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        self._editor = Editor()
        if not input:
            return None
        try:
            passwords.password(input)
        except ChatError as error:
            self.chat.notice(str(error), error=True)
            return None
        if self.prompt == AGAIN and input != self._typed[-1]:
            self._typed.pop()
            self.chat.notice("These were not the same; type the new password once more, and again.", error=True)
            return None
        self._typed.append(input)
        if len(self._typed) < len(self._prompts):
            return None
        self.close()
        typed = [text for text, asked in zip(self._typed, self._prompts, strict=True) if asked != AGAIN]
        self._typed.clear()
        return self._request(*typed)

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action in (Action.CANCEL, Action.INTERRUPT):
            self._typed.clear()
            self._editor = Editor()
            self.close()
        elif action is Action.SUBMIT or action in EDITING:
            return Screen.act(self, action)
        return None

    @override
    def view(self) -> View:
        view = self.under.view()
        assert isinstance(view, LobbyView | RoomView)
        key = self.chat.keys.label(Action.CANCEL)
        status = replace(view.status, remark=f"{key} goes back")
        typed = self.hidden_line(self.prompt)
        if isinstance(view, RoomView):
            return replace(view, input=typed, status=status, pasted=None)
        return replace(view, input=typed, status=status)

    @override
    def next_screen(self) -> Screen:
        # The room under it may be left or deleted meanwhile.
        self.under = self.under.next_screen()
        return super().next_screen()
