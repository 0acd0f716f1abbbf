"""``twistd chatroom``: its options, and the server that they make."""

from __future__ import annotations

import re
import signal
import time
import tomllib
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import astuple, fields, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from twisted.application.service import IService
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.trial.unittest import SynchronousTestCase

from chatroom import __version__
from chatroom.core.values.limits import Limits
from chatroom.options.command_line import Options
from chatroom.options.table import OPTIONS
from chatroom.programs.early_signals import NUMBERS
from chatroom.services.listening.listener import Listener
from chatroom.services.operations.fd_limit import connections
from chatroom.tap import makeService, server
from tests.fakes import NOON

LIMITS = [field.name.replace("_", "-") for field in fields(Limits)]
"""The options that set what the server withstands."""


def options(*arguments: str) -> Options:
    parsed = Options()
    parsed.parseOptions([*arguments])
    return parsed


class LimitsTest(SynchronousTestCase):
    """Every limit is an option."""

    def test_each_can_be_set(self) -> None:
        for position, name in enumerate(LIMITS):
            # There is a most for this one.
            number = 300 if name == "page" else 1000 + position
            changed = replace(Limits(), **{name.replace("-", "_"): number})
            self.assertEqual(options(f"--{name}", str(number)).limits(), changed)

    def test_each_can_be_switched_off(self) -> None:
        off = options(*[f"--{name}=0" for name in LIMITS]).limits()
        self.assertEqual({*astuple(off)}, {0})

    def test_all_are_shown_with_their_values(self) -> None:
        printed = StringIO()
        with redirect_stdout(printed):
            left = self.assertRaises(SystemExit, options, "--show-limits", "--burst=99", "--sync=normal")
        self.assertFalse(left.code)
        shown = tomllib.loads(printed.getvalue())
        limits = [option for group in OPTIONS.values() for option in group if option.limit]
        expected = {option.name: option.default for option in limits} | {"burst": 99, "sync": "normal"}
        # That many there are descriptors for.
        expected["max-connections"] = connections(0)
        self.assertEqual(shown, expected)

    def test_times_may_have_fractions(self) -> None:
        self.assertEqual(options("--linger", "0.5").limits().linger, 0.5)


class StoreTest(SynchronousTestCase):
    """Where messages are kept."""

    def test_memory_is_memory_as_people_and_sqlite_write_it(self) -> None:
        for name in ("memory", "Memory", "MEMORY", ":memory:", ":Memory:"):
            self.assertEqual(options(f"--store={name}")["store"], "memory")
        self.assertEqual(options("--store=./memory")["store"], "./memory")

    def test_a_database_is_one_as_people_and_postgresql_write_it(self) -> None:
        for scheme in ("postgresql", "postgres", "Postgres"):
            self.assertEqual(options(f"--store={scheme}:///Tea")["store"], "postgresql:///Tea")
        self.assertEqual(options("--store=./postgresql:")["store"], "./postgresql:")


class ThreadedReactor(MemoryReactorClock):
    """A reactor that can be called from threads; nobody does."""

    def callFromThread(self, call: Callable[[], None]) -> None:  # noqa: N802
        """Call *call*, soon."""
        self.callLater(0, call)


