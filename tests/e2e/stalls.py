"""Visitors of one host try to hold up all others, within every limit: two of another host talk and read meanwhile.

``python -m tests.e2e.stalls`` lets them attack in each way that ``attacks.py`` knows, one after the other; what stands
behind ``--`` are options of the server.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

from tests.e2e.attacks import ATTACKERS, ATTACKS, prepare, prepare_masks
from tests.e2e.meter import MIB, processor_time, taken
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, UNLIMITED, running, started
from tests.e2e.telling import tell, tell_begin

HOST = "127.0.0.3"
"""Where the two come from who talk and read."""

OURS = "ours"
"""The room in which they do."""

PACE = 0.2
"""Seconds between two messages, so that the two have tokens for as long as it lasts."""

QUIET = 1.0
"""Seconds for which they do so before each attack."""

USUAL, WORST = 0.050, 0.250
"""Seconds that a message or a page may take at the median, and at all, on a quiet machine."""

MEMORY = 96 * MIB
"""Bytes by which the server may grow in all: 20 MiB of them are what argon2 works with."""

MEASURING = (sys.executable, Path(__file__).with_name("measured.py"))


@dataclass
class Waits:
    """How long each message, and each page of history, took in seconds."""

    messages: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    @property
    def usual(self) -> float:
        """The longer median of the two."""
        return max(median(self.messages), median(self.pages))

    @property
    def worst(self) -> float:
        """The longest of all."""
        return max(*self.messages, *self.pages)


@dataclass
class Figures:
    """What came of an attack: waits before and meanwhile, bytes of memory, the share of a processor."""

    quiet: Waits
    busy: Waits
    memory: int
    processor: float


class Pair:
    """Two who talk in a room of theirs, and read what was said there; a third one looks whether others are here.

    None of them asks for so much that they would have to wait for tokens.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self._two = [Bot(address, name, host=HOST) for name in ("first", "second")]
        for bot in self._two:
            assert bot.ask("join", room=OURS)["type"] == "entered"
        self._doorman = Bot(address, "doorman", host=HOST)
        self._pace = Event()

    def talk(self, seconds: float) -> Waits:
        """Talk and read for so many *seconds*, no faster than everybody may."""
        waits = Waits()
        end = time.monotonic() + seconds
        while time.monotonic() < end or len(waits.messages) < 3:
            speaker, reader = self._two
            waits.messages.append(_timed(lambda: self._say(speaker, reader)))  # noqa: B023  # it is called at once
            waits.pages.append(_timed(lambda: reader.ask("history", room=OURS, limit=20)))  # noqa: B023
            self._two.reverse()
            self._pace.wait(PACE)
        return waits

    def wait_until_alone(self) -> None:
        """Wait until the attackers have gone, as far as they had names."""
        # What they had sent and was not taken yet is read first, as slowly as it may be: 10,000 pieces of messages take
        # 220 s.
        deadline = time.monotonic() + 10 * LIMIT
        while any(name not in {"first", "second", "doorman"} for name in self._doorman.ask("who")["usernames"]):
            assert time.monotonic() < deadline, "the attackers are still there"
            for bot in self._two:
                # Who says nothing for so long is taken for gone.
                bot.ask("ping")
            self._pace.wait(PACE)

    def close(self) -> None:
        """Go."""
        for bot in (*self._two, self._doorman):
            bot.close()

    def _say(self, speaker: Bot, reader: Bot) -> None:
        seq = speaker.ask("say", room=OURS, text="hello")["seq"]
        reader.wait(lambda frame: frame["type"] == "said" and frame["seq"] == seq)
        speaker.wait(lambda frame: frame["type"] == "said" and frame["seq"] == seq)


def _timed(action: Callable[[], object]) -> float:
    """Return how many seconds *action* took."""
    since = time.monotonic()
    action()
    return time.monotonic() - since


@contextmanager
def attackers(address: tuple[str, int], name: str) -> Iterator[None]:
    """Let all attackers do what is called *name*, in a process of their own."""
    others = [
        Bot(address, f"other{number}", host=f"127.0.1.{1 + number // 60}") for number in range(ATTACKS[name].online)
    ]
    command = [sys.executable, "-m", "tests.e2e.attacks", name, str(address[1])]
    with started(*command, cwd=Path(__file__).parents[2]) as program:
        assert program.receive() == "all are here", program.output
        yield
        # So they go by a reset.
        program.process.terminate()
        program.end()
    for other in others:
        other.close()


