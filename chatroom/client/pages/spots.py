"""Places in the logs of rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatroom.client.pages.conversation import Conversation


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """The message *seq*, or (None) the end, to be brought into view once.

    No two spots are equal: whoever goes to the same place again gets there again.
    """

    seq: int | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one was: in the lobby, or in *conversation* at the message *at*, or (None) at its end."""

    conversation: Conversation | None
    at: int | None


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a room: how much is *unread*, whether one is *mentioned* in it, and up to where one has read."""

    unread: int
    mentioned: bool
    read_to: int | None
