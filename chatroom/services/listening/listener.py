"""Listeners: each has its port from the start of the server on, and listens until its end."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.values.replies import Reloaded
from chatroom.programs.cannot_start import CannotStart
from chatroom.services.listening.certificate import Certificate
from chatroom.services.listening.listen_address import LOCKED, ListenAddress


class Listener(Service):
    """A service that listens on *address*, which the operator wrote as *description*."""

    def __init__(self, address: ListenAddress, factory: IProtocolFactory, description: str) -> None:
        self._address = address
        self._factory = factory
        self._description = description
        self._port: IListeningPort | None = None

    @override
    def privilegedStartService(self) -> None:
        """Take the port before the process gives its privileges up, or end the server with one clear line.

        Nobody is let in yet: what they come for may turn out not to be ours.
        """
        super().privilegedStartService()
        if why := _failed(self._address.hold()):
            self.refused(why)

    @override
    def startService(self) -> None:
        """Let everybody in, or end the server with one clear line."""
        super().startService()
        if why := self.listen():
            self.refused(why)

    def listen(self) -> str | None:
        """Listen; return why that can't be, if so."""
        return _failed(self._address.listen(self._factory).addCallback(self._listening))

    def refused(self, why: str) -> None:
        """End the server, which can't listen."""
        raise CannotStart(f"chatroom can't listen on {self._description}: {why}.")

    @property
    def certificate(self) -> Certificate | None:
        """The certificate of the address, if it has one."""
        return self._address.certificate

    def _listening(self, port: IListeningPort) -> None:
        self._port = port

    def reload(self) -> Reloaded:
        """Read the certificate again, if there is one; connections do not notice."""
        return self._address.reload()

    def abandon(self) -> None:
        """Leave no socket and no lock in the file system: the process ends, and no reactor will see to that."""
        self._address.release()
        port: Any = self._port
        if lock := getattr(port, "lockFile", None):
            Path(os.fsdecode(port.getHost().name)).unlink(missing_ok=True)
            lock.unlock()

    @override
    def stopService(self) -> Deferred[None]:
        """Take no new connections."""
        super().stopService()
        self._address.release()
        port, self._port = self._port, None
        return (port and port.stopListening()) or succeed(None)


def _failed(done: Deferred[Any]) -> str | None:
    """Return why what is *done* already has failed, if it has."""
    failures: list[Failure] = []
    done.addErrback(failures.append)
    return reason(failures[0].value) if failures else None


def reason(error: BaseException | None) -> str:
    """Return why *error* prevents listening, for a person."""
    cause = error.socketError if isinstance(error, CannotListenError) else error
    if cause == LOCKED:
        return "it is in use already; stop the server that uses it, or choose another path"
    match getattr(cause, "errno", None):
        case errno.EADDRINUSE:
            return "it is in use already; stop what uses it, or choose another port"
        case errno.EACCES:
            return "it is not allowed to; ports below 1024 are root's"
    return getattr(cause, "strerror", None) or str(cause)
