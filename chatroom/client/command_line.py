"""The command line of ``chatroom-urwid``."""

from __future__ import annotations

import argparse
from textwrap import indent

from chatroom import __version__
from chatroom.client.config.options import Parser
from chatroom.client.text.clock import USUAL, BadForm, TimeFormat, clock

PORT = 8080
"""The port of a server, if nobody names another."""

DESCRIPTION = "Talk in the rooms of a chatroom server."

EXAMPLES = """\
chatroom-urwid chat.example.org
chatroom-urwid chat.example.org 8443 --tls
chatroom-urwid localhost --username alice --room tea
"""

_TEXT_WIDTH = 100

_EPILOG = f"""\
examples:
{indent(EXAMPLES, "  ")}
F1 shows the keys, /help the commands, /quit ends it.
"""


def command_line() -> Parser:
    """Return what reads the command line."""
    parser = Parser(
        prog="chatroom-urwid",
        description=DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("host", metavar="HOST", nargs="?", default="", help="the machine on which the server runs")
    parser.add_argument("port", metavar="PORT", nargs="?", type=_port, default=PORT, help="its port (%(default)s)")
    parser.add_argument("-u", "--username", metavar="NAME", default="", help="log in by this name at once")
    parser.add_argument(
        "-r", "--room", metavar="ROOM", action="append", default=[], help="enter this room at once; may be given again"
    )
    parser.add_argument(
        "--remember",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="if your name is registered, type its password once only (the default), or each time",
    )
    parser.add_argument(
        "--tls", action=argparse.BooleanOptionalAction, default=False, help="connect by TLS, and check the certificate"
    )
    parser.add_argument(
        "--ca", metavar="FILE", default="", help="trust the certificates in FILE only, in PEM; implies --tls"
    )
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        help="wait for a server that is not there yet, as is done anyway unless --plain; or end with status 1",
    )
    parser.add_argument(
        "--theme",
        choices=("auto", "dark", "light", "ansi", "mono"),
        default="auto",
        help="colours for a dark or a light background, those of the terminal's own palette, or none; "
        "auto takes what seems to suit, and mono if NO_COLOR is set",
    )
    parser.add_argument(
        "--highlight",
        metavar="WORD",
        action="append",
        default=[],
        help="let this word count as your name does; may be given again",
    )
    parser.add_argument(
        "--text-width",
        metavar="COLUMNS",
        type=_text_width,
        default=_TEXT_WIDTH,
        help="let what is said take at most so many columns (%(default)s); 0 is as many as there are",
    )
    parser.add_argument(
        "--time-format",
        metavar="FORM",
        type=_clock,
        default=USUAL.form,
        help="write times in this form (%(default)s), for example as %%H:%%M:%%S or %%-I:%%M %%p",
    )
    parser.add_argument(
        "--runs",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="write name and time once above what somebody says within five minutes (the default), or on each line",
    )
    parser.add_argument(
        "--links",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="tell the terminal what is a link, so that a click opens it (the default), or not",
    )
    parser.add_argument(
        "--notify",
        choices=("bell", "osc9", "osc777", "none"),
        default="bell",
        help="call you by the terminal's bell (the default), by a notification, or not at all",
    )
    parser.add_argument(
        "--joins",
        choices=("known", "all"),
        default="known",
        help="show only those coming and going who spoke lately or whom you addressed (the default), or all",
    )
    parser.add_argument(
        "--mouse",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="let the wheel scroll and clicks choose, as Alt+m does",
    )
    parser.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="no screen: one line after the other, also for pipes",
    )
    parser.add_argument(
        "--listen",
        action="store_true",
        default=argparse.SUPPRESS,
        help="no screen, and go on when the input has ended: print what is said until a signal comes",
    )
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="read this file for the usual one")
    parser.add_argument(
        "--print-config",
        action="store_true",
        default=argparse.SUPPRESS,
        help="write a configuration file with everything in it, and end",
    )
    parser.add_argument(
        "--check-config",
        action="store_true",
        default=argparse.SUPPRESS,
        help="say what is wrong with the configuration file, and end: with status 0 if nothing is",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"chatroom {__version__}",
        help="say which version it is, and end",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: a port is a number from 1 to 65535")
    return int(text)


def _clock(text: str) -> TimeFormat:
    try:
        return clock(text)
    except BadForm as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _text_width(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (int(text) == 0 or 20 <= int(text) <= 10_000)):
        raise argparse.ArgumentTypeError(f"{text} is no width: it is a number of columns, at least 20, or 0")
    return int(text)
