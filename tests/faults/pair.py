"""A primary and its standby, which change places; and the ways to them that each server has, which can be cut."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.e2e.processes import free_port
from tests.engine import Engine, placed
from tests.faults.clocks import Clock
from tests.proxy import Proxy, flaky

STANDBY = "standby"
"""The name of whichever is the standby."""


class Pair:
    """Two engines, one of which is the *primary*. Every commit waits for the *standby*, also while there is none."""

    def __init__(self, primary: Engine, standby: Engine, library: Path | None) -> None:
        self.engines = (primary, standby)
        self.primary, self.standby = primary, standby
        # Where both may read it, as whom they run.
        self.clock = Clock(library, primary.folder) if library else None
        for engine in self.engines:
            # A kill in the middle of a page tears that in two, as the fall of a machine does: it is to be made whole.
            engine.settings |= {"full_page_writes": "on", "listen_addresses": "127.0.0.1", "port": str(free_port())}
            if self.clock:
                engine.wrapper = self.clock.wrapper
        primary.init()
        primary.start()
        primary.execute("CREATE ROLE chat LOGIN")
        self.database = primary.database().partition("@/")[2].partition("?")[0]
        standby.copy(primary, STANDBY)
        primary.stop()
        for engine in self.engines:
            engine.settings |= {"synchronous_standby_names": STANDBY}
            engine.start()

    def promote(self) -> None:
        """Let the standby be the primary, from now on."""
        self.standby.execute("SELECT pg_promote()")
        self.primary, self.standby = self.standby, self.primary

    def renew(self) -> None:
        """Let whoever was the primary follow the one that is."""
        self.standby.stop(signal.SIGKILL)
        self.standby.copy(self.primary, STANDBY)
        self.standby.start()


class Ways:
    """How one server gets to both engines."""

    def __init__(self, pair: Pair, stack: ExitStack) -> None:
        self.proxies: Sequence[Proxy] = [stack.enter_context(flaky(int(engine.port))) for engine in pair.engines]
        hosts = ",".join(f"127.0.0.1:{proxy.port}" for proxy in self.proxies)
        options = "target_session_attrs=read-write&connect_timeout=2"
        self.where = f"postgresql://chat@{hosts}/{pair.database}?{options}"


@contextmanager
def paired(library: Path | None) -> Iterator[Pair]:
    """Have a primary and a standby, by *library* with a clock of their own; skip if PostgreSQL is not installed."""
    with placed() as one, placed() as other:
        yield Pair(one, other, library)
