"""The user's editor."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from twisted.internet.defer import Deferred, execute
from twisted.trial.unittest import SynchronousTestCase

from chatroom.client.world.text_editor import NotEdited, TextEditor, run


def at_once(function: Callable[[], str]) -> Deferred[str]:
    return execute(function)


class TextEditorTests(SynchronousTestCase):
    status = 0

    def edit(self, environ: Mapping[str, str], text: str) -> Deferred[str]:
        self.commands: list[Sequence[str]] = []
        return TextEditor(environ, at_once, self.write).edit(text)

    def write(self, command: Sequence[str]) -> int:
        """Be an editor by which somebody adds a line."""
        self.commands.append(command)
        path = Path(command[-1])
        self.mode = stat.S_IMODE(path.parent.stat().st_mode)
        path.write_text(f"{path.read_text()}and milk\n\n")
        return self.status

    def test_it_gives_what_was_made_of_the_text_and_leaves_no_file(self) -> None:
        assert self.successResultOf(self.edit({}, "tea\nお茶")) == "tea\nお茶\nand milk"
        [[program, path]] = self.commands
        assert (program, self.mode) == ("vi", 0o700)
        assert not Path(path).parent.exists()

    def test_a_mark_that_the_editor_puts_before_it_is_no_part_of_it(self) -> None:
        assert self.successResultOf(self.edit({}, "\ufefftea")) == "tea\nand milk"

    def test_it_is_the_one_that_the_user_has_named(self) -> None:
        assert self.successResultOf(self.edit({"EDITOR": "nano -w", "VISUAL": ""}, "")) == "and milk"
        assert self.commands[0][:-1] == ["nano", "-w"]
        self.edit({"EDITOR": " "}, "")
        assert self.commands[0][:-1] == ["vi"]
        self.edit({"EDITOR": "nano", "VISUAL": "emacsclient -t"}, "")
        assert self.commands[0][:-1] == ["emacsclient", "-t"]

    def test_one_that_fails_changes_nothing(self) -> None:
        self.status = 1
        error = self.failureResultOf(self.edit({"EDITOR": "nano"}, "tea"), NotEdited).value
        assert str(error) == "nano ended with status 1"

    def test_one_that_is_not_there_says_so(self) -> None:
        for editor in ("/nowhere/editor", "'"):
            edited = TextEditor({"EDITOR": editor}, at_once, run).edit("tea")
            assert editor in str(self.failureResultOf(edited, NotEdited).value)

    def test_it_runs_without_a_shell(self) -> None:
        assert run([sys.executable, "-c", "import sys; sys.exit(sys.argv[1] != '$(id)')", "$(id)"]) == 0
