"""The manual page of the client: ``python -m tools.client_manpage [--check] FILE`` writes or compares it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from chatroom.client.command_line import DESCRIPTION, EXAMPLES, command_line
from chatroom.client.config.options import purpose, sentence
from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.screens.commands import COMMANDS
from tools import roff
from tools.generated import keep

FILES = {
    "~/.config/chatroom/client.toml": "The configuration; --print-config writes it with everything in it.",
    "~/.local/state/chatroom": (
        "For each server and name: your settings, the rooms where you were and how far they are read, drafts, "
        "and secrets that are as good as your password."
    ),
}

ENVIRONMENT = {
    "NO_COLOR": "If it is set to anything, the theme auto has no colours.",
    "COLORFGBG": "Whether the background is dark or light, for the theme auto; some terminals set it.",
    "TERM, COLORTERM": "What the terminal can do, and how many colours it has.",
    "XDG_CONFIG_HOME": "The folder of configuration files, if it is not ~/.config.",
    "XDG_STATE_HOME": "The folder of remembered settings, if it is not ~/.local/state.",
}

_TYPED = "Whatever does not begin with a slash is said to the room. To say something that does, begin it with two."
_SETTINGS = """The file is one of TOML. Each option has its own name there, without the dashes, and what stands on the
command line counts more. The tables [keys] and [colors] change what keys do and how things look. Mistakes in it are
told at the start, with their lines; the rest counts."""
_STATUS = """0 after /quit; 1 if it could not connect, or has failed; 2 if it was called wrongly; 128 and the number of
the signal after a signal."""
_OTHERS = "twistd-chatroom(1), nc(1)"


def page() -> str:
    """Return the manual page."""
    name = roff.plain("chatroom-urwid")
    keys = [
        roff.subsection(title, _list((names, sentence(purpose)) for names, purpose in rows))
        for title, rows in DEFAULT.groups()
    ]
    return "".join(
        [
            r".\" Made by tools.client_manpage; do not edit." + "\n",
            roff.title("chatroom-urwid", 1, "chatroom"),
            roff.section("Name", rf"{name} \- a chat room in the terminal" + "\n"),
            roff.section("Synopsis", _synopsis()),
            roff.section("Description", roff.paragraph(roff.plain(DESCRIPTION))),
            roff.section("Options", roff.terms(map(_option, command_line().arguments))),
            roff.section("Commands", roff.paragraph(roff.plain(_TYPED)), _list(_commands())),
            roff.section("Keys", *keys),
            roff.section("Configuration", roff.paragraph(roff.plain(_SETTINGS))),
            roff.section("Files", _list(FILES.items())),
            roff.section("Environment", _list(ENVIRONMENT.items())),
            roff.section("Exit status", roff.paragraph(roff.plain(_STATUS))),
            roff.section("Examples", roff.example(EXAMPLES)),
            roff.section("See also", roff.paragraph(roff.plain(_OTHERS))),
        ]
    )


def _synopsis() -> str:
    arguments = " ".join(f"[{roff.italic(argument)}]" for argument in ("options", "HOST", "PORT"))
    return f"{roff.bold('chatroom-urwid')} {arguments}\n"


def _option(option: argparse.Action) -> tuple[str, str]:
    """Return the term and the purpose of *option*."""
    values = "|".join(map(str, option.choices)) if option.choices else str(option.metavar or option.dest.upper())
    names = ", ".join(map(roff.bold, option.option_strings))
    term = names if option.nargs == 0 else f"{names} {roff.italic(values)}".lstrip()
    return term, roff.plain(sentence(purpose(option)))


def _commands() -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        names = (command.usage, *(f"/{alias}" for alias in command.aliases))
        yield ", ".join(names), sentence(command.purpose)


def _list(meanings: Iterable[tuple[str, str]]) -> str:
    return roff.terms((roff.bold(term), roff.plain(meaning)) for term, meaning in meanings)


def main(arguments: list[str]) -> str | None:
    """Write the page, or return a mistake in the present one."""
    return keep(arguments, lambda _: page(), target="manual", usage=__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