class WrongOptionsTest(SynchronousTestCase):
    """Whatever is wrong ends the program with one line that says what."""

    def assert_refused(self, arguments: list[str], about: str) -> None:
        complaint = self.assertRaises(SystemExit, options, *arguments).code
        assert isinstance(complaint, str)
        self.assertRegex(complaint, r"\Atwistd chatroom: .+\Z")
        self.assertIn(about, complaint)

    def test_values_that_are_no_numbers(self) -> None:
        for value in ("", "many", "-1", "1.5", "1e3", "٣", "0x10"):
            self.assert_refused([f"--max-line={value}"], "max-line")
        for value in ("", "long", "-1", "nan", "inf", "1e10"):
            self.assert_refused([f"--linger={value}"], "linger")

    def test_ways_to_keep_messages_that_there_are_not(self) -> None:
        for value in ("", "off", "FULL"):
            self.assert_refused([f"--sync={value}"], "sync")
        for name in ("keep-days", "keep-closed", "busy-timeout"):
            self.assert_refused([f"--{name}=ever"], name)
        self.assert_refused(["--keep-messages=1.5"], "keep-messages")

    def test_limits_that_no_server_can_have(self) -> None:
        self.assert_refused(["--page=301"], "--page takes a whole number from 0 to 300, not 301")
        self.assert_refused(["--max-line=10"], "--max-line takes a whole number from 512, or 0, not 10")

    def test_a_second_port(self) -> None:
        for second in ("--port=8081", "-p8081", "--por=8081"):
            self.assert_refused(["--port=8080", second], "--port is given twice; name the other place by --listen")

    def test_options_that_are_misspelt(self) -> None:
        for option, meant in {
            "--prot": "port",
            "--brust=3": "burst",
            "--BURST": "burst",
            "--max_line": "max-line",
        }.items():
            name = option.partition("=")[0]
            self.assert_refused(["--room=tea", option], f"there is no option {name}; did you mean --{meant}? (twistd")
        self.assert_refused(["--colour"], "there is no option --colour (twistd chatroom --help lists the options)")
        self.assert_refused(["-x"], "there is no option -x (")
        self.assert_refused(["--k"], "not a unique prefix")

    def test_options_that_there_are_not(self) -> None:
        self.assert_refused(["--colour"], "colour")
        self.assert_refused(["--max-line"], "max-line")
        self.assert_refused(["8080"], "8080 is no option; write --port 8080")
        self.assert_refused(["--port", "8080", "tea"], "tea")

    def test_names_that_no_room_can_have(self) -> None:
        for name in ("", "a b", "../tea", "\x1b[31m"):
            self.assert_refused(["--room", name], "room")

    def test_names_that_no_server_can_have(self) -> None:
        for name in ("", "  ", "two\nlines", "\x1b[31m", "x" * 65):
            self.assert_refused([f"--name={name}"], "name")

    def test_a_message_of_the_day_that_is_not_there(self) -> None:
        parsed = options("--store=memory", "--motd=nowhere/motd")
        error = self.assertRaises(SystemExit, server, parsed, MemoryReactorClock(), time.time)
        where = Path("nowhere/motd").absolute()
        self.assertEqual(error.code, f"twistd chatroom: --motd: {where} can't be read (No such file or directory)")

    def test_checkers_that_could_let_nobody_in(self) -> None:
        nowhere = Path("nowhere").absolute()
        for given, why in (
            ("file:nowhere", f"{nowhere} can't be read (No such file or directory)"),
            ("web", "there is no such checker; there are file, memory"),
        ):
            parsed = options("--store=memory", f"--auth={given}")
            error = self.assertRaises(SystemExit, server, parsed, MemoryReactorClock(), time.time)
            self.assertIn(f"twistd chatroom: --auth {given}: {why}", str(error.code))

    def test_databases_that_can_not_be_named_so(self) -> None:
        for arguments, name in (
            (["--store=postgresql://tea:secret@/tea"], "a password"),
            (["--store=postgresql:///tea?colour=green"], "colour"),
            (["--store=postgresql:///tea", "--room-ports=9000-9003"], "--room-ports"),
        ):
            error = self.assertRaises(SystemExit, server, options(*arguments), ThreadedReactor(), time.time)
            assert isinstance(error.code, str)
            self.assertRegex(error.code, rf"\Atwistd chatroom: .*{name}.*\Z")
            self.assertNotIn("secret", error.code)

    def test_places_where_nobody_can_listen(self) -> None:
        for where in ("tea", "tcp", "tcp:tea", "99999", "tcp:8080:tea=1", "", "-1", "8080 "):
            for option in ("--port", "--listen", "--metrics"):
                parsed = options("--store=memory", option, where)
                error = self.assertRaises(SystemExit, server, parsed, MemoryReactorClock(), time.time)
                assert isinstance(error.code, str)
                self.assertRegex(error.code, r"\Atwistd chatroom: .+\Z")
                self.assertIn(where, error.code)


