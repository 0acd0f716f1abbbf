"""Several nodes over one engine: all hear the same in one order, whatever becomes of the hints."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Sequence
from functools import partial
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom.core.ports import LogId, NewRoom, Opened, SeatId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Called, Came, Change, Entry, Erased, Gone, Redaction, Retitled, Went
from chatroom.core.values.errors import ChatError, CidReused, NoSuchRoom, RoomExists, RoomFull, StoreAway
from chatroom.core.values.events import Message
from chatroom.core.values.names import Username
from chatroom.logs.nodes.engine import Hint, Mailed
from chatroom.logs.nodes.following import LOOKS
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.nodes.node import LOOK
from chatroom.logs.retention import Retention
from tests.examples import examples
from tests.logs.scribe import ALICE, NOON, TEA, erased, message, timeless
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import Place, World

BOB, CAROL = Username("bob"), Username("carol")
NAMES = (ALICE, BOB, CAROL)


class Node:
    """A server of the chat: what it has *heard* in the room, and what it was *answered*, in order."""

    def __init__(self, chat: Chat, number: int) -> None:
        self.number = number
        self.calls: deque[Callable[[], None]] = deque()
        self.heard: list[Entry] = []
        self.answers: list[Entry | ChatError | None] = []
        self.people: set[Username] = set()
        self.chokes = False
        self.tea = LogId(0)
        for seat in range(10 * number, 10 * number + 2 * len(NAMES)):
            chat.world.seats[seat] = Place(seat, "", None, b"", None, number)
        engine = SimulatedEngine(chat.world, Retention(), self.calls.append, chat.hint)
        self.log = NodeLog(engine, clock=chat.clock, wall=lambda: NOON)
        self.log.start()

    def open(self, new: NewRoom | None = None) -> None:
        """Open the room, and follow it from then on."""

        def opened(result: Opened | ChatError | None) -> None:
            assert isinstance(result, Opened)
            self.tea = result.log
            self.people = set(self.log.follow(self.tea, self.hear))

        self.log.open(TEA, new, opened)

    def hear(self, entry: Entry) -> None:
        """Note *entry*, and who is in."""
        self.heard.append(timeless(entry))
        match entry.change:
            case Came(username):
                assert username not in self.people
                self.people.add(username)
            case Went(username):
                self.people.remove(username)
            case Called(old, new):
                self.people.remove(old)
                self.people.add(new)
        if self.chokes:
            raise ZeroDivisionError

    def ask(self, change: Change, seat: int = 0) -> None:
        """Ask for *change*, of people by a *seat* of theirs here, and note the answer."""
        if isinstance(change, Came | Went):
            seat += 2 * NAMES.index(change.username)
        self.log.change(self.tea, change, SeatId(10 * self.number + seat, 1), self.answered)

    def answered(self, answer: Entry | ChatError | None) -> None:
        """Note *answer*: an entry is answered when it was heard here."""
        self.answers.append(timeless(answer))
        assert not isinstance(answer, Entry) or self.heard[-1] == timeless(answer)


class Chat:
    """Some nodes, whose calls and hints come when *chance* has it; hints may be lost, or come twice."""

    def __init__(self, nodes: int, chance: Random | None = None) -> None:
        self.world = World(int(NOON * 1000))
        self.clock = Clock()
        self.chance = chance or Random(1)
        self.lossy = chance is not None
        self.hints: list[Callable[[], None]] = []
        self.nodes = [Node(self, number) for number in range(nodes)]

    def hint(self, call: Callable[[], None]) -> None:
        """Let a hint be on its way."""
        self.hints += [call] * (self.chance.choice([0, 1, 1, 2]) if self.lossy else 1)

    def step(self) -> bool:
        """Let something happen; tell whether there was anything to."""
        self.clock.advance(0.001)
        busy = [node for node in self.nodes if node.calls]
        if busy and (not self.hints or self.chance.random() < 0.6):
            self.chance.choice(busy).calls.popleft()()
        elif self.hints:
            self.hints.pop(self.chance.randrange(len(self.hints)))()
        return bool(busy or self.hints)

    def settle(self) -> None:
        """Let all happen, with the looks that find out what was lost."""
        for _ in range(2 * LOOKS):
            while self.step():
                pass
            self.clock.advance(LOOK)
        while self.step():
            pass


def together(nodes: int = 2) -> Chat:
    """Return nodes that are all in the room."""
    chat = Chat(nodes)
    chat.nodes[0].open(NewRoom("Tea"))
    chat.settle()
    for node in chat.nodes[1:]:
        node.open()
    chat.settle()
    return chat


def test_who_comes_in_at_one_node_has_their_role_at_the_other() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Came(ALICE, role="owner"))
    chat.settle()
    assert other.heard == [Entry(Came(ALICE, role="owner"))]


def test_what_is_heard_behind_mail_comes_behind_it() -> None:
    chat = together()
    one, other = chat.nodes
    node = other.log.node
    node.got_mail = lambda mail: other.heard.append(Entry(Came(CAROL)))
    assert isinstance(node.engine, SimulatedEngine)
    chat.world.listeners[node.engine.node](Mailed(node.engine.node))
    one.ask(message("one"))
    chat.clock.advance(0.001)
    while one.calls:
        one.calls.popleft()()
    for hint in chat.hints:
        hint()
    assert (len(chat.hints), other.heard) == (2, [])
    chat.hints.clear()
    chat.settle()
    assert other.heard == [Entry(Came(CAROL)), Entry(message("one"), 1)]


def test_what_a_node_chokes_on_costs_it_nothing_else(nothing_logged: list[LogEvent]) -> None:
    chat = together()
    one, other = chat.nodes
    other.chokes = True
    one.ask(message("one"))
    while one.calls or not chat.hints:
        chat.clock.advance(0.001)
        if one.calls:
            one.calls.popleft()()
    chat.hints.clear()
    # It hears of that by the answer to what it asks itself.
    other.ask(message("two"))
    chat.settle()
    other.chokes = False
    other.ask(message("three"))
    chat.settle()
    said = [Entry(message(text), seq) for seq, text in enumerate(("one", "two", "three"), 1)]
    assert one.heard == other.heard == said
    assert other.answers == said[1:]
    assert len(nothing_logged) == 2
    nothing_logged.clear()


def test_what_others_tell_and_a_node_chokes_on_ends_no_looking_around(nothing_logged: list[LogEvent]) -> None:
    def choke(*args: object) -> None:
        raise ZeroDivisionError

    chat = Chat(2)
    one, other = chat.nodes
    node = other.log.node
    node.when_looking = node.got_mail = node.rooms_changed = node.accounts_changed = choke
    chat.settle()
    one.open(NewRoom())
    chat.settle()
    other.open()
    chat.settle()
    one.ask(message("one"))
    while one.calls or not chat.hints:
        chat.clock.advance(0.001)
        if one.calls:
            one.calls.popleft()()
    # What is missing is found out.
    chat.hints.clear()
    chat.settle()
    assert other.heard == [Entry(message("one"), 1)]
    assert nothing_logged
    nothing_logged.clear()


def test_what_one_says_all_hear() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(message("one"))
    chat.settle()
    other.ask(message("two", re=1))
    other.ask(Retitled("Biscuits", BOB))
    chat.settle()
    assert (
        one.heard
        == other.heard
        == [Entry(message("one"), 1), Entry(message("two", re=1), 2), Entry(Retitled("Biscuits", BOB))]
    )
    assert one.answers + other.answers == one.heard


def test_who_is_in_is_known_to_who_opens_later() -> None:
    chat = together(1)
    chat.nodes[0].ask(Came(ALICE))
    chat.settle()
    chat.nodes.append(Node(chat, 7))
    chat.nodes[1].open()
    chat.settle()
    assert chat.nodes[1].people == {ALICE}
    chat.nodes[0].ask(Went(ALICE, "left"))
    chat.settle()
    assert chat.nodes[1].people == set()


def test_who_is_called_otherwise_is_so_for_all() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Came(ALICE))
    one.ask(Called(ALICE, BOB))
    chat.settle()
    assert one.people == other.people == {BOB}


def test_a_room_has_one_capacity_for_all() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Came(ALICE, 1))
    other.ask(Came(BOB, 1))
    chat.settle()
    refused = [answer for node in chat.nodes for answer in node.answers if isinstance(answer, RoomFull)]
    assert len(refused) == 1
    assert one.people == other.people
    assert len(one.people) == 1


def test_a_room_that_is_open_elsewhere_is_not_created() -> None:
    chat = together(1)
    chat.nodes.append(Node(chat, 7))
    answers = list[object]()
    chat.nodes[1].log.open(TEA, NewRoom(creator=BOB), answers.append)
    chat.settle()
    assert [type(answer) for answer in answers] == [RoomExists]


def test_a_room_that_was_closed_a_moment_ago_is_created_again() -> None:
    chat = together()
    one, other = chat.nodes
    other.log.close(other.tea)
    chat.settle()
    one.log.close(one.tea)
    answers = list[object]()
    one.log.open(TEA, NewRoom(creator=BOB), answers.append)
    chat.settle()
    assert [type(answer) for answer in answers] == [Opened]


def test_a_room_that_one_closes_is_open_for_the_others() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Came(ALICE))
    other.ask(Came(BOB))
    chat.settle()
    other.ask(Went(BOB, "left"))
    other.log.close(other.tea)
    chat.settle()
    one.ask(message("still here"))
    chat.settle()
    assert one.heard[-1] == Entry(message("still here"), 1)
    other.open()
    chat.settle()
    assert other.people == {ALICE}


def test_who_waits_for_an_entry_of_a_log_that_is_closed_waits_no_longer() -> None:
    chat = together()
    one, other = chat.nodes
    known = list[str]()
    for node in (one, other):
        node.log.node.following.when_said(node.tea, 1, partial(known.append, "said"))
    assert known == []
    other.log.close(other.tea)
    assert known == ["said"]
    other.log.node.following.when_said(other.tea, 1, partial(known.append, "closed"))
    assert known == ["said", "closed"]
    one.ask(message("one"))
    chat.settle()
    assert known == ["said", "closed", "said"]


def test_a_room_that_one_deletes_is_gone_for_all() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Gone(ALICE))
    chat.settle()
    assert one.heard == other.heard == [Entry(Gone(ALICE))]
    answers = list[object]()
    one.log.open(TEA, None, answers.append)
    chat.settle()
    assert answers == [None]


def test_what_is_said_in_a_room_that_another_has_just_deleted_is_refused() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(Gone(ALICE))
    other.ask(message("too late"))
    chat.clock.advance(0.001)
    one.calls.popleft()()
    chat.settle()
    assert [type(answer) for answer in other.answers] == [NoSuchRoom]


def test_who_leaves_a_room_that_another_has_just_deleted_has_heard_all_before() -> None:
    chat = together()
    one, other = chat.nodes
    other.ask(Came(ALICE, 0))
    chat.settle()
    other.heard.clear()
    one.ask(message("one"))
    one.ask(Gone(BOB))
    chat.clock.advance(0.001)
    one.calls.popleft()()
    # It hears of nothing but its answer, and not all fits there.
    chat.hints.clear()
    chat.world.fit = 0
    heard = list[Sequence[Entry]]()
    other.log.change(other.tea, Went(ALICE, "left"), SeatId(10, 1), lambda answer: heard.append([*other.heard]))
    chat.settle()
    assert heard == [[Entry(message("one"), 1), Entry(Gone(BOB))]]


def test_what_one_takes_back_all_hear_of_once() -> None:
    chat = together()
    one, other = chat.nodes
    for text in ("one", "two", "three"):
        one.ask(message(text))
    chat.settle()
    # Both at once; whoever is later does what is left, or nothing.
    one.ask(erased(1, 2, by=BOB))
    other.ask(erased(2, 3))
    chat.settle()
    [first, second] = one.heard[3:]
    assert one.heard == other.heard
    assert {first.change, second.change} in ({erased(1, 2, by=BOB), erased(3)}, {erased(2, 3), erased(1, by=BOB)})
    other.ask(erased(1, 2, 3))
    chat.settle()
    assert (len(other.heard), other.answers[-1]) == (5, None)


def test_a_node_that_catches_up_never_sees_what_was_taken_back() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(message("one"))
    one.ask(message("two"))
    settled(chat, one)
    one.ask(erased(1))
    settled(chat, one)
    # No hint of it arrives, and what follows says that something is missing.
    chat.hints.clear()
    one.ask(message("three"))
    chat.settle()
    assert other.heard == [
        Entry(message(""), 1),
        Entry(message("two"), 2),
        Entry(erased(1)),
        Entry(message("three"), 3),
    ]
    assert one.heard[:2] == [Entry(message("one"), 1), Entry(message("two"), 2)]


def test_hints_carry_no_text_that_is_taken_back() -> None:
    chat = together()
    one, other = chat.nodes
    told = list[object]()
    chat.world.listeners[99] = told.append
    again = message("secret", session=b"s", cid="c1")
    one.ask(again)
    one.ask(erased(1))
    chat.clock.advance(0.01)
    while one.calls:
        one.calls.popleft()()
    # It is sent again over a node that has heard nothing of all that.
    chat.hints.clear()
    chat.world.fit = 0
    other.ask(replace(again, text="another secret"))
    chat.settle()
    hints = [hint for hint in told if isinstance(hint, Hint)]
    assert [record.text for hint in hints for record in hint.records if record.kind == "said"] == ["", ""]
    # Whoever sent it is told its number, and the others are shown no text.
    assert other.answers == [Entry(replace(again, text=""), 1)]
    assert other.heard == [Entry(replace(again, text=""), 1), Entry(erased(1))]


def test_who_says_the_same_twice_without_a_name_for_it_has_said_it_twice() -> None:
    chat = together()
    one, other = chat.nodes
    again = message("one", session=b"s")
    one.ask(again)
    chat.clock.advance(0.01)
    while one.calls:
        one.calls.popleft()()
    assert chat.hints
    other.ask(again)
    chat.settle()
    assert other.answers == [Entry(again, 2)]
    assert one.heard == other.heard == [Entry(again, 1), Entry(again, 2)]


def test_only_redactions_are_read_of_which_the_node_has_heard() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(message("one"))
    one.ask(message("two"))
    one.ask(erased(2))
    chat.settle()
    one.ask(erased(1))
    settled(chat, one)
    chat.hints.clear()

    def read(node: Node, after: int) -> Sequence[Redaction]:
        found = list[object]()
        node.log.redactions(node.tea, after=after, limit=9, got=found.append)
        node.calls.pop()()
        [redactions] = found
        assert isinstance(redactions, Sequence)
        return redactions

    first, second = Redaction(2, ALICE, ALICE), Redaction(1, ALICE, ALICE)
    assert list(read(one, 0)) == [first, second]
    assert (list(read(other, 0)), list(read(other, 1))) == ([first], [])
    chat.settle()
    assert list(read(other, 1)) == [second]
    # Who opens it later knows how many there were.
    chat.nodes.append(Node(chat, 7))
    chat.nodes[2].open()
    chat.settle()
    assert list(read(chat.nodes[2], 0)) == [first, second]


def test_the_audit_is_the_same_at_all_nodes_and_as_of_the_time_of_the_engine() -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(message("one"))
    chat.settle()
    one.ask(erased(1, by=BOB, note="why"))
    noted = list[object]()
    # By the clock of a node that goes wrong.
    other.log.note(Act(1, CAROL, "disconnect", connection=7), noted.append)
    chat.settle()
    assert noted == [None]
    found = list[Sequence[Act]]()
    for node in chat.nodes:
        node.log.audit(None, before=None, limit=9, got=found.append)  # type: ignore[arg-type]
    chat.settle()
    now = chat.world.now
    redact = Act(now, BOB, "redact", TEA, ALICE, seq=1, reason="why")
    disconnect = Act(now, CAROL, "disconnect", connection=7)
    assert found[0] == found[1]
    assert {replace(act, number=0) for act in found[0]} == {redact, disconnect}


def test_who_can_not_be_asked_answers_nothing_of_it() -> None:
    chat = together()
    [one, _] = chat.nodes
    answers = list[object]()
    one.log.node.lease.end()
    one.log.redactions(one.tea, after=0, limit=9, got=answers.append)
    one.log.audit(None, before=None, limit=9, got=answers.append)
    one.log.note(Act(1, CAROL, "disconnect", connection=7), answers.append)
    assert [type(answer) for answer in answers] == [StoreAway] * 3


def settled(chat: Chat, node: Node) -> None:
    """Let all happen that *node* has asked for, and no hint of it arrive."""
    chat.clock.advance(0.01)
    while node.calls:
        node.calls.popleft()()
        chat.clock.advance(0)


names = st.sampled_from(NAMES)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(message, st.sampled_from(["one", "two"]), re=st.none() | st.just(1)),
    st.builds(Came, names, st.sampled_from([0, 2])),
    st.builds(Went, names, st.just("left")),
    st.builds(lambda topic: Retitled(topic, ALICE), st.sampled_from(["Tea", ""])),
    st.builds(erased, st.integers(1, 3), st.integers(1, 3)),
)
acts = st.lists(st.tuples(st.integers(0, 2), changes, st.integers(0, 1), st.integers(0, 6)), max_size=25)


@examples(200)
@given(acts, st.randoms(use_true_random=False))
def test_all_hear_the_same_in_one_order_whatever_becomes_of_the_hints(
    asked: list[tuple[int, Change, int, int]], chance: Random
) -> None:
    chat = Chat(3, chance)
    chat.nodes[0].open(NewRoom("Tea"))
    chat.settle()
    chat.nodes[1].open()
    chat.nodes[2].open()
    # The last one may come in the middle of it.
    while not chat.nodes[1].tea:
        chat.step()
    wanted = [0, 0, 0]
    for number, change, seat, steps in asked:
        node = chat.nodes[number]
        if node.tea:
            node.ask(change, seat)
            wanted[number] += 1
        for _ in range(steps):
            chat.step()
    chat.settle()
    [life] = chat.world.logs.values()
    whole = [timeless(entry) for record in chat.world.records(life.log, 0) if (entry := record.entry())]
    # The engine keeps nothing that only one node has asked about, and no text that was taken back.
    gone = {each.seq for entry in whole if isinstance(entry.change, Erased) for each in entry.change.redactions}
    assert gone == {entry.seq for entry in whole if isinstance(entry.change, Message) and not entry.change.text}
    assert [_plain(entry, gone) for entry in chat.nodes[0].heard] == [_plain(entry, gone) for entry in whole]
    for node, many in zip(chat.nodes, wanted, strict=True):
        late = len(whole) - len(node.heard)
        assert [_plain(entry, gone) for entry in node.heard] == [_plain(entry, gone) for entry in whole[late:]]
        assert len(node.answers) == many
        assert node.people == set(life.people.values())
    entries = [answer for node in chat.nodes for answer in node.answers if isinstance(answer, Entry)]
    assert len(entries) == len(whole)


def _plain(entry: Entry, gone: Container[int] = ()) -> Entry:
    """Return *entry* without what only who asked for it knows, or heard before it was taken back."""
    if isinstance(entry.change, Came):
        return Entry(Came(entry.change.username), entry.seq)
    if isinstance(entry.change, Message) and entry.seq in gone:
        return Entry(replace(entry.change, text=""), entry.seq)
    return entry


def test_what_is_sent_again_over_another_node_is_stored_once() -> None:
    chat = together()
    one, other = chat.nodes
    again = message("one", session=b"s", cid="c1")
    one.ask(again)
    chat.clock.advance(0.01)
    while one.calls:
        one.calls.popleft()()
    # Nobody has heard of it there.
    assert chat.hints
    other.ask(message("one and more", session=b"s", cid="c1"))
    other.ask(replace(again, re=1))
    # They are called otherwise now; whoever is shown it is shown what is stored.
    other.ask(replace(again, speaker=BOB))
    chat.settle()
    known, *reused = sorted(other.answers, key=lambda answer: isinstance(answer, CidReused))
    assert [type(each) for each in reused] == [CidReused, CidReused]
    assert one.answers == [known] == one.heard == other.heard == [Entry(again, 1)]


def test_also_if_it_was_heard_of_while_it_waited() -> None:
    chat = together()
    one, other = chat.nodes
    again = message("one", session=b"s", cid="c1")
    other.ask(message("before"))
    chat.clock.advance(0)
    one.ask(again)
    other.ask(again)
    chat.settle()
    assert one.answers == [Entry(again, 2)]
    assert other.answers == [Entry(message("before"), 1), Entry(again, 2)]
    assert one.heard == other.heard
    assert len(one.heard) == 2


def test_a_node_that_has_not_seen_what_was_removed_begins_anew(
    nothing_logged: list[LogEvent],
) -> None:
    chat = together()
    one, other = chat.nodes
    ended = list[str]()
    other.log.node.when_fenced.append(lambda: ended.append("ended"))
    other.log.node.when_joined = lambda: ended.append("joined")
    for number in range(5):
        one.ask(message(str(number)))
    chat.clock.advance(0.01)
    while one.calls:
        one.calls.popleft()()
    chat.hints.clear()
    # As if it had slept while the messages grew old.
    del chat.world.logs[one.tea].entries[:3]
    chat.settle()
    assert ended == ["ended", "joined"]
    assert len(one.answers) == 5
    other.open()
    chat.settle()
    other.ask(message("back"))
    chat.settle()
    assert other.heard[-1] == one.heard[-1] == Entry(message("back"), 6)


def test_after_a_loss_the_room_begins_a_new_epoch_and_all_begin_anew(nothing_logged: list[LogEvent]) -> None:
    chat = together()
    one, other = chat.nodes
    ended = list[int]()
    for node in chat.nodes:
        node.log.node.when_fenced.append(partial(ended.append, node.number))
    one.ask(message("one"))
    one.ask(message("lost"))
    chat.settle()
    tea = chat.world.logs[one.tea]
    epoch = tea.epoch
    # A standby was promoted that did not have it.
    tea.entries.pop()
    tea.pos, tea.seq = 1, 1
    with chat.world.refusing():
        # Until that is stored nobody may come again.
        chat.settle()
        assert not any(node.log.node.lease.held for node in chat.nodes)
        assert tea.epoch == epoch
    chat.settle()
    assert sorted(ended) == [0, 1]
    assert chat.world.generation == 1
    assert tea.epoch != epoch
    again = list[object]()
    other.log.open(TEA, None, again.append)
    chat.settle()
    [opened] = again
    assert isinstance(opened, Opened)
    assert (opened.epoch, opened.seq) == (tea.epoch, 1)
    # That it could not be stored was meant.
    nothing_logged.clear()


def test_a_server_that_knows_of_a_lost_message_gives_nobody_its_number(nothing_logged: list[LogEvent]) -> None:
    chat = together()
    one, other = chat.nodes
    one.ask(message("one"))
    chat.settle()
    behind = chat.world.saved()
    # It is answered there, and heard of here, while somebody has begun to speak.
    one.ask(message("lost"))
    chat.clock.advance(0.01)
    one.calls.popleft()()
    other.ask(message("two"))
    chat.hints.pop(0)()
    assert other.heard[-1] == Entry(message("lost"), 2)
    chat.world.lose(behind)
    chat.clock.advance(0.01)
    while other.calls:
        other.calls.popleft()()
    assert [type(answer) for answer in other.answers] == [StoreAway]
    assert [kept.row.text for kept in chat.world.logs[one.tea].entries] == ["one"]
    nothing_logged.clear()


def test_what_others_have_written_where_something_was_lost_is_shown_to_nobody_who_knew_that(
    nothing_logged: list[LogEvent],
) -> None:
    chat = together(3)
    one, other, third = chat.nodes
    ended = list[str]()
    third.log.node.when_fenced.append(lambda: ended.append("third"))
    behind = chat.world.saved()
    one.ask(message("lost"))
    chat.clock.advance(0.01)
    one.calls.popleft()()
    # Only the third server hears of it.
    chat.hints.pop()()
    chat.hints.clear()
    chat.world.lose(behind)
    other.ask(Came(ALICE))
    other.ask(message("two"))
    chat.clock.advance(0.01)
    other.calls.popleft()()
    chat.hints.pop()()
    assert third.heard == [Entry(message("lost"), 1)]
    assert ended == ["third"]
    nothing_logged.clear()
