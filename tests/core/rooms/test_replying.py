"""A message may answer another one of its room, by the number of that or as somebody's newest."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.structs import replace
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Delete, History, Impose, Join, Kick, Redact, Rename, Say
from chatroom.core.values.events import Message, Said, digest
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entries, Refused, Stored
from tests.core.scenes import (
    ALICE,
    AT,
    BOB,
    MANY,
    TEA,
    Flood,
    affordable,
    come_back,
    gather,
    gather_late,
    keeping,
    kinds,
    say_much,
    seqs,
    session,
    stored,
)
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once

ONE = Message(ALICE, "one", AT)


def answer(seq: int, text: str, re: int, quoted: Message | None, speaker: Username = BOB) -> Said:
    """Return what is shown of an answer to message number *re*."""
    return Said(TEA, seq, Message(speaker, text, AT, re=re), quoted)


def again(*texts: str, keep: int = 100) -> tuple[LateLog, Person, Person]:
    """Return alice and bob in a room where *texts* were said long ago, and its log, which has them in its hand."""
    log = LateLog(keeping(*texts, keep=keep), prompt=True)
    world = World(log=log)
    alice, bob = world.enter("alice", session=session("alice")), world.enter("bob")
    for person in (alice, bob):
        person.do(Join(TEA))
    alice.see()
    log.prompt = False
    return log, alice, bob


def code(reply: object) -> str:
    assert isinstance(reply, Refused)
    return reply.error.code


class AnswerTests(SynchronousTestCase):
    def test_all_are_told_what_is_answered(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        bob.see()
        assert bob.do(Say(TEA, "yes", re=1)) == [stored(2), answer(2, "yes", 1, ONE)]
        assert alice.see() == [answer(2, "yes", 1, ONE)]

    def test_an_answer_can_be_answered_and_one_s_own_message(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        alice.do(Say(TEA, "two", re=1))
        assert alice.do(Say(TEA, "three", kind="action", re=2))[0] == stored(3)

    def test_what_was_never_said_can_t_be(self) -> None:
        [alice] = gather(World(), "alice")
        for re in (1, 2**53):
            assert alice.refused(Say(TEA, "yes", re=re)) == "no-such-message"
        alice.do(Say(TEA, "one"))
        assert alice.refused(Say(TEA, "yes", re=2)) == "no-such-message"
        assert alice.do(Say(TEA, "two"))[0] == stored(2)

    def test_what_was_taken_back_can_be_and_nothing_of_it_is_quoted(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        alice.do(Redact(TEA, 1))
        bob.see()
        assert bob.do(Say(TEA, "why?", re=1))[1] == answer(2, "why?", 1, replace(ONE, text=""))

    def test_an_answer_that_is_taken_back_stays_one(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        bob.do(Say(TEA, "yes", re=1))
        bob.do(Redact(TEA, 2))
        alice.see()
        [page] = alice.do(History(TEA, limit=1))
        assert isinstance(page, Entries)
        assert page.entries == (answer(2, "", 1, ONE),)

    def test_who_is_not_in_answers_nothing(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        assert alice.world.enter("carol").refused(Say(TEA, "yes", re=1)) == "not-a-member"

    def test_what_is_read_again_quotes_what_is_on_the_same_page(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        say_much(alice)
        bob.do(Say(TEA, "yes", re=2))
        bob.do(Say(TEA, "no", re=MANY))
        carol = alice.world.enter("carol")
        first = Message(ALICE, "2", AT)
        replayed = [it for it in carol.do(Join(TEA, after=0, backlog=MANY + 2)) if isinstance(it, Said)]
        assert [it for it in replayed if it.message.re] == [
            # That was read long before, on another page.
            answer(MANY + 1, "yes", 2, None),
            answer(MANY + 2, "no", MANY, Message(ALICE, str(MANY), AT)),
        ]
        [page] = carol.do(History(TEA, around=MANY + 1, limit=2))
        assert isinstance(page, Entries)
        assert [said.quoted for said in page.entries] == [None, None]
        assert first not in [said.quoted for said in page.entries]


class OldTests(SynchronousTestCase):
    """What is answered is no longer in memory: the log is asked."""

    def test_it_is_found_in_the_log(self) -> None:
        log, alice, bob = again("one", "two")
        bob.ask(Say(TEA, "yes", re=1))
        assert len(log.waiting) == 1
        log.answer()
        log.answer()
        assert bob.see() == [stored(3), answer(3, "yes", 1, None)]
        assert alice.see() == [answer(3, "yes", 1, None)]

    def test_what_is_no_longer_kept_can_t_be_answered(self) -> None:
        log, _, bob = again("one", "two", "three", keep=1)
        bob.ask(Say(TEA, "yes", re=2))
        log.answer()
        [refused] = bob.see()
        assert code(refused) == "no-such-message"

    def test_what_is_said_next_is_said_behind_it(self) -> None:
        log, alice, bob = again("one")
        flood = Flood(bob, Say(TEA, "yes", re=1), Say(TEA, "indeed"))
        assert len(flood.waiting) == 1
        while log.waiting:
            log.answer()
        flood.go_on(0.1)
        log.answer()
        assert [said.message.text for said in alice.see() if isinstance(said, Said)] == ["yes", "indeed"]

    def test_others_go_on_meanwhile(self) -> None:
        log, alice, bob = again("one")
        bob.ask(Say(TEA, "yes", re=1))
        alice.ask(Say(TEA, "two"))
        log.answer()
        assert seqs(alice.see()) == [2]
        log.answer()
        assert seqs(bob.see()) == [2, 3]

    def test_who_may_not_any_more_meanwhile_says_nothing(self) -> None:
        for command, expected in (
            (Kick(TEA, BOB), "not-a-member"),
            (Impose("mute", TEA, BOB), "muted"),
            (Delete(TEA), "no-such-message"),
        ):
            log, [alice, bob] = gather_late("alice", "bob")
            log.prompt = True
            say_much(alice)
            bob.see()
            log.prompt = False
            bob.ask(Say(TEA, "yes", re=1))
            [found] = log.waiting
            log.waiting.clear()
            log.prompt = True
            alice.do(command)
            assert "Stored" not in kinds(bob.see())
            found()
            [refused] = [it for it in bob.see() if isinstance(it, Refused)]
            assert code(refused) == expected

    def test_it_is_said_by_the_name_that_one_has_then(self) -> None:
        log, alice, _ = again("one")
        alice.visitor.lost()
        log.prompt = True
        carol = come_back(alice.world, "alice")
        carol.do(Rename(Username("carol")))
        carol.do(Join(TEA))
        assert carol.do(Say(TEA, "yes", re=1))[-1] == answer(2, "yes", 1, None, Username("carol"))

    def test_if_it_can_t_be_read_nothing_is_said(self) -> None:
        log, _, bob = again("one")
        bob.ask(Say(TEA, "yes", re=1))
        log.failing = True
        log.answer()
        log.failing = False
        [refused] = bob.see()
        assert code(refused) == "storage-failed"
        log.prompt = True
        assert bob.do(Say(TEA, "yes", re=1))[0] == stored(2)

    @at_once
    def test_it_costs_a_token_more(self) -> None:
        world = World(log=keeping("one"), burst=20)
        [bob] = [world.enter("bob")]
        bob.do(Join(TEA))
        world.settle(1000)
        bob.do(Say(TEA, "yes", re=1))
        assert affordable(bob) == 20 - 2
        world.settle(1000)
        bob.do(Say(TEA, "indeed", re=2))
        assert affordable(bob) == 20 - 1


class NewestTests(SynchronousTestCase):
    def test_by_a_name_it_is_their_newest_message(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        for person, text in ((alice, "one"), (bob, "two"), (alice, "three")):
            person.do(Say(TEA, text))
        bob.see()
        assert bob.do(Say(TEA, "yes", re=ALICE))[-1] == answer(4, "yes", 3, Message(ALICE, "three", AT))
        assert bob.do(Say(TEA, "really", re=BOB))[-1] == answer(5, "really", 4, Message(BOB, "yes", AT, re=3))
        alice.do(Redact(TEA, 3))
        bob.see()
        assert bob.do(Say(TEA, "hm", re=Username("Alice")))[-1] == answer(6, "hm", 1, ONE)

    def test_what_was_asked_for_before_counts(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Say(TEA, "yes", re=ALICE))
        while log.waiting:
            log.answer()
            alice.world.settle()
        assert bob.see()[-1] == answer(2, "yes", 1, ONE)

    def test_who_has_said_nothing_can_t_be_answered(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        bob.see()
        assert bob.refused(Say(TEA, "yes", re=BOB)) == "no-such-message"
        assert bob.refused(Say(TEA, "yes", re=Username("nobody"))) == "no-such-message"


class AgainTests(SynchronousTestCase):
    def test_the_same_answer_is_stored_once_and_another_one_refused(self) -> None:
        alice, bob = gather(World(), "alice", "bob", known=True)
        for text in ("one", "two"):
            alice.do(Say(TEA, text))
        bob.see()
        said = Say(TEA, "yes", cid="c1", re=1)
        assert bob.do(said)[0] == Stored(TEA, 3, AT, "c1")
        assert bob.do(said) == [Stored(TEA, 3, AT, "c1")]
        for other in (2, None):
            assert bob.refused(replace(said, re=other)) == "cid-reused"

    def test_it_is_found_though_what_it_answers_is_gone(self) -> None:
        log, alice, bob = again("one", keep=3)
        log.prompt = True
        said = Say(TEA, "yes", cid="c1", re=1)
        assert alice.do(said)[0] == Stored(TEA, 2, AT, "c1")
        for _ in range(3):
            bob.do(Say(TEA, "more"))
        alice.see()
        assert bob.refused(replace(said, re=1, cid=None)) == "no-such-message"
        assert alice.do(said) == [Stored(TEA, 2, AT, "c1")]

    def test_what_answers_nothing_is_known_by_the_same_hash_as_ever(self) -> None:
        def known(text: str, person: bytes) -> bytes:
            return blake2b(text.encode(), digest_size=8, person=person).digest()

        assert digest("hello") == known("hello", b"")
        assert digest("hello", "action") == known("hello", b"action")
        assert digest("hello", "notice") == known("hello", b"notice")
        assert len({digest("hello", re=re) for re in (None, 1, 2, 256, 2**53)}) == 5
        assert digest("", re=1) == b""
