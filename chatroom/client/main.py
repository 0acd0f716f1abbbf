"""``chatroom-urwid``: the command, and how it ends."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IReactorFDSet
from twisted.python.failure import Failure

from chatroom import __version__
from chatroom.client.command_line import PORT, command_line
from chatroom.client.config.options import Config, Parser
from chatroom.client.connection import Connection
from chatroom.client.endpoint import endpoint_of
from chatroom.client.keys import bindings
from chatroom.client.model.chat import Chat
from chatroom.client.model.hues import ALL_DIFFER
from chatroom.client.model.memory import Memory
from chatroom.client.ports import Connect, Program
from chatroom.client.states import Incoming, State
from chatroom.client.world.error_log import ErrorLog
from chatroom.client.world.log_file import DiskLog
from chatroom.client.world.state_file import PlaceFile, SessionFiles, StateFile, TokenFiles
from chatroom.programs.standard_output import GONE, not_written, show, unwritten

if TYPE_CHECKING:
    # It comes with urwid, which is not needed where there is no screen.
    from chatroom.client.drawing.themes import Theme

T = TypeVar("T")

PROGRAM = f"chatroom-urwid {__version__}"
"""The name of the client among the devices of an account."""

NO_SCREEN = ("dumb", "unknown")
"""The ``TERM`` of terminals on which nothing can be drawn."""

ENDS = "SIGHUP SIGINT SIGQUIT SIGABRT SIGTERM SIGUSR1 SIGUSR2".split()
"""Signals that would end a program at once, with the terminal as it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the client with *arguments*, those of the command line if left out; return its exit status."""
    _open_closed()
    parser = command_line()
    options = parser.parse_args(arguments)
    config = Config()
    try:
        if "print_config" in options:
            _print_config(parser, options)
        config = _configuration(parser, options)
    except ModuleNotFoundError as missing:
        # One line after the other can be written without; then no file is read either.
        if {"print_config", "check_config"} & {*vars(options)} or not _is_plain(options):
            advice = "in the folder of the sources, pip install '.[client]'; or do without by --plain"
            return _fail(f"it needs {missing.name}: {advice}")
    except OSError as error:
        return _fail(f"it can't read {error.filename}: {error.strerror}")
    if "check_config" in options:
        return _check_config(config)
    named = options.room
    parser.set_defaults(**config.options)
    options = parser.parse_args(arguments)
    # What is typed now is said in the room that is named now, whatever the file says.
    options.room = [*named, *config.options.get("room", ())]
    if not options.host:
        for problem in config.problems:
            _fail(problem)
        file = f', or write host = "…" into {config.file}' if config.file else ""
        parser.error(f"which server? Name its HOST{file}")

    # Timers shall not follow a wall clock that is set.
    from twisted.internet import reactor as installed

    reactor = cast("ReactorBase", installed)
    reactor.seconds = time.monotonic

    try:
        endpoint = endpoint_of(reactor, options)
    except ImportError:
        return _fail("TLS needs more than is installed: in the folder of the sources, pip install '.[tls]'")
    except (OSError, ValueError) as error:
        return _fail(f"it can't use {options.ca}: {error}")

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    error_log = ErrorLog()
    error_log.begin()

    def connect(heard: Callable[[Incoming], None], changed: Callable[[State], None]) -> Connection:
        # A program wants to know at once that something is missing, a person that it is there.
        patient = not _is_plain(options) if options.wait is None else options.wait
        server = f"{options.host} {options.port}"
        return Connection(
            reactor, endpoint, heard=heard, changed=changed, server=server, patient=patient, client=PROGRAM
        )

    chat = Chat(
        options.host if options.port == PORT else f"{options.host} {options.port}",
        lambda: datetime.now(UTC).astimezone(),
        wanted=options.room[0] if options.room else "",
        also=options.room[1:],
        keys=bindings.NONE if _is_plain(options) else config.keys,
        highlight_words=options.highlight,
        quiet=options.joins == "known",
        store=_stored(StateFile, options),
        # A program is where it is told to be. The line of a terminal can't be filled for somebody.
        memory=Memory(
            _stored(PlaceFile, options) if _is_attended() else None,
            drafts=not _is_plain(options),
            settled=_settled(arguments),
        ),
        tokens=_stored(TokenFiles, options) if options.remember else None,
        hues=config.hues,
        looks=ALL_DIFFER if _is_plain(options) else _looks(options, config),
        pages=not _is_plain(options),
        opens_log=DiskLog,
        clock=options.time_format,
        # With a password, it is as good as that for as long as the server holds the place.
        sessions=_stored(SessionFiles, options) if options.remember else None,
    )
    run = _in_lines if _is_plain(options) else _on_screen
    program = run(reactor, options, config, chat, connect)
    ended: list[tuple[int, str]] = []
    program.ended.addCallback(ended.append)
    program.ended.addCallback(lambda _: reactor.stop())
    reactor.callWhenRunning(program.start, options.username, config.problems if _is_plain(options) else config.told)
    _on_signals(reactor, program)
    reactor.run(installSignalHandlers=False)

    status, message = ended[0]
    if (failed := unwritten()) and failed.errno not in GONE and not status:
        status, message = 1, not_written(failed)
    if message:
        _fail(message)
    if error_log.path:
        _fail(f"something went wrong; it is written down in {error_log.path}")
    return status


def _open_closed() -> None:
    """Open what of the three streams was closed at the start, or else a socket or a file would get its number."""
    sys.stdin = sys.stdin or os.fdopen(os.open(os.devnull, os.O_RDONLY))
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _print_config(parser: Parser, options: argparse.Namespace) -> NoReturn:
    from chatroom.client.config.sample import sample
    from chatroom.client.drawing.themes import choose

    show(sample(parser, choose(options.theme, os.environ)), parser.prog)


def _check_config(config: Config) -> int:
    """Tell what is wrong with the file of *config*; return the exit status."""
    for problem in config.problems:
        _fail(problem)
    return 1 if config.problems else 0


def _configuration(parser: Parser, options: argparse.Namespace) -> Config:
    """Return what the file says that *options* name, or the usual one."""
    from chatroom.client.config import file

    path = Path(options.config) if "config" in options else file.usual()
    return file.read(path, parser, named="config" in options)


def _settled(arguments: Sequence[str] | None) -> Sequence[str]:
    """Return what of the layout *arguments* settle, whatever was switched the last time."""
    parser = command_line()
    parser.set_defaults(joins=None, mouse=None)
    typed = parser.parse_args(arguments)
    switches = {"strangers": typed.joins, "mouse": typed.mouse}
    return [name for name, typed in switches.items() if typed is not None]


def _is_plain(options: argparse.Namespace) -> bool:
    """Say whether there is to be no screen: nobody wants one, or there is none."""
    return options.plain or "listen" in options or not _is_attended() or os.environ.get("TERM") in NO_SCREEN


def _is_attended() -> bool:
    """Say whether a person sits in front of it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _stored(kind: Callable[[Path, str], T], options: argparse.Namespace) -> T | None:
    """Return files of this *kind* for this server, where they can be found."""
    try:
        from platformdirs import user_state_path
    except ModuleNotFoundError:
        return None
    return kind(user_state_path("chatroom", appauthor=False), f"{options.host}-{options.port}")


