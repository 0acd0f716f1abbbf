"""The message of the day: an operator's text for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chatroom.core.values.errors import ChatError
from chatroom.core.values.replies import Reloaded
from chatroom.core.values.texts import message


class MotdUnusable(ValueError):
    """The file can't be read or shown; the message is for a person."""


class Motd:
    """The text in the file *path*, given to *show* at once and at each reload; an empty file is no text.

    The file stays that of the start, wherever the server goes to work.

    :raises MotdUnusable: if it can't be shown at the start.
    """

    def __init__(self, path: Path, show: Callable[[str], None]) -> None:
        self._path = path.absolute()
        self._show = show
        show(_read(self._path))

    def reload(self) -> Reloaded:
        """Read the file again; if it is of no use, keep the old text."""
        try:
            self._show(_read(self._path))
        except MotdUnusable as error:
            return Reloaded(failed=(f"keeping the old message of the day: {error}",))
        return Reloaded(changed=(f"read the message of the day in {self._path} again",))


def _read(path: Path) -> str:
    """Return the text of the file, fit to be shown, or nothing."""
    try:
        # A byte order mark is no part of it, and would be shown.
        text = path.read_text(encoding="utf-8-sig")
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
