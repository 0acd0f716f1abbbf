"""What is unread among messages that are looked through one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from chatroom.core.ports import LogId, UnreadPage, WantedUnread
from chatroom.core.search.tokenize import tokenize
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.events import Said
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD, UNREAD_ROOMS
from chatroom.core.values.marks import Unread
from chatroom.core.values.names import RoomName, Username


class Candidate(NamedTuple):
    """A log, of a room or a talk, with its *newest* message, that is read up to number *marked*.

    In a talk, whose account is no more was called *name*.
    """

    log: LogId
    room: RoomName
    newest: Numbered
    marked: int
    name: Username | None = None


class UnreadLook:
    """A look through *candidates*, the newest first, for what is unread: *beyond* gives the messages from a number on.

    It is done piece by piece, by :meth:`steps`; then it has found the *rooms*.
    """

    def __init__(
        self,
        candidates: Iterable[Candidate],
        wanted: WantedUnread,
        beyond: Callable[[LogId, int], Iterable[Numbered]],
    ) -> None:
        self.rooms: list[tuple[LogId, Unread]] = []
        self.more = False
        self._candidates = sorted(candidates, key=lambda each: each.newest[1].at, reverse=True)
        self._wanted = wanted
        self._beyond = beyond

    @property
    def page(self) -> UnreadPage:
        """The rooms that were found."""
        return UnreadPage(self.rooms, self.more)

    def steps(self) -> Iterator[None]:
        """Look through the next messages."""
        for log, room, (seq, newest), marked, name in self._candidates:
            if self._wanted.before is not None and newest.at >= self._wanted.before:
                continue
            first = unread = mentions = 0
            mention: Said | None = None
            for number, message in self._beyond(log, marked):
                yield
                if not message.text or message.withheld or message.session == self._wanted.person:
                    continue
                first = first or number
                unread += 1
                if is_named(self._wanted.words, message.text):
                    mentions += 1
                    mention = Said(room, number, message)
            if unread and len(self.rooms) == UNREAD_ROOMS:
                self.more = True
                return
            if unread:
                found = Unread(
                    Said(room, seq, newest, other=name),
                    marked,
                    first,
                    min(unread, MOST_UNREAD),
                    min(mentions, MOST_MENTIONS),
                    mention,
                )
                self.rooms.append((log, found))


class MaybeUnread(NamedTuple):
    """A room or talk that is read up to number *marked*, with messages from beyond *removed* to *head*.

    The last was said *at* a time. In a talk, whose account is no more was called *name*.
    """

    log: LogId
    room: RoomName
    removed: int
    marked: int
    head: int
    name: Username | None
    at: int


def newest_first(found: Iterable[Sequence[Any]], wanted: WantedUnread) -> list[MaybeUnread]:
    """Return those of the rooms *found* that may have something unread, those with the newest messages first."""
    rooms = []
    for row in found:
        room = MaybeUnread(*row)
        # What is known here may not be written yet.
        marked = max(room.marked, wanted.marks.get(room.log, 0))
        if wanted.only is not None and room.log not in wanted.only:
            continue
        if marked < room.head and (wanted.before is None or room.at < wanted.before):
            rooms.append(room._replace(marked=marked))
    return sorted(rooms, key=attrgetter("at"), reverse=True)


def is_named(words: str, text: str) -> bool:
    """Return whether *text* has all *words* of a name, one behind the other; there may be none in it."""
    if not words or (words.isascii() and text.isascii() and words.partition(" ")[0] not in text.lower()):
        # Most texts: there is no need to cut them into words.
        return False
    return f" {words} " in f" {tokenize(text)} "
