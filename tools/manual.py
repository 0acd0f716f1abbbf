"""The tables of the manual: ``python -m tools.manual [--check] FILE`` writes or compares them."""

from __future__ import annotations

import sys

from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.screens.commands import COMMANDS
from tools.generated import as_code, filled, keep


def commands() -> str:
    """Return the table of the commands."""
    rows = []
    for command in COMMANDS:
        also = "".join(f", `/{alias}`" for alias in command.aliases)
        rows.append((f"{as_code(command.usage)}{also}", command.purpose))
    return _table("command", rows)


def keys() -> str:
    """Return the tables of the keys, one for each group."""
    return "\n".join(
        _table(title, [(", ".join(f"`{key}`" for key in names.split(", ")), purpose) for names, purpose in rows])
        for title, rows in DEFAULT.groups()
    )


def manual(text: str) -> str:
    """Return the manual *text* with its tables as the code says them."""
    return filled(text, {"commands": commands(), "keys": keys()})


def main(arguments: list[str]) -> str | None:
    """Write the tables, or return a mistake in the present ones."""
    return keep(arguments, manual, target="manual", usage=__doc__)


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {title} | |", "|---|---|"]
    lines += [f"| {left} | {right} |" for left, right in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
