"""The doorway: a row for each way in that is not lines, which the first bytes of a connection are looked up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chatroom.core.values.events import Ending
from chatroom.fronts.front import Front
from chatroom.wire.sniff import Way
from chatroom.wire.ssh import good_bye

NOT_TLS = b"* This port speaks no TLS. Connect to it without, or to another one.\n"
"""The answer to a greeting of TLS; a person sees it in what has come over the wire."""

NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"This is a chat server. Reach it from a terminal, with netcat or with chatroom's own client.\n"
)
"""The answer to a browser."""

NOT_SSH = good_bye(
    "This is a chat, and speaks no SSH. Reach it by netcat or chatroom-urwid, at the same host and port."
)
"""The answer to a client of SSH, which shows the sentence."""


class Entrance(Protocol):
    """The end of a way: it takes over a connection of which the line front has heard the beginning."""

    def enter(self, front: Front, start: bytes) -> None:
        """Take over the connection of *front*, which begins by *start*."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """An entrance that leads nowhere: the peer gets an *answer* that it understands, and is closed."""

    why: Ending
    answer: bytes

    def enter(self, front: Front, start: bytes) -> None:
        """Answer and close."""
        front.turn_away(self.why, self.answer)


Doorway = Mapping[Way, Entrance]
"""The entrances; a connection whose way has none stays with the line front."""

SHUT: Doorway = {
    Way.TLS: TurnedAway("tls", NOT_TLS),
    Way.HTTP: TurnedAway("http", NOT_HTTP),
    Way.SSH: TurnedAway("ssh", NOT_SSH),
}
"""Where only lines are spoken."""


_: type[Entrance] = TurnedAway
