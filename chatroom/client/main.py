"""``chatroom-urwid``: the command, its options, and how it ends."""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from textwrap import indent
from typing import cast

from twisted.internet.base import ReactorBase
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.failure import Failure

from chatroom.client.app import App
from chatroom.client.bell import Bell
from chatroom.client.blackbox import BlackBox
from chatroom.client.config.options import Parser
from chatroom.client.connection import Connection
from chatroom.client.memory import StateFile
from chatroom.client.pages.chat import Chat

PORT = 8080
TEXT_WIDTH = 100

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

DESCRIPTION = "Talk in the rooms of a chatroom server."
NOTIFY = "call you by the terminal's bell (the default), by a notification, or not at all"
JOINS = "show only those coming and going who spoke lately or whom you addressed (the default), or all"
EXAMPLES = """\
chatroom-urwid chat.example.org
chatroom-urwid chat.example.org 8443 --tls
chatroom-urwid localhost --username alice --room tea
"""
EPILOG = f"""\
examples:
{indent(EXAMPLES, "  ")}
F1 shows the keys, /help the commands, /quit ends it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the client with *arguments*, those of the command line if left out; return its exit status."""
    parser = command_line()
    options = parser.parse_args(arguments)
    try:
        from platformdirs import user_state_path

        from chatroom.client.config import file, sample
        from chatroom.client.drawing.frame import Frame
        from chatroom.client.drawing.looks import dressed
        from chatroom.client.drawing.notification import notification
        from chatroom.client.drawing.screen import Screen
        from chatroom.client.drawing.themes import choose
        from chatroom.client.terminal import Terminal
    except ModuleNotFoundError as missing:
        return _fail(f"it needs {missing.name}: pip install 'chatroom[client]'")
    if "print_config" in options:
        print(sample.sample(parser, choose(options.theme, os.environ)), end="")
        return 0
    path = Path(options.config) if "config" in options else file.usual()
    try:
        config = file.read(path, parser, named="config" in options)
    except OSError as error:
        return _fail(f"it can't read {path}: {error.strerror}")
    parser.set_defaults(**config.options)
    options = parser.parse_args(arguments)
    if not options.host:
        parser.error(f'which server? Name its HOST, or write host = "…" into {file.shown(path)}')
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _fail("it needs a terminal to draw on; its input or output is none")

    # Timers shall not follow a wall clock that is set.
    from twisted.internet import reactor as installed

    reactor = cast("ReactorBase", installed)
    reactor.seconds = time.monotonic

    try:
        endpoint = _endpoint(reactor, options)
    except ImportError:
        return _fail("TLS needs more than is installed: pip install 'chatroom[tls]'")
    except (OSError, ValueError) as error:
        return _fail(f"it can't use {options.ca}: {error}")

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    black_box = BlackBox()
    black_box.begin()
    ended: list[tuple[int, str]] = []

    def crashed(failure: Failure) -> None:
        App.log.failure("The client has failed", failure)
        app.end(1)

    screen = Screen(closed=lambda: app.end(1))
    theme = dressed(choose(options.theme, os.environ), config.looks)
    terminal = Terminal(reactor, screen, theme, Frame(config.keys, options.text_width), crashed)
    chat = Chat(
        _place(options),
        lambda: datetime.now(UTC).astimezone(),
        wanted=options.room[0] if options.room else "",
        also=options.room[1:],
        keys=config.keys,
        highlights=options.highlight,
        quiet=options.joins == "known",
        memory=StateFile(user_state_path("chatroom", appauthor=False), f"{options.host}-{options.port}"),
    )
    app: App = App(
        reactor,
        terminal,
        chat,
        lambda heard, changed: Connection(reactor, endpoint, heard=heard, changed=changed),
        Bell(lambda alert: terminal.write(notification(options.notify, alert, os.environ)), reactor.seconds),
    )
    app.ended.addCallback(ended.append)
    app.ended.addCallback(lambda _: reactor.stop())
    reactor.callWhenRunning(app.start, options.username, config.problems)
    _on_signals(reactor, app)
    reactor.run(installSignalHandlers=False)

    try:
        sys.stdout.flush()
    except OSError:
        # The terminal is gone; what was to be seen there must not fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status, message = ended[0]
    if message:
        _fail(message)
    if black_box.path:
        _fail(f"something went wrong; it is written down in {black_box.path}")
    return status


def _on_signals(reactor: ReactorBase, app: App) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: reactor.callFromThread(app.end, 128 + number))


def _endpoint(reactor: ReactorBase, options: argparse.Namespace) -> IStreamClientEndpoint:
    """Return what connects to the server that *options* name."""
    plain = HostnameEndpoint(reactor, options.host, options.port)
    if not (options.tls or options.ca):
        return plain
    from OpenSSL.crypto import Error
    from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

    trust = None
    if options.ca:
        try:
            found = [Certificate.loadPEM(pem) for pem in _PEM.findall(Path(options.ca).read_bytes())]
        except Error:
            found = []
        if not found:
            raise ValueError("there is no certificate in PEM in it")
        trust = trustRootFromCertificates(found)
    return wrapClientTLS(optionsForClientTLS(options.host, trustRoot=trust), plain)


def command_line() -> Parser:
    """Return what reads the command line."""
    parser = Parser(
        prog="chatroom-urwid",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("host", metavar="HOST", nargs="?", default="", help="the machine on which the server runs")
    parser.add_argument("port", metavar="PORT", nargs="?", type=_port, default=PORT, help="its port (%(default)s)")
    parser.add_argument("-u", "--username", metavar="NAME", default="", help="log in by this name at once")
    parser.add_argument(
        "-r", "--room", metavar="ROOM", action="append", default=[], help="enter this room at once; may be given again"
    )
    parser.add_argument("--tls", action="store_true", help="connect by TLS; the server's certificate is checked")
    parser.add_argument("--no-tls", dest="tls", action="store_false", help="connect without, whatever the file says")
    parser.add_argument(
        "--ca", metavar="FILE", default="", help="trust the certificates in FILE only, in PEM; implies --tls"
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
        default=TEXT_WIDTH,
        help="let what is said take at most so many columns (%(default)s); 0 is as many as there are",
    )
    parser.add_argument("--notify", choices=("bell", "osc9", "osc777", "none"), default="bell", help=NOTIFY)
    parser.add_argument("--joins", choices=("known", "all"), default="known", help=JOINS)
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="read this file for the usual one")
    parser.add_argument(
        "--print-config",
        action="store_true",
        default=argparse.SUPPRESS,
        help="write a configuration file with everything in it, and end",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"chatroom {version('chatroom')}",
        help="say which version it is, and end",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: a port is a number from 1 to 65535")
    return int(text)


def _text_width(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (int(text) == 0 or 20 <= int(text) <= 10_000)):
        raise argparse.ArgumentTypeError(f"{text} is no width: it is a number of columns, at least 20, or 0")
    return int(text)


def _place(options: argparse.Namespace) -> str:
    return options.host if options.port == PORT else f"{options.host} {options.port}"


def _fail(message: str) -> int:
    print(f"chatroom-urwid: {message}", file=sys.stderr)
    return 1
