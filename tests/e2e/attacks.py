"""Attacks within every limit: what visitors of one host may send, and how much work they hope to make by it.

``python -m tests.e2e.attacks NAME PORT`` lets them send it, as fast as the server reads, until it is ended.
"""

from __future__ import annotations

import json
import random
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chatroom.core.visit.order.moderation import MASKS, MASKS_OF_ONE
from tests.e2e.mutants import UPGRADE, masked
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT

HOST = "127.0.0.2"
"""Where they come from."""

ATTACKERS = 63
"""How many they are: one less than one host may be."""

LONG_NAME = "é" * 30
"""With two digits behind it, what takes the most bytes in front of each line."""

LINES = "\n" * 399 + "x" * 3600
"""The message that is the longest where people read it."""

MARKS = "a" + "\u0345" * 1000 + "\u0334" * 999
"""A message of marks, which are put in order for the index."""

ROOMS: dict[str, tuple[str, int]] = {
    "cave": ("hello", 1),
    "lines": (LINES, 16),
    "marks": (MARKS, 100),
    "letters": ("a " * 1990 + "b", 400),
    "words": ("every tea and other ink never shall have real dew lit under it", 4000),
    "pages": ("word " * 799, 20),
    "replays": ("x" * 600, 99),
}
"""What has been said in the rooms before, and how many times."""

MASKED = "masked"
"""A room in which a hundred masks mute somebody else."""

HIDDEN = MASKS_OF_ONE // MASKS
"""Hidden rooms with a hundred masks of the invited: as many as can be made from one host."""

SECRET = "correct horse"


def mask(number: int) -> str:
    """Return a mask that fits nobody, and is found out to be none of an attacker's as late as can be."""
    return f"*a*t*t*a*c*k*?e?{number:03}*"


def frame(type: str, **fields: object) -> bytes:
    """Return a request."""
    return json.dumps({"type": type, **fields}, ensure_ascii=False).encode() + b"\n"


def login(number: int) -> bytes:
    """Return what a program sends that stays in the lobby."""
    return frame("login", username=f"attacker{number}")


def member(room: str = "cave") -> Callable[[int], bytes]:
    """Return what a program sends that comes into *room*."""
    return lambda number: login(number) + frame("join", room=room)


def person(room: str = "") -> Callable[[int], bytes]:
    """Return what somebody types who has a long name, and comes into *room*."""
    return lambda number: f"{LONG_NAME}{number:02}\n{f'join {room}' if room else ''}\n".encode()


def page(number: int) -> bytes:
    """Return what a web page sends that stays in the lobby."""
    return UPGRADE + masked(0x81, login(number))


def say(text: str) -> bytes:
    """Return a message."""
    return frame("say", room="cave", text=text)


def search(room: str, query: str) -> bytes:
    """Return a search."""
    return frame("search", room=room, query=query)


@dataclass(frozen=True)
class Attack:
    """What each attacker sends: an *opening*, made of its number, and then *again* and again, reading or not.

    *online* is how many others are there meanwhile, who do nothing. Rooms are *masked*, or not.
    """

    opening: Callable[[int], bytes]
    again: bytes
    reads: bool = True
    online: int = 0
    masked: bool = False

    @property
    def room(self) -> str | None:
        """The room into which they come, if they do."""
        words = self.opening(0).decode(errors="replace").replace('"', " ").split()
        return next((word for word in words if word in ROOMS), None)


_CHANCE = random.Random(1)
_HAN = ["".join(map(chr, _CHANCE.sample(range(0x4E00, 0x9FA6), 1333))) for _ in range(20)]
_PREFIXES = " ".join(f"{letter}*" for letter in "etaoinshrdlu")

