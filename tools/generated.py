"""Generated documents: written to a file, or compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path


def keep(arguments: list[str], make: Callable[[str], str], *, target: str, usage: str | None) -> str | None:
    """Write the file of a command with these *arguments*, ``[--check] FILE``, or compare it; return a mistake.

    *make* gets the text of the file, and returns the right one. *target* is the Makefile's that writes it.
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


def as_code(text: str) -> str:
    """Return *text* as code in a cell of a table, which a bar would end."""
    return f"`{text}`".replace("|", "\\|")


def filled(text: str, tables: Mapping[str, str]) -> str:
    """Return *text* with *tables*, each between the two comments that have its name.

    :raises ValueError: if there is no place for one.
    """
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"there is no place for the {name}: {begin.strip()} … {end}")
        text = f"{before}{begin}\n{table}\n{end}{after}"
    return text


def _text(name: str) -> str:
    path = Path(name)
    return path.read_text(encoding="utf-8") if path.exists() else ""
