"""Hooks: programs of the user that are told what concerns them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatroom.client.model.alerts import Event

MOST = 4
"""Programs that run at once; of what happens while so many do, no other is told."""

SECONDS = 5
"""Time that a program has; then it is killed. The end of the client waits for it."""

Run = Callable[[Sequence[str], bytes], None]
"""Runs a command with some bytes for its input, until it has ended."""

Threads = Callable[[Callable[[], None]], Deferred[None]]
"""Calls a function in a thread, and fires when it has returned."""


class Hooks:
    """Tells events to *commands*, which are by the kinds of events, by *run* in *threads*.

    *fails* is told what goes wrong, of each command once.
    """

    def __init__(
        self, commands: Mapping[str, Sequence[str]], threads: Threads, run: Run, fails: Callable[[str], None]
    ) -> None:
        self._commands = commands
        self._threads = threads
        self._run = run
        self._fails = fails
        self._failed: set[str] = set()
        self._running = 0

    def tell(self, events: Iterable[Event]) -> None:
        """Tell *events*, each as a line of JSON."""
        for event in events:
            command = self._commands.get(event.event)
            if command and self._running < MOST:
                self._running += 1
                self._begin(event, command)

    def _begin(self, event: Event, command: Sequence[str]) -> None:
        line = msgspec.json.encode(event) + b"\n"
        told = self._threads(lambda: self._run(command, line))
        told.addErrback(self._not_told, event.event).addBoth(self._ended)

    def _not_told(self, failure: Failure, hook: str) -> None:
        failure.trap(OSError, subprocess.SubprocessError)
        if hook not in self._failed:
            self._failed.add(hook)
            late = failure.check(subprocess.TimeoutExpired)
            why = f"it took more than {SECONDS} s" if late else failure.getErrorMessage()
            self._fails(f"The hook {hook} has failed: {why}.")

    def _ended(self, _: object) -> None:
        self._running -= 1


def run(command: Sequence[str], line: bytes) -> None:
    """Run *command* with *line* for its input, with no shell and nothing of this terminal, for a few seconds at most.

    :raises OSError: if it can't be started.
    :raises subprocess.TimeoutExpired: if it had to be killed.
    """
    nothing = subprocess.DEVNULL
    subprocess.run(
        command, input=line, stdout=nothing, stderr=nothing, timeout=SECONDS, start_new_session=True, check=False
    )