ATTACKS: dict[str, Attack] = {
    # Masks of others, and their own. They are first: hidden rooms where nobody is close after some time.
    "masks, listed": Attack(login, frame("list"), masked=True),
    "masks, listed by new names": Attack(
        login,
        b"".join(frame("rename", username=f"attacker-{number}") + frame("list") for number in range(2000)),
        masked=True,
    ),
    "masks, spoken beside": Attack(member(MASKED), frame("say", room=MASKED, text="hello"), masked=True),
    "masks, a topic beside": Attack(member(MASKED), frame("topic", room=MASKED, topic="hello"), masked=True),
    "masks, come in beside": Attack(
        member(MASKED), frame("leave", room=MASKED) + frame("join", room=MASKED), masked=True
    ),
    "masks, made and lifted": Attack(
        lambda number: (
            login(number)
            + frame("create", room="mine")
            + frame("configure", room="mine", hidden=True)
            + frame("list", watch=True)
        ),
        b"".join(
            frame("invite", room="mine", mask=mask(number)) + frame("uninvite", room="mine", mask=mask(number))
            for number in range(50)
        ),
        masked=True,
    ),
    "masks, people by them": Attack(
        lambda number: f"NICK attacker{number}\r\nUSER a 0 * :a\r\n".encode(), f"WHO {mask(1)}\r\n".encode(), online=500
    ),
    "masks, rooms by them": Attack(
        lambda number: f"NICK attacker{number}\r\nUSER a 0 * :a\r\n".encode(),
        f"LIST {','.join([f'{mask(1)}?' * 2] * 8)}\r\n".encode(),
        masked=True,
    ),
    # What is paid for by what it costs.
    "topics": Attack(member(), frame("topic", room="cave", topic="a") + frame("topic", room="cave", topic="b")),
    "accounts, made and given up": Attack(
        login, frame("register", password=SECRET) + frame("unregister", password=SECRET)
    ),
    "heads of requests": Attack(
        lambda _: b"", b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 8000 + b"\r\n\r\n"
    ),
    # Bytes of which nothing comes.
    "telnet commands": Attack(person(), b"\xff\xf1" * 32768),
    "telnet commands, nameless": Attack(lambda _: b"x\n", b"\xff\xf1" * 32768),
    "telnet commands between letters": Attack(person(), b"a\xff\xf1" * 10922 + b"\n"),
    "blank lines": Attack(person(), b" \n" * 32768),
    "empty lines": Attack(login, b"\n" * 65536),
    "pings of a page": Attack(page, masked(0x89, b"tea?" * 31) * 500),
    "pieces of messages": Attack(page, (masked(0x01, b" ") + masked(0x00, b" ") * 5000 + masked(0x80, b"")) * 2),
    "empty messages": Attack(page, masked(0x81, b"") * 10_000),
    # Lines that are no requests, or long ones.
    "brackets": Attack(login, b"{" + b"[" * 32000 + b"\n"),
    "escapes": Attack(login, frame("ping", unknown="\x01" * 5400)),
    "marks for a name": Attack(login, frame("rename", username="a" + "\u0344\u0334" * 7000)),
    # Messages that are dear to show or to index.
    "newlines, shown": Attack(member(), say(LINES)),
    "newlines, paged": Attack(person("lines"), b"/history 100\n"),
    "newlines, replayed": Attack(person("lines"), b"/leave\njoin lines\n"),
    "newlines, not read": Attack(person("lines"), b"/leave\njoin lines\n", reads=False),
    "marks": Attack(member(), say(MARKS)),
    "ligatures": Attack(member(), say("\ufdfa" * 1333)),
    "Han": Attack(member(), b"".join(map(say, _HAN))),
    "long messages": Attack(member(), say("word " * 799)),
    # Searches.
    "phrases": Attack(member("letters"), search("letters", f'"{"a " * 70}b a" "{"a " * 70}a"')),
    "short phrases": Attack(member("letters"), search("letters", '"a a a b" "a a b a"')),
    "prefixes": Attack(member("words"), search("words", f"{_PREFIXES} zzzzqq")),
    "a few prefixes": Attack(member("words"), search("words", "e* t* a* zzzzqq")),
    "a word that is not there": Attack(member("words"), search("words", "e* zzzzqq")),
    "marks, searched": Attack(member("marks"), search("marks", "zzzz*")),
    # Lists.
    "marks in a list": Attack(login, frame("list", match="\u0344" * 500 + "\u0334" * 500)),
    "who": Attack(login, frame("who"), online=500),
    # Coming and going.
    "histories": Attack(member("pages"), frame("history", room="pages")),
    "replays": Attack(member("replays"), frame("leave", room="replays") + frame("join", room="replays", backlog=100)),
    "rooms": Attack(login, frame("create", room="mine") + frame("delete", room="mine")),
    "rooms that are not there": Attack(login, frame("join", room="nowhere")),
    "names": Attack(member(), b"".join(frame("rename", username=f"a{number}") for number in range(99))),
    "watching": Attack(member(), frame("list", watch=True) + frame("topic", room="cave", topic="x" * 300)),
    "whispers": Attack(member(), frame("tell", to="attacker1", text=LINES), reads=False),
}
"""Each kind by its name."""


def prepare(address: tuple[str, int], rooms: Iterable[str]) -> None:
    """Let somebody say in *rooms* what has been said there before."""
    with Bot(address, "preparer") as bot:
        for room in sorted(rooms):
            text, times = ROOMS[room]
            bot.ask("create", room=room)
            for _ in range(times):
                bot.begin("say", room=room, text=text)
            for _ in range(times):
                bot.event("ok")


def prepare_masks(address: tuple[str, int]) -> None:
    """Let rooms have as many masks as they may, against others."""
    with Bot(address, "preparer") as bot:
        bot.ask("create", room=MASKED)
        _impose(bot, "mute", MASKED)
    with Bot(address, "owner", host=HOST) as bot:
        for room in (f"hidden{number}" for number in range(HIDDEN)):
            bot.ask("create", room=room)
            bot.ask("configure", room=room, hidden=True)
            _impose(bot, "invite", room)


def _impose(bot: Bot, kind: str, room: str) -> None:
    for number in range(MASKS):
        bot.begin(kind, room=room, mask=mask(number))
    for _ in range(MASKS):
        bot.event("ok")


class Attacker:
    """A connection that sends what it has to send, whenever it can."""

    def __init__(self, port: int, attack: Attack, number: int) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(LIMIT)
        # When this ends, the server is not left with all that the kernel has taken and it did not read.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.bind((HOST, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.reads = attack.reads
        self._again = memoryview(attack.again)
        self._unsent = memoryview(attack.opening(number))

    def write(self) -> bool:
        """Send what the kernel takes; return whether the connection lives."""
        try:
            self._unsent = self._unsent[self.socket.send(self._unsent) :] or self._again
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    def read(self) -> bool:
        """Take what has come; return whether the connection lives."""
        try:
            return bool(self.socket.recv(65536))
        except BlockingIOError:
            return True
        except OSError:
            return False


def main() -> None:
    """Attack until this is ended, or nobody is left."""
    _, name, port = sys.argv
    attack = ATTACKS[name]
    selector = selectors.DefaultSelector()
    for number in range(ATTACKERS):
        attacker = Attacker(int(port), attack, number)
        events = selectors.EVENT_WRITE | (selectors.EVENT_READ if attacker.reads else 0)
        selector.register(attacker.socket, events, attacker)
    sys.stdout.write("all are here\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
    while selector.get_map():
        for key, events in selector.select():
            attacker = key.data
            lives = (not events & selectors.EVENT_READ or attacker.read()) and (
                not events & selectors.EVENT_WRITE or attacker.write()
            )
            if not lives:
                selector.unregister(attacker.socket)
                attacker.socket.close()


if __name__ == "__main__":
    main()
