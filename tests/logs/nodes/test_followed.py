"""An open log of many nodes: whichever way entries come, they are applied once and in one order."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent

from chatroom.core.ports import Misfit
from chatroom.core.values.changes import Entry
from chatroom.core.values.errors import RoomFull
from chatroom.logs.nodes.followed import Followed
from tests.logs.scribe import TEA, message


class Log:
    """A log that is followed from position *known* on; *heard* has its entries, and what was answered."""

    def __init__(self, known: int = 0) -> None:
        self.heard: list[object] = []
        self.followed = Followed(TEA, lambda: self.heard.append("lost"))
        self.followed.begin(known, known)
        self.followed.follow(self.heard.append)
        self.followed.answered()

    def done(self, answer: object) -> None:
        """Note an answer."""
        self.heard.append(("done", answer))


def entry(pos: int) -> Entry:
    """Return the entry at *pos*."""
    return Entry(message(f"said {pos}"), pos)


def entries(*positions: int) -> list[tuple[int, Entry]]:
    """Return the entries at *positions*, as others tell of them."""
    return [(pos, entry(pos)) for pos in positions]


def test_what_others_say_is_applied_in_order_and_once() -> None:
    log = Log(known=2)
    log.followed.hear(entries(2, 4, 5))
    assert log.heard == []
    assert log.followed.misses
    log.followed.hear(entries(3, 4))
    assert log.heard == [entry(3), entry(4), entry(5)]
    assert not log.followed.misses
    log.followed.hear(entries(5, 3, 1))
    assert log.followed.pos == 5


def test_what_only_a_newer_server_knows_is_passed_over_at_its_place() -> None:
    log = Log()
    log.followed.hear([(1, entry(1)), (3, Entry(message("said 3"), 2))])
    assert log.heard == [entry(1)]
    log.followed.hear([(2, None)])
    assert log.heard == [entry(1), Entry(message("said 3"), 2)]
    assert (log.followed.pos, log.followed.gone) == (3, False)


def test_whoever_asked_is_told_behind_the_entry_and_all_below_it() -> None:
    log = Log()
    log.followed.ask()
    log.followed.happened(2, entry(2), log.done)
    assert log.heard == []
    log.followed.answered()
    log.followed.hear(entries(1))
    assert log.heard == [entry(1), entry(2), ("done", entry(2))]


def test_what_made_no_entry_is_answered_at_its_place() -> None:
    log = Log()
    full = RoomFull(TEA, 2)
    log.followed.ask()
    log.followed.decided(1, full, log.done)
    log.followed.happened(2, entry(2), log.done)
    log.followed.decided(2, None, log.done)
    log.followed.answered()
    assert log.heard == []
    log.followed.hear(entries(1))
    assert log.heard == [entry(1), ("done", full), entry(2), ("done", entry(2)), ("done", None)]


def test_who_waits_for_an_entry_is_told_when_the_log_begins_behind_it_or_is_closed() -> None:
    full = [RoomFull(TEA, pos) for pos in range(5)]
    heard = list[object]()
    followed = Followed(TEA, lambda: None)
    for pos in (2, 3, 4):
        followed.decided(pos, full[pos], heard.append)
    assert heard == []
    followed.begin(3, 3)
    assert heard == full[2:4]
    followed.end()
    assert heard == full[2:5]


def test_a_hint_waits_for_the_answer_to_what_was_asked_here() -> None:
    log = Log()
    log.followed.ask()
    # Another node has seen them both, the second one is from here.
    log.followed.hear(entries(1, 2))
    assert log.heard == []
    log.followed.happened(2, entry(2), log.done)
    log.followed.answered()
    assert log.heard == [entry(1), entry(2), ("done", entry(2))]


def test_a_message_whose_number_does_not_follow_is_not_applied() -> None:
    log = Log(known=2)
    log.followed.hear([(3, entry(4)), (4, entry(5))])
    assert log.heard == ["lost"]
    assert log.followed.pos == 2


def test_an_entry_that_the_follower_chokes_on_costs_no_other(nothing_logged: list[LogEvent]) -> None:
    log = Log()

    def choke(it: Entry) -> None:
        log.heard.append(it)
        if it.seq == 2:
            raise ZeroDivisionError

    def choke_on_answer(answer: object) -> None:
        log.done(answer)
        raise ZeroDivisionError

    log.followed.follow(choke)
    log.followed.ask()
    log.followed.happened(2, entry(2), choke_on_answer)
    log.followed.decided(2, None, log.done)
    log.followed.answered()
    log.followed.hear(entries(1, 3))
    assert log.heard == [entry(1), entry(2), ("done", entry(2)), ("done", None), entry(3)]
    assert log.followed.pos == 3
    assert len(nothing_logged) == 2
    nothing_logged.clear()


def test_nothing_follows_what_the_follower_can_not_take() -> None:
    log = Log()
    heard = list[Entry]()

    def take(entry: Entry) -> None:
        if heard:
            raise Misfit
        heard.append(entry)

    log.followed.follow(take)
    log.followed.hear(entries(1, 2, 3))
    assert heard == [entry(1)]
    assert log.heard == ["lost"]


@given(st.integers(1, 12), st.sets(st.integers(1, 12)), st.randoms(use_true_random=False))
def test_any_order_is_the_same_order(last: int, mine: set[int], chance: Random) -> None:
    log = Log()
    mine = {pos for pos in mine if pos <= last}
    others = [pos for pos in range(1, last + 1) if pos not in mine]
    ways = [*others, *chance.sample(others, len(others) // 2)]
    chance.shuffle(ways)
    asked = sorted(mine)
    while ways or asked:
        if asked and chance.random() < 0.5:
            batch, asked = asked[:2], asked[2:]
            log.followed.ask()
            hinted = ways[: chance.randrange(3)]
            log.followed.hear(entries(*hinted))
            del ways[: len(hinted)]
            for pos in batch:
                log.followed.happened(pos, entry(pos), log.done)
            log.followed.answered()
        else:
            log.followed.hear(entries(*ways[:1]))
            del ways[:1]
    assert log.heard == expected(last, mine)


def expected(last: int, mine: set[int]) -> Sequence[object]:
    """Return what is heard of entries up to *last*, of which some are *mine*."""
    heard: list[object] = []
    for pos in range(1, last + 1):
        heard.append(entry(pos))
        if pos in mine:
            heard.append(("done", entry(pos)))
    return heard
