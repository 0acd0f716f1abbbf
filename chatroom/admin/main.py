"""``chatroom-admin``: an operator's work, on the log and with the server that runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from chatroom import __version__
from chatroom.admin import accounts, moderation, server
from chatroom.admin.control_client import ControlClient, ControlRefused, NoServer
from chatroom.admin.store import Problem, find, open_archive, open_database
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import KINDS
from chatroom.core.values.texts import harmless
from chatroom.logs.archive import messages
from chatroom.logs.copying import Source, Target, copy
from chatroom.logs.sqlite.backup import backup
from chatroom.logs.sqlite.copying import SQLiteSource, SQLiteTarget
from chatroom.logs.sqlite.errors import refusing
from chatroom.logs.sqlite.file import read_only
from chatroom.logs.store_unusable import StoreUnusable
from chatroom.options.kinds import DATABASE, control_path
from chatroom.programs.standard_output import GONE, ArgumentParser, not_written, unwritten
from chatroom.programs.unix_user import by_number
from chatroom.wire.timestamps import rfc3339

if TYPE_CHECKING:
    from chatroom.logs.postgres.archive import PostgresArchive

STORE = "chatroom.sqlite"
"""The log, unless another is named: the server's default too."""

EXPORTED = 1000
"""Messages of an export read at a time."""

LEVELS = get_args(LogLevel)
"""The levels that the log may have."""

ACCOUNT = "Make accounts, and change them, whether the server runs or not."

COMPLETING = "_ARGCOMPLETE"
"""The variable by which a shell asks for completions."""

EXAMPLES = """\
examples:
  chatroom-admin backup monday.sqlite
  chatroom-admin --store /var/lib/chatroom/chatroom.sqlite rooms
  chatroom-admin export lounge > lounge.jsonl
  chatroom-admin who 192.0.2.7
  chatroom-admin account role alice operator
  chatroom-admin kick alice this is the third time
  chatroom-admin ban bob --room lounge --for 1d nobody wants to buy that
  chatroom-admin ban 192.0.2.0/24 somebody there only floods
  chatroom-admin redact bob --room lounge --since 2h
"""


class Progress:
    """The progress of a task, on the terminal if there is one."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show *done* of *total*, ten times a second at most."""
        now = time.monotonic()
        if sys.stderr.isatty() and (now >= self._next or done >= total):
            self._next = now + 0.1
            print(f"\r{self._task}: {100 * done // max(1, total)} %", end="", file=sys.stderr, flush=True)
            if done >= total:
                print(file=sys.stderr)


def back_up(store: str, to: Path) -> None:
    """Copy the log to a new file, also while the server runs."""
    if store.startswith(DATABASE):
        raise Problem("a database is not copied to a file; pg_dump makes a backup of it")
    if not to.absolute().parent.is_dir():
        raise Problem(f"there is no directory {to.parent}; make it first, or name another file")
    with closing(read_only(Path(store))) as connection:
        backup(connection, to, Progress("backup"))
    print(f"{to} is a copy of {store}.")


def copy_to(store: str, to: str) -> None:
    """Copy all rooms and accounts to a database or a new file; no server may run on either."""
    with closing(_source(store)) as source, closing(_target(to)) as target:
        rooms, said, people = copy(source, target, Progress("copy"))
    accounts = f", and {people} account{'s' * (people != 1)}," if people else ""
    print(f"{rooms} room{'s' * (rooms != 1)} with {messages(said)}{accounts} are copied from {store} to {to}.")


def _source(store: str) -> Source:
    if not store.startswith(DATABASE):
        return SQLiteSource(Path(store))
    with closing(open_database(store)) as archive:
        _refuse_servers(archive)
    from chatroom.logs.postgres.copying import PostgresSource

    return PostgresSource(store)


def _target(to: str) -> Target:
    if not to.startswith(DATABASE):
        return SQLiteTarget(Path(to))
    # One without a log has no servers either.
    with suppress(StoreUnusable), closing(open_database(to)) as archive:
        _refuse_servers(archive)
    from chatroom.logs.postgres.copying import PostgresTarget

    return PostgresTarget(to)


def _refuse_servers(archive: PostgresArchive) -> None:
    """Refuse a database that servers use."""
    if alive := [server.address for server in archive.servers(time.sleep) if server.alive]:
        raise Problem(f"{', '.join(alive)} runs on this database; stop all servers first")


def check(store: str) -> None:
    """Check that the log is in order: what keeps it, and the numbers of each room."""
    with closing(open_archive(store)) as archive:
        problems = archive.problems(Progress("check"))
    if problems:
        raise Problem(
            f"{store} is damaged; restore a backup. "
            + "; ".join(harmless(" ".join(problem.split())) for problem in problems)
        )
    print(f"{store} is in order.")


