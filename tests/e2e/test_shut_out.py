"""Whoever is shut out of a room reads nothing of it, whatever shut them out, whatever way they try, in every store."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chatroom.core.values import commands
from chatroom.core.visit.rules import RULES
from chatroom.wire.irc.commands import COMMANDS
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import UNLIMITED, Server, running
from tests.engine import Engine

PASSWORD = "correct horse"
WORD = "ivy-has-made-this-up"
SECRET = "wombat"
"""A word of each message that may not be read."""

OPTIONS = (*UNLIMITED, "--rooms-per-visitor", "0", "--grace", "0")


# How somebody is shut out, who was in once, and has gone.


class Door(NamedTuple):
    """A door that the owner of a *room* shuts before *those* people, *while* they are in or not, and how that is done.

    What is asked to come in *before* belongs to it.
    """

    room: str
    those: str
    shut: Callable[[Bot, str], object]
    before: Callable[[Bot, str], object] = lambda owner, room: None
    key: str = ""
    inside: Callable[[Any, str], object] | None = None


def ask(type: str, **fields: Any) -> Callable[[Any, str], object]:
    """Return what asks for something about a room, which is done."""

    def asked(bot: Bot, room: str) -> None:
        reply = bot.ask(type, room=room, **fields)
        assert reply["type"] in ("ok", "entered"), reply

    return asked


def anew(owner: Bot, room: str) -> None:
    """Delete *room*, and create another one of its name."""
    ask("delete")(owner, room)
    ask("create")(owner, room)


def changed_twice(owner: Bot, room: str) -> None:
    """Give *room* another key, and then the one that it had: whoever came in by that would have to give it again."""
    for key in ("swordfish", "sesame"):
        ask("configure", key=key)(owner, room)


GUESTS, ALL = "gus ivy", "eve gus ivy"

DOORS = [
    Door("ban-by-mask", ALL, ask("ban", mask="*!*@*")),
    Door("ban-by-name", "gus", ask("ban", mask="gus!*@*")),
    Door("ban-of-account", "eve", ask("ban", account="e*e")),
    Door("ban-of-person", "eve", ask("ban", username="eve")),
    Door("ban-of-guest", "gus", ask("ban", username="gus")),
    Door("ban-of-host", GUESTS, ask("ban", username="gus", host=True)),
    Door("key-set", ALL, ask("configure", key="swordfish")),
    Door("key-changed", ALL, ask("configure", key="swordfish"), ask("configure", key="sesame"), "sesame"),
    Door("key-changed-and-back", ALL, changed_twice, ask("configure", key="sesame"), "sesame"),
    Door("guests-off", GUESTS, ask("configure", guests=False)),
    Door("private", ALL, ask("configure", private=True)),
    Door("invite-only", ALL, ask("configure", invite_only=True)),
    Door("deleted", ALL, ask("delete")),
    Door("made-anew", ALL, anew),
    Door("left", ALL, lambda owner, room: None, inside=ask("leave")),
    Door("kicked", ALL, lambda owner, room: [ask("kick", username=name)(owner, room) for name in ALL.split()],
         inside=lambda person, room: None),
]  # fmt: skip

OPEN = [
    Door("open", "", lambda owner, room: None),
    Door("hidden", "", ask("configure", hidden=True)),
    Door("keyed", "", ask("configure", slow=1), ask("configure", key="sesame"), "sesame"),
]
"""Where nobody is shut out: there everybody finds what was said, which shows that the ways lead somewhere."""


# The ways to a text: of those of frames and of IRC, each one is listed, or the test below fails.

WAYS: dict[type[commands.Command], list[dict[str, Any]]] = {
    commands.ListUnread: [{"type": "unread"}],
    commands.Search: [
        {"type": "search", "query": SECRET},
        {"type": "search", "query": "", "from": "olga"},
        {"type": "search", "query": SECRET, "room": "ROOM"},
    ],
    commands.History: [
        {"type": "history", "room": "ROOM"},
        {"type": "history", "room": "ROOM", "before": 9, "limit": 5},
        {"type": "history", "room": "ROOM", "after": 0},
        {"type": "history", "room": "ROOM", "around": 1},
    ],
    commands.MarkRead: [
        {"type": "mark", "room": "ROOM", "seq": 1},
        {"type": "mark", "room": "ROOM", "at": "2099-01-01T00:00:00Z"},
    ],
    commands.Report: [{"type": "report", "room": "ROOM", "seq": 1, "reason": "why"}],
    commands.ReadReports: [{"type": "reports", "room": "ROOM"}, {"type": "reports"}],
    commands.Resolve: [{"type": "resolve", "report": 1}],
    commands.ReadAudit: [{"type": "audit", "room": "ROOM"}],
    commands.ListSanctions: [{"type": "sanctions", "room": "ROOM"}],
    commands.Say: [{"type": "say", "room": "ROOM", "text": "and?", "re": 1}],
    commands.Confide: [{"type": "confide", "room": "ROOM", "to": "moderator", "text": "and?"}],
    commands.Redact: [{"type": "redact", "room": "ROOM", "seq": 1}],
    commands.Topic: [{"type": "topic", "room": "ROOM", "topic": "and?"}],
    commands.Talks: [{"type": "talks"}],
}
"""Requests that read a text, or would say that there is one, where nobody may."""

BLIND = {
    commands.Tell, commands.Tag, commands.Login, commands.Authenticate, commands.Trust, commands.Register,
    commands.ChangePassword, commands.Unregister, commands.Devices, commands.Revoke, commands.Ignore,
    commands.ListIgnored, commands.Operate, commands.StandDown, commands.Rename, commands.Describe, commands.List,
    commands.Who, commands.WhoIs, commands.WhoWas, commands.Monitor, commands.Create, commands.Join, commands.Leave,
    commands.Delete, commands.ShowRoom, commands.Kick, commands.Appoint, commands.Configure, commands.Invite,
    commands.Impose, commands.Lift, commands.Connections, commands.Disconnect, commands.Notify, commands.Reload,
    commands.SetLogLevel, commands.ListAccounts, commands.AddAccount, commands.SetPassword, commands.SetRole,
    commands.RemoveAccount, commands.Ping, commands.Pong, commands.Local, commands.Quit,
}  # fmt: skip
"""Requests that read no message of a room."""

SAID = "2000-01-01T00:00:00.000Z"
EVER = "2099-01-01T00:00:00.000Z"

LINES: dict[str, list[str]] = {
    "CHATHISTORY": [
        "CHATHISTORY LATEST #ROOM * 50",
        f"CHATHISTORY BEFORE #ROOM timestamp={EVER} 50",
        f"CHATHISTORY AFTER #ROOM timestamp={SAID} 50",
        f"CHATHISTORY AROUND #ROOM timestamp={SAID} 50",
        f"CHATHISTORY BETWEEN #ROOM timestamp={SAID} timestamp={EVER} 50",
        f"CHATHISTORY TARGETS timestamp={SAID} timestamp={EVER} 50",
    ],
    "SEARCH": [f"SEARCH text={SECRET}", "SEARCH from=olga", f"SEARCH in=#ROOM;text={SECRET}"],
    "MARKREAD": ["MARKREAD #ROOM", f"MARKREAD #ROOM timestamp={EVER}"],
    "REDACT": ["REDACT #ROOM x-1"],
    "PRIVMSG": ["@+reply=x-1 PRIVMSG #ROOM :and?"],
    "TOPIC": ["TOPIC #ROOM :and?"],
}
"""Lines of IRC that read a text, likewise."""

BLIND_LINES = {
    "CAP", "PASS", "NICK", "USER", "WEBIRC", "PROTOCTL", "PING", "PONG", "QUIT", "ISUPPORT", "JOIN", "PART", "NAMES",
    "LIST", "KICK", "INVITE", "NOTICE", "TAGMSG", "BATCH", "AWAY", "SETNAME", "WHO", "WHOIS", "WHOWAS", "USERHOST",
    "ISON", "MONITOR", "MODE", "AUTHENTICATE", "REGISTER", "VERIFY", "OPER", "KILL", "HELP", "HELPOP", "LINKS", "TIME",
    "VERSION", "MOTD", "INFO", "LUSERS", "ADMIN", "WALLOPS", "NS", "NICKSERV", "CS", "CHANSERV", "KNOCK", "MAP",
    "STATS", "USERS",
}  # fmt: skip


def test_each_way_is_listed() -> None:
    """A new request, or command of IRC, is listed above: as one that reads and is tried below, or as a blind one."""
    assert WAYS.keys() | BLIND == RULES.keys()
    assert not WAYS.keys() & BLIND
    assert {line.removeprefix("@+reply=x-1 ").split()[0] for lines in LINES.values() for line in lines} == LINES.keys()
    assert LINES.keys() | BLIND_LINES == COMMANDS.keys()
    assert not LINES.keys() & BLIND_LINES


# Whom it is about: eve has an account, by frames and by IRC; gus is a guest by frames, ivy one by IRC.


class Irc(Peer):
    """A client of IRC that is called *nick*: by SASL it has that account, else it is known again by a word."""

    def __init__(self, address: tuple[str, int], nick: str, *, account: bool = False) -> None:
        super().__init__(address)
        self.lines: list[str] = []
        self._pings = 0
        if account:
            plain = b64encode(f"\0{nick}\0{PASSWORD}".encode()).decode()
            self.send("CAP REQ :sasl batch draft/chathistory server-time message-tags\r\nAUTHENTICATE PLAIN\r")
            self.send(f"AUTHENTICATE {plain}\r")
        else:
            self.send(f"CAP REQ :batch draft/chathistory server-time message-tags\r\nPASS {WORD}\r")
        self.send(f"NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nCAP END\r")
        self.until(" 001 ")

    def until(self, wanted: str) -> list[str]:
        """Return the lines up to one that has what is *wanted*."""
        lines: list[str] = []
        while not lines or wanted not in lines[-1]:
            line = self.receive()
            assert line is not None, (wanted, lines)
            lines.append(line)
        return lines

    def do(self, line: str) -> list[str]:
        """Send *line*, and return all that comes of it."""
        self._pings += 1
        self.send(f"{line}\r\nPING shown-{self._pings}\r")
        return self.until(f"shown-{self._pings}")


class People:
    """Those whom it is about, at a server."""

    def __init__(self, address: tuple[str, int], stack: ExitStack) -> None:
        self.eve, self.gus = stack.enter_context(Bot(address)), stack.enter_context(Bot(address))
        self._address, self._stack = address, stack

    def come(self) -> None:
        """Log in."""
        assert self.eve.ask("login", username="eve", password=PASSWORD)["type"] == "welcome"
        assert self.gus.ask("login", username="gus", session="gus-has-made-this-up-alone")["type"] == "welcome"
        self.ivy = self._stack.enter_context(Irc(self._address, "ivy"))
        self.eve_by_irc = self._stack.enter_context(Irc(self._address, "eve", account=True))

    def go(self) -> None:
        """Leave the server."""
        for bot in (self.eve, self.gus):
            assert bot.ask("quit")["type"] == "bye"
            bot.to_the_end()
        for peer in (self.ivy, self.eve_by_irc):
            peer.send("QUIT\r")
            peer.rest()

    def found(self, room: str) -> dict[str, list[str]]:
        """Return by each of them the ways by which they read something of *room*."""
        return {
            "eve": [*self._by_frames(self.eve, room), *self._by_lines(self.eve_by_irc, room)],
            "gus": self._by_frames(self.gus, room),
            "ivy": self._by_lines(self.ivy, room),
        }

    def _by_frames(self, bot: Bot, room: str) -> list[str]:
        ways = []
        for requests in WAYS.values():
            for request in requests:
                fields = {name: room if value == "ROOM" else value for name, value in request.items() if name != "type"}
                reply = bot.ask(request["type"], **fields)
                text = json.dumps(reply)
                reads = f"{SECRET} in {room}." in text or (fields.get("room") == room and reply["type"] != "error")
                if reads or reply.get("code") in ("no-such-message", "nothing-said"):
                    ways.append(json.dumps(request))
        return ways

    def _by_lines(self, peer: Irc, room: str) -> list[str]:
        return [
            line
            for lines in LINES.values()
            for line in lines
            if (text := "\n".join(peer.do(line.replace("ROOM", room))))
            and (f"{SECRET} in {room}." in text or f"TARGETS #{room} " in text or f"MARKREAD #{room} timestamp" in text)
        ]


def prepared(owner: Bot, people: People) -> None:
    """Let all be in each room, in which something is said, and go; then shut its door, and say something again."""
    for door in (*DOORS, *OPEN):
        ask("create")(owner, door.room)
        door.before(owner, door.room)
        for bot in (people.eve, people.gus):
            ask("join", **({"key": door.key} if door.key else {}))(bot, door.room)
        joined = people.ivy.do(f"JOIN #{door.room} {door.key}")
        assert any(" 366 " in line for line in joined), joined
        say(owner, door.room)
        if door.inside:
            for bot in (people.eve, people.gus):
                door.inside(bot, door.room)
            if door.room == "left":
                people.ivy.do(f"PART #{door.room}")
            else:
                door.shut(owner, door.room)
    people.go()
    for door in (*DOORS, *OPEN):
        if not door.inside:
            door.shut(owner, door.room)
        if door.room != "deleted":
            say(owner, door.room)


def say(owner: Bot, room: str) -> None:
    """Let the owner say something that may not be read."""
    assert owner.ask("say", room=room, text=f"A {SECRET} in {room}.")["type"] == "ok"


def try_all(people: People) -> None:
    """Let everybody try everything."""
    people.come()
    for door in OPEN:
        found = people.found(door.room)
        for bot in ("eve", "gus"):
            assert [json.loads(way)["type"] for way in found[bot] if way.startswith("{")] == [
                "unread",
                "search",
                "search",
            ]
        assert [way for way in found["ivy"] if "ROOM" not in way] == LINES["SEARCH"][:2], found
    for door in DOORS:
        found = people.found(door.room)
        assert {who: ways for who, ways in found.items() if ways and who in door.those.split()} == {}, door.room


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.engines)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the rooms are kept."""
    if request.param == "postgres":
        engine: Engine = request.getfixturevalue("postgresql")
        return engine.database()
    return "memory" if request.param == "memory" else str(tmp_path / "chatroom.sqlite")


