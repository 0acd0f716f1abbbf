"""TOML as people write it: the lines of its values, and the part that can be read in spite of an error."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Path = tuple[str, ...]
"""The place of a value: the names of the tables around it, and its own."""

_AT_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)

_TOKEN = re.compile(
    r"""
    "{3} (?: \\. | [^\\] )*? "{3,5} | '{3} .*? '{3,5}   # strings of several lines
    | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* '           # strings of one
    | \# [^\n]* | [][{}\n]
    """,
    re.DOTALL | re.VERBOSE,
)
"""All in which a line may end, or which may hide the end of a line or a bracket."""

# Besides what is no TOML: numbers of thousands of digits, and brackets in thousands of brackets.
_WRONG = (ValueError, RecursionError)


def mended(text: str) -> tuple[str, tuple[int, str] | None]:
    """Return the part of *text* that is TOML and, if that is not all of it, the line of the error and its reason."""
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
    ends = _ends(lines)
    # Where the first of them are wrong, more of them are, too.
    before = ends[bisect(ends, False, lo=1, key=lambda end: not _is_right(lines[:end])) - 1]
    reason = f"{reason.removesuffix(' (at end of document)')}; what follows is not read either"
    return "\n".join(lines[:before]), (before + 1, reason)


def places(text: str) -> Mapping[Path, int]:
    """Return the line of each value in *text*, which is TOML."""
    found: dict[Path, int] = {}
    lines = _lines(text)
    table = ""
    for begin, end in pairwise(_ends(lines)):
        statement = "\n".join(lines[begin:end])
        if statement.lstrip().startswith("["):
            table, statement = statement, ""
        for path in _paths(tomllib.loads(f"{table}\n{statement}"), ()):
            found.setdefault(path, begin + 1)
    return found


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _ends(lines: Sequence[str]) -> list[int]:
    """Return the numbers of *lines* after which a statement may begin, from 0 on."""
    ends = [0]
    number = depth = 0
    for token in _TOKEN.findall("\n".join([*lines, ""])):
        match token:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth = max(0, depth - 1)
            case "\n":
                number += 1
                if not depth:
                    ends.append(number)
            case _:
                number += token.count("\n")
    return ends


def _is_right(lines: Sequence[str]) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except _WRONG:
        return False
    return True


def _paths(table: Mapping[str, Any], above: Path) -> Iterator[Path]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))
