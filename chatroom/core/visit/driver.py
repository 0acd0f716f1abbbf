"""The driver of commands that wait: no event loop, only the answers as they come."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from chatroom.core.values.errors import ChatError
from chatroom.core.values.replies import Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, VisitorGone

Work = Coroutine[Later[Any], Any, Reply | None]
"""A command that waits. It returns its reply, unless it has sent one.

A :exc:`~chatroom.core.values.errors.ChatError` is a reply too.
"""

WAITING: Final = object()
"""A stand-in for an answer that has not come."""


class Driver:
    """Carries out *work*, and gives *answer* what it returns or raises."""

    __slots__ = ("_answer", "_visitor", "_work")

    def __init__(self, work: Work, answer: Answer) -> None:
        self._work = work
        self._answer = answer
        self._visitor = answer.visitor

    def begin(self) -> None:
        """Carry out the work as far as its answers come at once; it goes on with each later one."""
        self._visitor.act(self._go_on)

    def _go_on(self, later: Later[Any] | None = None, came: object = None) -> None:
        """Go on with what *came* as the answer to *later*."""
        work, visitor = self._work, self._visitor
        # A loop: answers that come at once must not nest, however many there are.
        while came is not WAITING:
            try:
                if visitor.gone:
                    if later and later.late and not isinstance(came, Exception):
                        later.late(came)
                    later = work.throw(VisitorGone())
                elif isinstance(came, Exception):
                    later = work.throw(came)
                else:
                    later = work.send(came)
            except StopIteration as end:
                if end.value is not None:
                    self._answer(end.value)
                return
            except VisitorGone:
                return
            except ChatError as error:
                self._answer.refuse(error)
                return
            except Exception:
                visitor.connection.crashed()
                return
            came = self._ask(later)

    def _ask(self, later: Later[Any]) -> object:
        """Return the answer to *later* if it comes at once; the work goes on with one that comes later."""
        came: object = WAITING
        asking = True

        def take(answer: object) -> None:
            nonlocal came
            if came is not WAITING:
                raise AssertionError(f"{later.ask} has answered twice")
            came = answer
            if not asking:
                self._visitor.act(self._go_on, later, answer)

        try:
            later.ask(take)
        except Exception as error:
            came = error
        asking = False
        return came


def drive(work: Work, answer: Answer) -> None:
    """Carry out *work*, whose result is *answer*."""
    Driver(work, answer).begin()
