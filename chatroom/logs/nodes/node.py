"""A node: a server of the chat, as the engine and the other nodes know it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from chatroom.core.ports import Clock, LogId, Timer
from chatroom.core.tools.stats import BATCH_SIZES, Histogram
from chatroom.core.values.changes import Entry, Gone
from chatroom.core.values.errors import StoreAway
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.machinery.ending import Ending
from chatroom.logs.machinery.group_commit import GroupCommit
from chatroom.logs.machinery.health import PATIENCE, Health
from chatroom.logs.nodes.changes import PROBE, AskedChange, Decision, Record
from chatroom.logs.nodes.engine import (
    LETTERS,
    AccountsChanged,
    Appended,
    Bounds,
    Buried,
    Call,
    Engine,
    EngineRefused,
    Fenced,
    Found,
    Hint,
    KeptAccount,
    KnownLog,
    Look,
    Lost,
    Mail,
    Mailed,
    News,
    OutcomeUnknown,
    ShownRoom,
    Unreachable,
)
from chatroom.logs.nodes.followed import Followed
from chatroom.logs.nodes.following import Following
from chatroom.logs.nodes.lease import Lease
from chatroom.logs.nodes.peers import Peers

log = Logger()

P = ParamSpec("P")
T = TypeVar("T")

TROUBLE = (OutcomeUnknown, EngineRefused, Unreachable, Fenced, Lost)
"""What an engine may be at fault for."""

MORE = Mailed(0)
"""The news that there may be more mail."""

SOMEBODY = Username("somebody")
"""Whoever has deleted a room of which this node has heard too late."""

AGAIN = 0.25
"""Seconds until an engine is asked again that could not be reached."""

MOST = 1024
"""Changes that wait, at most: beyond that, they are refused at once."""

COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histogram of commits, by their seconds."""

LOOK = 1.0
"""Seconds between two looks around, at most."""

LOOKS = 6
"""Looks around in the time of a lease, at least."""


