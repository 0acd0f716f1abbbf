"""Of what two people tell each other nothing is lost, nothing is unread twice, and nobody else is shown any of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chatroom.core.people.talks import UNUSED
from chatroom.core.values.commands import (
    Command,
    History,
    Ignore,
    ListUnread,
    Login,
    MarkRead,
    Redact,
    Search,
    Talks,
    Tell,
)
from chatroom.core.values.events import Missed, Told
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries, Kept, MarkKept, TalkList, UnreadList
from tests.core.scenes import ALICE, BOB, CAROL
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.examples import examples

PEOPLE = (ALICE, BOB, CAROL)
people = st.sampled_from(PEOPLE)
# Mostly the same two: so that much happens in one talk.
pairs = st.sampled_from([(ALICE, BOB), (BOB, ALICE)] * 4 + [(ALICE, ALICE), (CAROL, ALICE), (BOB, CAROL)])
texts = st.sampled_from(["tea", "tea for alice", "tea for bob"])


@dataclass
class Line:
    """What was told, as a model has it: *withheld* from the other side or not."""

    speaker: Username
    text: str
    withheld: bool
    re: int | None = None


@dataclass
class Side:
    """What somebody has of a talk: up to where they have read, and what they were shown by whichever connection."""

    mark: int = 0
    shown: set[int] = field(default_factory=set)


class Talking(RuleBasedStateMachine):
    """Three who talk in pairs, by programs and by hand: a model says what each has, and what is unread to them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = world(grace=0, follows=True, burst=0)
        self.people = {name: registered(self.world, name) for name in PEOPLE}
        self.by_hand = dict.fromkeys(PEOPLE, False)
        self.lines: dict[frozenset[Username], list[Line]] = {}
        self.sides: dict[tuple[Username, Username], Side] = {}
        self.ignored: set[tuple[Username, Username]] = set()
        # What was said before a talk was opened is not in memory.
        self.opened: dict[frozenset[Username], int] = {}

    # The model.

    def talk(self, one: Username, other: Username) -> list[Line]:
        return self.lines.setdefault(frozenset((one, other)), [])

    def side(self, one: Username, other: Username) -> Side:
        return self.sides.setdefault((one, other), Side())

    def has(self, one: Username, other: Username) -> list[tuple[int, Line]]:
        """Return what *one* has of the talk with *other*."""
        return [
            (seq, line) for seq, line in enumerate(self.talk(one, other), 1) if not line.withheld or line.speaker == one
        ]

    def unread(self, one: Username, other: Username, upto: int | None = None) -> list[int]:
        mark = self.side(one, other).mark
        return [
            seq
            for seq, line in self.has(one, other)
            if seq > mark and line.text and line.speaker != one and (upto is None or seq <= upto)
        ]

    def ask(self, name: Username, command: Command) -> list[object]:
        """Let somebody ask for something, and note what everybody is shown."""
        output: list[object] = list(self.people[name].do(command))
        for each in PEOPLE:
            self.see(each, [*output, *self.people[each].see()] if each == name else self.people[each].see())
        return output

    def see(self, name: Username, output: Sequence[object]) -> None:
        for told in output:
            if isinstance(told, Told):
                assert told.other is not None
                assert told.seq is not None
                line = self.talk(name, told.other)[told.seq - 1]
                assert (told.speaker, told.text, told.re) == (line.speaker, line.text, line.re)
                assert not line.withheld
                assert told.seq not in self.side(name, told.other).shown
                self.side(name, told.other).shown.add(told.seq)

    def advance(self, name: Username, other: Username, seq: int) -> None:
        """Note that *name* has read up to number *seq*, if nothing before it is unread, as far as that is in memory."""
        side = self.side(name, other)
        known = side.mark >= min(self.opened.get(frozenset((name, other)), 0), seq - 1)
        if known and not self.unread(name, other, seq - 1):
            side.mark = max(side.mark, seq)

    # What they do.

    @rule(pair=pairs, text=texts, answers=st.integers(0, 5))
    def tell(self, pair: tuple[Username, Username], text: str, answers: int) -> None:
        name, other = pair
        lines = self.talk(name, other)
        there = [seq for seq, _ in self.has(name, other)]
        re = answers or None
        line = Line(name, text, (other, name) in self.ignored, re)
        if re is not None and re not in there:
            assert self.people[name].refused(Tell(other, text, re=re)) == "no-such-message"
            return
        lines.append(line)
        output = self.ask(name, Tell(other, text, re=re))
        [kept] = [reply for reply in output if isinstance(reply, Kept)]
        assert (kept.other, kept.seq) == (other, len(lines))
        self.advance(name, other, len(lines))
        if name != other and not line.withheld:
            assert len(lines) in self.side(other, name).shown
            if self.by_hand[other]:
                self.advance(other, name, len(lines))

    @rule(pair=pairs, seq=st.integers(0, 9))
    def mark(self, pair: tuple[Username, Username], seq: int) -> None:
        name, other = pair
        side, head = self.side(name, other), len(self.talk(name, other))
        [reply] = [it for it in self.ask(name, MarkRead(None, seq, other=other)) if isinstance(it, MarkKept)]
        side.mark = max(side.mark, min(seq, head))
        assert (reply.mark.seq if reply.mark else 0) == side.mark

    @rule(pair=pairs, seq=st.integers(1, 9))
    def take_back(self, pair: tuple[Username, Username], seq: int) -> None:
        name, other = pair
        lines = self.talk(name, other)
        theirs = seq <= len(lines) and lines[seq - 1].speaker == name
        self.ask(name, Redact(None, seq, other=other))
        if theirs:
            lines[seq - 1].text = ""

    @rule(pair=pairs)
    def ignore_or_not(self, pair: tuple[Username, Username]) -> None:
        name, other = pair
        if name != other:
            self.ask(name, Ignore(other, ends=pair in self.ignored))
            self.ignored ^= {pair}

    @rule(name=people, by_hand=st.booleans(), seconds=st.sampled_from([0, UNUSED + 1]))
    def come_again(self, name: Username, by_hand: bool, seconds: float) -> None:
        self.people[name].visitor.lost()
        self.world.settle(seconds)
        if seconds > UNUSED:
            # Their logs are closed.
            self.opened = {both: len(lines) for both, lines in self.lines.items()}
        for each in PEOPLE:
            self.see(each, self.people[each].see())
        person = self.people[name] = self.world.visit()
        person.connection.reads = self.by_hand[name] = by_hand
        output = person.do(Login(name, password=Password(SECRET)))
        missed = {other: len(self.unread(name, other)) for other in PEOPLE if self.unread(name, other)}
        told = [dict(it.talks) for it in output if isinstance(it, Missed)]
        assert told == ([missed] if by_hand and missed else [])

    @rule(pair=pairs, unread=st.booleans())
    def look_back(self, pair: tuple[Username, Username], unread: bool) -> None:
        name, other = pair
        command = History(None, limit=2, other=other, unread=unread)
        [page] = [it for it in self.ask(name, command) if isinstance(it, Entries)]
        beyond = len(self.talk(name, other)) - self.side(name, other).mark
        there = self.has(name, other)[-max(2, beyond if unread else 0) :]
        assert [(said.seq, said.message.speaker, said.message.text) for said in page.entries] == [
            (seq, line.speaker, line.text) for seq, line in there
        ]
        if self.by_hand[name] and there:
            side = self.side(name, other)
            side.mark = max(side.mark, there[-1][0])

    @invariant()
    def what_is_unread_is_what_the_model_says(self) -> None:
        for name, person in self.people.items():
            mine = {other: self.unread(name, other) for other in PEOPLE if self.unread(name, other)}
            [reply] = [it for it in person.do(ListUnread()) if isinstance(it, UnreadList)]
            rows = {row.newest.other: row for row in reply.rooms}
            assert {other: (row.first, row.unread) for other, row in rows.items()} == {
                other: (seqs[0], len(seqs)) for other, seqs in mine.items()
            }
            for other, row in rows.items():
                assert other
                seq, newest = self.has(name, other)[-1]
                assert (row.newest.seq, row.newest.message.text) == (seq, newest.text)
                named = [seq for seq in mine[other] if name in self.talk(name, other)[seq - 1].text]
                assert (row.mentions, row.mention and row.mention.seq) == (len(named), named[-1] if named else None)

    @invariant()
    def everybody_has_their_talks_and_nobody_else_s(self) -> None:
        for name, person in self.people.items():
            mine = {other: self.has(name, other)[-1] for other in PEOPLE if self.has(name, other)}
            [listed] = [it for it in person.do(Talks()) if isinstance(it, TalkList)]
            assert {(talk.other, talk.seq, talk.message.text, talk.marked, talk.unread) for talk in listed.talks} == {
                (other, seq, line.text, self.side(name, other).mark, len(self.unread(name, other)))
                for other, (seq, line) in mine.items()
            }
            [found] = [it for it in person.do(Search(None, "tea")) if isinstance(it, Entries)]
            assert {(said.other, said.seq) for said in found.entries} == {
                (other, seq) for other in mine for seq, line in self.has(name, other) if line.text
            }


Talking.TestCase.settings = examples(40, stateful_step_count=30)
TalkingTest = Talking.TestCase
