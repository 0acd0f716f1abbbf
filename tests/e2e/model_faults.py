"""Faulty parts of a server, each of which the random model has to find; and a log that is only slow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, NamedTuple

from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.core.people.local_directory import LocalDirectory
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import User
from chatroom.core.ports import Happened, LogId, NewRoom, Opened, Page, SeatId
from chatroom.core.rooms.audience import Audience
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.changes import Change, Gone
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.events import Message
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.logs.machinery.group_commit import Work
from chatroom.logs.sqlite.log import SQLiteLog
from tests.e2e.model_house import GRACE
from tests.lateness import ANY_ORDER, LATE, Lateness

SLOW = (0.01, 0.15)
"""Seconds after which a slow log gives a page, at least and at most."""

EARLY = 0.05
"""Seconds for which a log keeps to itself what it has acknowledged."""


class SlowLog(SQLiteLog):
    """Gives its pages late, and not in the order of the questions; that is no fault."""

    _chance = Random("slow")

    @override
    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        def late(page: Page | StorageFailed) -> None:
            self._clock.callLater(self._chance.uniform(*SLOW), lambda: got(page))

        super().read(log, after=after, before=before, limit=limit, got=late, viewer=viewer)


class LogThatForgetsCids(SQLiteLog):
    """Does not know, when the server starts, what was sent before."""

    @override
    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        def without(logs: Sequence[Opened] | StorageFailed) -> None:
            restored(logs if isinstance(logs, StorageFailed) else [replace(log, sent=()) for log in logs])

        super().restore(without)


class LogOutOfOrder(SQLiteLog):
    """Exchanges the answers to two messages of a commit: the second is known before the first."""

    _held: Callable[[], None] | None = None

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        if not isinstance(change, Message):
            super().change(log, change, by, done)
            return

        def exchanged(result: int | StorageFailed) -> None:
            if self._held:
                now.stored(change, done, result)
                self._release()
            else:
                self._held = lambda: now.stored(change, done, result)
                self._clock.callLater(0, self._release)

        now = self._open[log]
        self._commits.add(Work(partial(self._writer.append, log, change), exchanged))

    def _release(self) -> None:
        held, self._held = self._held, None
        if held:
            held()


class LogThatIsEarly(SQLiteLog):
    """Acknowledges what it will store a little later."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._heads: dict[LogId, int] = {}
        self._waiting: dict[LogId, list[Message]] = defaultdict(list)

    @override
    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        def noted(logs: Sequence[Opened] | StorageFailed) -> None:
            if not isinstance(logs, StorageFailed):
                self._heads.update((log.log, log.seq) for log in logs)
            restored(logs)

        super().restore(noted)

    @override
    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        def noted(log: Opened | ChatError | None) -> None:
            if isinstance(log, Opened):
                self._heads[log.log] = log.seq
            opened(log)

        super().open(room, new, noted)

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        if isinstance(change, Message):
            self._heads[log] += 1
            self._waiting[log].append(change)
            self._clock.callLater(EARLY, lambda: self._keep_now(log))
            self._open[log].stored(change, done, self._heads[log])
        else:
            if isinstance(change, Gone):
                self._keep_now(log)
            super().change(log, change, by, done)

    @override
    def close(self, log: LogId) -> None:
        self._keep_now(log)
        super().close(log)

    def _keep_now(self, log: LogId) -> None:
        for message in self._waiting.pop(log, []):
            self._commits.add(Work(partial(self._writer.append, log, message), lambda _: None))


class TimerWheelThatKeepsSeats(TimerWheel):
    """Never ends the time for which a seat is held."""

    @override
    def call_later(self, seconds: float, action: Callable[[], None]) -> Deadline:
        return Deadline({}, action) if seconds == GRACE else super().call_later(seconds, action)


class GenerousDirectory(LocalDirectory):
    """Give a name to whoever asks for it; the earlier holder keeps it too, under another key."""

    @override
    def claim(self, seat: Seat, got: Callable[[Seat | ChatError], None]) -> None:
        self._hide_others(seat.user, seat.username)
        super().claim(seat, got)

    @override
    def reserve(self, user: User, username: Username, by: SeatId, got: Callable[[ChatError | None], None]) -> None:
        self._hide_others(user, username)
        super().reserve(user, username, by, got)

    def _hide_others(self, user: User, username: Username) -> None:
        holder = self._users.get(key(username))
        if holder is not None and holder.identity != user.identity:
            self._users_by_name.remove(holder)
            del self._users[holder.key]
            holder.key = Key(f"{holder.key} {id(holder)}")
            self._users[holder.key] = holder
            self._users_by_name.add(holder)


class ReaderOfAnyPage(Reader):
    """Takes a page that was read for where it was before."""

    __slots__ = ()

    @override
    def _got(self, asking: object, page: Page | StorageFailed) -> None:
        super()._got(self._asking, page)


class AudienceOfAnyPage(Audience):
    """Has such readers."""

    @override
    def flush(self) -> None:
        for reader in self.readers:
            reader.__class__ = ReaderOfAnyPage
        super().flush()


class TalkativeAudience(Audience):
    """Shows everything to those who only hold a seat, too."""

    @override
    def flush(self) -> None:
        for reader in self.readers:
            assert isinstance(reader, Reader)
            assert isinstance(reader.seat, Seat)
            reader.level = reader.level or (reader.held and not reader.seat.visitor.gone)
        super().flush()


class LobbyOfFaultyRooms(Lobby):
    """Has rooms whose audience is of another *kind*."""

    kind: type[Audience]

    @override
    def _add(self, log: Opened) -> Room:
        room = super()._add(log)
        room.audience.__class__ = self.kind
        return room


class LobbyOfAnyPage(LobbyOfFaultyRooms):
    """Has rooms whose readers take any page."""

    kind = AudienceOfAnyPage


class TalkativeLobby(LobbyOfFaultyRooms):
    """Has rooms that show everything."""

    kind = TalkativeAudience


class Fault(NamedTuple):
    """What is wrong with a server, in a few words, and the parts that it is made of."""

    what: str
    log: type[SQLiteLog] = SQLiteLog
    wheel: type[TimerWheel] = TimerWheel
    lobby: type[Lobby] = Lobby
    directory: type[LocalDirectory] = LocalDirectory
    late: Lateness | None = None


SOUND = {
    "slow": Fault("nothing, but the log is slow", log=SlowLog),
    "late": Fault("nothing, but log and directory answer some turns later", late=LATE),
    "any": Fault("nothing, but log and directory answer later, in any order", late=ANY_ORDER),
}
FAULTS = {
    "cid": Fault("forgets after a start which messages it has", log=LogThatForgetsCids),
    "seat": Fault("never gives a seat up", wheel=TimerWheelThatKeepsSeats),
    "page": Fault("takes a page for a place that was left, from a slow log", log=SlowLog, lobby=LobbyOfAnyPage),
    "order": Fault("answers commits out of order", log=LogOutOfOrder),
    "early": Fault("acknowledges before it stores", log=LogThatIsEarly),
    "name": Fault("gives a name to two", directory=GenerousDirectory),
    "held": Fault("shows a room where only a seat is held", lobby=TalkativeLobby),
}
