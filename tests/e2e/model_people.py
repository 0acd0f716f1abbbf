"""People of the random model, who come and go, and remember what a good client remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from random import Random

from tests.e2e.model_cable import Cable
from tests.judging.history import Frame, key

ROOMS = ("tea", "milk", "pond", "Garden", "attic", "cellar", "roof", "yard")
NAMES = tuple("alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy".split())
"""Fewer than people would like: some find theirs taken."""

LONG = 3000
"""Bytes that a long message has: enough of them hold up who does not read."""

AGAIN = 40
"""The last messages of which somebody may think that they were not acknowledged."""

REFUSALS = {
    *("not-a-member", "already-a-member", "no-such-room", "room-exists", "room-full", "not-allowed"),
    *("username-taken", "already-logged-in", "not-logged-in", "cid-reused", "too-many-rooms"),
}
"""What is no surprise."""


@dataclass
class Place:
    """A room in which somebody is or was, how far it has been read, and whether it is *level*."""

    room: str
    epoch: str
    seen: int
    level: bool = False


@dataclass
class World:
    """What all share: how to *connect*, over a small cable or not, and the newest known number of each log.

    Some *refusals* are no surprise there. *rooms* are the names that rooms have.
    """

    connect: Callable[[bool], Cable]
    refusals: AbstractSet[str] = frozenset()
    rooms: Sequence[str] = ROOMS
    done: Counter[str] = field(default_factory=Counter)
    heads: Counter[str] = field(default_factory=Counter)


class Person:
    """Somebody with a *session*, or without one, who comes, does things and goes, as *chance* has it."""

    def __init__(self, world: World, number: int, chance: Random) -> None:
        self.world = world
        self.chance = chance
        self.session = f"person-{number}-{'s' * 22}" if number % 4 else None
        self.label = f"p{number}"
        self.name = NAMES[number % len(NAMES)]
        self.named = False
        self.asleep = 0
        self.cable: Cable | None = None
        self.leaving: list[Cable] = []
        self.places: dict[str, Place] = {}
        self.memory: dict[str, Place] = {}
        self.created: set[str] = set()
        self.unanswered: dict[str, tuple[str, str]] = {}
        self.said = 0

    def cables(self) -> list[Cable]:
        """Return the connections that are to be read now; the one that is its own only while it is awake."""
        own = [self.cable] if self.cable and not self.asleep else []
        return [*self.leaving, *own]

    def wake(self) -> None:
        """Be awake, and wait for no server that has failed since it was about to take somebody over there."""
        self.asleep = 0
        for cable in self.leaving:
            if not cable.finished:
                cable.close()
        self.leaving = [cable for cable in self.leaving if cable.open]

    def come(self) -> None:
        """Connect, and log in; what follows may not wait for the welcome."""
        small = self.chance.random() < 0.3
        try:
            cable = self.world.connect(small)
        except OSError:
            # It is ended just now.
            return
        if self.cable:
            self.leaving.append(self.cable)
            self.world.done["takeovers"] += 1
        self.cable = cable
        self.named = False
        self.places.clear()
        self.login(cable)
        if self.chance.random() < 0.3:
            self.join(cable)
            self.say(cable)

    def login(self, cable: Cable) -> None:
        """Ask for the name; with the session, whoever has one."""
        cable.ask("login", username=self.name, **({"session": self.session} if self.session else {}))

    def say(self, cable: Cable) -> None:
        """Say some messages in a row, most of them where it is."""
        chance = self.chance
        where = [place.room for place in self.places.values()]
        room = chance.choice(where) if where and chance.random() < 0.95 else chance.choice(self.world.rooms)
        for _ in range(chance.randint(1, 6)):
            self.said += 1
            text = f"{self.label} says {self.said}"
            if chance.random() < 0.1:
                text = text.ljust(LONG, ".")
            if chance.random() < 0.85:
                cid = f"{self.said}"
                self.unanswered[cid] = (room, text)
                cable.ask("say", room=room, text=text, cid=cid)
            else:
                cable.ask("say", room=room, text=text)
        while len(self.unanswered) > AGAIN:
            del self.unanswered[next(iter(self.unanswered))]

    def say_again(self, cable: Cable, cid: str) -> None:
        """Send again what may not have been acknowledged; now and then something else under its *cid*."""
        room, text = self.unanswered[cid]
        if self.chance.random() < 0.03:
            text = f"{text} and more"
        self.world.done["sent again"] += 1
        cable.ask("say", room=room, text=text, cid=cid)

    def join(self, cable: Cable, room: str | None = None) -> None:
        """Enter a room: to read on where it was, from further back, or as somebody new."""
        chance = self.chance
        room = room or chance.choice(self.world.rooms)
        fields: dict[str, object] = {}
        known = self.memory.get(key(room))
        if known and chance.random() < 0.8:
            forgotten = chance.randrange(60) if chance.random() < 0.3 else 0
            fields = {"after": max(0, known.seen - forgotten), "epoch": known.epoch}
        if chance.random() < 0.3:
            fields["backlog"] = chance.choice((0, 5, 100))
        cable.ask("join", room=room, **fields)

    def quit(self) -> None:
        """Say that it goes, if it is there; what was asked before is still answered."""
        if self.cable:
            self.cable.ask("quit")
            self.cable.flush()
            self.leaving.append(self.cable)
            self.over()

    def over(self) -> None:
        """Be nowhere."""
        self.cable = None
        self.named = False
        self.asleep = 0
        self.places.clear()
        if not self.session:
            # Nobody knows what it said before.
            self.unanswered.clear()
            self.created.clear()

    def read(self, cable: Cable) -> None:
        """Take what has come through *cable*."""
        for frame in cable.receive():
            request = cable.replied(frame)
            if request:
                self._replied(cable, request, frame)
            elif cable is self.cable:
                self._happened(frame)
            if frame["type"] == "said":
                self.world.done["shown"] += 1
        cable.flush()
        if not cable.open:
            if cable is self.cable:
                self.over()
            else:
                self.leaving.remove(cable)

    def _happened(self, event: Frame) -> None:
        place = self.places.get(key(event.get("room", "")))
        match event["type"]:
            case "said" if place:
                place.seen = event["seq"]
                self._known(place.epoch, place.seen)
            case "gap" if place:
                place.seen = event["last"]
            case "level" if place:
                self.world.done["caught up again"] += place.level
                place.level = True
            case "deleted":
                self.places.pop(key(event["room"]), None)
                self.memory.pop(key(event["room"]), None)
            case "bye":
                self.world.done[f"bye {event['reason']}"] += 1

    def _replied(self, cable: Cable, request: Frame, reply: Frame) -> None:
        room = key(request.get("room", ""))
        mine = cable is self.cable
        self.world.done[reply["type"] if reply["type"] != "error" else "refused"] += 1
        match request["type"], reply["type"]:
            case "say", "ok":
                self.world.done["acknowledged"] += 1
                if request.get("cid") in self.unanswered and self.chance.random() < 0.9:
                    # One in ten thinks that it was not.
                    del self.unanswered[request["cid"]]
                if mine and room in self.places:
                    self._known(self.places[room].epoch, reply["seq"])
            case "search", "error" if reply["code"] == "unavailable":
                # On a machine that does much else, a search may take longer than it is given.
                self.world.done["searches given up"] += 1
            case _, "error":
                assert reply["code"] in REFUSALS | self.world.refusals, f"{request} was refused: {reply}"
                if request["type"] == "login" and mine:
                    if reply["code"] == "username-taken":
                        self.name = self.chance.choice(NAMES)
                    self.login(cable)
            case _ if not mine:
                return
            case "login", "welcome":
                self.named, self.name = True, reply["username"]
                self.world.done["back in a seat"] += reply["resumed"]
                self._welcomed(cable, reply["rooms"])
            case "rename", "ok":
                self.name = request["username"]
                self.world.done["renames"] += 1
            case (("join" | "create"), "entered"):
                self._entered(request, reply)
            case (("leave" | "delete"), "ok"):
                self.world.done[f"{request['type']}s"] += 1
                if request["type"] == "leave":
                    self.places.pop(room, None)
                    if not self.session:
                        # If the room is closed meanwhile, nobody knows what it said there.
                        self.unanswered = {cid: one for cid, one in self.unanswered.items() if key(one[0]) != room}

    def _welcomed(self, cable: Cable, rooms: list[str]) -> None:
        """Go on where it was, mostly."""
        if self.chance.random() < 0.3:
            cable.ask("list", watch=True)
        # A server that started again knows of no seats.
        for room in rooms or [place.room for place in self.memory.values()]:
            if self.chance.random() < 0.7:
                self.join(cable, room)
                for cid in [cid for cid, (where, _) in self.unanswered.items() if where == room]:
                    self.say_again(cable, cid)
            elif self.chance.random() < 0.2:
                cable.ask("leave", room=room)

    def _entered(self, request: Frame, entered: Frame) -> None:
        seq, backlog = entered["seq"], request.get("backlog", 50 if "after" in request else 0)
        seen = request["after"] if entered["resumed"] else seq if request["type"] == "create" else max(0, seq - backlog)
        place = Place(entered["room"], entered["epoch"], seen)
        self.places[key(entered["room"])] = self.memory[key(entered["room"])] = place
        self.world.done["opened again"] += entered["members"] == 1 and place.epoch in self.world.heads
        self._known(place.epoch, seq)
        self.world.done["resumed"] += entered["resumed"]
        if request["type"] == "create" and entered.get("creator") == self.name:
            self.created.add(entered["room"])

    def _known(self, epoch: str, seq: int) -> None:
        self.world.heads[epoch] = max(self.world.heads[epoch], seq)