class Node:
    """A node of the chat that *engine* keeps, from :meth:`start` to :meth:`stop`.

    What is asked for goes into batches; each is asked for again until it is known what became of it. Every second the
    node looks around: it shows that it lives, and finds out what it has missed, and who does not live any more. Its
    *lease* lasts some seconds; the seats of a dead node are held for *grace*.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        bounds: Callable[[], Bounds],
        lease: float,
        grace: float,
    ) -> None:
        self.engine = engine
        self.lease = Lease(clock, lease, self._cut_off)
        self.following = Following(self._catch_up, self._torn)
        self.commit_sizes = Histogram(BATCH_SIZES)
        self.commit_seconds = Histogram(COMMIT_SECONDS)
        self.fenced = 0
        self.standby: str | None = None
        # Whoever has more to do with these says so.
        self.got_mail: Callable[[Sequence[Mail]], None] = lambda mail: None
        self.rooms_changed: Callable[[Sequence[ShownRoom]], None] = lambda rooms: None
        self.accounts_changed: Callable[[Sequence[KeptAccount]], None] = lambda accounts: None
        self.called: Callable[[Call], None] = lambda call: None
        self.account_called: Callable[[bytes, Username], None] = lambda account, username: None
        self.when_looking: Callable[[], None] = lambda: None
        self.when_fenced: list[Callable[[], None]] = []
        self.when_joined: Callable[[], None] = lambda: None
        self._clock = clock
        self._rest = min(LOOK, lease / LOOKS)
        self._bounds = bounds
        self._storing = Health(f"store messages in {engine.name}", (*TROUBLE, StoreAway), clock)
        self._hearing = Health(f"hear what others add to {engine.name}", TROUBLE, clock)
        self._commits: GroupCommit[AskedChange] = GroupCommit(
            clock, self._store, self._storing, lambda: AskedChange([PROBE], lambda answer: None)
        )
        self._peers = Peers(lease, grace)
        self._burying: set[int] = set()
        self._since: str | None = None
        self._looking: Timer | None = None
        self._batch = 0
        self._life = 0
        self._joining = False
        self._generation = 0
        self._lost = False
        # What is heard while mail is fetched comes behind it: who has moved away is shown no more here.
        self._unheard: list[News] | None = None

    def limit(self, grace: float) -> None:
        """Hold the seats of a dead node for *grace* from now on."""
        self._peers.limit(grace)

    def start(self) -> None:
        """Become a node; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""
        began = self._clock.seconds()
        self._generation = self.engine.start(self._heard)
        self.lease.renewed(began)
        self._commits.open()
        self._look_in(0)

    @property
    def standby_named(self) -> bool:
        """Whether a commit waits for one standby by its name: then that one has all that was acknowledged."""
        return bool(self.standby) and not re.match(r"ANY\b|.*\*", str(self.standby), re.IGNORECASE)

    @property
    def closed(self) -> bool:
        """Whether it takes no changes any more."""
        return self._commits.closed

    def trouble(self) -> str | None:
        """Return why nothing can be stored, if that is so: also where nobody has tried to, but the engine is silent.

        That a single look has failed is none: the next one comes within a second.
        """
        if self.lease.held and self.lease.age <= PATIENCE:
            return self._storing.trouble
        return self._storing.trouble or self._hearing.trouble or f"{self.engine.name} does not answer"

    def stop(self, within: float | None, stopping: Callable[[], None]) -> Deferred[None]:
        """Commit all changes, call *stopping*, and leave the engine; after *within* seconds give up waiting."""
        if self._commits.closed:
            return succeed(None)
        ending = Ending(self._clock, within, self._give_up)

        def finish() -> None:
            if self._commits.closed:
                # It was given up before.
                return
            self._close()
            stopping()
            self.engine.stop(ending.reach)

        self._commits.drain(finish)
        return ending.reached

    def _give_up(self) -> None:
        """End although the engine has not answered: for that, it is like a kill."""
        log.warn("{store} was not left in time", store=self.engine.name)
        self._close()

    def _close(self) -> None:
        self._commits.close()
        self._hearing.ended()
        if self._looking:
            self._looking.cancel()
            self._looking = None

    # What is asked of the engine.

    def ask(self, asked: AskedChange) -> None:
        """Let what is *asked* happen with the next commit, unless nobody can know when that will be."""
        full = self._commits.gathered >= MOST
        if (full or not self.lease.held) and not asked.lasts:
            asked.answer(StoreAway())
        else:
            self._commits.add(asked)

    def consult(
        self, ask: Callable[[Callable[[T | Exception], None]], None], got: Callable[[T | StoreAway], None]
    ) -> None:
        """Give the answer to *ask* to *got*; what is answered by the engine shows that this node lives.

        What comes after the end of this life is no answer: the next one knows nothing of what it is about.
        """
        if not self.lease.held:
            got(StoreAway())
            return
        began, life = self._clock.seconds(), self._life

        def done(answer: T | Exception) -> None:
            if isinstance(answer, Exception):
                self._failed(answer, life)
                got(StoreAway())
            elif life != self._life:
                got(StoreAway())
            else:
                self._reached(began, life)
                got(answer)

        ask(done)

    def inquire(
        self, ask: Callable[[Callable[[T | Exception], None]], None], got: Callable[[T | StoreAway], None]
    ) -> None:
        """Give the answer to *ask* to *got*, also without a lease: it shows nothing of this node."""
        life = self._life

        def done(answer: T | Exception) -> None:
            if isinstance(answer, Exception):
                self._failed(answer, life)
                got(StoreAway())
            else:
                got(answer if life == self._life else StoreAway())

        ask(done)

    def _store(self, changes: Sequence[AskedChange], stored: Callable[[Sequence[object] | Exception], None]) -> None:
        """Make *changes* in one commit; ask again until it is known what became of them."""
        self._batch += 1
        rows = [row for change in changes for row in change.rows]
        number, life = self._batch, self._life
        following = self.following.logs
        logs = {row.log: following[row.log] for row in rows if row.log is not None and row.log in following}
        known = {log: KnownLog(followed.pos, followed.pos) for log, followed in logs.items()}
        for change in changes:
            # What others have added since it was asked for may be the same, sent again.
            if change.since is not None and (log := change.rows[0].log) is not None and log in known:
                known[log] = KnownLog(known[log].pos, min(known[log].since, change.since))
        for followed in logs.values():
            followed.ask()
        first = began = self._clock.seconds()
        sent = False

        def ask() -> None:
            nonlocal began
            if life != self._life:
                done(Fenced())
                return
            began = self._clock.seconds()
            self.engine.append(number, rows, known, self._bounds(), done)

        def done(result: Appended | Exception) -> None:
            nonlocal sent
            if isinstance(result, OutcomeUnknown | Unreachable):
                sent = sent or isinstance(result, OutcomeUnknown)
                self._storing.failed(result)
                if not self.lease.held:
                    self._commits.refuse(StoreAway())
                if (sent or self.lease.held) and not self._commits.closed:
                    self._clock.callLater(AGAIN, ask)
                    return
                result = StoreAway()
            if isinstance(result, Appended) and life != self._life:
                answer(result.answers)
            elif isinstance(result, Appended):
                self._reached(began, life)
                self.commit_seconds.add(self._clock.seconds() - first)
                self.commit_sizes.add(len(changes))
                for record in result.others:
                    logs[record.log].learn([(record.pos, record.entry())])
                own: dict[LogId, set[int]] = {}
                for each in result.answers:
                    if each.outcome == "entry" and each.log in logs and each.pos is not None:
                        own.setdefault(each.log, set()).add(each.pos)
                self._fill_gaps(logs, own, partial(answer, result.answers))
            else:
                if isinstance(result, Fenced | Lost):
                    self._failed(result, life)
                    result = StoreAway()
                answer(result)

        def answer(result: Sequence[Decision] | Exception) -> None:
            if life != self._life:
                # Nothing of it is asked again: what it is about may be somebody else's now.
                stored([StoreAway()] * len(changes))
                return
            if isinstance(result, Exception):
                stored(result)
            else:
                answers = iter(result)
                stored([list(islice(answers, len(change.rows))) for change in changes])
            for log, followed in logs.items():
                followed.answered()
                self.following.see_to(log, followed)

        ask()

    def _fill_gaps(
        self, logs: Mapping[LogId, Followed], own: Mapping[LogId, AbstractSet[int]], filled: Callable[[], None]
    ) -> None:
        """Learn what others have added to *logs* below one's *own* entries; call *filled* then.

        One room must not wait for another: who speaks in both is answered in order, and shown nothing of it before.
        """
        life = self._life

        def fill() -> None:
            gaps = ((log, gap) for log, some in own.items() if (gap := logs[log].gap(some)) is not None)
            log, after = next(gaps, (None, 0))
            if log is None:
                filled()
            else:
                self._catch_up(log, after, partial(caught, log))

        def caught(log: LogId, records: Sequence[Record] | None) -> None:
            if records is None and life == self._life and not self._commits.closed:
                self._clock.callLater(AGAIN, fill)
                return
            missing = [(record.pos, record.entry()) for record in records or () if record.pos not in own[log]]
            logs[log].learn(missing)
            if missing:
                fill()
            else:
                filled()

        fill()

    def _reached(self, began: float, life: int) -> None:
        """Note that the engine has answered to what was asked when it *began*."""
        if life == self._life and not self._joining:
            self.lease.renewed(began)

    def _failed(self, error: Exception, life: int) -> None:
        if isinstance(error, Fenced):
            self._fenced(life)
        elif isinstance(error, Lost):
            # It is told once, perhaps to what an ended life has asked: the next one begins behind new epochs then.
            if self._joining:
                self._lost = True
            elif life == self._life:
                self._all_lost(str(error))
        else:
            self._hearing.failed(error)

    def _cut_off(self) -> None:
        """Let nobody wait for an engine that is away."""
        self._commits.refuse(StoreAway())

    # What the engine and others tell.

    def _heard(self, news: News) -> None:
        """Take *news*; where some are missing, look around."""
        if not self.lease.held:
            # What a node does not hear, it finds out later.
            return
        if self._unheard is not None:
            self._unheard.append(news)
        elif isinstance(news, Call):
            self.called(news)
        elif isinstance(news, Mailed):
            self._unheard = []
            self.consult(self.engine.collect, self._collected)
        elif isinstance(news, Hint):
            self.following.heard(news)
        elif isinstance(news, AccountsChanged):
            self._look_at(self.following.next_to_look_at())
        else:
            self._look_at(list(self.following.logs))

    def _collected(self, mail: Sequence[Mail] | StoreAway) -> None:
        unheard, self._unheard = self._unheard or (), None
        if not isinstance(mail, StoreAway):
            self._take(mail)
        for news in unheard:
            hand_on(self._heard, news)

    def _take(self, mail: Sequence[Mail]) -> None:
        """Take *mail*, and have more collected if there may be more."""
        hand_on(self.got_mail, mail)
        if sum(letter.kind == "talked" for letter in mail) >= LETTERS:
            self._heard(MORE)

    def _catch_up(self, log: LogId, after: int, got: Callable[[Sequence[Record] | None], None]) -> None:
        def caught(records: Sequence[Record] | StoreAway) -> None:
            got(None if isinstance(records, StoreAway) else records)

        self.consult(partial(self.engine.catch_up, log, after), caught)

    def _look_in(self, seconds: float) -> None:
        if not self._commits.closed and not self._looking:
            self._looking = self._clock.callLater(seconds, self._look_around)

    def _look_around(self) -> None:
        self._looking = None
        if not self._joining:
            self._look_at(self.following.next_to_look_at())

    def look(self, then: Callable[[], None]) -> None:
        """Look around now, and call *then*, whether anything could be seen or not."""
        if self.lease.held:
            self._look_at(self.following.next_to_look_at(), then)
        else:
            then()

    def _look_at(self, logs: Sequence[LogId], then: Callable[[], None] = lambda: None) -> None:
        """Look around, also though the lease is over: so it begins again."""
        began, life = self._clock.seconds(), self._life
        known = self.following.known(logs)
        self._hearing.began()

        def looked(look: Look | Exception) -> None:
            if isinstance(look, Exception):
                self._failed(look, life)
            elif life == self._life:
                self._reached(began, life)
                self._hearing.recovered()
                hand_on(self._see, known, look, began)
            self._look_in(self._rest)
            then()

        self.engine.look(logs, self._since, looked)

    def _see(self, known: Mapping[LogId, int], look: Look, now: float) -> None:
        is_first = self._since is None
        self._since = look.since
        if look.generation > self._generation:
            self._begin_anew("all rooms of {store} have begun new epochs")
            return
        if look.generation < self._generation:
            self._all_lost(f"of {self._generation} generations, it knows {look.generation}")
            return
        if look.standby != self.standby:
            self.standby = look.standby
            if not self.standby_named:
                store = self.engine.name
                log.warn("{store} names no standby: what is acknowledged is on one machine only", store=store)
        self.following.found(known, look.heads)
        if is_first:
            # What changes from now on is seen.
            hand_on(self.when_looking)
        if look.accounts:
            # First: mail may be about these.
            hand_on(self.accounts_changed, look.accounts)
        if look.mail:
            self._take(look.mail)
        if look.rooms:
            hand_on(self.rooms_changed, look.rooms)
        for node, beat in self._peers.seem_dead(look.beats, now):
            self.consult(partial(self.engine.reap, node, beat), partial(self._reaped, node))
        for node, every in self._peers.to_bury(look.dead, now):
            self._bury(node, every=every)

    def _reaped(self, node: int, dead: bool | StoreAway) -> None:
        if dead is True:
            log.warn("node {node} has shown no sign of life for too long: its people are lost", node=node)
            self._bury(node, every=False)

    def _bury(self, node: int, *, every: bool) -> None:
        if node in self._burying:
            return
        self._burying.add(node)

        def buried(result: Buried | StoreAway) -> None:
            self._burying.discard(node)
            if isinstance(result, StoreAway):
                return
            for record in result.records:
                self.following.heard(Hint(record.log, record.pos, [record]))
            if result.more:
                self._bury(node, every=every)
            else:
                self._peers.cleared(node)

        self.consult(partial(self.engine.bury, node, every=every), buried)

    # Another life.

    def _torn(self, log: LogId, followed: Followed) -> None:
        """Find out what has become of *log*, of which entries are missing that nobody has."""
        # Until the answer comes, more may be heard.
        known = followed.pos

        def found(room: Found | StoreAway | None) -> None:
            if self.following.logs.get(log) is not followed or isinstance(room, StoreAway):
                return
            if room is None:
                # It was deleted so long ago that nobody knows any more by whom.
                followed.hear([(followed.pos + 1, Entry(Gone(SOMEBODY)))])
                self.following.see_to(log, followed)
            elif room.pos < known:
                self._all_lost(f"of {known} entries of the room {followed.room}, it knows {room.pos}")
            elif followed.misses:
                why = "{store} has removed what this server had not seen of {room} (beyond {seen} of {head})"
                self._begin_anew(why, room=followed.room, seen=followed.pos, head=room.pos)

        self.consult(partial(self.engine.find, log), found)

    def misfits(self, room: RoomName) -> None:
        """Note that an entry of *room* can't follow those that this node knows."""
        self._all_lost(f"what the room {room} has now does not follow what it had")

    def _all_lost(self, what: str) -> None:
        """End this life of the node: what numbers mean is not certain any more."""
        if not self._joining and not self._commits.closed:
            self._lost = True
            why = "{store} has lost what it had stored ({what}), and all its rooms begin new epochs"
            self._begin_anew(why, what=what)

    def _fenced(self, life: int) -> None:
        """End this life of the node: the others have given it up, with all who are here."""
        if life == self._life and not self._joining and not self._commits.closed:
            self.fenced += 1
            self._begin_anew("{store} takes this server for dead")

    def _begin_anew(self, why: str, **more: object) -> None:
        """End this life of the node, with all who are here and all that was asked for, and begin another one."""
        if self._joining or self._commits.closed:
            return
        log.warn(f"{why}: all are disconnected, and it begins anew", store=self.engine.name, **more)
        self._life += 1
        self._joining = True
        self.following.forget()
        for action in self.when_fenced:
            action()
        self.lease.end()
        self._commits.refuse(StoreAway(), lasting=True)
        self._since = None
        self._peers = self._peers.anew()
        self._join()

    def _join(self) -> None:
        """Become a node again, once nobody can read on by numbers that mean something else."""
        if self._lost:
            self.engine.renumber(self._generation, self._renumbered)
        else:
            self._become()

    def _renumbered(self, result: bool | Exception) -> None:
        if isinstance(result, Exception):
            self._join_again(result)
        elif not self._commits.closed:
            self._become()

    def _become(self) -> None:
        began = self._clock.seconds()

        def joined(generation: int | Exception) -> None:
            if isinstance(generation, Exception):
                self._join_again(generation)
                return
            if self._commits.closed:
                return
            if generation < self._generation + self._lost:
                # Something is lost again, and new epochs with it.
                self._lost = True
                self._join()
                return
            if generation > self._generation and not self._lost:
                log.warn("all rooms of {store} have begun new epochs", store=self.engine.name)
            self._generation = generation
            self._joining = self._lost = False
            self._reached(began, self._life)
            self.when_joined()
            self._look_in(self._rest)

        self.engine.join(joined)

    def _join_again(self, trouble: Exception) -> None:
        if not self._commits.closed:
            self._lost = self._lost or isinstance(trouble, Lost)
            self._storing.failed(trouble)
            self._clock.callLater(AGAIN, self._join)


def hand_on(action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call *action* with what others tell: a defect there costs nothing else that is told, nor the next look."""
    try:
        action(*args, **kwargs)
    except Exception:
        log.failure("what other servers tell was not taken")
