"""The tables of the web page: ``python -m tools.web_tables [--check] FILE`` writes or compares them.

They are those of the terminal client, so that both have the same words and keys.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from chatroom.client.keys.actions import KEYS, ROOMS, Action, label
from chatroom.client.screens.account_commands import ACCOUNTS
from chatroom.client.screens.command import Command
from chatroom.client.screens.commands import TALKING
from chatroom.client.screens.moderating_commands import MODERATING
from chatroom.client.screens.offers import MESSAGES, PEOPLE, Offer
from tools.generated import keep

OF_TERMINALS = frozenset(("log",))
"""Commands that a page can't carry out: it writes no files."""

TAKEN = frozenset(("ctrl p", "ctrl n", "f5", "f6", "ctrl j", "f3", "ctrl g"))
"""Keys that a browser keeps for itself, or whose own meaning would be missed."""

HERE: Mapping[Action, str] = {
    Action.SUBMIT: "send the line; in the lobby, enter the first room",
    Action.NEWLINE: "a new line",
    Action.COMPLETE: "",
    Action.COMPLETE_BACK: "",
    Action.UP: "the line above, then the one sent before",
    Action.DOWN: "the line below, then the one sent after it",
    Action.CANCEL: "drop what is to be answered; then go to the newest line",
    **dict.fromkeys(ROOMS, ""),
    Action.NEXT_ACTIVE: "",
    Action.NEXT_ROOM: "",
    Action.PREVIOUS_ROOM: "",
    Action.LAST_ROOM: "",
    Action.LOBBY: "",
    Action.ACCEPT: "",
    Action.KILL_LINE: "jump to a room by its name",
    Action.SEARCH: "",
    Action.UNREAD: "",
    Action.PREVIOUS_MENTION: "",
    Action.NEXT_MENTION: "",
    Action.MENTIONS: "",
    Action.MARK_READ: "",
    Action.ANSWER: "",
    Action.CHOOSE_MESSAGE: "",
    Action.CHOOSE_PERSON: "",
    Action.PAGE_UP: "",
    Action.PAGE_DOWN: "a page forward; at the end, newer messages are fetched",
    Action.TOP: "",
    Action.BOTTOM: "",
    Action.END: "",
    Action.HELP: "the commands and keys",
    Action.RETRY: "",
}
"""What the page does by a key, in other words than the terminal client's where it is something else."""


def commands(group: Iterable[Command]) -> list[list[str]]:
    """Return what the page knows of the commands: name, form, purpose, kinds of arguments, other names."""
    return [
        [command.name, command.form, command.purpose, " ".join(command.arguments), " ".join(command.aliases)]
        for command in group
        if command.name not in OF_TERMINALS
    ]


def keys() -> list[list[str]]:
    """Return what the page knows of the keys: action, the keys that mean it, purpose, group."""
    return [
        [
            row.action.name,
            " ".join(label(key) for key in row.keys if key not in TAKEN),
            HERE[row.action] or row.purpose,
            row.group,
        ]
        for row in KEYS
        if row.action in HERE
    ]


def offers(table: Iterable[Offer]) -> list[list[str]]:
    """Return the rows of a menu: words, line, what then, whose it is, prompt, hint."""
    return [
        [offer.words, offer.line, offer.then.name, offer.whose.__name__, offer.prompt, offer.hint] for offer in table
    ]


def module(_: str) -> str:
    """Return the module as the code says it."""
    groups = {"Commands": TALKING, "Moderating": MODERATING, "Accounts": ACCOUNTS}
    return "".join(
        [
            "// @ts-check\n// Written by make manual, from the tables of the terminal client.\n",
            "\n/** Commands: name, form, purpose, kinds of arguments, other names. */\n",
            "export const COMMANDS = {\n",
            *(f"{title}: {_rows(commands(group))},\n" for title, group in groups.items()),
            "};\n\n/** Keys: action, keys, purpose, group. */\n",
            f"export const KEYS = {_rows(keys())};\n",
            "\n/** Rows of the menu of a message: words, line, what then, whose, prompt, hint. */\n",
            f"export const MESSAGES = {_rows(offers(MESSAGES))};\n",
            "\n/** The same for a person. */\n",
            f"export const PEOPLE = {_rows(offers(PEOPLE))};\n",
        ]
    )


def main(arguments: list[str]) -> str | None:
    """Write the module, or return a mistake in the present one."""
    return keep(arguments, module, target="manual", usage=__doc__)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "[\n" + ",\n".join(lines) + "\n]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