def rooms(store: str) -> None:
    """List the rooms: messages kept, time of closing, topic."""
    with closing(open_archive(store)) as archive:
        print(f"{'messages':>10}  {'closed since':24}  room")
        for room, topic, closed, count in archive.rooms():
            since = "" if closed is None else rfc3339(closed)
            print(f"{count:10}  {since:24}  {room}" + (f" ({harmless(topic)})" if topic else ""))


def export(store: str, room: str) -> None:
    """Write the messages of a room, each as a line of JSON."""
    with closing(open_archive(store)) as archive:
        log, name = find(archive, room)
        progress = Progress("export")
        total, head = archive.size(log)
        done = last = 0
        while last < head:
            rows = archive.page(log, last, head, EXPORTED)
            if not rows:
                raise Problem(f"{name} was removed meanwhile; only the messages up to number {last} were exported")
            for seq, at, speaker, text, kind, re in rows:
                entry: dict[str, object] = {"room": name, "seq": seq, "at": rfc3339(at), "from": speaker, "text": text}
                entry |= {KINDS[kind]: True} if kind else {}
                entry |= {} if re is None else {"re": re}
                # What was taken back has no text any more.
                entry |= {} if text else {"redacted": True}
                print(json.dumps(entry, ensure_ascii=False))
                done += 1
                progress(done, total)
            last = rows[-1][0]


def delete(store: str, control: Path, room: str) -> None:
    """Remove a room with all that was said in it."""
    with suppress(NoServer), ControlClient(control) as server:
        server.ask("delete", room=room)
        print(f"{harmless(room)} is deleted; whoever was there is in the lobby.")
        return
    with closing(open_archive(store)) as archive:
        log, name = find(archive, room)
        total = archive.remove(log, by_number(os.getuid()), Progress("delete"))
    print(f"{name} and its {messages(total)} are removed.")


def nodes(store: str) -> None:
    """List the servers that share a database, and who of them lives."""
    with closing(open_database(store)) as archive:
        servers = archive.servers(time.sleep)
    print(f"{'node':>6}  {'seats':>7}  {'sign of life':14}  server")
    for each in servers:
        print(f"{each.number:6}  {each.seats:7}  {'yes' if each.alive else 'none':14}  {each.address}")


def new_epochs(store: str) -> None:
    """Let nobody read on in a database that went back to a backup; no server may run."""
    with closing(open_database(store)) as archive:
        _refuse_servers(archive)
        count = archive.begin_new_epochs()
    print(f"{count} room{'s' * (count != 1)} of {store} begin a new epoch.")