def prepared(folder: Path, names: Iterable[str]) -> None:
    """Let the rooms be there in which these attacks take place, with what was said in them."""
    with running(folder, *UNLIMITED) as server:
        prepare(server.address, {room for name in names if (room := ATTACKS[name].room)})
        if any(ATTACKS[name].masked for name in names):
            prepare_masks(server.address)


def siege(
    folder: Path, names: Sequence[str], seconds: float, found: Callable[[str, Figures], None], *options: str
) -> dict[str, list[float]]:
    """Let the attacks called *names* follow each other, of so many *seconds* each, and tell what is *found*.

    Return how long the longest pieces of work of each kind kept a processor.
    """
    prepared(folder, names)
    with running(folder, "--room", OURS, *options, twistd=MEASURING) as server, closing(Pair(server.address)) as pair:
        pid = server.process.pid
        for name in names:
            pair.wait_until_alone()
            quiet = pair.talk(QUIET)
            memory, processor = taken(pid).memory, processor_time(pid)
            with attackers(server.address, name):
                busy = pair.talk(seconds)
                used = (processor_time(pid) - processor) / seconds
                grown = taken(pid).memory - memory
            found(name, Figures(quiet, busy, grown, used))
        pair.close()
        server.stop()
        [measured] = [line for line in server.lines if line.startswith("measured ")]
    longest: dict[str, list[float]] = json.loads(measured.removeprefix("measured "))
    return longest


def stop_in_the_middle(folder: Path, names: Sequence[str], *options: str) -> dict[str, float]:
    """Stop the server in the middle of each of the attacks called *names*; return how many seconds that took."""
    took = {}
    prepared(folder, names)
    for name in names:
        with (
            running(folder, "--room", OURS, *options) as server,
            attackers(server.address, name),
            closing(Pair(server.address)) as pair,
        ):
            pair.talk(0.5)
            took[name] = _timed(server.stop)
    return took


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6, help="how long each attack lasts [%(default)g]")
    parser.add_argument("--only", default="", help="only attacks with this in their name")
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    names = [name for name in ATTACKS if asked.only in name]
    if not names:
        parser.error(f"no attack has {asked.only} in its name; there are: {', '.join(ATTACKS)}")
    tell_begin(f"{ATTACKERS} attackers, {asked.seconds:g} s each", asked.options)
    tell(f"{'':32}{'quiet':>9}{'message':>18}{'page':>18}{'processor':>11}{'memory':>9}")
    tell(f"{'':32}{'p50 ms':>9}{'p50':>9}{'worst':>9}{'p50':>9}{'worst':>9}{'%':>11}{'MiB':>9}")
    slow: list[str] = []
    memory = 0

    def found(name: str, figures: Figures) -> None:
        nonlocal memory
        memory += figures.memory
        waits = figures.busy
        times = (figures.quiet.usual, *(of(kind) for kind in (waits.messages, waits.pages) for of in (median, max)))
        late = waits.usual > USUAL or waits.worst > WORST
        slow.extend([name] * late)
        tell(
            f"{name:32}{''.join(f'{1000 * time:9.1f}' for time in times)}{100 * figures.processor:11.0f}"
            f"{figures.memory / MIB:9.1f}{'  SLOW' * late}"
        )

    with TemporaryDirectory() as folder:
        longest = siege(Path(folder), names, asked.seconds, found, *asked.options)
    tell(f"memory grew by {memory / MIB:.1f} MiB in all")
    tell("the longest pieces, in ms of processor time:")
    for kind, pieces in list(longest.items())[:12]:
        tell(f"{''.join(f'{1000 * took:8.1f}' for took in pieces)}  {kind}")
    with TemporaryDirectory() as folder:
        stops = stop_in_the_middle(Path(folder), names, *asked.options)
    name = max(stops, key=stops.__getitem__)
    tell(f"stopped in the middle of each: the longest took {stops[name]:.1f} s ({name})")
    return 1 if slow or memory > MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
