"""A room: its members, and the one order in which everything in it happens."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from functools import partial
from typing import assert_never

from msgspec.structs import replace
from typing_extensions import override

from chatroom.core.ports import Happened, Log, Misfit, Opened, SeatId
from chatroom.core.rooms.audience import Audience
from chatroom.core.rooms.dedup import Done
from chatroom.core.rooms.fitting import MaskSubject
from chatroom.core.rooms.member import Member
from chatroom.core.rooms.pace import Pace
from chatroom.core.rooms.participant import Participant, Position
from chatroom.core.rooms.standing import Standing
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.name_index import NameIndex
from chatroom.core.tools.order import Question
from chatroom.core.tools.stats import Stats
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.accounts import Merged
from chatroom.core.values.changes import (
    Admitted,
    Called,
    Came,
    Change,
    Entry,
    Erased,
    Gone,
    Invited,
    Kicked,
    Lifted,
    Ranked,
    Redaction,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.errors import ChatError, NoSuchRoom, SlowMode
from chatroom.core.values.events import (
    Appointed,
    Confided,
    Configured,
    Joined,
    Left,
    Message,
    OtherInvited,
    Presence,
    Reason,
    Redacted,
    Removed,
    Renamed,
    RoomInfo,
    Said,
    TopicChanged,
    Unmuted,
    untagged,
)
from chatroom.core.values.events import Muted as MutedEvent
from chatroom.core.values.limits import BACKLOG, CROWD, capacity
from chatroom.core.values.names import Key, Username, fold, key
from chatroom.core.values.replies import Stored
from chatroom.core.values.rights import TRUSTED, Role, Tuning
from chatroom.core.values.sanctions import Kind, Sanction


class Room(Transcript):
    """A log that is followed, the *members* that it tells of, and an *audience* of readers.

    Whatever is to happen is asked of the log, and applied when the log has it, whoever has asked. All but messages and
    topics are asked for in turn, behind the messages taken before (:meth:`~.Transcript.in_turn`). *changed* is called
    when members, topic or settings have changed, when the room has become empty, and when it is deleted. Of the
    server's *limit* of members and the room's own the smaller one counts; 0 is none. *operators* have all rights.
    """

    def __init__(
        self,
        opened: Opened,
        *,
        log: Log,
        turn: Turn,
        wheel: TimerWheel,
        stats: Stats,
        changed: Callable[[Room], None],
        page: int,
        now: Callable[[], int],
        limit: int = 0,
        operators: Container[bytes] = (),
    ) -> None:
        super().__init__(opened, log=log, page=page)
        self.folded = fold(self.key)
        self.topic = opened.topic
        self.topic_by = opened.topic_by
        self.topic_at = opened.topic_at
        self.created = opened.begun
        self._now = now
        self.standing = Standing(opened, operators, now)
        self.moderated = False
        self._note_moderated()
        self.creator = opened.creator
        self.host: Hashable = None
        self.permanent = False
        self.port: int | None = None
        self.members: NameIndex[Member] = NameIndex()
        self.audience = Audience(
            opened.room, turn=turn, wheel=wheel, stats=stats, shown=opened.seq, redacted=opened.redactions
        )
        self.closing = self._closed = False
        self._turn = turn
        self._wheel = wheel
        self._changed = changed
        self._wanted = opened.capacity
        self._limit = limit
        self._pace = Pace()
        self._counting = False
        for username in log.follow(opened.log, self.apply):
            self.members.add(Member(key(username), username))

    @property
    def empty(self) -> bool:
        """True if nobody is here or reads on, and nothing is on its way."""
        audience = self.audience
        return not (audience.readers or audience.behind or self.members or self._order)

    @property
    def capacity(self) -> int:
        """How many members there may be; 0 is no limit."""
        return capacity(self._wanted, self._limit)

    def limit(self, page: int, members: int) -> None:
        """Let a *page* have so many messages from now on, and the server so many *members*; who is in stays."""
        self.pages.most = page
        self._limit = members

    @property
    def deleted_by(self) -> Username | None:
        """The name of who has deleted the room."""
        return self.audience.deleted_by

    @property
    def is_private(self) -> bool:
        """Whether only some may know of it."""
        return self.standing.settings.private

    @property
    def is_hidden(self) -> bool:
        """Whether it is in the lists of some alone."""
        return self.standing.settings.hidden

    def is_shown_to(self, viewer: Viewer | None) -> bool:
        """Return whether *viewer* may know of it: who is in stays in, whatever becomes of their right to come in."""
        return not self.is_private or self._is_close_to(viewer)

    def is_listed_to(self, viewer: Viewer | None) -> bool:
        """Return whether it is in the lists of *viewer*."""
        return not self.is_hidden or self._is_close_to(viewer)

    def _is_close_to(self, viewer: Viewer | None) -> bool:
        return viewer is None or self.standing.is_close_to(viewer, is_in=viewer.is_in(self.key))

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""
        return RoomInfo(
            self.name,
            self.topic,
            len(self.members),
            self.capacity,
            self.port,
            self.standing.settings,
            self.created,
            self.topic_at,
        )

    # Rights.

    def admit(self, speaker: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None) -> None:
        """Let *speaker*, who is known by *person* and comes from *host*, say something.

        :raises chatroom.core.values.errors.Muted: if they are.
        :raises chatroom.core.values.errors.Locked: if only those with a role may.
        :raises chatroom.core.values.errors.SlowMode: if it is too soon.
        """
        if self.standing.admit(speaker, person, host, shown):
            self._keep_pace(speaker)

    def admit_topic(
        self, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> None:
        """Let *username*, who is known by *person* and comes from *host*, set the topic.

        :raises chatroom.core.values.errors.Muted: if they are.
        :raises chatroom.core.values.errors.Locked: if only those with rights may.
        :raises chatroom.core.values.errors.SlowMode: if it is too soon: everybody reads it, as what is said.
        """
        self.standing.admit_topic(username, person, host, shown)
        if not self.standing.rank(person):
            self._keep_pace(username)

    def _keep_pace(self, speaker: Username) -> None:
        slow = self._slow
        if slow and (wait := self._pace.wait(key(speaker), slow, self._wheel.seconds())):
            raise SlowMode(self.name, slow, wait)

    # What is asked of the log.

    @override
    def say(self, message: Message, done: Done, by: SeatId) -> None:
        """Append *message* to the log, as of any, unless the room is about to be deleted."""
        if self.closing:
            raise NoSuchRoom(self.name)
        if self._slow and not self.is_sent(message.session, message.cid):
            speaker = key(message.speaker)
            self._pace.said(speaker, self._wheel.seconds())
            done = partial(self._paced, speaker, done)
        super().say(message, done, by)

    def _paced(self, speaker: Key, done: Done, result: Stored | ChatError) -> None:
        if isinstance(result, ChatError):
            self._pace.refused(speaker)
        done(result)

    def set_topic(self, topic: str, by: Username, seat: SeatId, done: Happened) -> None:
        """Change the topic; *done* is called when the log has it, before it is shown to anybody."""
        if self.closing:
            raise NoSuchRoom(self.name)
        self._ask(Retitled(topic, by), seat, done)

    def come(
        self,
        username: Username,
        seat: SeatId,
        done: Happened,
        *,
        identity: bytes,
        person: bytes | None = None,
        keyed: int = 0,
    ) -> None:
        """Let *username* come in by *seat*, in turn, who is known by *identity*; ``None`` if they are in.

        As *person* they follow the room. They gave the key with the number *keyed*; 0 is none.
        """
        if self.closing:
            raise NoSuchRoom(self.name)
        self._ask(Came(username, self.capacity, person, self.standing.rank(identity).shown, keyed), seat, done)

    def go(
        self,
        username: Username,
        seat: SeatId,
        reason: Reason | None,
        done: Happened,
        *,
        person: bytes | None = None,
        note: str = "",
        serial: int = 0,
    ) -> None:
        """Let *username* go who came by *seat*, in turn, and as *person* follow the room no more.

        It is ``None`` if they stay in by another seat.
        """
        self._ask(Went(username, reason, person, note=note, serial=serial), seat, done)

    def go_elsewhere(
        self, username: Username, seat: SeatId, done: Happened, *, person: bytes | None = None, note: str = ""
    ) -> None:
        """Let *username* go by all seats that they have at other servers, and as *person* follow the room no more.

        It is ``None`` if they stay in by one here.
        """
        self._ask(Went(username, "left", person, elsewhere=True, note=note), seat, done)

    def call(self, old: Username, new: Username, seat: SeatId, serial: int = 0) -> None:
        """Let the member called *old* be called *new*, in turn."""
        self._ask(Called(old, new, serial), seat, lambda entry: None)

    def kick(self, username: Username, person: bytes, by: Username, note: str, seat: SeatId, done: Happened) -> None:
        """Put *username* out, who is known by *person*, in turn, by all their connections; ``None`` if not in."""
        self._ask(Kicked(username, by, note, person), seat, done)

    def invite(
        self, username: Username, person: bytes, by: Username, seat: SeatId, done: Happened, *, admits: bool = True
    ) -> None:
        """Invite *username*, who is known by *person*, in turn; if that *admits* them, also while it is invite-only."""
        self._ask(Invited(username, person, by, admits), seat, done)

    def appoint(
        self, username: Username, person: bytes, role: Role, by: Username, seat: SeatId, done: Happened
    ) -> None:
        """Give *username*, who is known by *person*, a *role*, in turn."""
        self._ask(Ranked(username, person, role, by), seat, done)

    def configure(self, tuning: Tuning, by: Username, seat: SeatId, done: Happened) -> None:
        """Change settings by *tuning*, in turn."""
        closes = tuning.closes and not self.standing.settings.invite_only
        self._ask(Tuned(tuning, by, tuple(sorted(self.audience.identities)) if closes else ()), seat, done)

    def impose(self, sanction: Sanction, seat: SeatId, done: Happened) -> None:
        """Let *sanction* hold, in turn, in place of an earlier one of its kind on the same person."""
        self._ask(Sanctioned(sanction, tuple(self.standing.replaced(sanction))), seat, done)

    def lift(self, lifted: Lifted, seat: SeatId, done: Happened) -> None:
        """Let sanctions be *lifted*, in turn."""
        self._ask(lifted, seat, done)

    def delete(self, by: Username, seat: SeatId, done: Callable[[Exception | None], None]) -> None:
        """Delete the log in turn, and call *done*, with the error if it failed; readers are told when the turn ends."""
        self.closing = True

        def ask(question: Question) -> None:
            def deleted(result: Entry | Exception | None) -> None:
                # Or by somebody else, on another server, who was first.
                self.closing = self.deleted_by is not None
                done(result if isinstance(result, Exception) else None)
                self._answered(question)

            try:
                self._log.change(self.log_id, Gone(by), seat, deleted)
            except Exception as defect:
                deleted(defect)

        self._order.asks_in_turn(ask)

    @override
    def _ask(self, change: Change, by: SeatId, done: Happened) -> None:
        if self.deleted_by is not None or self._closed:
            # Who moderates it from elsewhere may have waited, while it was empty.
            done(NoSuchRoom(self.name))
        else:
            super()._ask(change, by, done)

    @override
    def _answered(self, question: Question) -> None:
        super()._answered(question)
        if self.empty:
            self._changed(self)

    def confide(self, confided: Confided, speaker: bytes, besides: Participant | None = None) -> frozenset[Key]:
        """Show *confided* at once to those here whom it is for; return who they are.

        Its *speaker* is shown it too, by the connections *besides* that one.
        """
        told = set()
        for reader in tuple(self.audience.readers):
            own = reader.identity == speaker
            is_for = own or self.standing.rank(reader.identity) >= TRUSTED[confided.role]
            try:
                if is_for and reader is not besides and reader.confide(confided) and not own:
                    told.add(reader.name)
            except Exception:
                reader.connection.crashed()
        return frozenset(told)

    def close(self) -> None:
        """Close the room; its log is kept for some time."""
        self.closing = self._closed = True
        self._log.close(self.log_id)

    # What has happened.

    def apply(self, entry: Entry) -> None:
        """Apply *entry*, which is new in the log: here, by another server, or by whoever else writes there."""
        change = entry.change
        # Messages are most of what happens: no pattern first.
        if isinstance(change, Message):
            seq, tags = entry.seq, change.tags
            if tags is not None:
                change = untagged(change)
            self._said(seq, change)
            if self._slow:
                self._pace.said(key(change.speaker), self._wheel.seconds())
            quoted = None if change.re is None else self.at_hand(change.re)
            self.audience.happened(Said(self.name, seq, change, quoted, None, tags))
            return
        match change:
            case Came(username, role=role):
                self._turn.comes(key(username))
                self._take_in(username)
                self._came_or_went(Joined(self.name, username, len(self.members), self.capacity, role))
            case Went(username, reason):
                self._let_out(username)
                if change.note and self._slow:
                    self._pace.said(key(username), self._wheel.seconds())
                self._came_or_went(reason and self._left(username, reason, change))
                if change.serial:
                    # From all their rooms, and the name is anybody's.
                    self._turn.went(key(username))
            case Called(old, new, serial):
                self._let_out(old)
                self._take_in(new)
                self._pace.called(key(old), key(new))
                self.audience.happened(Renamed(self.name, old, new, serial))
            case Retitled(topic, by):
                # As in each store: whoever set it first stays the one who did.
                if topic == self.topic:
                    return
                self.topic, self.topic_by, self.topic_at = topic, by, self._now()
                if self._slow:
                    self._pace.said(key(by), self._wheel.seconds())
                self.audience.happened(TopicChanged(self.name, topic, by))
                self._changed(self)
            case Kicked(username, by, note, person):
                self._let_out(username)
                self.standing.admitted.discard(person)
                self.audience.put_out(key(username), Removed(self.name, by, "kicked", note))
                # Also where comings and goings are not told one by one any more.
                self.audience.happened(Left(self.name, username, len(self.members), self.capacity, "kicked", by, note))
                self._changed(self)
            case Ranked(username, person, role, by):
                was = self.standing.rank(person).shown
                self.standing.appoint(person, role)
                self.audience.happened(Appointed(self.name, username, role, by, was))
                self._may_be_shown_to_others()
            case Tuned(tuning, by, admitted):
                was_private = self.is_private
                self._tune(tuning, admitted)
                tuning = tuning.told
                if tuning.capacity is not None:
                    # What holds now is told; what was asked for is kept, as the server may allow it later.
                    tuning = replace(tuning, capacity=self.capacity)
                if self.is_private != was_private:
                    # It may have become so by the other half.
                    tuning = replace(tuning, private=self.is_private)
                self.audience.happened(Configured(self.name, by, tuning))
                self._changed(self)
            case Admitted(persons):
                self.standing.admitted.update(persons)
            case Merged(person, account):
                self.merge(person, account)
                self._may_be_shown_to_others()
            case Invited(username, person, by, admits):
                if admits:
                    self.standing.admitted.add(person)
                    self._may_be_shown_to_others()
                self._tell_moderators(OtherInvited(self.name, username, by))
            case Sanctioned(sanction, replaces):
                self._sanctioned(self.standing.impose(sanction, entry.seq, replaces))
            case Lifted(kind, _, numbers, by):
                self._lifted(kind, numbers, by)
            case Erased(redactions):
                self._erased(redactions)
            case Gone(by):
                self.closing = True
                self.audience.deleted(by)
                self._changed(self)
            case Reported() | Resolved():
                raise AssertionError("these are changes of the house")
            case _:
                assert_never(change)

    def merge(self, person: bytes, account: bytes) -> None:
        """Know by *account* whoever was known by *person*; whom a ban came along for is put out, by all connections."""
        self.standing.merge(person, account)
        if removed := self.standing.removal(Username(""), account):
            self.audience.expel(account, removed)

    def _tell_moderators(self, invited: OtherInvited) -> None:
        """Tell those who moderate, and are here, who was *invited*; the two know it already."""
        for reader in tuple(self.audience.readers):
            if self.standing.moderates(reader.identity) and reader.name not in map(key, (invited.username, invited.by)):
                reader.tell(invited)

    def _erased(self, redactions: Sequence[Redaction]) -> None:
        first = self.redactions.count + 1
        self._taken_back(redactions)
        self.audience.redacted_now(self.redacted(redactions, first))

    def redacted(self, redactions: Sequence[Redaction], first: int) -> list[Redacted]:
        """Return the events that tell of *redactions*, those from number *first* on."""
        return [
            Redacted(self.name, each.seq, each.username, each.by, number, each.note)
            for number, each in enumerate(redactions, first)
        ]

    def _sanctioned(self, sanction: Sanction) -> None:
        self._note_moderated()
        username, by, note = sanction.username, sanction.by, sanction.reason
        if sanction.mask:
            # Who is in stays in, and those whom it fits learn of it when they speak.
            self._may_be_shown_to_others()
            return
        if sanction.kind == "mute":
            self.audience.tell(key(username), sanction.person, MutedEvent(self.name, by, sanction.until, note))
            return
        if key(username) in self.members:
            self.members.pop(key(username))
            self.audience.put_out(key(username), Removed(self.name, by, "banned", note, sanction.until))
            self.audience.happened(Left(self.name, username, len(self.members), self.capacity, "banned", by, note))
            self._changed(self)
        else:
            self._may_be_shown_to_others()

    def _may_be_shown_to_others(self) -> None:
        """Let those who watch the list of rooms know, if who may know of the room has changed."""
        if self.is_hidden:
            self._changed(self)

    def _lifted(self, kind: Kind, numbers: Sequence[int], by: Username) -> None:
        sanctions = self.standing.sanctions
        for number in numbers:
            if (sanction := sanctions.get(number, 0)) and kind == "mute" and not sanction.mask:
                self.audience.tell(key(sanction.username), sanction.person, Unmuted(self.name, by))
            sanctions.lift(number)
        self._note_moderated()

    def _tune(self, tuning: Tuning, admitted: Sequence[bytes]) -> None:
        self.standing.tune(tuning, admitted)
        self._note_moderated()
        if tuning.capacity is not None:
            self._wanted = tuning.capacity

    def _note_moderated(self) -> None:
        """Know whether it depends on who one is, and when, whether one may speak: that is asked for each message."""
        self._slow = self.standing.settings.slow
        self.moderated = self.standing.restrains

    def _take_in(self, username: Username) -> None:
        if key(username) in self.members:
            raise Misfit
        self.members.add(Member(key(username), username))

    def _let_out(self, username: Username) -> None:
        if key(username) not in self.members:
            raise Misfit
        self.members.pop(key(username))

    def _left(self, username: Username, reason: Reason, went: Went) -> Left:
        return Left(self.name, username, len(self.members), self.capacity, reason, note=went.note, serial=went.serial)

    def _came_or_went(self, event: Joined | Left | None) -> None:
        if len(self.members) > CROWD:
            if event and not self._counting:
                self._counting = True
                self._wheel.call_later(1.0, self._count)
        elif event:
            self.audience.happened(event)
        if event:
            self._changed(self)

    def _count(self) -> None:
        self._counting = False
        self.audience.happened(Presence(self.name, len(self.members)))

    # Reading.

    def position(
        self, *, after: int | None, epoch: str | None, backlog: int | None, redactions: int | None = None
    ) -> Position:
        """Return the position of a newcomer, or of a reader who has seen the messages up to *after* of *epoch*.

        That one knows of the first *redactions* of messages; who does not say so, of all.
        """
        known = self.redactions.count
        if after is None:
            return Position(max(0, self.head - (backlog or 0)), redactions=known)
        if epoch != self.epoch or after > self.head:
            return Position(max(0, self.head - (BACKLOG if backlog is None else backlog)), redactions=known)
        if redactions is not None:
            known = min(known, redactions)
        return Position(after, after if backlog is None else max(after, self.head - backlog), True, known)

    def quiet(self) -> None:
        """Note that a reader who had left reads no more."""
        if self.empty:
            self._changed(self)
