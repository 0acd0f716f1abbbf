"""The page of the keys, which lies over the others."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chatroom.client.pages.editor import Editor
from chatroom.client.pages.keys import Action, groups
from chatroom.client.pages.page import Page
from chatroom.client.pages.views import HelpView
from chatroom.wire.answers import AnyEvent, AnyReply
from chatroom.wire.requests import AnyRequest


class HelpPage(Page):
    """Lists the keys until one is pressed; what happens goes on in the page *under* it."""

    def __init__(self, under: Page) -> None:
        super().__init__(under.chat)
        self._under = under
        self._open = True

    @property
    @override
    def editor(self) -> Editor:
        return self._under.editor

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        return self._under.parse_request(input)

    @override
    def parse_response(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        return self._under.parse_response(frame, request)

    @override
    def type(self, text: str) -> None:
        self._open = False

    @override
    def act(self, action: Action) -> AnyRequest | None:
        self._open = False
        return None

    @override
    def display(self) -> HelpView:
        return HelpView(groups(), self.chat.status())

    @override
    def change_state(self) -> Page:
        return self if self._open else self._under.change_state()
