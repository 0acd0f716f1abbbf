"""``twistd`` whose ``chatroom`` is a mutant: a server that is put together with a faulty part, named first."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from twisted.application.app import run
from twisted.application.service import IService, IServiceMaker, MultiService
from twisted.internet.defer import Deferred
from twisted.plugin import IPlugin
from twisted.scripts._twistd_unix import ServerOptions
from twisted.scripts.twistd import runApp
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.tools.turn import Turn
from chatroom.fronts.factory import LineFactory
from chatroom.logs.log_service import LogService
from chatroom.logs.retention import Retention
from chatroom.options.command_line import Options
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import Listener
from chatroom.services.operations.graceful_stop import GracefulStop
from chatroom.wire.frames.frames import Frames
from tests.e2e.model_faults import FAULTS, SOUND, Fault
from tests.lateness import TardyDirectory, TardyLog, Turns


def mutant(options: Options, fault: Fault, reactor: Any) -> IService:
    """Return the server that *options* describe, as far as the model needs it, with a *fault*."""

    def soon(action: Callable[[], object]) -> None:
        reactor.callLater(0, action)

    limits = options.limits()
    wheel = fault.wheel(reactor)
    log = fault.log(
        Path(options["store"]),
        clock=reactor,
        from_thread=reactor.callFromThread,
        wall=time.time,
        retention=Retention(options["keep-messages"], options["keep-days"], options["keep-closed"]),
    )
    directory = fault.directory(wheel)
    turns = Turns(fault.late, soon) if fault.late else None
    lobby = fault.lobby(
        log=TardyLog(log, turns) if turns else log,
        audit=log,
        follows=log,
        directory=TardyDirectory(directory, turns) if turns else directory,
        turn=Turn(soon),
        wheel=wheel,
        wall=time.time,
        limits=limits,
    )
    frames = Frames(options["name"], limits)
    factory = LineFactory(lobby, server=options["name"], frames=frames, wheel=wheel, soon=soon)

    async def stop() -> None:
        await factory.stop()
        await log.stop()

    service = MultiService()
    where = options["port"]
    GracefulStop(reactor, lambda: Deferred.fromCoroutine(stop())).setServiceParent(service)
    LogService(log, lambda: lobby.restore(options["room"])).setServiceParent(service)
    Listener(ListenAddress(reactor, where), factory, where).setServiceParent(service)
    return service


@implementer(IServiceMaker, IPlugin)
class MutantMaker:
    """Makes such servers with a *fault*."""

    tapname = "chatroom"
    description = "A chat room server with a fault."
    options = Options

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def makeService(self, options: Options) -> IService:
        """Return one."""
        from twisted.internet import reactor

        reactor.seconds = time.monotonic  # type: ignore[method-assign]
        return mutant(options, self._fault, reactor)


class MutantOptions(ServerOptions):
    """``twistd``'s, which knows nothing but the mutant with a *fault*."""

    def __init__(self, fault: Fault) -> None:
        self._maker = MutantMaker(fault)
        super().__init__()

    @property
    @override
    def subCommands(self) -> Iterator[tuple[str, None, type[Options], str]]:
        maker = self._maker
        self.loadedPlugins = {maker.tapname: maker}
        yield maker.tapname, None, maker.options, maker.description


if __name__ == "__main__":
    run(runApp, partial(MutantOptions, {**SOUND, **FAULTS}[sys.argv.pop(1)]))
