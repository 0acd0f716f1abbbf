"""The base of all screens: a line that is typed, and a view."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from chatroom.client.compose.completion import Completion, Vocabulary, completions
from chatroom.client.compose.editor import Editor
from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.navigation.message import arrive
from chatroom.client.reducer import reducer
from chatroom.client.views.view import InputLine, View
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Level
from chatroom.wire.frames.requests import AnyRequest

EDITING: Mapping[Action, Callable[[Editor], None]] = {
    Action.BEGINNING_OF_LINE: Editor.beginning_of_line,
    Action.END_OF_LINE: Editor.end_of_line,
    Action.END: Editor.end_of_line,
    Action.BACKWARD_CHAR: Editor.backward_char,
    Action.FORWARD_CHAR: Editor.forward_char,
    Action.BACKWARD_WORD: Editor.backward_word,
    Action.FORWARD_WORD: Editor.forward_word,
    Action.BACKWARD_DELETE_CHAR: Editor.backward_delete_char,
    Action.DELETE_CHAR: Editor.delete_char,
    Action.UNIX_WORD_RUBOUT: Editor.unix_word_rubout,
    Action.BACKWARD_KILL_WORD: Editor.backward_kill_word,
    Action.KILL_WORD: Editor.kill_word,
    Action.UNIX_LINE_DISCARD: Editor.unix_line_discard,
    Action.KILL_LINE: Editor.kill_line,
    Action.YANK: Editor.yank,
    Action.TRANSPOSE_CHARS: Editor.transpose_chars,
    Action.UNDO: Editor.undo,
    Action.REDO: Editor.redo,
}

HIDDEN = "•"
"""A character of a password, as it is seen."""


class Screen(ABC):
    """A screen takes typed lines, keys and the server's frames; it returns requests, and gives a view."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self._completion: Completion | None = None
        self._overlay: Callable[[Screen], Screen] | None = None

    @property
    @abstractmethod
    def editor(self) -> Editor:
        """The line that is being typed."""

    @abstractmethod
    def view(self) -> View:
        """Return what is to be seen."""

    @abstractmethod
    def parse_request(self, input: str) -> AnyRequest | None:
        """Take the line *input* that the user entered; return what to ask the server for, if anything."""

    @abstractmethod
    def next_screen(self) -> Screen:
        """Return the screen that what has happened leads to; mostly this one."""

    def open(self, overlay: Callable[[Screen], Screen]) -> None:
        """Let the screen that *overlay* makes lie over this one."""
        self._overlay = overlay

    def change_state(self) -> Screen:
        """Return the screen to be seen after what has happened: one that is to lie over this, or the next one."""
        return self.overlay() or self.next_screen()

    def overlay(self) -> Screen | None:
        """Return the screen that is to lie over this one, once."""
        overlay, self._overlay = self._overlay, None
        return overlay(self) if overlay else None

    def parse_response(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Take what the server says, which may be the reply to *request*; return what to ask for next."""
        asked = reducer.reduce(self.chat, frame, request)
        if isinstance(frame, Level) and (wanted := arrive(self.chat, frame.room)):
            return [*asked, wanted]
        return asked

    def type(self, text: str) -> None:
        """Put *text* where the cursor is."""
        self._completion = None
        self.editor.insert(text)

    def paste(self, text: str) -> None:
        """Put the first line of *text* where the cursor is: there is no place for more."""
        self.type(next((line for line in text.split("\n") if line.strip()), ""))

    def act(self, action: Action) -> AnyRequest | None:
        """Do what a key means; return what to ask the server for, if anything."""
        if action in (Action.COMPLETE, Action.COMPLETE_BACK):
            self._complete(1 if action is Action.COMPLETE else -1)
            return None
        self._completion = None
        if edit := EDITING.get(action):
            edit(self.editor)
        elif action is Action.SUBMIT:
            return self.submit()
        elif action in (Action.CANCEL, Action.INTERRUPT):
            if not self.editor.text and action is Action.INTERRUPT:
                self.chat.aside("Write /quit to leave.")
            self.editor.replace("")
        elif action is Action.SHOW_TRAFFIC:
            self.chat.line_filter.quiet = not self.chat.line_filter.quiet
            self.chat.memory.switch(strangers=not self.chat.line_filter.quiet)
        return None

    def submit(self) -> AnyRequest | None:
        """Enter the line that has been typed."""
        return self.parse_request(self.editor.take())

    def vocabulary(self) -> Vocabulary | None:
        """Return what Tab completes; None for nothing."""
        return None

    def input_line(self, prompt: str) -> InputLine:
        """Show the line that is being typed after *prompt*, and what Tab offers."""
        hint: Sequence[str] = ()
        chosen = None
        if self._completion and len(self._completion.candidates) > 1:
            hint = [candidate.label for candidate in self._completion.candidates]
            chosen = self._completion.index
        return InputLine(prompt, self.editor.text, self.editor.cursor, hint, chosen)

    def hidden_line(self, prompt: str) -> InputLine:
        """Show after *prompt* how much is being typed, and not what."""
        return InputLine(prompt, HIDDEN * len(self.editor.text), self.editor.cursor)

    def _complete(self, step: int) -> None:
        if self._completion:
            self._completion = self._completion.turned(step)
        elif vocabulary := self.vocabulary():
            candidates = completions(self.editor.text, self.editor.cursor, vocabulary)
            if not candidates:
                return
            self._completion = Completion(candidates, 0 if step > 0 else len(candidates) - 1)
        else:
            return
        self.editor.replace(self._completion.chosen.text, self._completion.chosen.cursor, step="complete")
        if len(self._completion.candidates) == 1:
            self._completion = None
