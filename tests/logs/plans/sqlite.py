"""A plugin of pytest that notes which statements the log's file is asked for: one of each shape, by who asks."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

import chatroom

VALUES = re.compile(r"x?'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
"""What a statement is about, in contrast to what it does."""

PACKAGE = str(Path(chatroom.__file__).parent)


class Statements:
    """The statements that were carried out."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def connect(
        self, connect: Callable[..., sqlite3.Connection], *arguments: object, **options: object
    ) -> sqlite3.Connection:
        """Connect, and listen."""
        connection = connect(*arguments, **options)
        connection.set_trace_callback(self._note)
        return connection

    def _note(self, statement: str) -> None:
        place = _place(sys._getframe(1))
        if place:
            self._found.setdefault((place, VALUES.sub("?", statement)), statement)

    def write(self, path: Path) -> None:
        """Write what was found as pairs of who asks and a statement."""
        path.write_text(json.dumps([(place, statement) for (place, _), statement in self._found.items()]))


def _place(frame: FrameType | None) -> str:
    """Return which function of the package asks for something: its module and its name."""
    while frame and frame.f_code.co_filename.startswith(PACKAGE):
        module = frame.f_globals["__name__"]
        if module != "chatroom.logs.sqlite.statements":  # these ask for others
            return f"{module.removeprefix('chatroom.logs.sqlite.')}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the file that is written at the end."""
    parser.addoption("--statements", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Listen to all connections from now on."""
    config.stash[STATEMENTS] = statements = Statements()
    # There is no other way to hear of a connection that somebody else opens: the audit event comes too early.
    patch = pytest.MonkeyPatch()
    patch.setattr(sqlite3, "connect", partial(statements.connect, sqlite3.connect))
    config.add_cleanup(patch.undo)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write down what was asked for."""
    config.stash[STATEMENTS].write(config.getoption("--statements"))


STATEMENTS = pytest.StashKey[Statements]()
