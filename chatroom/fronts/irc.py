"""The server as IRC clients see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.people import UNKNOWN, Person
from chatroom.core.values.talks import is_talk, place
from chatroom.wire.irc.events import Write, Writers
from chatroom.wire.irc.irc import IRC
from chatroom.wire.irc.lines import written
from chatroom.wire.irc.server import Counts, ServerFacts

REPLAY = 10
"""Messages of a room that are shown to a client who joins it and can't ask for them."""


class IRCServer:
    """The server called *title*, with its *lobby*; *states* returns the labels of each connection.

    A client tells servers from people by the dot in their names, so that there is one in its name here.
    """

    def __init__(self, lobby: Lobby, title: str, states: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self.network = re.sub(r"[\s=]+", "-", title)
        self.name = self.network if "." in self.network else f"{self.network}.chat"
        self.created = datetime.fromtimestamp(lobby.now() / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        self.replay = REPLAY
        self.now = lobby.now
        self._lobby = lobby
        self._states = states
        self._most = 0
        self._writers: dict[Write, Writers] = {}

    def dialect(self, write: Write = written) -> IRC:
        """Return the dialect of a new connection, whose lines go over the wire as *write* makes them."""
        writers = self._writers.get(write)
        if writers is None:
            writers = self._writers[write] = Writers(self, write)
        return IRC(self, writers)

    @property
    def room_capacity(self) -> int:
        """How many members a room may have, whatever its own limit; 0 is any number."""
        return self._lobby.room_capacity

    @property
    def outbox(self) -> int:
        """How many bytes may wait for a client before it is not told any more who comes and goes; 0 is any number."""
        return self._lobby.limits.outbox

    @property
    def motd(self) -> str:
        """The message of the day, or nothing."""
        return self._lobby.motd

    def person(self, username: Username) -> Person:
        """Return who has that name, or had it lately; of others what a source needs all the same."""
        return self._lobby.people.find(username) or _only_called(username)

    def speaker(self, message: Message) -> Person:
        """Return who has said *message*, if they are called so still, or were until lately; else nobody but a name.

        An account is theirs whatever they are called, and wherever they are.
        """
        found = self._lobby.people.speaker(message.speaker, message.session) or _only_called(message.speaker)
        account = self._lobby.accounts.get(message.session) if self._lobby.accounts and message.session else None
        return replace(found, account=account.username) if account and account.username != found.account else found

    def operates(self, username: Username) -> bool:
        """Return whether *username*, who is here, has the rights of an operator, by any connection of theirs."""
        user = self._lobby.users.get(key(username))
        return user is not None and self._lobby.is_operator(user.identity)

    def date(self, at: int) -> str:
        """Return the moment *at*, in milliseconds since 1970 (UTC), as people read it."""
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%a %b %d %H:%M:%S %Y")

    def epoch(self, room: RoomName) -> str:
        """Return the epoch of the log of an open *room* or talk, or nothing."""
        talks = self._lobby.talks
        found = (talks and talks.find(room)) if is_talk(room) else self._lobby.rooms.get(key(room))
        return found.epoch if found else ""

    def key(self, room: RoomName) -> str:
        """Return the key of an open *room*, which is for its members alone, or nothing."""
        found = self._lobby.rooms.get(key(room))
        return found.standing.key if found else ""

    def talk_epoch(self, one: Username, other: Username) -> str:
        """Return the epoch of the talk of two people with accounts, if it is open, or nothing."""
        accounts = self._lobby.accounts
        both = [accounts.named(each) for each in (one, other)] if accounts else []
        ids = [account.id for account in both if account]
        return self.epoch(place(*ids)) if len(ids) == 2 else ""

    def latest(self, room: RoomName) -> int:
        """Return when the newest message of an open *room* was said; 0 if there is none."""
        found = self._lobby.rooms.get(key(room))
        return found.latest if found else 0

    def heard(self, room: RoomName, username: Username, text: str) -> str:
        """Return what those in *room* are shown of a *text* of *username*: nothing from who may not say it now."""
        user, found = self._lobby.users.get(key(username)), self._lobby.rooms.get(key(room))
        # Of who is there by another server nothing is known here.
        return user.seats[-1].heard(found, text) if user and found else text

    def counts(self) -> Counts:
        """Return how many there are now."""
        users = len(self._lobby.users)
        self._most = max(self._most, users)
        rooms = sum(not room.is_hidden for room in self._lobby.rooms.values())
        return Counts(users, self._most, rooms)

    def counted(self) -> tuple[int, int]:
        """Count the connections without a name, and the operators."""
        lobby = self._lobby
        operators = sum(lobby.is_operator(user.identity) for user in lobby.users.values()) if lobby.accounts else 0
        return sum(state == "username" for state, _ in self._states()), operators


def _only_called(username: Username) -> Person:
    """Return somebody of whom no more is known than a name."""
    return Person(username, f"~{UNKNOWN}", "log")


_: type[ServerFacts] = IRCServer
