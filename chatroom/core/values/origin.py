"""Where a connection comes from, as far as people are told."""

from __future__ import annotations

from typing import NamedTuple

from chatroom.core.values.moments import Moment


class ConnectionOrigin(NamedTuple):
    """A connection from a *peer*, by a *door*, *since* a time in milliseconds since 1970 (UTC).

    It is *private* if nobody on the way can read along, as far as is known here: who is told of others is told only
    whether they come by *tls*. There it may have shown a *certificate*, which is known by the SHA-256 of that.
    """

    peer: str = ""
    door: str = ""
    since: Moment = 0
    private: bool = True
    certificate: bytes | None = None
    tls: bool = False


NOWHERE = ConnectionOrigin()
"""Where nobody asks."""
