"""What is still to be said about something that was chosen from a menu."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.screens.offers import Offer, Then
from chatroom.client.screens.overlays.overlay import QuestionLine
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import InputLine
from chatroom.wire.frames.requests import AnyRequest


class AskScreen(QuestionLine):
    """Asks for what the line of *offer* lacks, or whether it shall be carried out; what is typed under it stays."""

    def __init__(self, under: Screen, offer: Offer) -> None:
        super().__init__(under)
        self._offer = offer
        self._room = under.chat.current

    @property
    @override
    def prompt(self) -> str:
        return self._offer.prompt

    @override
    def line(self) -> InputLine:
        keys = self.chat.keys
        enter, esc = keys.label(Action.SUBMIT), keys.label(Action.CANCEL)
        does = f"{enter}: {self._offer.words.removesuffix(' …')}"
        return replace(self.input_line(self.prompt), hint=(self._offer.hint, does, f"{esc} goes back"))

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        answer, then = input.strip(), self._offer.then
        if then is Then.CONFIRM and answer.lower() not in ("y", "yes", "n", "no"):
            return None
        if then is Then.NEED and not answer:
            return None
        self.close()
        if then is Then.CONFIRM:
            return self.under.parse_request(self._offer.line) if answer.lower().startswith("y") else None
        return self.under.parse_request(f"{self._offer.line}{answer}".rstrip())

    @override
    def next_screen(self) -> Screen:
        if self.chat.current is not self._room:
            # Whom it is about is in the room that was left.
            self.close()
        return super().next_screen()
