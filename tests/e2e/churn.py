"""Visitors of every kind, who come, do what such visitors do, and go in every way there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from threading import Event

from tests.e2e.peers import Bot, Frame, Peer

ROOMS = ("tea", "milk")
"""The operator's rooms, in which most of them meet."""

LOUD = 1500
"""Messages of the longest length: more than the kernel holds for one who does not read."""

LONGEST = 4000


class Visitor:
    """One who lives on the server until it is *over*, life after life, as *chance* has it.

    *done* counts what was done.
    """

    def __init__(self, address: tuple[str, int], name: str, over: Event) -> None:
        self.done: Counter[str] = Counter()
        self.chance = Random(name)
        self.address = address
        self._name = name
        self._over = over
        self._lives = 0

    def go_on(self, life: Callable[[Visitor], None]) -> None:
        """Live such lives until it is over; if anything is not as it has to be, so it is for all."""
        try:
            while not self._over.is_set():
                self._lives += 1
                life(self)
                self.done["lives"] += 1
        finally:
            self._over.set()

    @property
    def name(self) -> str:
        """A name that is new in each life: who was lost may not have been missed yet."""
        return f"{self._name}-{self._lives}"

    def think(self, longest: float = 0.2) -> None:
        """Let some time pass."""
        self._over.wait(self.chance.uniform(0, longest))

    def part(self, peer: Peer) -> None:
        """Go, in one of the ways there are."""
        match self.chance.randrange(4):
            case 0:
                peer.close()
            case 1:
                peer.reset()
            case 2:
                peer.half_close()
                peer.rest()
            case 3:
                peer.send('{"type":"quit"}' if isinstance(peer, Bot) else "/quit")
                peer.rest()


def until(peer: Peer, ending: str) -> str:
    """Return the next line of *peer*'s that ends so."""
    while (line := peer.receive()) is not None:
        if line.endswith(ending):
            return line
    raise EOFError(f"the server closed before {ending!r}")


def person(visitor: Visitor) -> None:
    """Speak text: look round, talk in a room, take another name, look something up."""
    name, room = visitor.name, visitor.chance.choice(ROOMS)
    with Peer(visitor.address) as peer:
        peer.send(name)
        peer.send("list")
        peer.send(f"join {room}")
        until(peer, "/leave for the lobby.")
        for number in range(visitor.chance.randrange(30)):
            if number == 10:
                peer.send(f"/nick {name}x")
                name = f"{name}x"
                until(peer, f" is now {name}.")
            visitor.think()
            peer.send(f"number {number}")
            until(peer, f"<{name}> number {number}")
            visitor.done["messages"] += 1
        peer.send("/history 20")
        peer.send("/search number")
        peer.send(f"/topic {name} was here")
        until(peer, f"* {name} set the topic: {name} was here")
        peer.send("/leave")
        until(peer, "You are in the lobby.")
        visitor.part(peer)


def program(visitor: Visitor) -> None:
    """Speak frames: talk in both rooms, lose the connection, come back with the session, and read on."""
    name, session = visitor.name, f"{visitor.name:-<22}"
    read: dict[str, Frame] = {}
    for life in range(3):
        with Bot(visitor.address) as bot:
            assert bot.ask("login", username=name, session=session)["resumed"] is (life > 0)
            bot.ask("list", watch=True)
            for room in ROOMS:
                after = {"after": read[room]["seq"], "epoch": read[room]["epoch"]} if life else {}
                entered = bot.ask("join", room=room, **after)
                assert entered["resumed"] is (life > 0), entered
                bot.event("level")
                if life:
                    missed = [frame["seq"] for frame in bot.seen if frame["type"] == "said" and frame["room"] == room]
                    assert missed[:1] in ([], [read[room]["seq"] + 1])
                read[room] = entered
            for number in range(visitor.chance.randrange(20)):
                visitor.think()
                room = visitor.chance.choice(ROOMS)
                ok = bot.ask("say", room=room, text=f"number {number}", cid=f"{life} {number}")
                assert ok["type"] == "ok", ok
                visitor.done["messages"] += 1
            bot.ask("history", room=ROOMS[0], before=read[ROOMS[0]]["seq"])
            bot.ask("search", room=ROOMS[1], query="number")
            # A guest has no notes.
            assert bot.ask("tell", to=name, text="well done")["code"] == "no-such-user"
            for room in ROOMS:
                # All that was said before this answer has been shown.
                bot.ask("topic", room=room, topic=f"{name} was here")
                seqs = [frame["seq"] for frame in bot.seen if frame["type"] == "said" and frame["room"] == room]
                if seqs:
                    assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), f"not in order in {room}"
                    read[room] = {**read[room], "seq": seqs[-1]}
            if life < 2:
                visitor.chance.choice((bot.close, bot.reset))()
                visitor.done["returns"] += 1
            else:
                visitor.part(bot)