@pytest.fixture
def servers(store: str, tmp_path: Path) -> Iterator[Callable[..., list[Server]]]:
    """What starts as many servers as share the *store*, and come again after those before."""
    with ExitStack() as stack:

        def start(*options: str) -> list[Server]:
            number = 2 if store.startswith("postgres") else 1
            return [stack.enter_context(running(tmp_path, *OPTIONS, "--store", store, *options)) for _ in range(number)]

        yield start


@pytest.mark.parametrize("linger", ["60", "0"])
def test_nobody_reads_what_they_are_shut_out_of(linger: str, store: str, servers: Callable[..., list[Server]]) -> None:
    """It is so while rooms are open, at another server, after a restart, and when they are closed."""
    running_servers = servers("--linger", linger)
    one = running_servers[0]
    with ExitStack() as stack:
        owner = stack.enter_context(Bot(one.address))
        owner.ask("login", username="olga", session="olga-has-made-this-up-alone")
        people = People(one.address, stack)
        assert people.eve.ask("login", username="eve")["type"] == "welcome"
        assert people.eve.ask("register", password=PASSWORD)["type"] == "ok"
        people.gus.ask("login", username="gus", session="gus-has-made-this-up-alone")
        people.ivy = stack.enter_context(Irc(one.address, "ivy"))
        people.eve_by_irc = stack.enter_context(Irc(one.address, "eve", account=True))
        prepared(owner, people)
        for server in running_servers:
            people = People(server.address, stack)
            try_all(people)
            people.go()
        owner.ask("quit")
        people = People(one.address, stack)
        try_all(people)
    if store == "memory":
        return
    for server in running_servers:
        server.stop()
    one = servers("--linger", linger)[0]
    with ExitStack() as stack:
        try_all(People(one.address, stack))
