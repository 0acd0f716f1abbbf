"""The user's editor, in which a text is written that is too much for a line."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred

USUAL = "vi"
"""The editor of who has named none."""

Run = Callable[[Sequence[str]], int]
"""Runs a command on this terminal, and returns its status when it has ended."""

Threads = Callable[[Callable[[], str]], Deferred[str]]
"""Calls a function in a thread, and fires with what it returns."""


class NotEdited(Exception):
    """An editor that could not be used, or that has failed; it says why."""


class TextEditor:
    """Edits texts as the *environ* of the user says, by *run* in one of *threads*: meanwhile the client goes on."""

    def __init__(self, environ: Mapping[str, str], threads: Threads, run: Run) -> None:
        self._editor = environ.get("VISUAL") or environ.get("EDITOR") or USUAL
        self._threads = threads
        self._run = run

    def edit(self, text: str) -> Deferred[str]:
        """Let the user edit *text*; fires with what they make of it, or fails with :exc:`NotEdited`."""
        return self._threads(lambda: self._edited(text))

    def _edited(self, text: str) -> str:
        try:
            words = shlex.split(self._editor) or [USUAL]
            # Nobody else can look into such a folder.
            with TemporaryDirectory(prefix="chatroom-") as folder:
                path = Path(folder, "message.txt")
                path.write_text(f"{text}\n" if text else "", encoding="utf-8")
                status = self._run([*words, str(path)])
                if status:
                    raise NotEdited(f"{words[0]} ended with status {status}")
                # Some editors begin a file with a mark that says it is UTF-8.
                return path.read_text(encoding="utf-8-sig", errors="replace").rstrip("\n")
        except (OSError, ValueError) as error:
            raise NotEdited(f"{self._editor}: {getattr(error, 'strerror', None) or error}") from error


def run(command: Sequence[str]) -> int:
    """Run *command* on this terminal, with no shell between; return its status when it has ended."""
    return subprocess.run(command, check=False).returncode
