"""The user's memory of where they were: rooms, how far these were read, and what was begun to be written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from chatroom.client.model.preferences import NotRemembered
from chatroom.core.values.names import fold

T = TypeVar("T")

MAX_ROOMS = 1000
"""Rooms of which is kept how far they were read, and as many in which something was begun: the latest ones."""


@dataclass(frozen=True, slots=True)
class ReadMark:
    """A room is read up to the message *seq*, in that life of its log that is called *epoch*."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What the user has switched while the client ran; None is as it was begun.

    That is: the lists of *rooms* and *members* are shown, *strangers* are seen to come and go, the client has the
    *mouse*.
    """

    rooms: bool | None = None
    members: bool | None = None
    strangers: bool | None = None
    mouse: bool | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """Where the user was: the open *rooms* in their order, the one in *view*, or none in the lobby.

    *talks* names those with whom a page was open, if the server keeps what is said there. *marks* and *drafts* are by
    the folded names of rooms and talks; *layout* is how the screen was.
    """

    rooms: list[str] = field(default_factory=list)
    view: str = ""
    marks: dict[str, ReadMark] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    talks: list[str] = field(default_factory=list)


class PlaceStore(Protocol):
    """A place where that is kept from one time to the next; nothing that anybody else has said."""

    def recall(self, username: str) -> SavedView:
        """Return where *username* was; :exc:`.NotRemembered` if that can't be read."""

    def keep(self, place: SavedView) -> None:
        """Keep *place* for the one who was recalled; :exc:`.NotRemembered` if that fails."""


class Memory:
    """What is remembered of rooms, open or not; *store*, if there is one, has it from the last time.

    :param drafts: Whether drafts can be put back into their lines; else they are kept as they were.
    :param settled: Fields of the layout that are as they were begun, whatever is remembered.
    """

    def __init__(self, store: PlaceStore | None = None, *, drafts: bool = True, settled: Sequence[str] = ()) -> None:
        self._store = store
        self._settled = settled
        self._has_lines = drafts
        self._begun = False
        self._failed = False
        self._kept = SavedView()
        self.layout = Layout()
        self._marks: dict[str, ReadMark] = {}
        self._drafts: dict[str, str] = {}

    def begin(self, username: str) -> SavedView | None:
        """Recall where *username* was the last time, once; return None after that.

        :raises NotRemembered: if that can't be read.
        """
        if self._begun or self._store is None:
            return None
        self._begun = True
        self._kept = place = self._store.recall(username)
        self._marks = dict(place.marks)
        self._drafts = dict(place.drafts)
        self.layout = replace(place.layout, **dict.fromkeys(self._settled))
        return place

    def switch(self, **switched: bool | None) -> None:
        """Remember of the layout what was *switched*, by the names of its fields."""
        self.layout = replace(self.layout, **switched)

    def read_to(self, room: str, epoch: str, marked: int | None) -> int | None:
        """Return how far *room* was read, by what is remembered or (*marked*) by what the server says."""
        mark = self._marks.get(fold(room))
        if mark is None or mark.epoch != epoch:
            return marked
        return max(mark.seq, marked or 0)

    def read(self, room: str, epoch: str, seq: int) -> None:
        """Remember that *room* is read up to the message *seq*."""
        self._put(self._marks, room, ReadMark(epoch, seq))

    def draft(self, room: str, text: str) -> None:
        """Remember *text* as what was begun in *room*."""
        if not self._has_lines:
            return
        if text:
            self._put(self._drafts, room, text)
        else:
            self._drafts.pop(fold(room), None)

    def begun(self, room: str) -> str:
        """Return what was begun in *room*, if it can be put into its line."""
        return self._drafts.get(fold(room), "") if self._has_lines else ""

    def keep(self, rooms: Sequence[str], view: str, talks: Sequence[str] = ()) -> None:
        """Remember for the next time, if it is another place than the last time.

        :raises NotRemembered: if that fails for the first time.
        """
        place = SavedView(list(rooms), view, dict(self._marks), dict(self._drafts), self.layout, list(talks))
        if self._store is None or not self._begun or place == self._kept:
            return
        self._kept = place
        try:
            self._store.keep(place)
        except NotRemembered:
            failed, self._failed = self._failed, True
            if not failed:
                raise

    @staticmethod
    def _put(kept: dict[str, T], room: str, value: T) -> None:
        kept[fold(room)] = value
        if len(kept) > MAX_ROOMS:
            del kept[next(iter(kept))]
