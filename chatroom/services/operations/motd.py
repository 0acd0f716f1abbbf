"""The message of the day: what an operator has to say to all who come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twisted.logger import Logger

from chatroom.core.errors import ChatError
from chatroom.core.texts import message


class MotdUnusable(ValueError):
    """The file can't be read, or can't be shown; it says so for a person."""


class Motd:
    """Gives *show* what *path* holds, at once and whenever it is read again; nothing, if it is empty.

    It stays the file that was meant at the start, wherever the server goes to work.

    :raises MotdUnusable: if what is in it at the start can't be shown.
    """

    log = Logger()

    def __init__(self, path: Path, show: Callable[[str], None]) -> None:
        self._path = path.absolute()
        self._show = show
        show(_read(self._path))

    def reload(self) -> None:
        """Read the file again; if it is of no use, keep what was read before."""
        try:
            self._show(_read(self._path))
        except MotdUnusable as error:
            self.log.error("keeping the old message of the day: {error}", error=error)
        else:
            self.log.info("read the message of the day in {path} again", path=self._path)


def _read(path: Path) -> str:
    """Return what is in the file: lines that are fit to be said, or nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MotdUnusable(f"{path} can't be read ({error.strerror})") from error
    except ValueError as error:
        raise MotdUnusable(f"{path} is not UTF-8") from error
    if not text.strip():
        return ""
    try:
        return message(text.strip("\n"))
    except ChatError as error:
        raise MotdUnusable(f"{path} can't be shown: {error}") from error
