"""A server in this process, whose time of day stands still until it is set, and guests who talk there."""

from __future__ import annotations

import itertools
import json
import re
import socket
from collections.abc import Callable
from typing import Any

from twisted.internet.selectreactor import SelectReactor
from twisted.internet.threads import deferToThreadPool
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import provider

from chatroom.options.command_line import Options
from chatroom.tap import server

LIMIT = 20.0
"""Seconds after which waiting is given up."""


class Stage:
    """A server on 127.0.0.1 with its messages in memory; *now* is its time of day, in seconds since 1970."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.port = 0


def play(now: float, session: Callable[[Stage], None], *options: str) -> None:
    """Run a server while *session* runs in a thread; *options* are those of ``twistd chatroom``.

    All may be as fast as they like.
    """
    # Not Twisted's global reactor: that one can run only once in a process.
    reactor = SelectReactor()
    stage = Stage(now)
    chosen = Options()
    chosen.parseOptions(["--port", "tcp:0:interface=127.0.0.1", "--store", "memory", "--burst", "0", *options])
    service = server(chosen, reactor, lambda: stage.now)
    failures: list[Failure] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if found := re.search(r" starting on (\d+)$", formatEvent(event)):
            stage.port = int(found[1])
            played = deferToThreadPool(reactor, reactor.getThreadPool(), session, stage)
            played.addErrback(failures.append)
            played.addBoth(lambda _: reactor.stop())

    globalLogPublisher.addObserver(observe)
    reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
    reactor.callWhenRunning(service.privilegedStartService)
    reactor.callWhenRunning(service.startService)
    reactor.run()
    globalLogPublisher.removeObserver(observe)
    for failure in failures:
        failure.raiseException()


class Guest:
    """Somebody in a chat room, who waits for the answer to everything; :attr:`said` is what was heard meanwhile."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._socket = socket.create_connection(("127.0.0.1", stage.port), LIMIT)
        self._lines = self._socket.makefile("rb")
        self._ids = itertools.count(1)
        self.ask("login", username=name)

    def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """Request something, and return the reply."""
        id = next(self._ids)
        self._socket.sendall(json.dumps({"type": type, "id": id, **fields}).encode() + b"\n")
        for line in self._lines:
            reply: dict[str, Any] = json.loads(line)
            if reply.get("id") == id:
                if reply["type"] == "error":
                    raise ValueError(reply["message"])
                return reply
        raise ConnectionError("the server has hung up")

    def say(self, room: str, text: str, after: float = 0, **fields: Any) -> None:
        """Say *text* in *room*, when *after* more seconds of the day have gone by."""
        self._stage.now += after
        self.ask("say", room=room, text=text, **fields)

    def close(self) -> None:
        """Go."""
        self._lines.close()
        self._socket.close()
