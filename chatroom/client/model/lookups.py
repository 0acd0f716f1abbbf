"""Lookups: requests whose replies are for one part of the client alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest


class Lookup(Protocol):
    """A part of the client that has asked for messages."""

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take the *reply* to *request*; return what to ask next."""

    def failed(self, reason: str) -> None:
        """Know that there is no reply, and why."""


class Lookups:
    """The lookups that wait, by their requests."""

    def __init__(self) -> None:
        self._waiting: list[tuple[AnyRequest, Lookup]] = []

    def ask(self, request: AnyRequest, lookup: Lookup) -> AnyRequest:
        """Return *request*, whose reply is for *lookup*."""
        self._waiting.append((request, lookup))
        return request

    def asks(self, request: AnyRequest) -> bool:
        """Say whether *request* is that of a lookup."""
        return any(asked is request for asked, _ in self._waiting)

    def take(self, request: AnyRequest | None) -> Lookup | None:
        """Return the lookup that waits for the reply to *request*, and forget it."""
        for index, (asked, lookup) in enumerate(self._waiting):
            if asked is request:
                del self._waiting[index]
                return lookup
        return None
