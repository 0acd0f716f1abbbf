"""Clients of IRC on one server: each line that they get is read by the grammar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from chatroom.core.values.names import room_name
from tests.fakes import FakePasswords
from tests.fronts.house import House, Peer
from tests.wire.irc.grammar import Read, reads

ALL = (
    "server-time message-tags account-tag batch draft/multiline extended-join away-notify account-notify setname"
    " chghost invite-notify draft/message-redaction echo-message labeled-response standard-replies"
)
"""Capabilities of a client that knows much."""


class Client:
    """A client of IRC."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def take(self) -> list[Read]:
        """Let the turn end, and return the lines that came."""
        self.peer._house.settle()
        return reads(self.peer.take())

    def send(self, *lines: str) -> list[Read]:
        """Send *lines*, and return those that come."""
        self.peer.send("".join(f"{line}\r\n" for line in lines).encode())
        return self.take()

    def ask(self, line: str) -> list[str]:
        """Send *line*, and return those that come as they are written, without tags and who they are from."""
        return [short(each) for each in self.send(line)]

    def heard(self) -> list[str]:
        """Return what came since, likewise, with the names from whom it is."""
        return [f"{each.nick}: {short(each)}" for each in self.take()]


class Believer:
    """A client that keeps what it is told: who is where, and what was said there."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        self.rooms: dict[str, set[str]] = {}
        self.said: dict[str, list[tuple[int, str]]] = defaultdict(list)
        """By room: numbers and texts; one that has no number goes on with the text before."""
        self.entered: dict[str, list[int]] = defaultdict(list)
        """By room: how many messages had been seen there when it was entered."""

    def take(self) -> None:
        """Believe what has come."""
        for line in self.client.take():
            self.believe(line)

    def believe(self, line: Read) -> None:
        who, words = line.nick, line.params
        match line.command:
            case "JOIN":
                if who == self.name:
                    assert words[0] not in self.rooms
                    self.rooms[words[0]] = set()
                    self.entered[words[0]].append(len(self.said[words[0]]))
                self.rooms[words[0]].add(who)
            case "353":
                self.rooms[words[2]] |= {word.lstrip("@+").partition("!")[0] for word in words[3].split()}
            case "PART" if who == self.name:
                del self.rooms[words[0]]
            case "PART":
                # Who has come in the same turn may be told of one who went just before.
                self.rooms[words[0]].discard(who)
            case "KICK" if words[1] == self.name:
                del self.rooms[words[0]]
            case "KICK":
                self.rooms[words[0]].discard(words[1])
            case "QUIT":
                for members in self.rooms.values():
                    members.discard(who)
            case "NICK":
                self.name = words[0] if who == self.name else self.name
                found = [members for members in self.rooms.values() if who in members]
                for members in found:
                    members.remove(who)
                    members.add(words[0])
            case "PRIVMSG" if words[0].startswith("#"):
                assert words[0] in self.rooms
                if "msgid" in line.tags:
                    self.said[words[0]].append((int(line.tags["msgid"].rpartition("-")[2]), words[1]))
                elif "batch" not in line.tags:
                    number, text = self.said[words[0]].pop()
                    self.said[words[0]].append((number, text + words[1]))
            case "BATCH" if words[1:2] == ["draft/multiline"]:
                self.said[words[2]].append((int(line.tags["msgid"].rpartition("-")[2]), ""))


def short(line: Read) -> str:
    """Return *line* without its tags and its source."""
    return " ".join([line.command, *line.params])


def commands(lines: Iterable[Read]) -> list[str]:
    """Return the commands of *lines*."""
    return [line.command for line in lines]


class IRCHouse(House):
    """A server with a room *tea*, to which clients of IRC come."""

    def __init__(self, *, accounts: bool = False, **limits: float) -> None:
        super().__init__(passwords=FakePasswords() if accounts else None, **limits)  # type: ignore[arg-type]
        self.lobby.open_permanently(room_name("tea"))

    def client(self, name: str, caps: str = "", *rooms: str, host: str | None = None) -> Client:
        """Let a client called *name* come, with *caps*, into *rooms*."""
        client = Client(self.connect(host=host))
        negotiation = [f"CAP REQ :{caps}", "CAP END"] if caps else []
        came = client.send(f"NICK {name}", *negotiation[:1], f"USER {name} 0 * :{name.title()} A.", *negotiation[1:])
        assert "001" in commands(came), came
        for room in rooms:
            assert "366" in commands(client.send(f"JOIN {room}"))
        return client

    def quiet(self, *clients: Client) -> None:
        """Forget what came to *clients*."""
        for client in clients:
            client.take()
