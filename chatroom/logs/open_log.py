"""What a log on one machine knows of a room while it is open, and stores nowhere: its follower, and who is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatroom.core.ports import Happened, SeatId
from chatroom.core.values.changes import Called, Came, Change, Entry, Erased, Kicked, Redaction, Sanctioned, Went
from chatroom.core.values.errors import RoomFull, StorageFailed
from chatroom.core.values.names import Key, RoomName, Username, key


class OpenLog:
    """The open log of *room*, which begins without members."""

    __slots__ = ("_follower", "_people", "room")

    def __init__(self, room: RoomName) -> None:
        self.room = room
        self._follower: Callable[[Entry], None] = lambda entry: None
        # Of each member the seats by which they are in: mostly one, for which a tuple takes the least memory.
        self._people: dict[Key, tuple[SeatId, ...]] = {}

    def follow(self, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry; nobody is in yet."""
        self._follower = follower
        return ()

    def stored(self, change: Change, done: Happened, result: int | StorageFailed | None) -> None:
        """Tell of *change* what its storing gave: the number of a message or a sanction, nothing, or an error."""
        if isinstance(result, StorageFailed):
            done(result)
        else:
            if type(change) is Sanctioned and change.sanction.kind == "ban":
                self._people.pop(key(change.sanction.username), None)
            entry = Entry(change, result or 0)
            self._follower(entry)
            done(entry)

    def has(self, username: Username) -> bool:
        """Return whether *username* is in."""
        return key(username) in self._people

    def erased(self, done: Happened, result: tuple[Redaction, ...] | StorageFailed) -> None:
        """Tell of the messages that were taken back, as the storing gave them."""
        if isinstance(result, StorageFailed):
            done(result)
        elif result:
            self._happened(Entry(Erased(result)), done)
        else:
            done(None)

    def change(self, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change*, which is not stored, happen at once."""
        if type(change) is Kicked:
            if self._people.pop(key(change.username), None):
                self._happened(Entry(change), done)
            else:
                done(None)
            return
        assert by is not None, "people come and go by their seats"
        match change:
            case Came(username, capacity):
                self._come(key(username), by, change, capacity, done)
            case Went(username):
                self._go(key(username), by, change, done)
            case Called(old, new):
                if seats := self._people.pop(key(old), None):
                    there = self._people.get(key(new), ())
                    self._people[key(new)] = there + seats
                    self._happened(Entry(Went(old, "moved") if there else change), done)
                else:
                    done(None)
            case _:
                raise AssertionError(f"{change} is to be stored")

    def _come(self, name: Key, by: SeatId, change: Came, capacity: int, done: Happened) -> None:
        seats = self._people.get(name, ())
        if not seats and capacity and len(self._people) >= capacity:
            done(RoomFull(self.room, capacity))
            return
        self._people[name] = (*(seat for seat in seats if seat.number != by.number), by)
        if seats:
            done(None)
        else:
            self._happened(Entry(change), done)

    def _go(self, name: Key, by: SeatId, change: Went, done: Happened) -> None:
        seats = self._people.get(name, ())
        # A later connection of the same seat may have come in meanwhile: it stays.
        stay = tuple(seat for seat in seats if seat.number != by.number or seat.connection > by.connection)
        if stay:
            self._people[name] = stay
            done(None)
        elif seats:
            del self._people[name]
            self._happened(Entry(change), done)
        else:
            done(None)

    def _happened(self, entry: Entry, done: Happened) -> None:
        self._follower(entry)
        done(entry)
