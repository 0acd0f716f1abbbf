"""A visitor, named or not: requests begin in order, and replies leave in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ParamSpec

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import Connection
from chatroom.core.rooms.reader import Reader
from chatroom.core.tools.bucket import Bucket
from chatroom.core.tools.timer_wheel import Deadline
from chatroom.core.values.commands import Command, Join, Local, Ping, Pong, Quit, Request, Say
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Bye, ByeReason, Slowed
from chatroom.core.values.limits import TOKEN_BYTES, WASTE_BYTES
from chatroom.core.values.names import Username
from chatroom.core.values.origin import NOWHERE, ConnectionOrigin
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.values.replies import Pong as PongReply
from chatroom.core.values.texts import written_size
from chatroom.core.visit import endings
from chatroom.core.visit.answer import Answer, LastCode
from chatroom.core.visit.driver import Work, drive
from chatroom.core.visit.named import Named
from chatroom.core.visit.nameless import Nameless
from chatroom.core.visit.operator import Operator
from chatroom.core.visit.rules import RULES, Row
from chatroom.core.visit.talk.saying import say
from chatroom.core.visit.waiting import shown_in_time

P = ParamSpec("P")


class Visitor:
    """Somebody connected: takes requests in order and answers them in order.

    A ``say`` does not hold up later requests. While any other request waits for its answer, too many answers wait, or
    no token is left, the visitor takes no request; *connection* is told when to proceed. *entry* is the join of a room,
    for a connection to its port. *host* identifies the visitor's *origin*, as far as limits count it. An
    *operator* is one from the beginning, by the name to act by.
    """

    __slots__ = (
        "_acting",
        "_answers",
        "_bucket",
        "_entry",
        "_holding",
        "_lobby",
        "_seconds",
        "_waited_for",
        "_waking",
        "_when_gone",
        "connection",
        "gone",
        "host",
        "origin",
        "slowed",
        "state",
    )

    def __init__(
        self,
        lobby: Lobby,
        connection: Connection,
        *,
        entry: Join | None = None,
        host: bytes | None = None,
        origin: ConnectionOrigin = NOWHERE,
        operator: Username | None = None,
    ) -> None:
        self.connection = connection
        self.host = host
        self.origin = origin
        self.state: Nameless | Named | Operator = Operator(lobby, operator) if operator else Nameless(lobby, self)
        self.gone = False
        self.slowed = False
        self._entry = entry
        self._lobby = lobby
        limits = lobby.limits
        self._seconds = lobby.wheel.seconds
        limited = limits.burst and limits.rate and not operator
        self._bucket = Bucket(limits.burst, limits.rate, self._seconds()) if limited else None
        self._waking: Deadline | None = None
        # Never many; a deque would take more memory than all the rest of a visitor who is silent.
        self._answers: list[Answer] = []
        self._holding: Answer | None = None
        self._waited_for = False
        self._acting = False
        # Mostly empty: then a tuple takes no memory.
        self._when_gone: tuple[Callable[[], None], ...] = ()

    @property
    def seat(self) -> Seat | None:
        """The seat of this visitor, once they have a name."""
        return self.state.seat

    @property
    def readers(self) -> list[Reader]:
        """The readers by which the visitor is shown what is said."""
        return self.seat.readers if self.seat else []

    def is_free(self) -> bool:
        """Return whether the next request can be taken; if not, the connection is told when it can."""
        limit = self._lobby.limits.in_flight
        full = limit and len(self._answers) >= limit
        free = self._holding is None and not self.gone and not self.connection.busy and not full
        if free and (bucket := self._bucket) and bucket.left < 1 and (seconds := bucket.wait(self._seconds())):
            free = False
            self._slow_down(seconds, bucket.rate)
        self._waited_for = not free
        return free

    def charge(self, tokens: int) -> None:
        """Take *tokens* from the visitor, or let them owe these."""
        if self._bucket:
            self._bucket.take(tokens, self._seconds())

    def charge_for(self, texts: Iterable[str]) -> None:
        """Charge for *texts* by their length as written: those of a page, or a message of many lines."""
        if self._bucket and (tokens := sum(map(written_size, texts)) // TOKEN_BYTES):
            self.charge(tokens)

    def kept_up(self) -> None:
        """Note that all waiting requests are taken: a visitor who is too fast again is told again."""
        self.slowed = False

    def take(self, request: Request) -> None:
        """Begin *request*; only when the visitor :meth:`is_free`.

        An error of the command is its reply, and a defect ends the visit.
        """
        command = request.command
        assert command is not None, "what could not be read is refused, not taken"
        row = RULES[type(command)]
        if not request.granted:
            self.charge(row.tokens)
        if type(command) is Pong:
            return
        answer = self.expect(request, holds=row.holds)
        # As act does, without its call: every message comes this way.
        outermost = not self._acting
        self._acting = True
        try:
            self._begin(command, row, answer)
        except ChatError as error:
            answer.refuse(error)
        except Exception:
            self.connection.crashed()
        finally:
            self._acting = not outermost
        if outermost:
            self._go_on()

    def enter(self) -> None:
        """Enter the room to whose port the visitor has connected: they were welcomed."""
        if self._entry:
            self.take(Request(self._entry))

    def answer(self, request: Request, reply: Reply, then: Callable[[], None] | None = None) -> None:
        """Let *reply* to *request* leave in its turn, and call *then* after it."""
        self.expect(request)(reply, then)

    def refuse(self, request: Request, error: ChatError, size: int = 0) -> None:
        """Reply, in its turn, with *error* to *size* bytes that were not understood."""
        self.charge(1 + size // WASTE_BYTES)
        self.expect(request).refuse(error)

    def finish(self) -> None:
        """Close when all begun requests are answered and shown: no more will come in."""
        self._part(endings.finish)

    def stop(self) -> None:
        """Close with a ``bye`` when all begun requests are answered and earlier messages shown: the server stops."""
        self._part(partial(endings.stop, turn=self._lobby.turn))

    def replace(self, gone: Callable[[], None]) -> None:
        """Make way for another connection of the user; call *gone* when all commands begun here are finished."""
        self._when_gone += (gone,)
        self._part(endings.make_way)

    def failed(self, error: ChatError) -> LastCode | None:
        """Note that a request was refused; return why the visit ends with that, if it does."""
        return self.state.failed(error)

    def give_up(self, why: LastCode) -> None:
        """Hang up on a visitor who has tried too often, or for whom there is no place."""
        if why == "too-many-tries":
            self.hang_up(why)
        else:
            self.close()

    def hang_up(self, reason: ByeReason, note: str = "", until: int | None = None) -> None:
        """Send a ``bye`` with *reason* and a *note*, and hang up even before all requests are answered."""
        self.connection.notify(Bye(reason, endings.RETRY_AFTER if reason == "stopping" else None, note, until))
        self.close()

    def close(self) -> None:
        """Hang up when all output has left, and take no more requests."""
        self.lost()
        self.connection.close()

    def drained(self) -> None:
        """Go on with the reading and the requests that waited because the connection was busy."""
        if self.seat:
            self.seat.drained()
        if not self._acting:
            self._go_on()

    def lost(self) -> None:
        """Note that the connection is gone, or soon will be."""
        if not self.gone:
            self.gone = True
            answers, self._answers = self._answers, []
            if self._waking:
                self._waking.cancel()
            for answer in answers:
                answer.reached()
            if self.seat:
                self.seat.lost()
            for action in self._when_gone:
                action()

    def when_over(self, action: Callable[[], None]) -> None:
        """Call *action* when no seat is held for this visitor, who is gone, or another visitor has taken the seats."""
        if self.seat and self.seat.visitor is self:
            self.seat.when_released(action)
        else:
            action()

    def expect(self, request: Request, *, holds: bool = False) -> Answer:
        """Return the place of a reply behind all expected before; while it *holds*, no other request is taken."""
        answer = Answer(self, request)
        self._answers.append(answer)
        if holds:
            self._holding = answer
        return answer

    def hold(self, answer: Answer) -> None:
        """Take no other request until *answer*, that of the last one, has its reply."""
        self._holding = answer

    def _part(self, way: Callable[[Visitor, Answer], Work]) -> None:
        # Its place first: a command that the next step lets go on, such as a leave, must not begin a request.
        answer = self.expect(Request(), holds=True)
        drive(way(self, answer), answer)

    def _begin(self, command: Command, row: Row[Any], answer: Answer) -> None:
        state = self.state
        if row.state != "any" and row.state != state.name and not state.may(row):
            raise state.misplaced(row)
        # Most requests are this one: no pattern first.
        if type(command) is Say and (seat := self.seat):
            say(self._lobby, seat, command, answer)
            return
        match command:
            case Ping(False):
                answer(PongReply())
            case Ping():
                drive(self._pong(answer), answer)
            case Local():
                drive(_local(answer), answer)
            case Quit(text):
                drive(endings.quit(self, answer, text), answer)
            case _ if isinstance(state, Nameless):
                state.handle(command, answer)
            case _:
                assert row.handler, "it was taken before"
                drive(row.handler(state.ask(row, answer), command), answer)

    async def _pong(self, answer: Answer) -> PongReply:
        """Give a sign of life behind all that was caused before."""
        await answer.first()
        await shown_in_time(self.readers, self._lobby.wheel)
        return PongReply()

    def answered(self, answer: Answer) -> None:
        """Note that *answer* has its reply."""
        if self._holding is answer:
            self._holding = None
        self.send_replies()

    def send_replies(self) -> None:
        """Send the replies that are ready and wait for none before them."""
        answers = self._answers
        while answers and (reply := answers[0].reply) is not None:
            answer = answers.pop(0)
            self.connection.reply(answer.request, reply)
            if (then := answer.then) is not None:
                # It may be the answer's own: as a cycle, each would wait for the garbage collector.
                answer.then = None
                then()
                # It may have been the end, after which nothing is sent.
                answers = self._answers
        if not self._acting:
            self._go_on()

    def act(self, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call *action*, and begin nothing else meanwhile: its replies leave at once, but its events may not yet."""
        outermost = not self._acting
        self._acting = True
        try:
            action(*args, **kwargs)
        finally:
            self._acting = not outermost
        if outermost:
            self._go_on()

    def _slow_down(self, seconds: float, rate: float) -> None:
        """Look again in *seconds*, and tell the visitor once why they have to wait: requests are taken at a *rate*."""
        if self._waking is None:
            self._waking = self._lobby.wheel.call_later(seconds, self._wake)
        if not self.slowed:
            self.slowed = True
            self.connection.notify(Slowed(rate))

    def _wake(self) -> None:
        self._waking = None
        self._go_on()

    def _go_on(self) -> None:
        """Go on with a command that waited for earlier replies, or take further requests."""
        if self._answers:
            self._answers[0].reached()
        if self._waited_for and self.is_free():
            self.connection.proceed()


async def _local(answer: Answer) -> Ok:
    """Let the dialect answer, once all before that is answered: whatever it asks for is what the next line says."""
    await answer.first()
    return Ok()
