"""Scenes: what several visitors send and get, line by line, played on real connections."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol


class Actor(Protocol):
    """A connection that a visitor has."""

    def send(self, line: str) -> None:
        """Send *line*."""

    def receive(self) -> str | None:
        """Return the next line, or ``None`` if there will be none."""

    def rest(self) -> list[str]:
        """Return the lines until there will be none."""


class Stage:
    """Visitors by name; *enter* connects one who appears for the first time."""

    def __init__(self, enter: Callable[[], Actor]) -> None:
        self._enter = enter
        self._actors: dict[str, Actor] = {}

    def play(self, scene: str) -> None:
        """Play the lines of *scene*: ``name > what is sent`` and ``name < what is expected``, the end as ``name .``.

        In what is expected, ``…`` stands for anything, and a time of day for any.
        """
        for number, direction in enumerate(filter(None, scene.splitlines()), 1):
            name, mark, line = (*direction.split(" ", 2), "")[:3]
            if name not in self._actors:
                self._actors[name] = self._enter()
            actor = self._actors[name]
            match mark:
                case ">":
                    actor.send(line)
                case "<":
                    got = actor.receive()
                    assert got is not None, f"line {number}: {name} has left, instead of getting: {line}"
                    assert pattern(line).fullmatch(got), f"line {number}: {name} expected: {line}\nand got: {got}"
                case ".":
                    rest = actor.rest()
                    assert not rest, f"line {number}: {name} got more: {rest}"
                case _:
                    raise AssertionError(f"line {number} is no direction: {direction}")


def pattern(line: str) -> re.Pattern[str]:
    """Return a pattern of the lines that are meant by *line*."""
    anything = re.escape(line).replace("…", ".*")
    return re.compile(re.sub(r"^\d\d:\d\d ", r"\\d\\d:\\d\\d ", anything.replace("\\ ", " ")))
