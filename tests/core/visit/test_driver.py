"""The driver of commands that wait: each comes to an end, whatever its answers are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chatroom.core.values.commands import Request
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.replies import Ok, Refused, Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later, VisitorGone, when
from tests.core.scenes import ALICE
from tests.fakes import Person, World

Take = Callable[[str | Exception], None]


class Asked:
    """A question that waits for its answer, and notes an answer that comes too late."""

    def __init__(self) -> None:
        self.takes: list[Take] = []
        self.late: list[str] = []

    def later(self) -> Later[str]:
        """Return the answer for a command to await."""
        return Later(self.takes.append, self.late.append)

    def answer(self, answer: str | ChatError) -> None:
        """Answer the oldest question."""
        self.takes.pop(0)(answer)


def began(alice: Person) -> Answer:
    """Return the answer to a request of *alice* that keeps others waiting."""
    return alice.visitor.expect(Request(), holds=True)


@pytest.fixture
def alice() -> Person:
    return World().enter(ALICE)


def test_a_command_goes_on_with_each_answer_and_returns_its_reply(alice: Person) -> None:
    asked = Asked()

    async def command() -> Reply:
        return Ok(await asked.later() + await asked.later())

    drive(command(), began(alice))
    asked.answer("te")
    assert alice.see() == []
    assert not alice.visitor.is_free()
    asked.answer("a")
    assert alice.see() == [Ok("tea")]
    assert alice.visitor.is_free()


def test_an_error_is_raised_where_it_is_awaited_and_is_the_reply(alice: Person) -> None:
    asked = Asked()

    async def command() -> Reply:
        with pytest.raises(StorageFailed):
            await asked.later()
        await asked.later()
        raise AssertionError("not reached")

    error = StorageFailed()
    drive(command(), began(alice))
    asked.answer(StorageFailed())
    asked.answer(error)
    assert alice.see() == [Refused(error)]


def test_so_is_what_is_raised_by_who_is_asked(alice: Person) -> None:
    def ask(_: Take) -> None:
        raise ZeroDivisionError

    async def command() -> Reply:
        with pytest.raises(ZeroDivisionError):
            await Later(ask)
        return Ok("mended")

    drive(command(), began(alice))
    assert alice.see() == [Ok("mended")]


def test_a_defect_ends_the_visit(alice: Person) -> None:
    async def command() -> Reply:
        raise ZeroDivisionError

    drive(command(), began(alice))
    assert [type(crash) for crash in alice.connection.crashes] == [ZeroDivisionError]


def test_answers_that_come_at_once_do_not_nest(alice: Person) -> None:
    async def command() -> Reply:
        for _ in range(20_000):
            await when(lambda answer: answer())
        return Ok("done")

    drive(command(), began(alice))
    assert alice.see() == [Ok("done")]


def test_whoever_is_gone_ends_the_command_when_its_answer_comes(alice: Person) -> None:
    asked = Asked()
    ended: list[str] = []

    async def command() -> Reply:
        try:
            await asked.later()
        except VisitorGone:
            ended.append("gone")
            raise
        raise AssertionError("not reached")

    drive(command(), began(alice))
    alice.visitor.lost()
    assert ended == asked.late == []
    asked.answer("a room")
    assert ended == ["gone"]
    assert asked.late == ["a room"]
    assert alice.see() == []


def test_an_error_that_comes_too_late_is_nothing_to_give_back(alice: Person) -> None:
    asked = Asked()

    async def command() -> Reply:
        await asked.later()
        raise AssertionError("not reached")

    drive(command(), began(alice))
    alice.visitor.lost()
    asked.answer(StorageFailed())
    assert asked.late == []


@pytest.mark.parametrize("place", ["first", "sent"])
def test_a_place_among_the_replies_is_waited_for_no_longer_by_who_is_gone(alice: Person, place: str) -> None:
    ended: list[str] = []

    async def command(answer: Answer) -> None:
        try:
            await (answer.first() if place == "first" else answer.sent(Ok("tea")))
        except VisitorGone:
            ended.append("gone")
            raise
        raise AssertionError("not reached")

    began(alice)
    answer = began(alice)
    drive(command(answer), answer)
    assert ended == []
    alice.visitor.lost()
    assert ended == ["gone"]


def test_a_reply_can_be_awaited_and_leaves_in_its_turn(alice: Person) -> None:
    done: list[str] = []

    async def command(answer: Answer) -> None:
        await answer.sent(Ok("second"))
        done.append("sent")

    first, second = began(alice), began(alice)
    drive(command(second), second)
    assert alice.see() == []
    assert done == []
    first(Ok("first"))
    assert alice.see() == [Ok("first"), Ok("second")]
    assert done == ["sent"]


def test_whoever_ends_the_visit_themselves_needs_no_reply(alice: Person) -> None:
    async def command() -> None:
        alice.visitor.close()

    drive(command(), began(alice))
    assert alice.connection.closed
    assert alice.connection.crashes == []


def test_a_second_answer_is_a_defect_of_who_gives_it(alice: Person) -> None:
    asked = Asked()

    async def command() -> Reply:
        return Ok(await asked.later())

    drive(command(), began(alice))
    [take] = asked.takes
    take("tea")
    with pytest.raises(AssertionError, match="twice"):
        take("pond")
    assert alice.see() == [Ok("tea")]
