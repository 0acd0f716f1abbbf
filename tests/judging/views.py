"""A history read connection by connection: its requests with their replies, and its stays in rooms."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from typing_extensions import override

from tests.judging.history import Asked, Came, Ended, Frame, History, Lost, Note, Received, Rested, Went, key

IN_A_ROOM = {"said", "gap", "level", "joined", "left", "presence", "renamed", "topic-changed", "deleted"}
"""The events that only those are sent who are in the room."""

TELLING = (
    *("id", "room", "rooms", "after", "seq", "first", "last", "kept", "members", "resumed"),
    *("from", "to", "username", "topic", "reason", "code", "text"),
)
"""The fields by which a person knows what a frame is about."""


class Violation(NamedTuple):
    """A promise that was broken, in a *sentence*; *places* are those of the notes that tell of it."""

    sentence: str
    places: tuple[int, ...]


class Told(NamedTuple):
    """A frame that a connection was sent, and its place in the history."""

    place: int
    frame: Frame


@dataclass
class Request:
    """A request at its place in the history, and its reply if one came."""

    connection: Connection
    place: int
    frame: Frame
    reply: Told | None = None
    stay: Stay | None = None
    """The stay in the room that it names, when the reply came."""
    seen: int = 0
    """The newest message that the stay had been shown then."""

    @property
    def type(self) -> str:
        """What is asked."""
        return str(self.frame["type"])


@dataclass
class Stay:
    """The time of *connection* in a room: from `entered` to the `ok` of leave, `deleted`, or the connection's end.

    *shown* is what it was sent of the room meanwhile.
    """

    connection: Connection
    request: Request
    entered: Told
    shown: list[Told] = field(default_factory=list)
    seen: int = 0
    end: int | None = None
    left: Request | None = None

    @property
    def room(self) -> str:
        """The name of the room."""
        return str(self.entered.frame["room"])

    @property
    def epoch(self) -> str:
        """Which log it reads."""
        return str(self.entered.frame["epoch"])

    @property
    def was_left_in_order(self) -> bool:
        """Whether it was asked to leave and had been shown everything before it was answered.

        A leave that waits for that is answered at once when another connection takes the seat over.
        """
        bye = self.connection.bye
        return self.left is not None and not (bye and bye.frame["reason"] == "replaced")

    @override
    def __str__(self) -> str:
        return f"connection {self.connection.number} in {self.room}"


@dataclass
class Connection:
    """One connection, from its beginning on; *person* is its session, or where it has none itself."""

    number: int
    node: int
    life: int
    clock: int
    person: str = ""
    name: str | None = None
    names: list[tuple[int, str]] = field(default_factory=list)
    """Which names it got, and where in the history."""
    requests: list[Request] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    open: dict[str, Stay] = field(default_factory=dict)
    waiting: deque[Request] = field(default_factory=deque)
    bye: Told | None = None
    went: int | None = None


class Views:
    """What all connections of *history* saw; *violations* are those that show as soon as it is read."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.connections: dict[int, Connection] = {}
        self.ends: dict[tuple[int, int, int], int] = {}
        self.rests: list[tuple[int, dict[int, dict[str, Stay]], dict[int, str]]] = []
        """Where all was at rest, the stays of each connection then, and the names of all."""
        self.violations: list[Violation] = []
        self.void: set[str] = set()
        """The epochs of which something was lost: what is told of them from then on is certain to nobody."""
        self.nodes = {note.node for note in history}
        for place, note in enumerate(history):
            self._read(place, note)
        self.clocks: dict[str, set[int]] = defaultdict(set)
        """By which clocks the connections of a person were noted."""
        for connection in self.connections.values():
            self.clocks[connection.person].add(connection.clock)

    def ending(self, connection: Connection) -> int | None:
        """Return where the server of *connection* was about to be ended, if it was."""
        return self.ends.get((connection.node, connection.life, connection.clock))

    def requests(self) -> Iterator[Request]:
        """Yield the requests of all connections."""
        for connection in self.connections.values():
            yield from connection.requests

    def stays(self) -> Iterator[Stay]:
        """Yield the stays of all connections."""
        for connection in self.connections.values():
            yield from connection.stays

    def _wrong(self, sentence: str, *places: int) -> None:
        self.violations.append(Violation(sentence, places))

    def _read(self, place: int, note: Note) -> None:
        match note:
            case Came():
                self.connections[note.connection] = Connection(
                    note.connection, note.node, note.life, note.clock, person=f"connection {note.connection}"
                )
            case Asked():
                connection = self.connections[note.connection]
                request = Request(connection, place, note.frame)
                connection.requests.append(request)
                connection.waiting.append(request)
                if request.type == "login" and connection.name is None:
                    connection.person = note.frame.get("session", connection.person)
            case Received():
                self._received(self.connections[note.connection], Told(place, note.frame))
            case Went():
                connection = self.connections[note.connection]
                connection.went = place if connection.went is None else connection.went
                if note.how != "finished":
                    self._close_all(connection, place)
            case Ended():
                self.ends[note.node, note.life, note.clock] = place
            case Lost():
                self.void.update(note.epochs)
            case Rested():
                here = [one for one in self.connections.values() if one.name and one.went is None and not one.bye]
                names = {one.number: one.name for one in here if one.name}
                for one in here:
                    for request in one.waiting:
                        self._wrong(
                            f"connection {one.number} has no answer to its {described(request.frame)}, though all is"
                            " at rest",
                            request.place,
                            place,
                        )
                    for stay in one.open.values():
                        if stay.epoch in self.void:
                            self._wrong(f"{stay} goes on, though something was lost", stay.entered.place, place)
                stays = {
                    one.number: {room: stay for room, stay in one.open.items() if stay.epoch not in self.void}
                    for one in here
                }
                self.rests.append((place, stays, names))

    def _received(self, connection: Connection, told: Told) -> None:
        frame = told.frame
        if "id" in frame:
            self._replied(connection, told)
        elif frame["type"] in IN_A_ROOM:
            if stay := connection.open.get(key(frame["room"])):
                if stay.epoch not in self.void:
                    stay.shown.append(told)
                    stay.seen = frame["seq"] if frame["type"] == "said" else stay.seen
                if frame["type"] == "deleted":
                    self._close(stay, told.place)
            else:
                self._wrong(
                    f"connection {connection.number} was sent {described(frame)}, and is not in that room", told.place
                )
        elif frame["type"] == "bye":
            connection.bye = told
            self._close_all(connection, told.place)

    def _replied(self, connection: Connection, told: Told) -> None:
        waiting = connection.waiting
        due = next((request for request in waiting if request.frame.get("id") == told.frame["id"]), None)
        if due is None:
            self._wrong(
                f"connection {connection.number} was sent {described(told.frame)} for no request of its own", told.place
            )
            return
        if due is not waiting[0]:
            self._wrong(
                f"connection {connection.number} was answered {described(told.frame)} before its"
                f" {described(waiting[0].frame)}, which it had asked before",
                waiting[0].place,
                due.place,
                told.place,
            )
        waiting.remove(due)
        due.reply = told
        self._answered(connection, due, told)

    def _answered(self, connection: Connection, request: Request, told: Told) -> None:
        room = key(request.frame.get("room", ""))
        request.stay = there = connection.open.get(room)
        if told.frame["type"] == "entries" and not request.stay:
            request.stay = next((stay for stay in connection.stays if was_deleted_after(stay, request)), None)
        if request.stay and request.stay.epoch in self.void:
            request.stay = None
        request.seen = request.stay.seen if request.stay else 0
        match request.type, told.frame["type"]:
            case "login", "welcome":
                connection.name = told.frame["username"]
                connection.names.append((told.place, told.frame["username"]))
            case "rename", "ok":
                connection.name = request.frame["username"]
                connection.names.append((told.place, request.frame["username"]))
            case (("join" | "create"), "entered"):
                if there:
                    self._wrong(f"connection {connection.number} entered {room} twice", told.place)
                stay = connection.open[room] = Stay(connection, request, told)
                if stay.epoch not in self.void:
                    connection.stays.append(stay)
            case "leave", "ok":
                if there:
                    there.left = request if request.stay else None
                    self._close(there, told.place)
            case "quit", "bye":
                connection.bye = told
                self._close_all(connection, told.place)
            case ("say", "ok") | ("topic", "ok") | (_, "entries"):
                if not there and not request.stay:
                    self._wrong(
                        f"connection {connection.number} was answered {described(told.frame)}, and is not in {room}",
                        request.place,
                        told.place,
                    )

    def _close(self, stay: Stay, place: int) -> None:
        stay.end = place
        del stay.connection.open[key(stay.room)]

    def _close_all(self, connection: Connection, place: int) -> None:
        for stay in list(connection.open.values()):
            self._close(stay, place)


def was_deleted_after(stay: Stay, request: Request) -> bool:
    """Tell whether the room of *stay* was deleted while a page of it was on its way, for which *request* asked."""
    return (
        key(stay.room) == key(request.frame["room"])
        and bool(stay.shown)
        and stay.shown[-1].frame["type"] == "deleted"
        and stay.shown[-1].place > request.place
    )


def described(frame: Frame) -> str:
    """Return *frame* in a few words."""
    values = ((name, str(frame.get(name, ""))) for name in TELLING)
    told = [f"{name} {value if len(value) <= 40 else value[:40] + '…'}" for name, value in values if value]
    return " ".join([str(frame["type"]), *told])
