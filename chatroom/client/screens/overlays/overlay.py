"""Screens that lie over another one, and give way to it again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

from typing_extensions import override

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.screens.screen import EDITING, Screen
from chatroom.client.views.view import InputLine, LobbyView, RoomView, View
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest


class Overlay(Screen):
    """A screen over the one *under* it, in which what happens goes on; it is there until it is closed.

    ``screen.open(AnOverlay)`` opens one, from a key as from a command; it takes the place of another one.
    """

    def __init__(self, under: Screen) -> None:
        super().__init__(under.chat)
        self.under = under
        self._open = True

    def close(self) -> None:
        """Go back to the screen under this one."""
        self._open = False

    @property
    @override
    def editor(self) -> Editor:
        return self.under.editor

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        return self.under.parse_request(input)

    @override
    def parse_response(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        return self.under.parse_response(frame, request)

    @override
    def paste(self, text: str) -> None:
        # It is too much to be lost for a look at something else.
        self.close()
        self.under.paste(text)

    @override
    def open(self, overlay: Callable[[Screen], Screen]) -> None:
        self.under.open(overlay)

    @override
    def overlay(self) -> Screen | None:
        return self.under.overlay()

    @override
    def next_screen(self) -> Screen:
        return self if self._open else self.under.next_screen()


class TypedOverlay(Overlay):
    """An overlay with a line of its own, which begins as *text*: what is under it stays as it was."""

    def __init__(self, under: Screen, text: str = "") -> None:
        super().__init__(under)
        # What is cut out of it can be put nowhere else: it may be a password.
        self._editor = Editor(text)

    @property
    @override
    def editor(self) -> Editor:
        return self._editor

    @override
    def type(self, text: str) -> None:
        Screen.type(self, text)

    @override
    def paste(self, text: str) -> None:
        Screen.paste(self, text)


class QuestionLine(TypedOverlay):
    """A question in the place of the line of the screen *under* it, of which all else is seen."""

    @property
    @abstractmethod
    def prompt(self) -> str:
        """What is asked now."""

    @abstractmethod
    def line(self) -> InputLine:
        """Return what is seen of the answer."""

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action in (Action.CANCEL, Action.INTERRUPT):
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
        if isinstance(view, RoomView):
            return replace(view, input=self.line(), status=status, pasted=None)
        return replace(view, input=self.line(), status=status)

    @override
    def next_screen(self) -> Screen:
        # The room under it may be left or deleted meanwhile.
        self.under = self.under.next_screen()
        return super().next_screen()
