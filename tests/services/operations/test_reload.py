"""SIGHUP: what may be read again is, whatever else can't be."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from twisted.internet.error import ReactorNotRunning
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override
from zope.interface import provider

from chatroom.core.values.replies import Reloaded
from chatroom.services.operations.reload import ReloadService


class FakeReactor:
    """Calls from other threads wait, and it notes whether it is to stop."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        self.stopped = False

    def callFromThread(self, call: Callable[[], None]) -> None:  # noqa: N802
        self.calls.append(call)

    def stop(self) -> None:
        if self.stopped:
            raise ReactorNotRunning
        self.stopped = True


class RereadingTest(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        before = signal.getsignal(signal.SIGHUP)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        self.reactor = FakeReactor()
        self.read: list[str] = []

    def reading(self, name: str, *failed: str) -> Callable[[], Reloaded]:
        """Return an action that reads what is called *name*, and says so."""

        def read() -> Reloaded:
            self.read.append(name)
            return Reloaded((f"read {name} again",), failed)

        return read

    def begin(self, *actions: Callable[[], Reloaded]) -> ReloadService:
        service = ReloadService(self.reactor, actions)
        service.startService()
        return service

    def hang_up(self) -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        calls, self.reactor.calls = self.reactor.calls, []
        for call in calls:
            call()

    def test_everything_is_read_again_each_time_in_the_thread_of_the_reactor(self) -> None:
        self.begin(self.reading("motd"), self.reading("certificate"))
        self.assertEqual(self.read, [])
        self.hang_up()
        self.hang_up()
        self.assertEqual(self.read, ["motd", "certificate"] * 2)

    def test_what_fails_does_not_keep_the_others_from_being_read(self) -> None:
        def fail() -> Reloaded:
            raise ZeroDivisionError

        self.begin(fail, self.reading("certificate"))
        self.hang_up()
        self.assertEqual(self.read, ["certificate"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        service = self.begin(fail, self.reading("certificate"))
        failed = ("something could not be read again; the log says more",)
        self.assertEqual(service.reload(), Reloaded(("read certificate again",), failed))
        self.flushLoggedErrors(ZeroDivisionError)

    def test_what_came_of_it_is_logged_and_told_to_who_asks(self) -> None:
        events = list[LogEvent]()

        @provider(ILogObserver)
        def observe(event: LogEvent) -> None:
            events.append(event)

        globalLogPublisher.addObserver(observe)
        self.addCleanup(globalLogPublisher.removeObserver, observe)
        service = self.begin(self.reading("motd", "keeping the old milk"), self.reading("certificate"))
        done = Reloaded(("read motd again", "read certificate again"), ("keeping the old milk",))
        self.assertEqual(service.reload(), done)
        lines = [(event["log_level"], formatEvent(event)) for event in events]
        self.assertEqual(
            lines,
            [
                (LogLevel.info, "read motd again"),
                (LogLevel.error, "keeping the old milk"),
                (LogLevel.info, "read certificate again"),
            ],
        )

    def test_a_server_whose_terminal_is_closed_ends(self) -> None:
        ours, its = os.openpty()
        self.addCleanup(os.close, its)
        ReloadService(self.reactor, [self.reading("motd")], terminal=its).startService()
        self.hang_up()
        self.assertEqual((self.read, self.reactor.stopped), (["motd"], False))
        os.close(ours)
        self.hang_up()
        self.assertEqual((self.read, self.reactor.stopped), (["motd"], True))

    def test_that_a_terminal_is_closed_may_be_said_twice(self) -> None:
        ours, its = os.openpty()
        self.addCleanup(os.close, its)
        ReloadService(self.reactor, [], terminal=its).startService()
        os.close(ours)
        # The system says it, and so does the shell.
        os.kill(os.getpid(), signal.SIGHUP)
        self.hang_up()
        self.assertTrue(self.reactor.stopped)

    def test_a_server_that_has_left_its_terminal_for_the_background_reads_again(self) -> None:
        ours, its = os.openpty()
        self.addCleanup(os.close, its)
        service = ReloadService(self.reactor, [self.reading("motd")], terminal=its)
        # As twistd does between making its services and starting them.
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, its)
        os.close(nothing)
        os.close(ours)
        service.startService()
        self.hang_up()
        self.assertEqual((self.read, self.reactor.stopped), (["motd"], False))

    def test_a_server_that_stops_reads_nothing(self) -> None:
        service = self.begin(self.reading("motd"))
        service.stopService()
        self.hang_up()
        self.assertEqual((service.reload(), self.read), (Reloaded(), []))
