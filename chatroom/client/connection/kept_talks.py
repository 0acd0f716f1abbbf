"""The private talks of an account, and how far each of them was heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from msgspec import UNSET, UnsetType
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatroom.client.connection.joined_rooms import key
from chatroom.client.states import Disconnected, Refused
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyReply, Entries, Talks, Told, Welcome
from chatroom.wire.frames.requests import AnyRequest


class TalkPosition:
    """A talk that was heard up to number *heard*; *own* are messages beyond that, of which the server has answered.

    While it is *read*, what is told there waits.
    """

    def __init__(self, heard: int) -> None:
        self.heard = heard
        self.own: set[int] = set()
        self.reads = False
        self.waiting: list[Told] = []


class KeptTalks:
    """The talks by name: what was told while nobody heard it is read by *ask*, and told by *tell*, in its order.

    What was told before the first welcome is the past.
    """

    def __init__(self, ask: Callable[[AnyRequest], Deferred[AnyReply]], tell: Callable[[Told], object]) -> None:
        self._ask = ask
        self._tell = tell
        self._talks: dict[str, TalkPosition] = {}
        self._account = ""
        self._begun = False
        # When the newest of all was told that was heard, in RFC 3339.
        self._latest = ""

    def welcome(self, welcome: Welcome) -> None:
        """Find what was told meanwhile, if there are talks."""
        for talk in self._talks.values():
            # What was asked for by the lost connection is asked for again.
            talk.reads = False
        if welcome.account and "talks" in welcome.features:
            self._account = welcome.account
            self._list(self._latest)

    def _list(self, since: str, before: datetime | UnsetType = UNSET) -> None:
        """List the talks in which something was told *since* a time."""
        page = self._ask(requests.Talks(before=before))
        page.addCallbacks(partial(self._listed, since), _expect_failure)

    def _listed(self, since: str, reply: AnyReply) -> None:
        assert isinstance(reply, Talks)
        begun, self._begun = self._begun, True
        rows = [row for row in reply.talks if row.at >= since]
        for row in rows:
            talk = self._talks.get(key(row.with_))
            if talk is None and not begun:
                self._talk(row.with_, row.seq)
            elif talk is None:
                self._read(row.with_, self._talk(row.with_, 0), since=since)
            elif talk.heard < row.seq and not talk.reads:
                self._read(row.with_, talk)
        if rows:
            self._latest = max(self._latest, rows[0].at)
        if begun and reply.more and len(rows) == len(reply.talks):
            self._list(since, datetime.fromisoformat(rows[-1].at))

    def hear(self, told: Told) -> None:
        """Tell of *told*, if that is new, once all before it was told."""
        if not isinstance(told.seq, int) or not isinstance(told.with_, str):
            self._tell(told)
            return
        talk = self._talk(told.with_, told.seq - 1)
        if talk.reads:
            talk.waiting.append(told)
        elif told.seq > talk.heard + 1 and not talk.own.issuperset(range(talk.heard + 1, told.seq)):
            talk.waiting.append(told)
            self._read(told.with_, talk)
        else:
            self._take(talk, told)

    def stored(self, other: str, seq: int) -> None:
        """Note that message number *seq* of the talk with *other* is one's own, as the server has answered."""
        talk = self._talk(other, seq - 1)
        talk.own.add(seq)

    def _talk(self, other: str, heard: int) -> TalkPosition:
        return self._talks.setdefault(key(other), TalkPosition(heard))

    def _take(self, talk: TalkPosition, told: Told) -> None:
        assert isinstance(told.seq, int)
        self._latest = max(self._latest, told.at)
        if told.seq > talk.heard:
            talk.heard = told.seq
            is_own = told.seq in talk.own
            talk.own = {seq for seq in talk.own if seq > told.seq}
            if not is_own:
                self._tell(told)

    def _read(self, other: str, talk: TalkPosition, *, since: str = "") -> None:
        """Read on in *talk*; of one of which nothing was heard, what was told *since* a time."""
        talk.reads = True
        after = requests.History(with_=other, after=talk.heard)
        page = self._ask(requests.History(with_=other, since=datetime.fromisoformat(since)) if since else after)
        page.addCallbacks(partial(self._got, other, talk), partial(self._failed, talk))

    def _got(self, other: str, talk: TalkPosition, reply: AnyReply) -> None:
        assert isinstance(reply, Entries)
        for each in reply.entries:
            self._take(talk, self._told(other, each))
        if reply.more and reply.entries:
            self._read(other, talk)
            return
        talk.reads = False
        waiting, talk.waiting = talk.waiting, []
        for told in waiting:
            self._take(talk, told)

    def _failed(self, talk: TalkPosition, failure: Failure) -> None:
        """Tell what waits: the rest is read when the connection comes back, or never, if that is not allowed."""
        talk.reads = False
        waiting, talk.waiting = talk.waiting, []
        for told in () if failure.check(Disconnected) else waiting:
            self._take(talk, told)
        _expect_failure(failure)

    def _told(self, other: str, entry: answers.Message) -> Told:
        """Return *entry* of the talk with *other* as it would have been told."""
        mine = self._account or ""
        return Told(
            from_=entry.from_,
            to=mine if key(entry.from_) == key(other) else other,
            at=entry.at,
            text=entry.text,
            with_=other,
            seq=entry.seq,
            action=entry.action,
            re=entry.re,
        )


def _expect_failure(failure: Failure) -> None:
    failure.trap(Disconnected, Refused)
