"""The addresses of conversations, and what can be asked of the server about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET, UnsetType

from chatroom.wire.frames import requests


@dataclass(frozen=True, slots=True)
class Address:
    """What the server calls a conversation: a *room*, or the talk *with_* somebody; neither are all of them."""

    room: str | UnsetType = UNSET
    with_: str | UnsetType = UNSET

    def history(
        self,
        *,
        before: int | UnsetType = UNSET,
        after: int | UnsetType = UNSET,
        since: datetime | UnsetType = UNSET,
        limit: int,
    ) -> requests.History:
        """Ask for a page of at most *limit* messages: *before* one, *after* one, *since* a time, or the newest."""
        return requests.History(room=self.room, with_=self.with_, before=before, after=after, since=since, limit=limit)

    def search(
        self,
        query: str,
        *,
        before: int | None,
        limit: int,
        speaker: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> requests.Search:
        """Ask for the newest *limit* messages *before* one, or of all, in which *query* is found.

        They may have to be those of one *speaker*, later than *since* and earlier than *until*.
        """
        return requests.Search(
            room=self.room,
            with_=self.with_,
            query=query,
            before=UNSET if before is None else before,
            limit=limit,
            newest_first=True,
            from_=speaker or UNSET,
            since=UNSET if since is None else since,
            until=UNSET if until is None else until,
        )

    def mark(self, seq: int) -> requests.Mark:
        """Tell that all is read up to the message *seq*."""
        return requests.Mark(room=self.room, with_=self.with_, seq=seq)

    def redact(self, seq: int, reason: str = "") -> requests.Redact:
        """Take back the message *seq*, for a *reason*."""
        return requests.Redact(room=self.room, with_=self.with_, seq=seq, reason=reason or UNSET)

    def report(self, seq: int, reason: str) -> requests.Report:
        """Report the message *seq*, and why."""
        return requests.Report(room=self.room, with_=self.with_, seq=seq, reason=reason)
