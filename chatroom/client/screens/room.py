"""The screen of a room: its talk, its members, and the other joined rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from typing_extensions import override

from chatroom.client.keys.actions import Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.room import Room
from chatroom.client.model.talk import Talk
from chatroom.client.navigation.mention import go_to_mention
from chatroom.client.navigation.message import go_back, go_to_end, go_to_unread, newer, older
from chatroom.client.navigation.quote import go_to_answered, look_up
from chatroom.client.screens.commanding import CommandScreen
from chatroom.client.screens.composing import ComposeScreen
from chatroom.client.screens.overlays.menu import open_person
from chatroom.client.screens.overlays.messages import open_answers, open_messages
from chatroom.client.screens.overlays.people import PeopleScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.view import Answering, RoomView
from chatroom.wire.frames.requests import AnyRequest


class RoomScreen(CommandScreen, ComposeScreen):
    """The room that is looked at; for another room it stays the same screen, and it goes back to *lobby*."""

    def __init__(self, chat: Chat, lobby: Screen) -> None:
        super().__init__(chat)
        self._lobby = lobby
        self._shown = chat.current

    @property
    @override
    def conversation(self) -> Conversation:
        """The room that is looked at."""
        # Between the end of the last room and change_state(), it is the one that was left.
        self._shown = self.chat.current or self._shown
        assert self._shown is not None, "a screen of a room is made when there is one"
        return self._shown

    @property
    @override
    def asks(self) -> bool:
        return bool(self.conversation.pasted or self.conversation.reverse_search)

    @override
    def parse_request(self, input: str) -> AnyRequest | None:
        return self.carry_out(input, self.conversation.history) if input.strip() else None

    @override
    def type(self, text: str) -> None:
        self._touched()
        super().type(text)

    @override
    def paste(self, text: str) -> None:
        self._touched()
        super().paste(text)

    @override
    def act(self, action: Action) -> AnyRequest | None:
        conversation = self.conversation
        if action is Action.CHOOSE_MESSAGE:
            # The one that stands out is meant, so it goes on standing out.
            open_messages(self, conversation)
            return None
        if action is Action.ANSWER:
            open_answers(self, conversation)
            return None
        if action is Action.ANSWERED:
            emphasized = conversation.reading.emphasized
            self._touched()
            here = None if emphasized is None else conversation.message(emphasized)
            return go_to_answered(self.chat, conversation, here)
        self._touched()
        if self.answers(action):
            return self.answer(action)
        match action:
            case Action.CANCEL | Action.INTERRUPT if conversation.answering is not None:
                conversation.answering = None
                return None
            case Action.CANCEL if conversation.reading.back and not self.editor.text:
                return go_back(self.chat, conversation)
            case Action.UNREAD:
                return go_to_unread(self.chat, conversation)
            case Action.PREVIOUS_MENTION | Action.NEXT_MENTION:
                return go_to_mention(self.chat, conversation, later=action is Action.NEXT_MENTION)
            case Action.CHOOSE_PERSON if isinstance(conversation, Talk):
                open_person(self, conversation, conversation.other)
                return None
            case Action.CHOOSE_PERSON:
                self.open(partial(PeopleScreen, conversation=conversation))
                return None
            case Action.LOBBY:
                self.chat.look(None)
                self._completion = None
                return None
        return super().act(action)

    def go_to(self, room: str) -> None:
        """Look at *room*, if it is joined."""
        self._touched()
        # What Tab offered was for the line of the room that is left.
        self._completion = None
        if conversation := self.chat.called(room):
            self.chat.look(conversation)

    def _touched(self) -> None:
        """Show what answered the last key no longer."""
        self.chat.remark = ""
        self.conversation.reading.emphasized = None

    def older(self) -> AnyRequest | None:
        """Ask for what was said before the first message that is here."""
        return older(self.conversation)

    def newer(self) -> AnyRequest | None:
        """Ask for what was said after the last message that is here, if the end is not."""
        return newer(self.conversation)

    def newest(self) -> AnyRequest | None:
        """Look at what was said last; ask for it, if that is not here."""
        return go_to_end(self.conversation)

    def look_up(self, seqs: Iterable[int]) -> Sequence[AnyRequest]:
        """Ask for the messages *seqs*, which are answered by what is in view."""
        return look_up(self.chat, self.conversation, seqs)

    @override
    def view(self) -> RoomView:
        conversation = self.conversation
        line_filter = self.chat.line_filter
        window = conversation.reading.shown
        lines = line_filter.shown(window.lines)
        return RoomView(
            room=conversation.name,
            topic=conversation.topic,
            count=conversation.count,
            tabs=overview.tabs(self.chat),
            members=conversation.members if isinstance(conversation, Room) else (),
            roles=conversation.roles,
            hues=conversation.hues.given,
            lines=lines,
            all_hidden=not lines and window.first is not None,
            pending=list(conversation.pending.values()),
            read_to=conversation.news.read_to,
            complete=window.complete or (conversation.bare and window.first is None and not conversation.loading),
            live=window.live,
            loading=conversation.loading,
            arrived=conversation.reading.arrived,
            input=self.input_line("> "),
            status=replace(overview.status(self.chat), hidden=line_filter.hidden),
            anchor=conversation.reading.anchor,
            emphasized=conversation.reading.emphasized,
            pasted=self.pasted(),
            kind=conversation.kind,
            answering=self._answering(),
            answered=conversation.quotes.seen(self.chat.preferences.ignores),
            asides=self.chat.asides.waiting,
            lately=conversation.here_lately(self.chat.now()),
            introduction=self._introduction(),
        )

    def _answering(self) -> Answering | None:
        seq = self.conversation.answering
        if seq is None:
            return None
        known = self.conversation.message(seq)
        if known is None or self.chat.preferences.ignores(known.speaker):
            known = self.conversation.quotes.seen(self.chat.preferences.ignores).get(seq)
        return Answering(seq, known)

    def _introduction(self) -> Sequence[str]:
        """Say what the room is about, whose it is, and what to do, while nothing was ever said there."""
        conversation = self.conversation
        if conversation.newest or conversation.pending:
            return ()
        told = ""
        if isinstance(conversation, Room) and conversation.creator:
            creator = "You" if conversation.creator == self.chat.username else conversation.creator
            told = f"{creator} created it."
        key = self.chat.keys.label(Action.HELP)
        return [*filter(None, (conversation.topic, told)), f"Say something{f'; {key} helps' if key else ''}."]

    @override
    def next_screen(self) -> Screen:
        return self if self.chat.current else self._lobby
