"""The cost of the terminal client: ``python -m benchmarks.client``.

The client is a real one, under a pseudo-terminal of 30 rows of 100 that is read as fast as it writes. The server is
this process: it speaks frames, and sends the messages to show.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import re
import select
import signal
import socket
import sys
import termios
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import Any

LINES, SAMPLES, RATE = 5000, 200, 60
LIMIT = 120.0
"""Seconds after which waiting is given up."""

CLIENT = Path(sys.executable).with_name("chatroom-urwid")
DRAWN = b"\x1b[?25h"
"""The end of a drawing: the cursor is shown again."""

LIMITS = {"line": 32768, "text": 4000, "burst": 0, "rate": 0.0, "page": 100, "rooms": 8, "capacity": 256, "grace": 30.0}
WORDS = "The kettle is on, and there are biscuits from the shop around the corner, number".split()


class Client:
    """A client in its terminal, in the room ``tea``, and its connection to this server."""

    def __init__(self) -> None:
        self.written = b""
        self.drawings = 0
        self._seq = 0
        self._unread = b""
        listener = socket.create_server(("127.0.0.1", 0))
        self.begun = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.environ |= {"TERM": "xterm-256color", "TZ": "UTC", "LANG": "C.UTF-8"}
            port = str(listener.getsockname()[1])
            os.execv(CLIENT, [str(CLIENT), "127.0.0.1", port, "--username", "alice", "--room", "tea"])
        termios.tcsetwinsize(self._terminal, (30, 100))
        with closing(listener):
            listener.settimeout(LIMIT)
            self._socket, _ = listener.accept()
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def send(self, **frame: Any) -> None:
        """Send a frame; the terminal is read meanwhile, for a client that can't draw reads nothing either."""
        data = json.dumps(frame).encode() + b"\n"
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                readable, _, _ = select.select([self._terminal], [self._socket], [])
                if readable:
                    self._read_terminal()

    def say(self, text: str) -> None:
        """Send a message."""
        self._seq += 1
        self.send(type="said", room="tea", seq=self._seq, at="2026-03-20T20:11:00.000Z", **{"from": "bob"}, text=text)

    def talk(self, count: int) -> None:
        """Send *count* messages as fast as they are taken, and wait until the last is drawn."""
        for number in range(count):
            self.say(f"{' '.join(WORDS)} {self._seq + 1}")
            if number % 100 == 0:
                self.serve(0)
        self.say(f"=={self._seq}==")
        self.until(f"=={self._seq - 1}==".encode())

    def until(self, text: bytes) -> float:
        """Serve until *text* is on the screen, in a drawing that is whole; return when that was."""
        deadline = time.perf_counter() + LIMIT
        self.written = b""
        while (at := self.written.find(text)) < 0 or self.written.find(DRAWN, at) < 0:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{text!r} does not come: {self.written[-2000:]!r}")
            self.serve(1)
        return time.perf_counter()

    def serve(self, seconds: float) -> None:
        """Read the client's output and requests once, for at most *seconds*."""
        ends: list[Any] = [self._terminal, self._socket]
        readable, _, _ = select.select(ends, [], [], seconds)
        if self._terminal in readable:
            self._read_terminal()
        if self._socket in readable:
            *lines, self._unread = (self._unread + self._socket.recv(65536)).split(b"\n")
            for line in lines:
                self._answer(json.loads(line))

    def idle(self, seconds: float) -> None:
        """Serve for *seconds*."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.serve(left)

    @property
    def busy(self) -> float:
        """Processor time of the client, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Memory of the client, in MiB."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8"))
        assert found
        return int(found[1]) / 1024

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
        self._socket.close()

    def _read_terminal(self) -> None:
        data = os.read(self._terminal, 65536)
        self.drawings += data.count(DRAWN)
        self.written += data

    def _answer(self, request: dict[str, Any]) -> None:
        id = request.get("id")
        match request["type"]:
            case "login":
                welcome = {"username": "alice", "server": "benchmark", "protocol": 1, "resumed": False, "rooms": []}
                self.send(type="welcome", id=id, **welcome, heartbeat=60.0, limits=LIMITS)
            case "list":
                self.send(type="rooms", id=id, rooms=[], more=False)
            case "join":
                entered = {"room": "tea", "topic": "Tea", "members": 2, "capacity": 256, "resumed": False}
                self.send(type="entered", id=id, **entered, epoch="one", seq=0)
                self.send(type="level", room="tea", seq=0, members=2, topic="Tea")
            case "who":
                self.send(type="members", id=id, room="tea", usernames=["alice", "bob"], more=False)
            case "ping":
                self.send(type="pong", id=id)


def starts() -> float:
    """Return the seconds until the first screen."""
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if not pid:
        os.environ |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        os.execv(CLIENT, [str(CLIENT), "127.0.0.1", "1"])
    written = b""
    while b"Your name:" not in written:
        written += os.read(terminal, 65536)
    took = time.perf_counter() - begun
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="how long the room talks")
    seconds = parser.parse_args().seconds
    begun = [starts() for _ in range(7)]
    print(f"start to the first screen          median {median(begun):.2f} s   worst {max(begun):.2f} s")
    with closing(Client()) as client:
        client.until(b"Tea")
        client.talk(LINES)
        waits = []
        for number in range(SAMPLES):
            client.idle(0.05)
            sent = time.perf_counter()
            client.say(f"=now {number}=")
            waits.append(client.until(f"=now {number}=".encode()) - sent)
        p99 = quantiles(waits, n=100)[98]
        print(f"frame to screen, {LINES} lines        median {median(waits) * 1000:.1f} ms   p99 {p99 * 1000:.1f} ms")

        client.drawings, busy, begun_at = 0, client.busy, time.perf_counter()
        for number in range(seconds * RATE):
            client.idle(max(0.0, begun_at + number / RATE - time.perf_counter()))
            client.say(f"{' '.join(WORDS)} {number}")
        client.idle(max(0.0, begun_at + seconds - time.perf_counter()))
        took = time.perf_counter() - begun_at
        print(f"{RATE} messages a second             {(client.busy - busy) / took:.0%} of a core", end="")
        print(f"   {client.drawings / took:.0f} drawings a second")
    with closing(Client()) as client:
        client.until(b"Tea")
        for count, more in ((10_000, 10_000), (50_000, 40_000)):
            client.talk(more)
            print(f"memory after {count:6,} messages       {client.memory:.0f} MiB")


if __name__ == "__main__":
    main()
