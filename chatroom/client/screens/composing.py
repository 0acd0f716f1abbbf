"""Writing in a room: several lines, pastes, and lines sent before."""

from __future__ import annotations

from abc import abstractmethod

from typing_extensions import override

from chatroom.client.compose.editor import Editor, typable
from chatroom.client.compose.reverse_search import ReverseSearch
from chatroom.client.keys.actions import Action
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.wishes import Edit
from chatroom.client.screens.screen import EDITING, Screen
from chatroom.client.text.pieces import MAX_PIECES, pieces
from chatroom.client.views.view import InputLine, Pasted
from chatroom.core.values.texts import MAX_LINES, MAX_TEXT
from chatroom.wire.frames.requests import AnyRequest

_DROPS = (Action.CANCEL, Action.INTERRUPT)
_SENDS = (Action.SUBMIT, Action.YANK)
_OLDER = (Action.SEARCH_SENT, Action.UP, Action.OLDER_ANYWHERE)
_NEWER = (Action.DOWN, Action.NEWER_ANYWHERE)
_BREAKS = (Action.NEWLINE, Action.CREATE)

_WRITES = frozenset(
    (
        *EDITING,
        *_BREAKS,
        *_OLDER,
        *_NEWER,
        Action.EDIT,
        Action.SUBMIT,
        Action.COMPLETE,
        Action.COMPLETE_BACK,
        Action.CANCEL,
    )
)
"""Actions that change the line or the place in it, and so end a question about it."""


class ComposeScreen(Screen):
    """A screen with a room in which the user writes.

    A paste of several lines waits (:attr:`Conversation.pasted`) until the user decides about it; a line that was sent
    may be looked for (:attr:`Conversation.reverse_search`). Both stay with their room.
    """

    @property
    @abstractmethod
    def conversation(self) -> Conversation:
        """The room in which the user writes."""

    @property
    @override
    def editor(self) -> Editor:
        return self.conversation.editor

    @override
    def type(self, text: str) -> None:
        if search := self.conversation.reverse_search:
            search.type(text)
            return
        self._settle()
        super().type(text)

    @override
    def paste(self, text: str) -> None:
        if self.conversation.reverse_search:
            super().paste(text)
            return
        self._settle()
        self._completion = None
        # That something pasted ends with a line says nothing about what shall become of it.
        text = typable(text).rstrip("\n")
        if "\n" in text or len(text.encode()) > MAX_TEXT:
            self.conversation.pasted = text
        else:
            self.editor.insert(text)

    def answers(self, action: Action) -> bool:
        """Return whether *action* answers an open question: what to do with a paste, which line is looked for."""
        if self.conversation.pasted:
            return action in (*_SENDS, *_DROPS)
        if self.conversation.reverse_search:
            return action in (Action.SUBMIT, *_DROPS, *_OLDER, *_NEWER, Action.BACKWARD_DELETE_CHAR)
        return False

    def answer(self, action: Action) -> AnyRequest | None:
        """Take *action* for the answer to the question that is open; return what to ask the server for, if anything."""
        conversation = self.conversation
        if pasted := conversation.pasted:
            if action in _SENDS:
                return self._send()
            # Whoever did not mean that gets it back where the cursor is.
            conversation.editor.keep(pasted)
            conversation.pasted = ""
        elif search := conversation.reverse_search:
            if action in _OLDER:
                search.older()
            elif action in _NEWER:
                search.newer()
            elif action is Action.BACKWARD_DELETE_CHAR:
                search.rub_out()
            elif action in _DROPS:
                conversation.reverse_search = None
            else:
                self._settle()
        return None

    @override
    def act(self, action: Action) -> AnyRequest | None:
        if action in _WRITES:
            self._settle()
        match action:
            case Action.NEWLINE | Action.CREATE:
                self.editor.insert("\n")
            case Action.UP:
                if not self.editor.previous_line():
                    self._take_up(self.conversation.history.older(self.editor.text))
            case Action.DOWN:
                if not self.editor.next_line():
                    self._take_up(self.conversation.history.newer(self.editor.text))
            case Action.OLDER_ANYWHERE:
                self._take_up(self.conversation.history.older(self.editor.text, everywhere=True))
            case Action.NEWER_ANYWHERE:
                self._take_up(self.conversation.history.newer(self.editor.text, everywhere=True))
            case Action.SEARCH_SENT:
                lines = self.conversation.history.sent.lines
                self.conversation.reverse_search = ReverseSearch(line.text for line in lines)
            case Action.EDIT:
                self.chat.wishes.append(Edit(self.conversation.name, self.editor.text))
            case _:
                return super().act(action)
        self._completion = None
        return None

    @override
    def input_line(self, prompt: str) -> InputLine:
        search = self.conversation.reverse_search
        if search is None:
            return super().input_line(prompt)
        words = f": {search.words.text}" if search.words.text else ""
        prompt = f"({'no match' if search.failed else 'search'}{words}) "
        if (found := search.found) is None:
            return InputLine(prompt, self.editor.text, self.editor.cursor)
        return InputLine(prompt, found, search.cursor)

    def pasted(self) -> Pasted | None:
        """Show the paste that waits for the user's decision."""
        if not (pasted := self.conversation.pasted):
            return None
        size = len(f"{self.editor.text}{pasted}".encode())
        return Pasted(pasted.split("\n"), size, MAX_TEXT, len(self._messages()))

    def _messages(self) -> tuple[str, ...]:
        """Return what is pasted, and typed around it, in lines to be carried out: none if it can't be sent."""
        typed = self.editor.text[: self.editor.cursor]
        text = self.conversation.begun
        if len(text.encode()) <= MAX_TEXT and text.count("\n") < MAX_LINES:
            # What is pasted is no command, whatever it begins with.
            return (f"/{text}" if text.startswith("/") and not typed.startswith("/") else text,)
        if typed.startswith("/") and not typed.startswith("//"):
            # Nobody knows what would become of a command in pieces.
            return ()
        found = pieces(text[1:] if typed.startswith("//") else text)
        if len(found) > MAX_PIECES:
            return ()
        return tuple(f"/{piece}" if piece.startswith("/") else piece for piece in found)

    def _send(self) -> AnyRequest | None:
        """Send what is pasted with what is typed around it, in as many messages as it takes."""
        messages = self._messages()
        if not messages:
            return None
        self._settle()
        self.editor.take()
        first, *others = [self.parse_request(message) for message in messages]
        self.chat.further += [other for other in others if other]
        return first

    def _settle(self) -> None:
        """Put what waits or was found into the line."""
        conversation = self.conversation
        if conversation.pasted:
            self.editor.insert(conversation.pasted)
            conversation.pasted = ""
        if conversation.reverse_search:
            if (found := conversation.reverse_search.found) is not None:
                self.editor.replace(found)
            conversation.reverse_search = None

    def _take_up(self, line: str | None) -> None:
        if line is not None:
            self.editor.replace(line)


def take_edited(conversation: Conversation, text: str) -> None:
    """Put *text*, which was written elsewhere, in the place of the line; what is too long for one message waits."""
    text = typable(text)
    fits = len(text.encode()) <= MAX_TEXT and text.count("\n") < MAX_LINES
    conversation.editor.replace(text if fits else "", step="edit")
    conversation.pasted = "" if fits else text
