"""Texts from somebody at one node to somebody at another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from chatroom.core.people.seat import Seat
from chatroom.core.people.talks import OpenTalks
from chatroom.core.people.user import User
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.changes import Erased
from chatroom.core.values.errors import ChatError, NoSuchUser, OutboxFull, StoreAway, Unavailable
from chatroom.core.values.events import Message, TakenBack, Told
from chatroom.core.values.names import Username, key
from chatroom.logs.nodes.changes import AskedChange, Decision, Record, Words, answering, copying, telling
from chatroom.logs.nodes.engine import Mail
from chatroom.logs.nodes.node import Node

WAIT = 2.0
"""Seconds until somebody at another node must have been told."""

Got = Callable[[Username | ChatError], None]


class Post:
    """What is told by way of *node*, and shown at it to whoever is at a *seat*, by its number."""

    def __init__(self, node: Node, wheel: TimerWheel, seat: Callable[[int], Seat | None]) -> None:
        self._node = node
        self._wheel = wheel
        self._seat = seat
        self._told: dict[int, tuple[Username, Got, Deadline]] = {}

    def tell(self, told: Told, got: Got) -> None:
        """Show *told* to whom it is for at another node, and answer with their name."""

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            if isinstance(answers, ChatError):
                got(answers)
            else:
                self._posted(told, got, answers[0])

        self._node.ask(AskedChange([telling(told)], answered))

    def tell_elsewhere(self, told: Told) -> None:
        """Show *told*, which was shown here, over the connections that they have at other nodes too."""
        self._node.ask(AskedChange([telling(told, elsewhere=True)], lambda answers: None))

    def copy(self, told: Told) -> None:
        """Show *told* over the connections that its speaker has at other nodes."""
        self._node.ask(AskedChange([copying(told)], lambda answers: None))

    def _posted(self, told: Told, got: Got, answer: Decision) -> None:
        if answer.outcome == "no-such-user" or answer.name is None:
            got(NoSuchUser(told.to))
        elif answer.outcome != "told" or not answer.rooms:
            got(Unavailable(Username(answer.name)))
        else:
            mails = [int(each.partition(" ")[0]) for each in answer.rooms]
            got = first_success(got, len(mails))
            for mail in mails:
                overdue = self._wheel.call_later(WAIT, partial(self._overdue, mail))
                self._told[mail] = Username(answer.name), got, overdue

    def _overdue(self, mail: int) -> None:
        """Take back *mail* that nobody has answered; if somebody has seen it, it was shown."""
        if mail in self._told:
            name, got, _ = self._told.pop(mail)

            def withdrawn(unseen: bool | StoreAway) -> None:
                got(name if unseen is False else Unavailable(name))

            self._node.consult(partial(self._node.engine.withdraw, mail), withdrawn)

    def show(self, mail: Mail) -> None:
        """Show *mail* to whom it is for, and answer what became of it."""
        seat = self._seat(mail.seat)
        told = told_by(mail)
        result = shown(seat.user, told) if seat else Unavailable(told.to)
        refusal = type(result).__name__ if isinstance(result, ChatError) else ""
        self._node.ask(AskedChange([answering(mail.number, refusal)], lambda answer: None))

    def answered(self, mail: Mail) -> None:
        """Give the answer that is in *mail* to whoever waits for it."""
        if mail.number in self._told:
            name, got, overdue = self._told.pop(mail.number)
            overdue.cancel()
            got(_answer(mail.content, name))


def told_by(mail: Mail) -> Told:
    """Return what *mail* tells."""
    words = msgspec.json.decode(mail.content or "", type=Words)
    speaker, to = Username(mail.speaker or ""), Username(mail.name or "")
    return Told(speaker, to, mail.at, words.text, kind=words.kind, tags=words.tags)


def first_success(got: Got, answers: int) -> Got:
    """Return what gives *got* the first of so many *answers* that is no error, or else the last one."""
    left = answers
    over = False

    def one_of_them(answer: Username | ChatError) -> None:
        nonlocal left, over
        left -= 1
        if not over and (left == 0 or not isinstance(answer, ChatError)):
            over = True
            got(answer)

    return one_of_them


def shown(user: User, told: Told) -> Username | ChatError:
    """Show *told* to *user*, and return their name, or why that can't be."""
    try:
        user.tell(told)
    except ChatError as error:
        return error
    return user.username


def entry_of(mail: Mail) -> Record | None:
    """Return the entry of which *mail* tells, if that is still kept."""
    return None if mail.content is None else msgspec.json.decode(mail.content, type=Record)


def show_talk(talks: OpenTalks, seat: Seat, other: Username, record: Record) -> None:
    """Show the user of *seat* an entry of their talk with an *other*, as *record* has it, if they are connected."""
    if not seat.is_taken:
        return
    entry = record.entry()
    if entry is None:
        return
    change = entry.change
    if type(change) is Message and change.text:
        talks.tell(seat, record.log, entry.seq, change, other)
    elif type(change) is Erased:
        for each in change.redactions:
            # Whoever has told it takes it back.
            if not each.withheld or key(each.by) == seat.key:
                talks.take_back(seat, TakenBack(other, each.seq, each.username, each.note))


def _answer(refusal: str | None, name: Username) -> Username | ChatError:
    """Return what it means for *name* that the mail for them was answered with a *refusal*, or none."""
    errors = {error.__name__: error for error in (NoSuchUser, OutboxFull)}
    return errors.get(refusal, Unavailable)(name) if refusal else name
