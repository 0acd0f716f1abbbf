"""A connection to a chat room server, for the terminal client and for any bot.

It logs in with a session, matches replies to requests, tells of events, and comes back by itself when it was lost:
then it reads on in each room where it was, and says what was not stored yet.
"""

from __future__ import annotations

from chatroom.client.connection.connection import Connection
from chatroom.client.states import (
    Away,
    Connecting,
    Disconnected,
    Incoming,
    Nameless,
    Offline,
    Online,
    Outside,
    Refused,
    State,
    Waiting,
)

__all__ = [
    "Away",
    "Connecting",
    "Connection",
    "Disconnected",
    "Incoming",
    "Nameless",
    "Offline",
    "Online",
    "Outside",
    "Refused",
    "State",
    "Waiting",
]
