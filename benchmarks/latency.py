"""How long a speaker waits for ``ok`` in a room of 200: ``python benchmarks/latency.py [--seconds 20]``.

A real server process keeps its log in a temporary folder; everything is on 127.0.0.1, and each member is checked to
have got every message in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

MEMBERS, RATE, RUNS = 200, 60, 3
SAID, OK = b'{"type":"said","room":"hall","seq":', b'{"type":"ok","id":'


class Bot:
    """A member of the room, who notes the numbers of what it is shown."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.seen: list[int] = []
        self.answers: dict[int, float] = {}

    def ask(self, **request: Any) -> None:
        """Send a request."""
        self.writer.write(json.dumps(request).encode() + b"\n")

    async def until(self, type: str) -> None:
        """Read until a frame of *type* has come."""
        while json.loads(await self.reader.readline())["type"] != type:
            pass

    async def listen(self, last: int) -> None:
        """Read until message *last* has come; frames are not parsed, for this must not be slower than the server."""
        rest = b""
        while not self.seen or self.seen[-1] < last:
            *frames, rest = (rest + await self.reader.read(65536)).split(b"\n")
            now = perf_counter()
            for frame in frames:
                if frame.startswith(SAID):
                    self.seen.append(int(frame[len(SAID) : frame.index(b",", len(SAID))]))
                elif frame.startswith(OK):
                    self.answers[int(frame[len(OK) : frame.index(b",", len(OK))])] = now


async def measure(port: int, seconds: int) -> list[float]:
    """Return how long each message waited for its ``ok``, in seconds."""
    bots: list[Bot] = []
    for number in range(MEMBERS):
        bot = Bot(*await asyncio.open_connection("127.0.0.1", port))
        bot.ask(type="login", username=f"bot{number}")
        bot.ask(type="join" if bots else "create", room="hall")
        await bot.until("level")
        bots.append(bot)
    messages = seconds * RATE
    listening = [asyncio.create_task(bot.listen(messages)) for bot in bots]
    sent = {}
    begun = perf_counter()
    for number in range(messages):
        await asyncio.sleep(max(0.0, begun + number / RATE - perf_counter()))
        sent[number] = perf_counter()
        bots[number % 4].ask(type="say", id=number, room="hall", text="What a fine day it is to be in a room of many.")
    await asyncio.wait_for(asyncio.gather(*listening), 30)
    for bot in bots:
        assert bot.seen == list(range(1, messages + 1)), "a member has not seen every message in order"
        bot.writer.close()
    return [bot.answers[number] - sent[number] for bot in bots[:4] for number in bot.answers]


async def run(seconds: int, *options: str) -> list[float]:
    """Start a server with *options*, measure, and stop it."""
    with TemporaryDirectory() as folder:
        twistd = Path(sys.executable).with_name("twistd")
        where = ["-n", "--pidfile=", "chatroom", "--port", "tcp:0:interface=127.0.0.1", *options]
        server = await asyncio.create_subprocess_exec(twistd, *where, cwd=folder, stdout=asyncio.subprocess.PIPE)
        try:
            assert server.stdout
            async for line in server.stdout:
                if found := re.search(rb"starting on (\d+)", line):
                    return await measure(int(found[1]), seconds)
            raise RuntimeError("the server did not start")
        finally:
            server.terminate()
            await server.wait()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long each run talks")
    seconds = parser.parse_args().seconds
    print(f"{MEMBERS} members, {RATE} messages a second, say to ok, medians of {RUNS} runs of {seconds} s:")
    for name, *options in (["full"], ["normal", "--sync", "normal"], ["memory", "--store", "memory"]):
        waits = [quantiles(asyncio.run(run(seconds, *options)), n=1000) for _ in range(RUNS)]
        p50, p99, p999 = (median(run[at] for run in waits) * 1000 for at in (499, 989, 998))
        print(f"  {name:8} p50 {p50:5.2f} ms   p99 {p99:5.2f} ms   p99.9 {p999:5.2f} ms")


if __name__ == "__main__":
    main()
