"""A window on the log of a room, with lines in their place that were never logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Private, Skipped, Traffic

WINDOW_LINES = 5000
"""Lines of a room that are kept here; the server has the rest."""

CROWD = 200
"""Comings, goings and other names of which one line tells; then another begins."""

MAX_TRAFFIC_NAMES = 10_000
"""Comings, goings and other names of which all lines together tell; then the oldest half of them is forgotten."""


class Window:
    """Consecutive messages of one log, at most *limit* lines.

    A *live* window ends where the log does, and goes on with it. One that is not has been read so far back that its end
    was let go. A *complete* one begins with the first message that the server still has.
    """

    def __init__(self, limit: int = WINDOW_LINES) -> None:
        self.lines: list[Line] = []
        self.live = True
        self.complete = False
        self._limit = limit
        self._later: list[Line] = []
        # At most so many names are in the lines: it counts those that have left them too.
        self._names = 0

    @property
    def first(self) -> int | None:
        """The number of the oldest message here."""
        return next((line.seq for line in self.lines if isinstance(line, MessageLine)), None)

    @property
    def last(self) -> int | None:
        """The number of the newest message here."""
        return next((line.seq for line in reversed(self.lines) if isinstance(line, MessageLine)), None)

    def add(self, line: Line) -> None:
        """Put *line* behind all others; while the end is not here, what is not in the log waits for it."""
        if self.live:
            self.lines.insert(self._place_of(line), line)
            self._forget_oldest()
        elif not isinstance(line, (MessageLine, Skipped)):
            self._later.append(line)
            del self._later[: -self._limit]

    def has(self, seq: int) -> bool:
        """Say whether the message *seq* is here."""
        return any(isinstance(line, MessageLine) and line.seq == seq for line in self.lines)

    def add_traffic(self, traffic: Traffic) -> None:
        """Put *traffic* behind all others, as one line with what came and went just before."""
        self._names += _named(traffic)
        if self._names > MAX_TRAFFIC_NAMES:
            self._forget_names()
        lines = self.lines if self.live else self._later
        for index in range(len(lines) - 1, -1, -1):
            before = lines[index]
            if not isinstance(before, Traffic):
                break
            if before.quiet == traffic.quiet:
                if is_crowd(before):
                    break
                lines[index] = told = folded(before, traffic)
                # Who came and went, or went and came back, leaves nothing to tell.
                if not (told.joined or told.left or told.renamed):
                    del lines[index]
                return
        self.add(traffic)

    def add_older(self, messages: Sequence[MessageLine], *, more: bool) -> None:
        """Put the page *messages* before all others; the end is let go if that makes too many."""
        self.lines[:0] = messages
        self.complete = not more
        if len(self.lines) > self._limit:
            cut = self.lines[self._limit :]
            del self.lines[self._limit :]
            # What the server can't give back waits for the end.
            self._later[:0] = _local(cut)
            self.live = False

    def add_newer(self, messages: Sequence[MessageLine], *, live: bool) -> None:
        """Put the page *messages* behind all others; with it the end is here (*live*), or not yet."""
        self.lines.extend(messages)
        self._forget_oldest()
        if live:
            self._end_is_here()

    def show_end(self, messages: Sequence[MessageLine], *, more: bool) -> None:
        """Begin anew with the page *messages*, the newest of the log; *more* are before it."""
        since = messages[0].at if messages else None
        self.lines = [*messages, *(line for line in _local(self.lines) if since is None or line.at >= since)]
        self.complete = not more
        self._end_is_here()

    def renew(self, renewed: Callable[[MessageLine], MessageLine]) -> None:
        """Let every message be what *renewed* makes of it."""
        self.lines = [renewed(line) if isinstance(line, MessageLine) else line for line in self.lines]

    def let_numbers_go(self, other: str) -> None:
        """Let all messages, said with *other* alone, be lines that are in no log: what comes now is in one."""
        self.lines = [_unnumbered(line, other) if isinstance(line, MessageLine) else line for line in self.lines]
        self.complete = False

    def start_over(self) -> None:
        """Forget all messages: what comes now is of another log."""
        self.lines = [*_local(self.lines)]
        self.complete = False
        self._end_is_here()

    def _place_of(self, line: Line) -> int:
        """Return where *line* belongs: at the end, or before messages that have overtaken it."""
        place = len(self.lines)
        if isinstance(line, MessageLine):
            while place and isinstance(before := self.lines[place - 1], MessageLine) and before.seq > line.seq:
                place -= 1
        return place

    def _end_is_here(self) -> None:
        self.live = True
        self.lines += self._later
        self._later.clear()

    def _forget_names(self) -> None:
        """Forget the oldest lines that tell who came and went, but for half of what there may be."""
        self._names = 0
        for lines in (self._later, self.lines):
            for index in range(len(lines) - 1, -1, -1):
                if isinstance(line := lines[index], Traffic):
                    self._names += _named(line)
                    if self._names > MAX_TRAFFIC_NAMES // 2:
                        del lines[index]
        self._names = min(self._names, MAX_TRAFFIC_NAMES // 2)

    def _forget_oldest(self) -> None:
        if (surplus := len(self.lines) - self._limit) > 0:
            del self.lines[:surplus]
            self.complete = False


def _local(lines: Sequence[Line]) -> list[Private | NoticeLine]:
    """Return those of *lines* that no server can give back."""
    return [line for line in lines if isinstance(line, (Private, NoticeLine))]


def _unnumbered(message: MessageLine, other: str) -> Private | NoticeLine:
    """Return *message*, said with *other* alone, as a line that is in no log."""
    if message.retraction:
        return NoticeLine(message.at, message.retraction)
    text = f"/me {message.text}" if message.action else message.text
    return Private(message.at, message.speaker, other if message.own else "", text, own=message.own)


def is_crowd(traffic: Traffic) -> bool:
    """Say whether there is no place for more in the line of *traffic*."""
    return _named(traffic) >= CROWD


def _named(traffic: Traffic) -> int:
    """Return of how many comings, goings and other names *traffic* tells."""
    return len(traffic.joined) + len(traffic.left) + len(traffic.renamed)


def folded(before: Traffic, after: Traffic) -> Traffic:
    """Return *after* told in one line with *before*: people who are back have never left, and nobody is named twice."""
    joined, left = list(before.joined), list(before.left)
    for name in after.joined:
        if name in left:
            left.remove(name)
        elif name not in joined:
            joined.append(name)
    for name in after.left:
        if name in joined:
            joined.remove(name)
        elif name not in left:
            left.append(name)
    return replace(before, joined=tuple(joined), left=tuple(left), renamed=before.renamed + after.renamed)
