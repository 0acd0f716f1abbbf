"""What is unread is what a model of somebody's mark says, whatever is said, taken back and left meanwhile."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chatroom.core.values.commands import Create, Delete, Quit, Redact
from chatroom.core.values.marks import Mark
from tests.core.scenes import TEA, session
from tests.core.visit.talk.test_marking import entered, mark, talk, unread
from tests.examples import examples
from tests.fakes import World


class MarkedTalk(RuleBasedStateMachine):
    """Two who talk, of whom bob reads and marks: a model of his mark says what is unread to him."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(follows=True, grace=0)
        self.alice = self.world.enter("alice", session=session("alice"))
        self.alice.do(Create(TEA))
        self.begin()

    def begin(self) -> None:
        """Let bob join a new room."""
        self.said: list[tuple[str, str]] = []
        self.mark = 0
        self.come()

    def come(self) -> None:
        self.bob = self.world.enter("bob", session=session("bob"))
        assert entered(self.bob) == Mark(self.mark, self.times()[self.mark])

    def times(self) -> list[int]:
        [room] = self.world.lobby.rooms.values()
        return [room.time_of(seq) or 0 for seq in range(len(self.said) + 1)]

    def unread(self) -> list[int]:
        """Return the numbers of what is unread."""
        beyond = range(self.mark + 1, len(self.said) + 1)
        return [seq for seq in beyond if self.said[seq - 1][0] == "alice" and self.said[seq - 1][1]]

    @rule(text=st.sampled_from(["one", "to bob", "bobs"]))
    def alice_says(self, text: str) -> None:
        talk(self.alice, text)
        self.said.append(("alice", text))

    @rule()
    def bob_says(self) -> None:
        moves = not self.unread()
        talk(self.bob, "bob")
        self.said.append(("bob", "bob"))
        if moves:
            self.mark = len(self.said)

    @rule(seq=st.integers(0, 9))
    def bob_marks(self, seq: int) -> None:
        self.mark = max(min(seq, len(self.said)), self.mark)
        now = mark(self.bob, seq)
        assert (now and now.seq) == self.mark

    @rule(seq=st.integers(1, 9))
    def alice_takes_back(self, seq: int) -> None:
        if seq <= len(self.said):
            self.alice.do(Redact(TEA, seq))
            self.said[seq - 1] = self.said[seq - 1][0], ""

    @rule(seconds=st.sampled_from([0, 2]), how=st.sampled_from(["quit", "lost"]))
    def bob_comes_again(self, seconds: int, how: str) -> None:
        if how == "quit":
            self.bob.do(Quit())
        else:
            self.bob.visitor.lost()
        self.world.settle(seconds)
        self.come()

    @rule()
    def it_is_another_room(self) -> None:
        self.bob.do(Quit())
        self.alice.do(Delete(TEA))
        self.alice.do(Create(TEA))
        self.begin()

    @invariant()
    def what_is_unread_is_what_the_model_says(self) -> None:
        beyond = self.unread()
        named = [seq for seq in beyond if self.said[seq - 1][1] == "to bob"]
        rows = unread(self.bob)
        assert [(row.marked, row.first, row.unread, row.mentions) for row in rows] == (
            [(self.mark, beyond[0], len(beyond), len(named))] if beyond else []
        )
        assert [row.mention and row.mention.seq for row in rows] == ([named[-1] if named else None] if beyond else [])


MarkedTalk.TestCase.settings = examples(60, stateful_step_count=25)
MarkedTalkTest = MarkedTalk.TestCase