def command_line() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = ArgumentParser(
        prog="chatroom-admin",
        description="Look after a chat room server: what was said in its rooms, and who is connected.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add_options(parser: argparse.ArgumentParser, store: object, other: object) -> None:
        about = f"the file or database that the server was given as --store [{STORE}]"
        parser.add_argument("--store", default=store, metavar="FILE", help=about)
        about = "the socket that the server was given as --control [beside the store]"
        parser.add_argument("--control", default=other, metavar="FILE", type=Path, help=about)
        about = "print one JSON object a line, where there is a table for people"
        parser.add_argument("--json", default=other, action="store_true", help=about)

    add_options(parser, STORE, None)
    about = "print which version it is, and exit"
    parser.add_argument("--version", action="version", version=f"chatroom {__version__}", help=about)
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Callable[..., None], *asked: str, to: Any = commands) -> Callable[..., None]:
        """Add the command *name*, for which *run* gets the options that are *asked*, and then its arguments."""
        about = str(run.__doc__)
        command = to.add_parser(name, help=about[:1].lower() + about[1:-1], description=about)
        # They may stand before the command or behind it.
        add_options(command, argparse.SUPPRESS, argparse.SUPPRESS)
        command.set_defaults(run=run, asked=asked, arguments=[])

        def add_argument(name: str, metavar: str, purpose: str, **more: Any) -> None:
            if metavar:
                more["metavar"] = metavar
            made = command.add_argument(name, help=purpose, **more)
            command.set_defaults(arguments=[*command.get_default("arguments"), made.dest])

        return add_argument

    add("backup", back_up, "store")("file", "FILE", "a new file, which must not exist", type=Path)
    add("copy", copy_to, "store")("to", "TO", "an empty database, or a new file")
    add("check", check, "store")
    add("rooms", rooms, "store")
    add("export", export, "store")("room", "ROOM", "the name of the room, as rooms shows it")
    add("nodes", nodes, "store")
    add("new-epochs", new_epochs, "store")
    add("delete", delete, "store", "control")("room", "ROOM", "the name of the room, as rooms shows it")
    add("who", server.who, "control", "json")("match", "MATCH", "a part of a name or an address", nargs="?", default="")
    kicking = add("kick", server.kick, "control")
    kicking("--room", "ROOM", "put them out of that room alone")
    about = "USER is the number of a connection, as who shows it"
    kicking("--connection", "", about, dest="numbered", action="store_const", const=True, default=False)
    kicking("user", "USER", "the name")
    kicking("why", "WHY", "what they are told", nargs="*")
    for kind in (server.mute, server.ban):
        imposing = add(kind.__name__, kind, "control")
        imposing("--room", "ROOM", "in that room alone")
        imposing("--for", "TIME", "how long, as in 10m, 2h, 1d [until it is lifted]", dest="lasts")
        about = "everybody from where they are, too"
        imposing("--host", "", about, dest="whom", action="store_const", const=server.EVERYBODY, default="")
        imposing("user", "USER", "the name" if kind is server.mute else "the name, or a network as 192.0.2.0/24")
        imposing("why", "WHY", "what they are told", nargs="*")
    for lift in (server.unmute, server.unban):
        lifting = add(lift.__name__, lift, "control")
        lifting("--room", "ROOM", "in that room alone")
        whom = "the name" if lift is server.unmute else "the name, or a network"
        lifting("user", "USER", f"{whom}; or the number of the sanction, as bans shows it")
    listing = add("bans", moderation.bans, "store", "control", "json")
    listing("--room", "ROOM", "those in that room alone")
    listing = add("reports", moderation.reports, "store", "control", "json")
    listing("--room", "ROOM", "what was reported in that room alone")
    listing("--all", "", "what is resolved, too", action="store_true")
    resolving = add("resolve", server.resolve, "control")
    resolving("number", "NUMBER", "the number of the report, as reports shows it", type=int)
    resolving("why", "NOTE", "what is noted about that", nargs="*")
    listing = add("audit", moderation.audit, "store", "control", "json")
    listing("--room", "ROOM", "what was done in that room alone")
    listing("match", "MATCH", "a part of the name of who did it, or to whom", nargs="?", default="")
    taking = add("redact", server.redact, "control")
    taking("--room", "ROOM", "the room that it is about", required=True)
    taking("--since", "TIME", "how long ago, as in 30s, 10m, 2h, up to 1d", required=True)
    taking("user", "USER", "the name")
    taking("why", "WHY", "what is noted", nargs="*")
    account = commands.add_parser("account", help="make accounts, and change them", description=ACCOUNT)
    account.set_defaults(run=None)
    actions = account.add_subparsers(title="actions", metavar="ACTION", required=True)
    for action, run in (("add", accounts.add), ("password", accounts.set_password), ("remove", accounts.remove)):
        add(action, run, "store", "control", to=actions)("name", "NAME", "the name")
    giving = add("role", accounts.set_role, "store", "control", to=actions)
    giving("name", "NAME", "the name")
    giving("role", "", "operator, with all rights everywhere, or member", choices=["operator", "member"])
    listing = add("list", accounts.list_all, "store", "control", "json", to=actions)
    listing("match", "MATCH", "a part of the name", nargs="?", default="")
    add("notice", server.notice, "control")("text", "TEXT", "what is said", nargs="+")
    add("reload", server.reload, "control", "json")
    about = ", ".join(LEVELS[:-1]) + f" or {LEVELS[-1]}"
    add("log-level", server.log_level, "control")("level", "", about, choices=LEVELS)
    return parser


def _complete(parser: argparse.ArgumentParser) -> None:
    """Tell the shell, which asks, what may stand where its cursor is, and end."""
    # Only here: who completes nothing needs none of it.
    with suppress(ImportError):
        from argcomplete import autocomplete

        autocomplete(parser, always_complete_options=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what *arguments* ask for, and return the exit status."""
    parser = command_line()
    if COMPLETING in os.environ:
        _complete(parser)
    parsed, rest = parser.parse_known_args(arguments)
    options = vars(parsed)
    # Words of a reason may stand behind options, which argparse does not know of.
    if rest and "why" in options and not any(word.startswith("-") for word in rest):
        options["why"] += rest
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if options["run"] is None:
        parser.print_help(sys.stderr)
        return 2
    status = 0
    try:
        store = str(options["store"])
        given = {"store": store, "control": options["control"] or control_path(store), "json": bool(options["json"])}
        with refusing(Path(store)):
            asked = [given[name] for name in options["asked"]]
            options["run"](*asked, *(options[name] for name in options["arguments"]))
    except BrokenPipeError:
        status = 1
    except (Problem, StoreUnusable, ChatError, NoServer, ControlRefused, OSError) as error:
        print(f"chatroom-admin: {error}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        return 130
    if failed := unwritten():
        status = 1
        if failed.errno not in GONE:
            print(f"chatroom-admin: {not_written(failed)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
