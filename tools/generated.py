"""Documents that the code writes itself: written into a file, or compared with the one that is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def keep(arguments: list[str], make: Callable[[str], str], *, target: str, usage: str | None) -> str | None:
    """Do what a command with these *arguments*, ``[--check] FILE``, is for; return what is wrong, if anything is.

    *make* gets what is in the file, and returns what should be. *target* is that of the Makefile which sees to it.
    """
    match arguments:
        case ["--check", name]:
            found = _text(name)
            if make(found) != found:
                return f"{name} is not what the code says; run: make {target}"
        case [name] if not name.startswith("-"):
            Path(name).write_text(make(_text(name)), encoding="utf-8")
        case _:
            return usage
    return None


def _text(name: str) -> str:
    path = Path(name)
    return path.read_text(encoding="utf-8") if path.exists() else ""
