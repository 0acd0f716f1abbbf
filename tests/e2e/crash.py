"""The server is ended again and again while many talk: what it acknowledged is in the log, once, and everybody saw it.

``python -m tests.e2e.crash --kills 50 --stops 20 --seed 1 -- --sync normal`` is the long form; what stands behind
``--`` are options of the server.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier, Condition
from typing import NamedTuple

from tests.e2e.peers import Bot, Frame
from tests.e2e.processes import FAST, LIMIT, Server, free_port, running
from tests.e2e.telling import tell, tell_begin

CLIENTS = 8
ROOMS = ("tea", "milk")
IN_FLIGHT = 16
"""Messages of a client that wait for their acknowledgement."""

AGAIN = 5
"""Acknowledged messages that a client who is back sends again, as if it had missed the answer."""

TALK = 600
"""The most messages that are acknowledged before the server is ended."""


class Entry(NamedTuple):
    """A message as the log has it, and as all are shown it."""

    seq: int
    at: str
    speaker: str
    text: str


def entry(frame: Frame) -> Entry:
    """Return the message that *frame* shows."""
    return Entry(frame["seq"], frame["at"], frame["from"], frame["text"])


@dataclass
class Figures:
    """What a run came to."""

    lives: int
    messages: int
    acknowledged: int
    resent: int
    known: int
    twice: int
    lost: int
    seconds: float


class Course:
    """What clients know of the server: when it lives again, and whether they are to talk on."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.talking = True
        self.all_answered = Barrier(CLIENTS, timeout=LIMIT)
        self._changed = Condition()
        self._life = 0
        self._epoch = 0
        self._acknowledged = 0
        self._over = False
        self._trouble: BaseException | None = None

    def begin_life(self, *, new_epoch: bool) -> None:
        """Tell that the server takes connections; whether what it forgot makes numbers unsure."""
        with self._changed:
            self._life += 1
            self._epoch += new_epoch
            self._changed.notify_all()

    def end(self, trouble: BaseException | None = None) -> None:
        """Tell that there will be no other life; *trouble* is why."""
        with self._changed:
            self._over = True
            self._trouble = self._trouble or trouble
            self._changed.notify_all()

    def next_life(self, life: int) -> tuple[int, int]:
        """Return the number of a life after *life*, and that of its epoch, when it has begun."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._over or self._life > life, LIMIT), "the connection was lost"
            if self._life <= life:
                raise self._trouble or AssertionError("the server will not come back")
            return self._life, self._epoch

    def acknowledged(self) -> None:
        """Note that a client has got an acknowledgement."""
        with self._changed:
            self._acknowledged += 1
            self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        """Wait until so many messages more are acknowledged, or it is over."""
        with self._changed:
            wanted = self._acknowledged + number
            assert self._changed.wait_for(lambda: self._over or self._acknowledged >= wanted, LIMIT), "no answers"
            if self._trouble:
                raise self._trouble


@dataclass
class View:
    """A room as a client has seen it, in all lives of the server."""

    entries: list[Entry] = field(default_factory=list)
    epoch: str | None = None
    epoch_number: int = 0
    repeated: int = 0

    def show(self, shown: Entry) -> None:
        """Take note of what is *shown*: the next message, or where it was not resumed one that was read already."""
        if shown.seq <= self.repeated:
            assert shown == self.entries[shown.seq - 1]
        else:
            assert shown.seq == len(self.entries) + 1, f"{shown.seq} came after {len(self.entries)}"
            self.entries.append(shown)


class Client:
    """Talks in all rooms as fast as acknowledgements allow, and comes back whenever the server does."""

    def __init__(self, course: Course, number: int, seed: int) -> None:
        self.name = f"client{number}"
        self.views = {room: View() for room in ROOMS}
        self.said: dict[str, tuple[str, str]] = {}
        self.stored: dict[str, tuple[int, str]] = {}
        self.resent = 0
        self.known = 0
        self._pending: dict[str, None] = {}
        self._course = course
        self._chance = Random(f"{seed} {number}")
        self._session = f"{self.name}-{'s' * 22}"

    def live(self) -> None:
        """Talk, through all lives of the server."""
        life = 0
        try:
            while True:
                life, epoch_number = self._course.next_life(life)
                try:
                    with Bot(self._course.address) as bot:
                        self._visit(bot, epoch_number)
                        return
                except (ConnectionError, EOFError):
                    continue
        except BaseException as trouble:
            self._course.end(trouble)
            raise

    def _visit(self, bot: Bot, epoch_number: int) -> None:
        welcome = bot.ask("login", username=self.name, session=self._session)
        assert welcome["type"] == "welcome"
        # Its seat outlives a server only in a database.
        assert welcome["resumed"] is bool(welcome["rooms"])
        heads = {room: self._enter(bot, room, epoch_number) for room in ROOMS}
        again = [*list(self.stored)[-AGAIN:], *self._pending]
        self.resent += len(again)
        for cid in again:
            self._say(bot, cid)
        self._talk(bot, set(again), heads)
        self._course.all_answered.wait()
        # Now everything that will ever be said is stored, and somebody saw it acknowledged.
        for room in ROOMS:
            newest = bot.ask("history", room=room, limit=1)["entries"][-1]["seq"]
            while len(self.views[room].entries) < newest:
                self._take(bot.frame())

    def _enter(self, bot: Bot, room: str, epoch_number: int) -> int:
        """Be in *room*, and go on where its view ends; return the number of the newest message."""
        view = self.views[room]
        seen = len(view.entries)
        entered = bot.ask("join", room=room, after=seen, **({"epoch": view.epoch} if view.epoch else {}))
        assert entered["type"] == "entered", entered
        resumed = view.epoch is not None and epoch_number == view.epoch_number
        assert entered["resumed"] is (view.epoch == entered["epoch"]) is resumed, entered
        view.epoch, view.epoch_number = entered["epoch"], epoch_number
        while not resumed and len(view.entries) < entered["seq"]:
            page = bot.ask("history", room=room, after=len(view.entries))
            for one in page["entries"]:
                if one["seq"] <= entered["seq"]:
                    view.show(entry(one))
        view.repeated = 0 if resumed else entered["seq"]
        head: int = entered["seq"]
        return head

    def _talk(self, bot: Bot, again: set[str], heads: dict[str, int]) -> None:
        """Have everything answered that was sent, and say more as long as that is wanted."""
        unanswered = len(again)
        while unanswered or self._pending or self._course.talking:
            while len(self._pending) < IN_FLIGHT and self._course.talking:
                cid = f"{len(self.said)}"
                self.said[cid] = (self._chance.choice(ROOMS), f"{self.name} says {cid}")
                self._pending[cid] = None
                self._say(bot, cid)
            self._take(frame := bot.frame())
            if frame["type"] == "ok" and frame["cid"] in again:
                unanswered -= 1
                self.known += frame["seq"] <= heads[frame["room"]]

    def _say(self, bot: Bot, cid: str) -> None:
        room, text = self.said[cid]
        bot.begin("say", room=room, text=text, cid=cid)

    def _take(self, frame: Frame) -> None:
        match frame:
            case {"type": "said", "room": room}:
                self.views[room].show(entry(frame))
            case {"type": "ok", "room": room, "cid": cid, "seq": seq, "at": at}:
                assert room == self.said[cid][0]
                assert self.stored.setdefault(cid, (seq, at)) == (seq, at), f"{cid} is {seq} and was {self.stored[cid]}"
                if cid in self._pending:
                    del self._pending[cid]
                    self._course.acknowledged()
            case {"type": "joined" | "left" | "level"}:
                pass
            case {"type": "bye", "reason": "stopping"}:
                pass
            case _:
                raise AssertionError(f"this was not to come: {frame}")


def history(server: Server, room: str) -> list[Entry]:
    """Return the log of *room*, read page by page."""
    entries: list[Entry] = []
    # Each by a name of its own: where people are stored, one is free only when its leaving is.
    with Bot(server.address, f"reader-of-{room}") as reader:
        assert reader.ask("join", room=room)["type"] == "entered"
        more = True
        while more:
            page = reader.ask("history", room=room, after=len(entries))
            entries += map(entry, page["entries"])
            more = page["more"]
    return entries


def store_of(options: Sequence[str]) -> str:
    """Return where a server with *options* keeps its log."""
    return options[options.index("--store") + 1] if "--store" in options else "chatroom.sqlite"


def check(folder: Path, options: Sequence[str]) -> None:
    """See that the log of a server with *options* is in order."""
    store = store_of(options)
    assert admin(folder, "--store", store, "check") == f"{store} is in order.\n"


def exported(folder: Path, options: Sequence[str], room: str) -> list[Entry]:
    """Return the log of *room*, as the operator of a server with *options* gets it."""
    lines = admin(folder, "--store", store_of(options), "export", room).splitlines()
    return [entry(json.loads(line)) for line in lines]


def admin(folder: Path, *arguments: str) -> str:
    """Return what ``chatroom-admin`` prints."""
    command = [sys.executable, "-m", "chatroom.admin.main", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def crash(folder: Path, endings: Sequence[signal.Signals], seed: int, *options: str) -> Figures:
    """Let clients talk while the server is ended in these ways, one after the other; see that nothing got lost.

    How much is said before each of them is by chance, as *seed* has it. Every life begins in *folder*, on one port.
    """
    since = time.monotonic()
    chance = Random(seed)
    port = free_port()
    where = f"tcp:{port}:interface=127.0.0.1"
    course = Course(("127.0.0.1", port))
    clients = [Client(course, number, seed) for number in range(CLIENTS)]
    careless = "normal" in options
    options = (*options, "--keep-messages", "0", *FAST)
    with ThreadPoolExecutor(CLIENTS) as pool:
        try:
            with running(folder, *options, port=where) as server, Bot(server.address, "founder") as founder:
                for room in ROOMS:
                    assert founder.ask("create", room=room)["seq"] == 0
                founder.ask("quit")
            lives = [pool.submit(client.live) for client in clients]
            last = signal.SIGTERM
            for number in endings:
                with running(folder, *options, port=where) as server:
                    course.begin_life(new_epoch=careless and last == signal.SIGKILL)
                    course.wait_for(chance.randrange(TALK))
                    # Not right after an answer: anywhere in what the server does.
                    time.sleep(chance.uniform(0, 0.02))
                    if number == signal.SIGKILL:
                        server.kill()
                    else:
                        server.stop(number)
                    last = number
            with running(folder, *options, port=where) as server:
                course.begin_life(new_epoch=careless and last == signal.SIGKILL)
                course.wait_for(1)
                course.talking = False
                for life in lives:
                    life.result()
                logs = {room: history(server, room) for room in ROOMS}
        finally:
            course.end()
    check(folder, options)
    for room in ROOMS:
        assert exported(folder, options, room) == logs[room]
    return judged(clients, logs, len(endings), time.monotonic() - since)


def judged(clients: Sequence[Client], logs: dict[str, list[Entry]], lives: int, seconds: float) -> Figures:
    """Return what it came to; that everybody has seen the whole log, and nothing else, is seen to."""
    for room, log in logs.items():
        assert [one.seq for one in log] == list(range(1, len(log) + 1))
        for client in clients:
            assert client.views[room].entries == log, f"{client.name} has seen another {room}"
    kept = {(room, one.seq): one for room in ROOMS for one in logs[room]}
    for client in clients:
        mine = [one.text for room in ROOMS for one in logs[room] if one.speaker == client.name]
        assert set(mine) == {text for _, text in client.said.values()}
        for room in ROOMS:
            # In the order in which it was said, though some of it was said again later.
            spoken = [text for where, text in client.said.values() if where == room]
            assert list(dict.fromkeys(one.text for one in logs[room] if one.speaker == client.name)) == spoken
    texts = Counter(one.text for log in logs.values() for one in log)
    lost = 0
    for client in clients:
        for cid, (seq, at) in client.stored.items():
            room, text = client.said[cid]
            lost += kept.get((room, seq)) != Entry(seq, at, client.name, text)
    return Figures(
        lives=lives,
        messages=len(kept),
        acknowledged=sum(len(client.stored) for client in clients),
        resent=sum(client.resent for client in clients),
        known=sum(client.known for client in clients),
        twice=sum(number - 1 for number in texts.values()),
        lost=lost,
        seconds=seconds,
    )


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often the server is killed [%(default)s]")
    parser.add_argument("--stops", type=int, default=20, help="how often it is stopped by SIGTERM [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="what decides about chance [%(default)s]")
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    tell_begin(f"seed {asked.seed}", asked.options)
    wrong = 0
    for name, number, times in (("kill -9", signal.SIGKILL, asked.kills), ("SIGTERM", signal.SIGTERM, asked.stops)):
        with TemporaryDirectory() as folder:
            figures = crash(Path(folder), [number] * times, asked.seed, *asked.options)
        tell(
            f"{name} {figures.lives} times: {figures.messages:,} messages, {figures.acknowledged:,} acknowledged;"
            f" {figures.resent:,} sent again, of which {figures.known:,} had been stored;"
            f" lost {figures.lost}, twice {figures.twice}; {figures.seconds:.0f} s"
        )
        wrong += figures.lost + figures.twice
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
