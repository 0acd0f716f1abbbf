"""The house: all of the server, as operators keep order in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from chatroom.core.ports import Happened, Log, LogId, NewRoom, Opened, SeatId
from chatroom.core.rooms.sanctions import Sanctions
from chatroom.core.values.accounts import Merged
from chatroom.core.values.changes import Change, Entry, Lifted, Reported, Resolved, Sanctioned, Tuned
from chatroom.core.values.errors import Banned, ChatError, Muted, StoreAway
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.networks import Network, first_bits, parsed
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Sanction

HOUSE = RoomName("")
"""What the log of the house is called, as no room can be."""

Told = Callable[[Sanction, bool], None]
"""A callback that gets a sanction, and whether it begins to hold."""


class House:
    """What holds at every room, which *log* keeps for all servers of a chat; *now* is the time of day in milliseconds.

    Until it is open, nothing holds; what is to be changed waits while it is being opened. *changed* is told of
    sanctions, *reported* of reports; *merged* is called when some hold for an account that did so for a guest.
    """

    def __init__(self, log: Log, now: Callable[[], int]) -> None:
        self.sanctions = Sanctions()
        self.mutes = 0
        self.guests = True
        self.changed: Told = lambda sanction, begins: None
        self.reported: Callable[[Reported], None] = lambda reported: None
        self.merged: Callable[[], None] = lambda: None
        self._log = log
        self._now = now
        self._log_id: LogId | None = None
        self._opening: list[Callable[[StoreAway | None], None]] | None = None
        self._networks: dict[Network, dict[int, None]] = {}
        self._lengths: Counter[tuple[int, int]] = Counter()

    def open(self, opened: Callable[[bool], None]) -> None:
        """Open the log, and call *opened* with whether that could be."""

        def answered(log: Opened | ChatError | None) -> None:
            waiting, self._opening = self._opening or (), None
            if isinstance(log, Opened):
                self._begin(log)
            opened(isinstance(log, Opened))
            for go_on in waiting:
                self.when_open(go_on)

        self._opening = []
        self._log.open(HOUSE, NewRoom(permanent=True), answered)

    def when_open(self, done: Callable[[StoreAway | None], None]) -> None:
        """Call *done* once the log is open, or has turned out not to be."""
        if self._opening is not None:
            self._opening.append(done)
        else:
            done(StoreAway() if self._log_id is None else None)

    def close(self) -> None:
        """Know of nothing any more: another log is to be opened."""
        self._log_id = None

    def _begin(self, log: Opened) -> None:
        self._log_id = log.log
        self.guests = log.settings.guests
        self.sanctions = Sanctions()
        self.mutes = 0
        self._networks.clear()
        self._lengths.clear()
        self._log.follow(log.log, self._apply)
        for sanction in log.sanctions:
            self._impose(sanction)

    # At its gates.

    def ban_of(self, person: bytes | None, username: Username, host: bytes | None) -> Banned | None:
        """Return the error for which somebody may not come in, if there is one; nobody knows their *person* yet."""
        sanction = self.sanctions.fitting("ban", person or b"", key(username), host, self._now())
        return Banned(None, sanction.until, sanction.reason) if sanction else None

    def network_ban(self, host: bytes | None) -> Banned | None:
        """Return the error for which nobody may come in from *host*, if there is one."""
        if host is None:
            return None
        now = self._now()
        for size, prefix in self._lengths:
            if size == len(host):
                for number in self._networks.get(Network(size, prefix, first_bits(host, prefix)), ()):
                    if sanction := self.sanctions.get(number, now):
                        return Banned(None, sanction.until, sanction.reason)
        return None

    def admit(self, person: bytes, username: Username, host: bytes | None) -> None:
        """Let somebody speak.

        :raises chatroom.core.values.errors.Muted: if they may not.
        """
        if self.mutes and (sanction := self.sanctions.fitting("mute", person, key(username), host, self._now())):
            raise Muted(None, sanction.until, sanction.reason)

    # What operators change.

    def impose(self, sanction: Sanction, seat: SeatId, done: Happened) -> None:
        """Let *sanction* hold in place of an earlier one of its kind on the same person or network."""
        replaced = self.sanctions.of(sanction.kind, sanction.whom, sanction.person)
        self._ask(Sanctioned(sanction, tuple(replaced)), seat, done)

    def lift(self, lifted: Lifted, seat: SeatId, done: Happened) -> None:
        """Let sanctions be *lifted*."""
        self._ask(lifted, seat, done)

    def configure(self, tuning: Tuning, by: Username, seat: SeatId, done: Happened) -> None:
        """Change whether guests come in."""
        self._ask(Tuned(tuning, by), seat, done)

    def report(self, reported: Reported, seat: SeatId, done: Happened) -> None:
        """Keep what somebody has *reported*; ``None`` if they had done so before."""
        self._ask(reported, seat, done)

    def resolve(self, resolved: Resolved, seat: SeatId, done: Happened) -> None:
        """Let a report be *resolved*; ``None`` if it was before."""
        self._ask(resolved, seat, done)

    def merge(self, person: bytes, account: bytes) -> None:
        """Let what holds for *person* hold for *account*: that is stored."""
        self.sanctions.merge(person, account)

    def sanction(self, number: int) -> Sanction | None:
        """Return the sanction with that *number*, if it holds."""
        return self.sanctions.get(number, self._now())

    def _ask(self, change: Change, seat: SeatId, done: Happened) -> None:
        if self._log_id is None:
            done(StoreAway())
        else:
            self._log.change(self._log_id, change, seat, done)

    # What has happened.

    def _apply(self, entry: Entry) -> None:
        match entry.change:
            case Sanctioned(imposed, replaces):
                for number in replaces:
                    self._lift(number)
                sanction = replace(imposed, number=entry.seq)
                self._impose(sanction)
                self.changed(sanction, True)
            case Lifted(_, _, numbers):
                for number in numbers:
                    if lifted := self._lift(number):
                        self.changed(lifted, False)
            case Tuned(tuning) if tuning.guests is not None:
                self.guests = tuning.guests
            case Merged(person, account):
                self.merge(person, account)
                self.merged()
            case Reported():
                self.reported(entry.change)

    def _impose(self, sanction: Sanction) -> None:
        self.sanctions.impose(sanction)
        if sanction.network:
            network = parsed(sanction.network)
            self._networks.setdefault(network, {})[sanction.number] = None
            self._lengths[network[:2]] += 1
        self.mutes += sanction.kind == "mute"

    def _lift(self, number: int) -> Sanction | None:
        sanction = self.sanctions.get(number, 0)
        if sanction is None:
            return None
        if sanction.network:
            network = parsed(sanction.network)
            del self._networks[network][number]
            if not self._networks[network]:
                del self._networks[network]
            self._lengths[network[:2]] -= 1
            if not self._lengths[network[:2]]:
                del self._lengths[network[:2]]
        self.mutes -= sanction.kind == "mute"
        self.sanctions.lift(number)
        return sanction
