"""A menu of what can be done with somebody, or with a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.wishes import Copy
from chatroom.client.screens.offers import Offer, Then, role, to_message, to_person
from chatroom.client.screens.overlays.asking import AskScreen
from chatroom.client.screens.overlays.lists import CLOSE, Chooser
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import Choice, Item
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import Menu, RoomView
from chatroom.wire.frames.requests import AnyRequest


class MenuScreen(Chooser):
    """Lists *offers* about *title* above the line of the room *under* it; Enter takes one up.

    A message that it is about is *pointed* at.
    """

    def __init__(
        self, under: Screen, title: str, about: str, offers: Sequence[Offer], pointed: int | None = None
    ) -> None:
        super().__init__(under)
        self._title = title
        self._about = about
        self._offers = {Choice(offer.words): offer for offer in offers}
        self._pointed = pointed
        self._room = under.chat.current
        self._was_taken_back = self._is_taken_back

    @property
    def _is_taken_back(self) -> bool:
        """Whether there is no text any more of the message that it is about."""
        return bool(self._room and self._pointed is not None and self._pointed in self._room.retractions)

    @override
    def items(self) -> Sequence[Item]:
        return tuple(self._offers)

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, Choice)
        offer = self._offers[item]
        match offer.then:
            case Then.DO:
                return self.under.parse_request(offer.line)
            case Then.ADDRESS:
                address(self.under, offer.line)
            case Then.ANSWER if self._room:
                self._room.answering = int(offer.line)
            case Then.COPY:
                # With two slashes it is said, as it was, and carries nothing out.
                self.under.editor.keep(f"/{offer.said}" if offer.said.startswith("/") else offer.said)
                self.chat.wishes.append(Copy(offer.said))
            case Then.ASK | Then.NEED | Then.CONFIRM:
                self.open(partial(AskScreen, offer=offer))
        return None

    @override
    def view(self) -> RoomView:
        view = self.under.view()
        assert isinstance(view, RoomView)
        items = self.items()
        menu = Menu(self._title, self._about, tuple(self._offers), self.chosen(items) or 0, _KEYS)
        return replace(view, menu=menu, pointed=self._pointed, pasted=None)

    @override
    def next_screen(self) -> Screen:
        if self.chat.current is not self._room or self._is_taken_back != self._was_taken_back:
            # What it offers was meant for the room that was left, or for what was said then.
            self.close()
        return super().next_screen()


_KEYS = ((Action.SUBMIT, "does it"), CLOSE)


def open_person(screen: Screen, conversation: Conversation, username: str) -> None:
    """Show what can be done with *username*, if that is anything."""
    if offers := to_person(screen.chat, conversation, username):
        screen.open(partial(MenuScreen, title=username, about=role(conversation, username), offers=offers))
    else:
        screen.chat.remark = "That is you"


def open_message(screen: Screen, conversation: Conversation, message: MessageLine) -> None:
    """Show what can be done with *message*, and with who said it."""
    offers = to_message(screen.chat, conversation, message)
    title = f"{message.speaker}, {screen.chat.clock.written(message.at)}"
    about = message.retraction or message.text.split("\n", 1)[0]
    screen.open(partial(MenuScreen, title=title, about=about, offers=offers, pointed=message.seq))


def address(screen: Screen, username: str) -> None:
    """Type *username* where the cursor is: at the beginning as one addresses somebody."""
    before = screen.editor.text[: screen.editor.cursor]
    screen.type(f"{'' if before[-1:].isspace() else ' '}{username} " if before else f"{username}: ")
