"""``chatroom-urwid``: the command, its options, and how it ends."""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from twisted.internet.base import ReactorBase
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IReactorFDSet, IStreamClientEndpoint
from twisted.python.failure import Failure

from chatroom.client.blackbox import BlackBox
from chatroom.client.connection import Connection
from chatroom.client.lines import Lines
from chatroom.client.pages.chat import Chat
from chatroom.client.plain import Plain
from chatroom.client.states import Frame, State

if TYPE_CHECKING:
    from chatroom.client.app import App

PORT = 8080

NO_SCREEN = ("dumb", "unknown")
"""The ``TERM`` of terminals on which nothing can be drawn."""

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

DESCRIPTION = "Talk in the rooms of a chatroom server."
EPILOG = """\
examples:
  chatroom-urwid chat.example.org
  chatroom-urwid chat.example.org 8443 --tls
  chatroom-urwid localhost --username alice --room tea

F1 shows the keys, /help the commands, /quit ends it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the client with *arguments*, those of the command line if left out; return its exit status."""
    options = _parser().parse_args(arguments)
    attended = sys.stdin.isatty() and sys.stdout.isatty()
    plain = options.plain or not attended or os.environ.get("TERM") in NO_SCREEN
    if not plain:
        try:
            from chatroom.client.app import App
            from chatroom.client.drawing.screen import Screen
            from chatroom.client.drawing.themes import choose
            from chatroom.client.terminal import Terminal
        except ModuleNotFoundError as missing:
            return _fail(f"it needs {missing.name}: pip install 'chatroom[client]', or do without by --plain")

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

    def connect(heard: Callable[[Frame], None], changed: Callable[[State], None]) -> Connection:
        return Connection(reactor, endpoint, heard=heard, changed=changed)

    chat = Chat(_place(options), lambda: datetime.now(UTC).astimezone(), wanted=options.room)
    app: App | Plain
    if plain:
        lines = Lines(IReactorFDSet(reactor), sys.stdin.fileno())
        app = Plain(reactor, chat, connect, lines, sys.stdout, sys.stderr, attended=attended)
    else:
        screen = Screen(closed=lambda: app.end(1))
        terminal = Terminal(reactor, screen, choose(options.theme, os.environ), crashed, mouse=options.mouse)
        app = App(reactor, terminal, chat, connect)
    app.ended.addCallback(ended.append)
    app.ended.addCallback(lambda _: reactor.stop())
    reactor.callWhenRunning(app.start, options.username)
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


def _on_signals(reactor: ReactorBase, app: App | Plain) -> None:
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chatroom-urwid",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("host", metavar="HOST", help="the machine on which the server runs")
    parser.add_argument("port", metavar="PORT", nargs="?", type=_port, default=PORT, help="its port (%(default)s)")
    parser.add_argument("-u", "--username", metavar="NAME", default="", help="log in by this name at once")
    parser.add_argument("-r", "--room", metavar="ROOM", default="", help="enter this room at once")
    parser.add_argument("--tls", action="store_true", help="connect by TLS; the server's certificate is checked")
    parser.add_argument("--ca", metavar="FILE", help="trust the certificates in FILE only, in PEM; implies --tls")
    parser.add_argument(
        "--theme",
        choices=("dark", "light", "mono"),
        help="colours for a dark or a light background, or none; NO_COLOR means mono",
    )
    parser.add_argument("--mouse", action="store_true", help="let the wheel scroll and clicks choose, as Alt+m does")
    parser.add_argument("--plain", action="store_true", help="no screen: one line after the other, also for pipes")
    parser.add_argument("--version", action="version", version=f"chatroom {version('chatroom')}")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: a port is a number from 1 to 65535")
    return int(text)


def _place(options: argparse.Namespace) -> str:
    return options.host if options.port == PORT else f"{options.host} {options.port}"


def _fail(message: str) -> int:
    print(f"chatroom-urwid: {message}", file=sys.stderr)
    return 1
