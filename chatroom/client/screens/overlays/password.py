"""Passwords that a command needs, typed in the place of the line and never shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.screens.overlays.overlay import QuestionLine
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import InputLine
from chatroom.core.values import passwords
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames.requests import AnyRequest

NEW, AGAIN = "New password: ", "The same again: "
PRESENT = "Your password: "


class PasswordScreen(QuestionLine):
    """Asks for a password after each of *prompts*, and then for what *request* makes of them.

    A new one is asked for twice.
    """

    def __init__(self, under: Screen, prompts: Sequence[str], request: Callable[..., AnyRequest]) -> None:
        super().__init__(under)
        self._prompts = prompts
        self._request = request
        self._typed: list[str] = []

    @property
    @override
    def prompt(self) -> str:
        return self._prompts[len(self._typed)]

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        self._editor = Editor()
        if not input:
            return None
        try:
            passwords.password(input)
        except ChatError as error:
            self.chat.aside(str(error), error=True)
            return None
        if self.prompt == AGAIN and input != self._typed[-1]:
            self._typed.pop()
            self.chat.aside("These were not the same; type the new password once more, and again.", error=True)
            return None
        self._typed.append(input)
        if len(self._typed) < len(self._prompts):
            return None
        typed = [text for text, asked in zip(self._typed, self._prompts, strict=True) if asked != AGAIN]
        self.close()
        return self._request(*typed)

    @override
    def line(self) -> InputLine:
        return self.hidden_line(self.prompt)

    @override
    def close(self) -> None:
        super().close()
        self._typed.clear()
        self._editor = Editor()
