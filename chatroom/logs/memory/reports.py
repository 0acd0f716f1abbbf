"""Reports in memory: gone with the process."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import count, islice

from msgspec.structs import replace

from chatroom.core.ports import LogId
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.changes import Reported, Resolved
from chatroom.core.values.errors import ChatError, NoSuchMessage, TooManyReports
from chatroom.core.values.events import Said, erased
from chatroom.core.values.reports import CONTEXT, KEPT_SECONDS, OPEN_REPORTS, KeptReport


class MemoryReports:
    """The reports of messages in the rooms of a log."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._reports: dict[int, KeptReport] = {}
        self._by: set[tuple[int, int, bytes]] = set()
        self._who: dict[int, bytes] = {}

    def add(self, reported: Reported, rows: Iterable[Numbered], now: int) -> Reported | ChatError | None:
        """Keep a report with copies out of *rows*, the newest messages before all others; ``None`` if it is kept."""
        self._forget(now)
        log, room, seq = reported.log, reported.room, reported.seq
        if (log, seq, reported.person) in self._by:
            return None
        near = [row for row in rows if seq - CONTEXT <= row[0] <= seq]
        if not near or near[0][0] != seq or not near[0][1].text:
            return NoSuchMessage(room, seq)
        if sum(each.log == log and each.resolved is None for each in self._reports.values()) >= OPEN_REPORTS:
            return TooManyReports(room, OPEN_REPORTS)
        number = next(self._numbers)
        said, *before = (Said(room, number, message) for number, message in near)
        kept = KeptReport(number, log, said, reported.by, now, reported.reason, tuple(reversed(before)))
        self._reports[number] = kept
        self._by.add((log, seq, reported.person))
        self._who[number] = reported.person
        return replace(reported, about=kept.about, number=number)

    def resolve(self, resolved: Resolved, now: int) -> bool:
        """Note that a report is resolved; return whether it was not before."""
        self._forget(now)
        kept = self._reports.get(resolved.number)
        if kept is None or kept.resolved is not None:
            return False
        self._reports[kept.number] = replace(kept, resolved=now, resolver=resolved.by, note=resolved.note)
        return True

    def erase(self, log: LogId, seqs: Collection[int]) -> None:
        """Keep no texts of these messages beside others that were reported."""
        for number, kept in self._reports.items():
            if kept.log == log and any(said.seq in seqs for said in kept.context):
                context = (
                    replace(said, message=erased(said.message)) if said.seq in seqs else said for said in kept.context
                )
                self._reports[number] = replace(kept, context=tuple(context))

    def newest(
        self, log: LogId | None, but: Collection[bytes], resolved: bool, before: int | None, limit: int, now: int
    ) -> Sequence[KeptReport]:
        """Return the newest reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
        self._forget(now)
        some = (
            kept
            for number, kept in reversed(self._reports.items())
            if (log is None or kept.log == log)
            and (before is None or number < before)
            and (resolved or kept.resolved is None)
            and kept.about not in but
        )
        return list(islice(some, limit))

    def _forget(self, now: int) -> None:
        """Keep no report any longer that was resolved long ago."""
        oldest = now - KEPT_SECONDS * 1000
        for kept in [kept for kept in self._reports.values() if kept.resolved is not None and kept.resolved <= oldest]:
            del self._reports[kept.number]
            self._by.discard((kept.log, kept.said.seq, self._who.pop(kept.number)))
