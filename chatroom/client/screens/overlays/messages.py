"""The messages of a room, of which one is chosen where it stands in the talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.message import newer, older
from chatroom.client.navigation.quote import go_to_answered
from chatroom.client.screens.overlays.lists import STEPS, Chooser
from chatroom.client.screens.overlays.menu import open_message
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import FoundMessage, Item
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import RoomView
from chatroom.wire.frames.requests import AnyRequest

NO_REPLIES = "On this server, no message can answer another one."


class MessageScreen(Chooser):
    """Points at a message in *conversation*, at first the *message*; Enter opens the menu of one."""

    own = Action.CHOOSE_MESSAGE
    enters: ClassVar[str] = "opens its menu"

    def __init__(self, under: Screen, conversation: Conversation, message: MessageLine) -> None:
        super().__init__(under, FoundMessage(conversation.name, message))
        self._conversation = conversation

    @override
    def items(self) -> Sequence[Item]:
        return [FoundMessage(self._conversation.name, message) for message in _messages(self.chat, self._conversation)]

    @override
    def act(self, action: Action) -> AnyRequest | None:
        items = self.items()
        chosen = self.chosen(items)
        if action is Action.ANSWERED and chosen is not None:
            item = items[chosen]
            assert isinstance(item, FoundMessage)
            self.close()
            return go_to_answered(self.chat, self._conversation, item.message)
        asked = super().act(action)
        items = self.items()
        if asked is None and STEPS.get(action, 0) < 0 and self.chosen(items) == 0:
            return older(self._conversation)
        return asked

    @override
    def further(self) -> AnyRequest | None:
        return newer(self._conversation)

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, FoundMessage)
        open_message(self, self._conversation, item.message)
        return None

    @override
    def view(self) -> RoomView:
        view = self.under.view()
        assert isinstance(view, RoomView)
        enter, esc = self.chat.keys.label(Action.SUBMIT), self.chat.keys.label(Action.CANCEL)
        status = replace(view.status, remark=f"{enter} {self.enters}, {esc} goes back")
        pointed = self._chosen.message.seq if isinstance(self._chosen, FoundMessage) else None
        return replace(view, pointed=pointed, status=status)

    @override
    def next_screen(self) -> Screen:
        if self.chat.current is not self._conversation:
            self.close()
        return super().next_screen()


class AnswerScreen(MessageScreen):
    """Points at a message in a room likewise; what is typed answers the one that is chosen."""

    own = Action.ANSWER
    enters = "answers it"

    @override
    def go(self, item: Item) -> AnyRequest | None:
        assert isinstance(item, FoundMessage)
        self.answer(item.message)
        return None

    def answer(self, message: MessageLine) -> None:
        """Let what is typed answer *message*."""
        self._conversation.answering = message.seq
        self.close()


def open_answers(screen: Screen, conversation: Conversation) -> None:
    """Let a message be chosen that what is typed answers."""
    if screen.chat.replies:
        open_messages(screen, conversation, AnswerScreen)
    else:
        screen.chat.remark = NO_REPLIES


def open_messages(screen: Screen, conversation: Conversation, chooser: type[MessageScreen] = MessageScreen) -> None:
    """Let a message be chosen: at first the one that stands out, or is read, or else the newest."""
    reading = conversation.reading
    here = _messages(screen.chat, conversation)
    wanted = (reading.emphasized, reading.at)
    first = next((message for seq in wanted for message in here if message.seq == seq), here[-1] if here else None)
    if first:
        screen.open(partial(chooser, conversation=conversation, message=first))
    else:
        screen.chat.remark = "There is no message here"


def _messages(chat: Chat, conversation: Conversation) -> Sequence[MessageLine]:
    """Return the messages that can be seen here, further up and further down too."""
    lines = chat.line_filter.shown(conversation.reading.shown.lines)
    return [line for line in lines if isinstance(line, MessageLine)]
