"""The manual page of the operator's hand: ``python -m tools.admin_manpage [--check] FILE`` writes or compares it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from chatroom.admin.main import EXAMPLES, command_line
from tools import roff
from tools.generated import keep

FILES = {
    "chatroom.sqlite": "The store, unless another is named by --store.",
    "chatroom.control": "The socket by which a running server is reached, beside its store, unless --control names it.",
}

_STORE = """Some commands work on the store of a server, whether that runs or not; others ask a server that runs, by its
control socket. Both are looked for in this directory. Be the user that runs the server."""
_STATUS = """0 if all was done; 1 if not, after one line that says why and what to do; 2 if it was called wrongly."""
_OTHERS = "twistd-chatroom(1), chatroom-urwid(1)"


def page() -> str:
    """Return the manual page."""
    parser = command_line()
    name = roff.plain("chatroom-admin")
    common = [action for action in _actions(parser) if action.option_strings]
    arguments = f"[{roff.italic('options')}] {roff.italic('COMMAND')} [{roff.italic('arguments')}]"
    return "".join(
        [
            r".\" Made by tools.admin_manpage; do not edit." + "\n",
            roff.title("chatroom-admin", 1, "chatroom"),
            roff.section("Name", rf"{name} \- look after a chat room server" + "\n"),
            roff.section("Synopsis", f"{roff.bold('chatroom-admin')} {arguments}\n"),
            roff.section(
                "Description", roff.paragraph(roff.plain(str(parser.description))), roff.paragraph(roff.plain(_STORE))
            ),
            roff.section("Options", roff.terms((_term(action), _purpose(action)) for action in common)),
            roff.section("Commands", *_commands(parser, [name for action in common for name in action.option_strings])),
            roff.section("Exit status", roff.paragraph(roff.plain(_STATUS))),
            roff.section("Files", roff.terms((roff.bold(term), roff.plain(about)) for term, about in FILES.items())),
            roff.section("Examples", roff.example(EXAMPLES.partition("\n")[2])),
            roff.section("See also", roff.paragraph(roff.plain(_OTHERS))),
        ]
    )


def _actions(parser: argparse.ArgumentParser) -> Sequence[argparse.Action]:
    """Return what *parser* takes, for which argparse itself has no public word."""
    actions: Sequence[argparse.Action] = vars(parser)["_actions"]
    return actions


def _commands(parser: argparse.ArgumentParser, common: Collection[str], before: str = "") -> Iterator[str]:
    """Yield the commands of *parser*, with what they take beside the *common* options; *before* stands before them."""
    for action in _actions(parser):
        # Only commands have parsers to choose from.
        for name, command in action.choices.items() if isinstance(action.choices, Mapping) else ():
            own = [each for each in _actions(command) if not {*each.option_strings} & {*common}]
            if any(isinstance(each.choices, Mapping) for each in own):
                yield from _commands(command, common, f"{before}{name} ")
                continue
            usage = " ".join([roff.bold(f"{before}{name}"), *map(_usage, own)])
            yield roff.terms([(usage, roff.plain(str(command.description)))])
            if own:
                yield f".RS\n{roff.terms((_term(each), _purpose(each)) for each in own)}.RE\n"


def _usage(action: argparse.Action) -> str:
    """Return how *action* is written where its command is."""
    repeated = rf" {roff.plain('...')}" if action.nargs in ("*", "+") else ""
    needed = action.required and action.nargs not in ("?", "*")
    return f"{_term(action)}{repeated}" if needed else f"[{_term(action)}{repeated}]"


def _term(action: argparse.Action) -> str:
    names = ", ".join(map(roff.bold, action.option_strings))
    values = "|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest.upper())
    return names if action.nargs == 0 else f"{names} {roff.italic(values)}".lstrip()


def _purpose(action: argparse.Action) -> str:
    return roff.plain(f"{str(action.help)[:1].upper()}{str(action.help)[1:]}.")


def main(arguments: list[str]) -> str | None:
    """Write the page, or return a mistake in the present one."""
    return keep(arguments, lambda _: page(), target="manual", usage=__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
