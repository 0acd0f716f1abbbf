"""Errands: what the user wants done outside of the client, and how that went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.model.alerts import Event
from chatroom.client.model.chat import Chat
from chatroom.client.model.wishes import Copy, Edit, Open
from chatroom.client.screens.composing import take_edited
from chatroom.client.terminal import Terminal
from chatroom.client.world.text_editor import NotEdited


@dataclass(frozen=True, slots=True)
class World:
    """What there is around the client.

    *opens* has another program open a link, or returns False if there is none; *edits* has one change a text on this
    terminal; *tells* tells events to others.
    """

    opens: Callable[[str], bool]
    edits: Callable[[str], Deferred[str]]
    tells: Callable[[Sequence[Event]], None]


NOWHERE = World(lambda _: False, lambda _: fail(NotEdited("there is no editor here")), lambda _: None)
"""A world without other programs."""


class Errands:
    """Carries out the wishes of *chat* in the *world*.

    While the user is *away* in another program, *terminal* is that one's; then *resume* takes it again.
    """

    def __init__(self, terminal: Terminal, chat: Chat, world: World, resume: Callable[[], None]) -> None:
        self.away = False
        self._terminal = terminal
        self._chat = chat
        self._world = world
        self._resume = resume

    def run(self) -> None:
        """Carry out what the user has wished for."""
        wishes, self._chat.wishes = self._chat.wishes, []
        for wish in wishes:
            match wish:
                case Open(address):
                    opened = self._world.opens(address)
                    self._chat.remark = "Opened" if opened else self._copied(address, "No browser here. ")
                case Copy(text):
                    self._chat.remark = self._copied(text)
                case Edit(room, text):
                    self._edit(room, text)
                case _:
                    assert_never(wish)

    def _copied(self, text: str, why: str = "") -> str:
        """Copy *text*, because of *why*; return what there is to say about it."""
        if self._terminal.copy_text(text):
            return f"{why}Copied: paste it where you like"
        key = self._chat.keys.label(Action.COPY)
        return f"{why}This terminal takes no copies{f': {key} lets you mark it' if key else ''}"

    def _edit(self, room: str, text: str) -> None:
        """Leave the terminal to the user's editor, and take what they make of *text* in *room*."""
        self.away = True
        self._terminal.stop()
        self._world.edits(text).addCallbacks(partial(self._edited, room), self._not_edited).addBoth(self._back)

    def _edited(self, room: str, text: str) -> None:
        if conversation := self._chat.called(room):
            take_edited(conversation, text)
        else:
            Editor(clipboard=self._chat.clipboard).keep(text)
            key = self._chat.keys.label(Action.YANK)
            self._chat.notice(f"What you wrote in {room} is kept{f': in a room, {key} puts it back' if key else ''}.")

    def _not_edited(self, failure: Failure) -> None:
        self._chat.notice(f"Your line is as it was: {failure.getErrorMessage()}.", error=True)

    def _back(self, _: object) -> None:
        self.away = False
        self._resume()
