"""The program that opens a link: the user's own choice, or that of their desktop."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence

Start = Callable[[Sequence[str]], None]


class Processes:
    """Programs that were started and go on by themselves, with nothing of this terminal."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str]) -> None:
        """Start *command*, the words of which go through no shell.

        :raises OSError: if it can't be started.
        """
        # Those that have ended meanwhile are let go.
        self._running = [process for process in self._running if process.poll() is None]
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
        self._running.append(process)


class Opener:
    """Opens links as the *environ* of the user on this *platform* says, by *start*."""

    def __init__(self, environ: Mapping[str, str], platform: str, start: Start) -> None:
        self._command = command(environ, platform)
        self._start = start

    def open(self, address: str) -> bool:
        """Have *address* opened; return False if nothing here can."""
        if not self._command:
            return False
        named = any("%s" in word for word in self._command)
        words = [word.replace("%s", address) for word in self._command] if named else [*self._command, address]
        try:
            self._start(words)
        except OSError:
            return False
        return True


def command(environ: Mapping[str, str], platform: str) -> Sequence[str]:
    """Return the words of the command that opens a link; none where the user would not see what it opens."""
    first, *_ = environ.get("BROWSER", "").split(":")
    try:
        chosen = shlex.split(first)
    except ValueError:
        chosen = []
    if chosen:
        return chosen
    if platform == "darwin":
        # It would open on the machine that the user has come to.
        return [] if "SSH_CONNECTION" in environ else ["open"]
    return ["xdg-open"] if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") else []