def founder(visitor: Visitor) -> None:
    """Open a room, have guests, and close it, or leave it to be harvested."""
    room = f"room-{visitor.name}"
    with Bot(visitor.address, visitor.name) as host, Bot(visitor.address, f"{visitor.name}-g") as guest:
        assert host.ask("create", room=room, topic="soon gone")["type"] == "entered"
        assert guest.ask("join", room=room)["type"] == "entered"
        for number in range(20):
            visitor.think()
            assert (host, guest)[number % 2].ask("say", room=room, text="hello", cid=f"{number}")["seq"] == number + 1
            visitor.done["messages"] += 1
        assert host.ask("rename", username=f"{visitor.name}-h")["type"] == "ok"
        if visitor.chance.random() < 0.7:
            assert host.ask("delete", room=room)["type"] == "ok"
            guest.event("deleted")
        visitor.done["rooms"] += 1
        visitor.part(guest)
        visitor.part(host)


def sluggard(visitor: Visitor) -> None:
    """Do not read while others talk, and then catch up, or be gone."""
    room = f"loud-{visitor.name}"
    with ExitStack() as there:
        host = there.enter_context(Bot(visitor.address, visitor.name))
        slow = there.enter_context(Bot(visitor.address, f"{visitor.name}-s", small=True))
        assert host.ask("create", room=room)["type"] == "entered"
        assert slow.ask("join", room=room)["type"] == "entered"
        slow.event("level")
        shout(host, room, LOUD)
        visitor.done["messages"] += LOUD
        if visitor.chance.random() < 0.5:
            slow.event("level")
            said = [frame["seq"] for frame in slow.seen if frame["type"] == "said"]
            assert said == list(range(1, LOUD + 1)), "not in order"
            visitor.done["caught up"] += 1
        else:
            visitor.done["given up"] += 1
        visitor.chance.choice((slow.close, slow.reset))()
        assert host.ask("delete", room=room)["type"] == "ok"
    visitor.think(20)


def shout(bot: Bot, room: str, number: int, in_flight: int = 16) -> None:
    """Say so many messages of the longest length in *room*, only so many of them in flight."""
    for index in range(number):
        if index >= in_flight:
            bot.event("ok")
        bot.begin("say", room=room, text=f"{index} ".ljust(LONGEST, "x"))
    for _ in range(min(number, in_flight)):
        bot.event("ok")


def stranger(visitor: Visitor) -> None:
    """Know nothing of the server, until it has had enough; or take part in nothing for as long as it allows."""
    with Peer(visitor.address) as peer:
        match visitor.chance.randrange(5):
            case 0:
                peer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            case 1:
                peer.write(b"no name\n" * 20)
            case 2:
                peer.write(b"x" * 40_000)
            case 3:
                peer.write(b"{" * 10_000 + b"\n" + b"\xff\xfd\x06\0\n" * 10)
            case 4:
                pass
        peer.rest()
    visitor.done["strangers"] += 1
    visitor.think(2)