def _in_lines(
    reactor: ReactorBase, options: argparse.Namespace, config: Config, chat: Chat, connect: Connect
) -> Program:
    from chatroom.client.line_mode.descriptor_lines import DescriptorLines
    from chatroom.client.line_mode.interface import LineMode

    lines = DescriptorLines(IReactorFDSet(reactor), sys.stdin.fileno())
    listens = "listen" in options
    return LineMode(reactor, chat, connect, lines, sys.stdout, sys.stderr, attended=_is_attended(), listens=listens)


def _on_screen(
    reactor: ReactorBase, options: argparse.Namespace, config: Config, chat: Chat, connect: Connect
) -> Program:
    from twisted.internet.threads import deferToThreadPool

    from chatroom.client.app import App
    from chatroom.client.drawing.terminal.notification import notification
    from chatroom.client.drawing.terminal.tty import Tty
    from chatroom.client.drawing.widget import ViewWidget
    from chatroom.client.errands import World
    from chatroom.client.terminal import Terminal
    from chatroom.client.world.bell import Bell
    from chatroom.client.world.hooks import Hooks
    from chatroom.client.world.hooks import run as run_hook
    from chatroom.client.world.opener import Opener, Processes
    from chatroom.client.world.text_editor import TextEditor, run

    def crashed(failure: Failure) -> None:
        App.log.failure("The client has failed", failure)
        app.end(1)

    def complain(problem: str) -> None:
        app.complain(problem)

    tty = Tty(closed=lambda: app.end(1), links=options.links)
    widget = ViewWidget(config.keys, options.text_width, runs=options.runs)
    terminal = Terminal(reactor, tty, _theme(options, config), widget, crashed, mouse=options.mouse)
    bell = Bell(lambda alert: terminal.write(notification(options.notify, alert, os.environ)), reactor.seconds)
    opens = Opener(os.environ, sys.platform, Processes().start).open
    threads = partial(deferToThreadPool, reactor, reactor.getThreadPool())
    hooks = Hooks(config.hooks, threads, run_hook, complain)
    world = World(opens, TextEditor(os.environ, threads, run).edit, hooks.tell)
    app = App(reactor, terminal, chat, connect, bell, world)
    return app


def _theme(options: argparse.Namespace, config: Config) -> Theme:
    """Return the theme that the user wants, with the looks of their own."""
    from chatroom.client.drawing.styles import restyled
    from chatroom.client.drawing.themes import choose

    return restyled(choose(options.theme, os.environ), config.styles)


def _looks(options: argparse.Namespace, config: Config) -> Sequence[int]:
    """Return what the hues of people look like here."""
    from chatroom.client.drawing.look_alikes import look_alikes
    from chatroom.client.drawing.terminal.display import colours

    return look_alikes(_theme(options, config), colours(os.environ))


def _on_signals(reactor: ReactorBase, program: Program) -> None:
    for number in (signal.Signals[name] for name in ENDS):
        signal.signal(number, lambda number, _: reactor.callFromThread(program.end, 128 + number))


def _fail(message: str) -> int:
    with suppress(OSError):
        print(f"chatroom-urwid: {message}", file=sys.stderr)
    return 1