class ConfigTest(SynchronousTestCase):
    """Every option may be set in a file."""

    def configured(self, text: str, *arguments: str) -> Options:
        """Return the options of somebody who has *text* in a file and gives *arguments*."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "chatroom.toml")
        self.path.write_text(text, encoding="utf-8")
        return options(f"--config={self.path}", *arguments)

    def refusal(self, text: str, *arguments: str) -> str:
        left = self.assertRaises(SystemExit, self.configured, text, *arguments)
        assert isinstance(left.code, str)
        return left.code

    def test_the_command_line_goes_before_the_file(self) -> None:
        text = 'burst = 1\nrate = 2\nroom = ["tea"]\nlisten = ["tcp:1"]\n'
        parsed = self.configured(text, "--burst=3", "--room=milk", "--room=honey")
        self.assertEqual((parsed["burst"], parsed["rate"]), (3, 2))
        self.assertEqual((parsed["room"], parsed["listen"]), (["milk", "honey"], ["tcp:1"]))
        self.assertEqual(self.configured(text, "--listen=tcp:2")["listen"], ["tcp:2"])

    def test_what_show_limits_prints_may_be_in_the_file(self) -> None:
        printed = StringIO()
        with redirect_stdout(printed):
            self.assertRaises(SystemExit, options, "--show-limits", "--linger=0.5", "--sync=normal")
        parsed = self.configured(printed.getvalue())
        kept = options("--linger=0.5", "--sync=normal", f"--max-connections={connections(0)}")
        self.assertEqual(parsed, {**kept, "config": str(self.path)})

    def test_show_limits_prints_what_the_file_says(self) -> None:
        printed = StringIO()
        with redirect_stdout(printed):
            self.assertRaises(SystemExit, self.configured, "burst = 99\n", "--show-limits")
        self.assertEqual(tomllib.loads(printed.getvalue())["burst"], 99)

    def test_what_is_wrong_is_told_with_its_line(self) -> None:
        for text, why in {
            "max-line = 1.5": "max-line takes a whole number from 0, not 1.5",
            "linger = nan": "linger takes a number from 0, not nan",
            'sync = "off"': "sync takes full or normal, not off",
            'room = ["tea", "a b"]': "room a b: ",
            'name = ""': "name: There is nothing in this text.",
            "config = 1": "there is no option 'config'",
            "show-limits = true": "there is no option 'show-limits'",
            "brust = 1": "there is no option 'brust'; did you mean burst?",
        }.items():
            told = self.refusal(f"# mine\n\n{text}\n")
            self.assertEqual(told.count("\n"), 0)
            self.assertTrue(told.startswith(f"twistd chatroom: {self.path}, line 3: {why}"), told)

    def test_what_shows_to_be_wrong_later_is_told_with_its_line_too(self) -> None:
        nowhere = Path("nowhere").absolute()
        for text, why in {
            'motd = "nowhere"': f"motd: {nowhere} can't be read (No such file or directory)",
            'port = "tea"': "tea is no endpoint",
            'listen = ["tea"]': "tea is no endpoint",
            'room-ports = "9000-9063"\nport = "unix:here"': "room-ports goes with a --port",
        }.items():
            parsed = self.configured(f"# mine\n\n{text}\n", "--store=memory")
            error = self.assertRaises(SystemExit, server, parsed, MemoryReactorClock(), time.time)
            self.assertTrue(str(error.code).startswith(f"twistd chatroom: {self.path}, line 3: {why}"), error.code)
            parsed = self.configured(f"# mine\n\n{text}\n", "--store=memory", "--port=tea", "--motd=nowhere")
            error = self.assertRaises(SystemExit, server, parsed, MemoryReactorClock(), time.time)
            self.assertTrue(str(error.code).startswith("twistd chatroom: tea is no endpoint"), error.code)

    def test_what_is_wrong_on_the_command_line_is_told_first(self) -> None:
        self.assertIn("--burst takes", self.refusal("brust = 1", "--burst=many"))

    def test_a_file_that_is_not_there(self) -> None:
        left = self.assertRaises(SystemExit, options, "--config=nowhere.toml")
        self.assertEqual(left.code, "twistd chatroom: nowhere.toml can't be read (No such file or directory)")


class HelpTest(SynchronousTestCase):
    """``--help`` fits a terminal."""

    def test_it_says_which_version_it_is(self) -> None:
        printed = StringIO()
        with redirect_stdout(printed):
            left = self.assertRaises(SystemExit, options, "--version")
        self.assertFalse(left.code)
        self.assertEqual(printed.getvalue(), f"chatroom {__version__}\n")

    def test_it_ends_the_program_well(self) -> None:
        printed = StringIO()
        with redirect_stdout(printed):
            left = self.assertRaises(SystemExit, options, "--help")
        self.assertFalse(left.code)
        shown = printed.getvalue()
        self.assertLess(max(map(len, shown.splitlines())), 80)
        self.assertIsNone(re.search(r"(?m)[ \t]$", shown))


class ServerTest(SynchronousTestCase):
    """The server that the options make."""

    def listening(self, *arguments: str) -> tuple[MemoryReactorClock, list[IProtocolFactory]]:
        """Start the server, and return its reactor and what waits for connections where it listens."""
        memory = self.memory = MemoryReactorClock()
        service = server(options("--store=memory", *arguments), memory, lambda: NOON)
        for each in service:
            if each.name in {"room-ports", "store"} or isinstance(each, Listener):
                each.startService()
        return memory, [listener[1] for listener in memory.tcpServers]

    def said(self, factory: IProtocolFactory, *lines: str) -> list[str]:
        """Return what somebody is answered who connects and types *lines*."""
        transport = StringTransport()
        protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        assert protocol is not None
        protocol.makeConnection(transport)
        protocol.dataReceived("".join(f"{line}\n" for line in lines).encode())
        self.memory.advance(0)
        written: bytes = transport.value()
        return written.decode().splitlines()

    def test_it_listens_wherever_it_was_told_to(self) -> None:
        memory, _ = self.listening("--port", "tcp:1", "--listen", "tcp:2:interface=127.0.0.1", "--listen", "tcp:3")
        self.assertEqual(
            [(port, where) for port, _, _, where in memory.tcpServers], [(1, ""), (2, "127.0.0.1"), (3, "")]
        )

    def test_all_ways_in_lead_to_one_lobby(self) -> None:
        _, (one, another) = self.listening("-p", "tcp:1", "--listen", "tcp:2")
        self.said(one, "alice")
        self.assertIn("! username-taken:", "\n".join(self.said(another, "ALICE")))

    def test_metrics_are_served_where_it_was_told_to_and_only_then(self) -> None:
        memory, _ = self.listening("--port=tcp:1")
        self.assertEqual(len(memory.tcpServers), 1)
        for where, interface in (("2", "127.0.0.1"), ("tcp:2", ""), ("tcp:2:interface=127.0.0.3", "127.0.0.3")):
            memory, _ = self.listening("--port=tcp:1", "--metrics", where)
            self.assertEqual([(port, where) for port, _, _, where in memory.tcpServers], [(1, ""), (2, interface)])

    def test_its_rooms_are_there_from_the_start(self) -> None:
        _, [factory] = self.listening("--port=tcp:1", "--room=tea", "--room=Milk", "--room=TEA")
        lines = self.said(factory, "alice", "delete milk")
        self.assertEqual([line.split()[1] for line in lines if line.startswith("*   ")], ["Milk", "tea"])
        self.assertIn("! not-allowed: ", lines[-1])

    def test_each_room_has_a_port_beside_the_first_one(self) -> None:
        memory, [tea, _, _] = self.listening(
            "--port=tcp:1:interface=127.0.0.1", "--listen=tcp:2", "--room=tea", "--room-ports=10-11"
        )
        self.assertEqual([(port, where) for port, _, _, where in memory.tcpServers][:1], [(10, "127.0.0.1")])
        self.assertIn("* You are in tea (1/256).", "\n".join(self.said(tea, "alice")))

    def test_rooms_have_ports_only_where_there_are_any(self) -> None:
        for where in ("unix:here", "haproxy:unix:here"):
            with self.assertRaises(SystemExit) as ended:
                self.listening("--port", where, "--room-ports=10-11")
            self.assertIn(f"not with {where}", str(ended.exception.code))

    def test_it_has_the_name_and_the_message_that_it_was_given(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        motd = Path(folder.name, "motd")
        motd.write_text("Tea is at five.\n")
        _, [factory] = self.listening("--port=tcp:1", "--name=The Tea House", f"--motd={motd}")
        lines = self.said(factory, "alice")
        self.assertEqual(lines[0], "* Welcome to The Tea House. Type the username you want.")
        self.assertEqual(lines[-1], "* Tea is at five.")
        [welcome] = self.said(factory, '{"type": "login", "username": "bob"}')
        self.assertIn('"server":"The Tea House"', welcome)
        self.assertIn('"motd":"Tea is at five."', welcome)

    def test_its_limits_hold(self) -> None:
        _, [factory] = self.listening("--port=tcp:1", "--room=tea", "--room-capacity=3", "--max-line=512")
        lines = self.said(factory, "alice", "list", "a" * 513)
        self.assertEqual(lines[-2:][0], "*   tea   0/3")
        self.assertTrue(lines[-1].startswith("! line-too-long: "))

    def test_makeservice_lets_the_reactor_follow_a_clock_that_never_jumps(self) -> None:
        the_reactor = cast("Any", reactor)
        before = vars(the_reactor).get("seconds")

        def restore() -> None:
            del the_reactor.seconds
            if before is not None:
                the_reactor.seconds = before

        self.addCleanup(restore)
        for number in NUMBERS:
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        service = makeService(options("--port=tcp:0:interface=127.0.0.1"))
        self.assertTrue(IService.providedBy(service))
        self.assertIs(the_reactor.seconds, time.monotonic)
        call = the_reactor.callLater(1000, lambda: None)
        self.assertLess(abs(call.getTime() - time.monotonic() - 1000), 500)
        call.cancel()
