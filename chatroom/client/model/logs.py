"""Logs: files into which the user has written what is said in a room from now on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chatroom.client.text.clock import USUAL, TimeFormat
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.printed import day, written


class LogFailed(Exception):
    """A log that can't be begun or gone on with; it says why."""


class LogFile(Protocol):
    """A file that is written to at its end."""

    def write(self, text: str) -> None:
        """Put *text* behind all that is there; :exc:`LogFailed` if that fails."""

    def close(self) -> None:
        """Write no more."""


OpenLog = Callable[[str], LogFile]
"""Opens the file of a path that somebody has typed; :exc:`LogFailed` if it can't be."""


def _no_files(path: str) -> LogFile:
    raise LogFailed(f"{path} can't be written here")


class Logs:
    """The open logs, by room; *opens* opens one, with times in it as *clock* writes them."""

    def __init__(self, opens: OpenLog | None = None, clock: TimeFormat = USUAL) -> None:
        self._opens = opens or _no_files
        self._clock = clock
        self._files: dict[str, tuple[str, LogFile]] = {}

    def path(self, room: str) -> str:
        """Return where what is said in *room* is written, if it is."""
        path, _ = self._files.get(room, ("", None))
        return path

    def begin(self, room: str, path: str) -> None:
        """Write what is said in *room* from now on to *path*, and nowhere else.

        :raises LogFailed: if it can't be written.
        """
        file = self._opens(path)
        self.end(room)
        self._files[room] = path, file

    def end(self, room: str) -> bool:
        """Write no more of what is said in *room*; return whether it was written."""
        _, file = self._files.pop(room, ("", None))
        if file:
            file.close()
        return file is not None

    def said(self, room: str, message: MessageLine) -> None:
        """Write *message*, if what is said in *room* is written.

        :raises LogFailed: if it can't be; then no more is.
        """
        path, file = self._files.get(room, ("", None))
        if file is None:
            return
        lines = [f"{day(message.at.date())} {printed.text}\n" for printed in written(message, self._clock)]
        try:
            file.write("".join(lines))
        except LogFailed as failed:
            self.end(room)
            raise LogFailed(f"What is said in {room} is not written to {path} any more: {failed}.") from failed
