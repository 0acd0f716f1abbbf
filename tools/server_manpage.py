"""The manual page of the server: ``python -m tools.server_manpage [--check] FILE`` writes or compares it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from chatroom.foreground import ForegroundOptions
from chatroom.options.command_line import ABOUT, EXAMPLES
from chatroom.options.table import INFORMATION, Option
from tools import roff
from tools.generated import keep

SIGNALS = {
    "SIGTERM, SIGINT": "Stop: store and acknowledge what was taken, say good-bye to all, and end.",
    "SIGHUP": "Read the certificates, the text of --motd and the limits in the file of --config again.",
    "SIGUSR1": "Begin another log file, at the old place if the present one was moved away.",
}

FILES = {
    "chatroom.sqlite": "What was said; see --store. The files beside it whose names begin with the same belong to it.",
    "twistd.log": (
        "What happened, where twistd was not told another file, nor to stay in the foreground; "
        "with up to 100 older pieces, whose names end in numbers."
    ),
    "twistd.pid": "The number of the process, where twistd was not told another file; the command chatroom has none.",
}


def page() -> str:
    """Return the manual page."""
    name = roff.plain("twistd-chatroom")
    return "".join(
        [
            r".\" Made by tools.server_manpage; do not edit." + "\n",
            roff.title("twistd-chatroom", 1, "chatroom"),
            roff.section("Name", rf"chatroom, {name} \- a chat room server" + "\n"),
            roff.section("Synopsis", _synopsis()),
            roff.section("Description", roff.paragraph(roff.plain(ABOUT)), roff.paragraph(roff.plain(_TWISTD))),
            roff.section("Options", *_options()),
            roff.section("Settings in a file", roff.paragraph(roff.plain(_SETTINGS)), roff.example(_EXAMPLE)),
            roff.section("Signals", _list(SIGNALS)),
            roff.section("Exit status", roff.paragraph(roff.plain(_STATUS))),
            roff.section("Files", _list(FILES)),
            roff.section("Examples", roff.example(EXAMPLES.strip())),
            roff.section("See also", roff.paragraph(roff.plain(_OTHERS))),
        ]
    )


_TWISTD = """The command chatroom keeps the server in the foreground; twistd starts it in the background, unless it is
told -n. Before the word chatroom stand options of twistd(1), like --logfile and --pidfile. Those behind it are
explained here; the default is in brackets. Those about the process are of twistd, and of the command chatroom."""

_SETTINGS = """A file that is given by --config is one of TOML. Each option has its own name there, without the dashes.
What stands on the command line counts from there. What --show-limits prints can be part of it."""

_EXAMPLE = """\
port = "tcp:8080:interface=127.0.0.1"
room = ["lounge", "tea"]
burst = 60
"""

_STATUS = """1 if it can't start, after one line that says why and what to do. A server that is stopped by a signal
ends by that signal."""

_OTHERS = "twistd(1), chatroom-admin(1), chatroom-urwid(1), nc(1)"


def _synopsis() -> str:
    options = f"[{roff.italic('options of twistd')}]", f"[{roff.italic('options')}]"
    short = f"{roff.bold('chatroom')} {options[1]}\n"
    return f"{short}.br\n{roff.bold('twistd')} {options[0]} {short}"


def _options() -> Iterator[str]:
    for group, options in {**ForegroundOptions.table, "Help": INFORMATION}.items():
        yield roff.subsection(group, roff.terms((_term(option), roff.plain(option.about)) for option in options))


def _term(option: Option) -> str:
    term, argument = roff.bold(f"--{option.name}"), option.kind.argument
    return f"{term}={roff.italic(argument)}" if argument else term


def _list(meanings: dict[str, str]) -> str:
    return roff.terms((roff.bold(term), roff.plain(meaning)) for term, meaning in meanings.items())


def main(arguments: list[str]) -> str | None:
    """Write the page, or return a mistake in the present one."""
    return keep(arguments, lambda _: page(), target="manual", usage=__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
