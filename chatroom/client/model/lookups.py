"""Requests whose replies are for one part of the client, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest


class Lookup(Protocol):
    """Whoever has asked for messages."""

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take the *reply* to *request*; return what to ask next."""

    def failed(self, reason: str) -> None:
        """Know that there is no reply, and why."""


class Lookups:
    """Who waits for the reply to which request."""

    def __init__(self) -> None:
        self._waiting: list[tuple[AnyRequest, Lookup]] = []

    def ask(self, request: AnyRequest, lookup: Lookup) -> AnyRequest:
        """Return *request*, whose reply is for *lookup*."""
        self._waiting.append((request, lookup))
        return request

    def take(self, request: AnyRequest | None) -> Lookup | None:
        """Return who waits for the reply to *request*, and does so no longer."""
        for index, (asked, lookup) in enumerate(self._waiting):
            if asked is request:
                del self._waiting[index]
                return lookup
        return None
