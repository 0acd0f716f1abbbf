"""What a log on one machine knows of a room while it is open, and stores nowhere: its follower, and who is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from chatroom.core.ports import Happened, SeatId
from chatroom.core.values.changes import (
    Called,
    Came,
    Change,
    Entry,
    Erased,
    Kicked,
    Movement,
    Redaction,
    Sanctioned,
    Went,
)
from chatroom.core.values.errors import ChatError, RoomFull, StorageFailed
from chatroom.core.values.names import Key, RoomName, Username, key


class OpenLog:
    """The open log of *room*, which begins without members.

    Some of those who follow the room are known, by which no more has to be stored.
    """

    __slots__ = ("_expected", "_follower", "_following", "_people", "room")

    def __init__(self, room: RoomName) -> None:
        self.room = room
        self._follower: Callable[[Entry], None] = lambda entry: None
        # Of each member the seats by which they are in: mostly one, for which a tuple takes the least memory.
        self._people: dict[Key, tuple[SeatId, ...]] = {}
        # Whose coming is being stored, and how often.
        self._expected: dict[Key, int] = {}
        # By the key with which number they came in.
        self._following: dict[bytes, int] = {}

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
            self._happened(Entry(change, result or 0), done)

    def has(self, username: Username) -> bool:
        """Return whether *username* is in."""
        return key(username) in self._people

    # Who follows the room.

    def begins(self, change: Came) -> bool:
        """Return whether *change* has to be stored: somebody may not follow the room yet, or not by that key."""
        return change.person is not None and self._following.get(change.person, -1) < change.keyed

    def expect(self, change: Came) -> RoomFull | None:
        """Keep a place for who comes in when that is stored, if there is one."""
        if full := self.full(change):
            return full
        name = key(change.username)
        self._expected[name] = self._expected.get(name, 0) + 1
        return None

    def expect_no_more(self, change: Came) -> None:
        """Keep that place no longer: it is stored, or could not be."""
        name = key(change.username)
        self._expected[name] -= 1
        if not self._expected[name]:
            del self._expected[name]

    def ends(self, change: Went, by: SeatId | None) -> bool:
        """Return whether *change*, by the last seat of somebody, has to be stored: they follow the room no more."""
        seats = self._people.get(key(change.username), ())
        return change.person is not None and bool(seats) and all(by and seat.number == by.number for seat in seats)

    def follows(self, person: bytes, keyed: int = 0) -> None:
        """Know that *person* follows the room, by the key with the number *keyed* at least."""
        self._following[person] = keyed

    def forget(self, person: bytes | None) -> int:
        """Know of *person* no longer whether they follow the room; return by which key they did, as far as is known."""
        return self._following.pop(person, 0) if person is not None else 0

    def full(self, change: Came) -> RoomFull | None:
        """Return the error for which *change* can't be, if there is no place."""
        name, capacity = key(change.username), change.capacity
        if not capacity or name in self._people or name in self._expected:
            return None
        others = sum(each not in self._people for each in self._expected) if self._expected else 0
        return RoomFull(self.room, capacity) if len(self._people) + others >= capacity else None

    def erased(self, done: Happened, result: tuple[Redaction, ...] | StorageFailed) -> None:
        """Tell of the messages that were taken back, as the storing gave them."""
        if isinstance(result, StorageFailed):
            done(result)
        elif result:
            self._happened(Entry(Erased(result)), done)
        else:
            done(None)

    def became(self, result: Change | ChatError | None, done: Happened) -> None:
        """Tell what a change is that was stored, if it is one, or the error for which it can't be."""
        if result is None or isinstance(result, ChatError):
            done(result)
        else:
            self._happened(Entry(result), done)

    def change(self, change: Movement | Kicked, by: SeatId | None, done: Happened) -> None:
        """Let *change*, which is not stored, happen at once."""
        if isinstance(change, Kicked):
            if self._people.pop(key(change.username), None):
                self._happened(Entry(change), done)
            else:
                done(None)
            return
        assert by is not None, "people come and go by their seats"
        match change:
            case Came(username):
                self._come(key(username), by, change, done)
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
                assert_never(change)

    def _come(self, name: Key, by: SeatId, change: Came, done: Happened) -> None:
        if full := self.full(change):
            done(full)
            return
        seats = self._people.get(name, ())
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
        try:
            self._follower(entry)
        finally:
            # It has happened, whatever becomes of it here.
            done(entry)
