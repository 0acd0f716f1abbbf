"""A bad network: connections through it are cut, refused, held up, delayed and chopped, when asked or by themselves."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

LIMIT = 60.0
"""Seconds that the proxy may take to do what it was asked for."""

RESET = struct.pack("ii", 1, 0)
"""For ``SO_LINGER``: to close drops what is unsent, and tells the peer so."""

FOREVER = 1 << 62
"""Bytes that no connection carries."""


class Tunnel:
    """A connection through the proxy: its two sockets, and how many bytes it still lasts."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter, lasts: int) -> None:
        self.near = near
        self.far = far
        self.lasts = lasts

    def cut(self, reset: bool) -> None:
        """End it both ways, in the middle of whatever it carries."""
        for side in (self.near, self.far):
            if reset and not side.is_closing():
                side.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                side.transport.abort()
            else:
                side.close()


class Proxy:
    """A way to the server at *server* on 127.0.0.1, which :func:`flaky` opens; :attr:`port` is where it begins."""

    def __init__(self, server: int, *, delay: float, piece: int, every: float, after: int, seed: int) -> None:
        self._server = server
        self._delay, self._piece, self._every, self._after = delay, piece, every, after
        self._chance = random.Random(seed)
        self._tunnels: set[Tunnel] = set()
        self._there, self._back = asyncio.Event(), asyncio.Event()
        self._go_on()
        self._carried: list[asyncio.Future[None]] = []
        self._accepts = True
        self._stop = asyncio.Event()
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut(self, *, reset: bool = True) -> None:
        """Cut all connections: by a reset, or as if both sides had ended them."""
        self._do(lambda: self._cut(reset))

    def refuse(self) -> None:
        """Cut all connections, and every new one as soon as it comes."""
        self._do(lambda: self._take_new(False))
        self.cut()

    def accept(self) -> None:
        """Let new connections through again."""
        self._do(lambda: self._take_new(True))

    def stall(self, *, there: bool = True, back: bool = True) -> None:
        """Forward nothing to the server, or nothing *back*; the connections stay, and what is sent is taken."""
        self._do(lambda: self._stall(there, back))

    def go_on(self) -> None:
        """Forward again, what waits first."""
        self._do(self._go_on)

    def close(self) -> None:
        """Cut everything, and end."""
        self._do(self._stop.set)
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "the proxy does not end"

    def _do(self, action: Callable[[], object]) -> None:
        async def act() -> None:
            action()

        asyncio.run_coroutine_threadsafe(act(), self._loop).result(LIMIT)

    def _take_new(self, accepts: bool) -> None:
        self._accepts = accepts

    def _stall(self, there: bool, back: bool) -> None:
        if there:
            self._there.clear()
        if back:
            self._back.clear()

    def _go_on(self) -> None:
        self._there.set()
        self._back.set()

    def _cut(self, reset: bool) -> None:
        self.cuts += len(self._tunnels)
        for tunnel in self._tunnels:
            tunnel.cut(reset)
        self._tunnels.clear()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, sock=self._listener)
        cutting = asyncio.ensure_future(self._cut_again_and_again())
        await self._stop.wait()
        cutting.cancel()
        server.close()
        self._accepts = False
        self._go_on()
        self._cut(True)
        # If one has failed, the test learns it here.
        await asyncio.gather(*self._carried)

    async def _cut_again_and_again(self) -> None:
        while self._every:
            await asyncio.sleep(self._every)
            self._cut(True)

    def _connected(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        self._carried.append(asyncio.ensure_future(self._carry(reader, near)))

    async def _carry(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            answers, far = await asyncio.open_connection("127.0.0.1", self._server)
        except ConnectionError:  # as if the proxy were not there, as the server is not
            await self._close(near)
            return
        tunnel = Tunnel(near, far, self._chance.randint(1, self._after) if self._after else FOREVER)
        if self._accepts:
            self._tunnels.add(tunnel)
            ways = (self._forward(tunnel, self._there, reader, far), self._forward(tunnel, self._back, answers, near))
            await asyncio.gather(*ways)
            self._tunnels.discard(tunnel)
        await self._close(near)
        await self._close(far)

    async def _close(self, side: asyncio.StreamWriter) -> None:
        side.close()
        try:
            await side.wait_closed()
        except ConnectionError:  # it is closed, in a hard way
            pass

    async def _forward(
        self, tunnel: Tunnel, flows: asyncio.Event, source: asyncio.StreamReader, target: asyncio.StreamWriter
    ) -> None:
        """Forward while it *flows*, until *source* ends, which *target* is then told."""
        try:
            while data := await source.read(self._piece):
                await flows.wait()
                await asyncio.sleep(self._delay)
                target.write(data[: tunnel.lasts])
                tunnel.lasts -= len(data)
                await target.drain()
                if tunnel.lasts < 1 and tunnel in self._tunnels:
                    self.cuts += 1
                    self._tunnels.discard(tunnel)
                    tunnel.cut(False)
            if target.can_write_eof() and not target.is_closing():
                target.write_eof()
        except OSError:  # cut by a peer or by us, which the other one is now to learn
            tunnel.cut(True)


@contextmanager
def flaky(
    port: int, *, delay: float = 0, piece: int = 65536, every: float = 0, after: int = 0, seed: int = 1
) -> Iterator[Proxy]:
    """Put a proxy before the server at *port* on 127.0.0.1, until the block is left.

    It holds what comes for *delay* seconds and forwards at most *piece* bytes at once; it cuts all connections each
    *every* seconds, and each one behind a number of bytes that is drawn below *after*, for a *seed* always the same.
    """
    proxy = Proxy(port, delay=delay, piece=piece, every=every, after=after, seed=seed)
    try:
        yield proxy
    finally:
        proxy.close()
