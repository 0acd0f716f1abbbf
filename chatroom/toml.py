"""TOML as people write it: with the lines in which things stand, and what can be read in spite of an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
"""Where a value stands: the names of the tables around it, and its own."""

_AT_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)

# Besides what is no TOML: numbers of thousands of digits, and brackets in thousands of brackets.
_WRONG = (ValueError, RecursionError)


def mended(text: str) -> tuple[str, tuple[int, str] | None]:
    """Return as much of *text* as is TOML and, if that is not all of it, the line of the error and what it is."""
    lines = _lines(text)
    try:
        tomllib.loads(whole := "\n".join(lines))
        return whole, None
    except _WRONG as error:
        reason = str(error)
    if found := _AT_LINE.fullmatch(reason):
        number, reason = int(found[2]), found[1]
        try:
            tomllib.loads(rest := "\n".join([*lines[: number - 1], "", *lines[number:]]))
            return rest, (number, reason)
        except _WRONG:
            # There is more wrong than that line.
            pass
    before = max(number for number, _ in _readable(lines))
    reason = f"{reason.removesuffix(' (at end of document)')}; what follows is not read either"
    return "\n".join(lines[:before]), (before + 1, reason)


def places(text: str) -> Mapping[Path, int]:
    """Return the line in which everything begins that stands in *text*."""
    found: dict[Path, int] = {}
    begin = 1
    # What can be read with this line, and could not without it, began behind the last that could be read.
    for number, read in _readable(_lines(text)):
        for path in _paths(read, ()):
            found.setdefault(path, begin)
        begin = number + 1
    return found


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _readable(lines: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give what the first of *lines* say, one more each time, as long as it is right: their number and the tables."""
    for number in range(len(lines) + 1):
        try:
            yield number, tomllib.loads("\n".join(lines[:number]))
        except _WRONG:
            continue


def _paths(table: Mapping[str, Any], above: Path) -> Iterator[Path]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))
