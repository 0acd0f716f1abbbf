"""What the server withstands, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

BACKLOG = 50
"""How many messages a client is shown whose number does not fit the room's epoch."""

TAIL_ROWS = 300
"""So many of its newest messages a room keeps, so that replays rarely touch the disk."""

TAIL_BYTES = 256 * 1024
"""So many bytes of their text."""

CROWD = 500
"""Beyond so many members, a room shows only their count and not who comes and goes."""

RESENDABLE = 10_000
"""So many messages of a room, the newest, are known again when they are sent again."""

PAGE_BYTES = 65536
"""A page ends when it holds so many bytes of text, however few its rows are."""

MAX_ROWS = 300
"""The most messages in a page, whatever an operator sets: more may not fit into a line."""

TOKEN_BYTES = 16384
"""For each so many bytes of text in what a visitor reads of a log or a list, it pays one token more."""

PAGE_NAMES = 1000
"""A page of rooms or names ends after so many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an operator sets; times are in seconds, and 0 switches a limit off."""

    max_connections: int = 0
    per_host: int = 64
    max_line: int = 32768
    lines_per_turn: int = 64
    burst: int = 30
    rate: float = 5
    in_flight: int = 256
    outbox: int = 262144
    page: int = 100
    first_line_timeout: float = 20
    login_timeout: float = 120
    heartbeat: float = 60
    stall_timeout: float = 120
    user_timeout: float = 120
    close_timeout: float = 5
    max_rooms: int = 64
    room_capacity: int = 256
    rooms_per_visitor: int = 8
    linger: float = 300
    stop_timeout: float = 10
    grace: float = 30
