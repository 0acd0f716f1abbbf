"""The connection: requests go out by it, replies and events come in, and it comes back when it was lost."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast, get_args

import msgspec
from msgspec import UNSET, UnsetType
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from chatroom.client.connection.credentials import Credentials
from chatroom.client.connection.link import Link, objection
from chatroom.client.connection.listeners import Listeners, Waiters
from chatroom.client.connection.multiplexer import Multiplexer
from chatroom.client.ports import Server
from chatroom.client.reasons import CLOSED, GUESSES, clause, farewell, may_pass, sentence, why
from chatroom.client.states import (
    Away,
    Connecting,
    Disconnected,
    Incoming,
    Nameless,
    Offline,
    Online,
    Refused,
    State,
    Waiting,
)
from chatroom.core.values.errors import LastError
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Bye, Entered, Error, Ok, Renamed, Welcome
from chatroom.wire.frames.requests import AnyRequest

if TYPE_CHECKING:
    from chatroom.client.connection.reconnect import Reconnector

CLOSE_TIMEOUT = 2.0
"""Seconds within which a server closes after ``quit``."""

_LAST = frozenset(get_args(LastError))
"""The errors after which the server closes."""

_NOT_CONNECTED = "there is no connection to the server"


class Connection:
    """A connection to the server at *endpoint*.

    *heard* is called with each event, and with the replies to the joins by which the connection gets into its rooms
    again; *changed* with each new state. Both may call the connection.

    :param server: Its name in sentences about it.
    :param patient: Whether it waits for a server that is not there yet, as it does later. Some failures never get
        better and still end it: no machine of that name, a refused certificate, a server that is no chatroom.
    :param session: The secret by which the server knows its visitor again. Made up if it is left out.
    :param client: The name of the program, by which people know it among their devices.
    :param heartbeat: Seconds between two pings; a server that is silent for twice that is given up.
    :param random: Returns a number between two others.
    """

    def __init__(
        self,
        reactor: IReactorTime,
        endpoint: IStreamClientEndpoint,
        *,
        heard: Callable[[Incoming], object],
        changed: Callable[[State], object] = lambda _: None,
        server: str = "this port",
        patient: bool = False,
        session: str | None = None,
        client: str = "",
        heartbeat: float = 15.0,
        random: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.state: State = Offline()
        self._clock = reactor
        self._endpoint = endpoint
        self._listeners = Listeners(heard, changed)
        self._server = server
        self._patient = patient
        self._heartbeat = heartbeat
        self._random = random
        self._credentials = Credentials(session, client)
        self._begun_at = 0.0
        self._reconnector: Reconnector | None = None
        self._link: Link | None = None
        self._multiplexer = Multiplexer(self._send, self._listeners.hear)
        self._logins = Waiters[Welcome]()
        self._comes_back = False
        self._quits = Waiters[None]()
        self._close_timeout: IDelayedCall | None = None

    @property
    def session(self) -> str:
        """The secret by which the server knows its visitor again."""
        return self._credentials.session

    @property
    def username(self) -> str | None:
        """The name, once there is one."""
        return self._credentials.username

    @property
    def token(self) -> str:
        """The token that is as good as the account's password, if there is one."""
        return self._credentials.token

    @property
    def lag(self) -> float | None:
        """Seconds that the last ping took; while the next one takes longer, for how long it has been under way."""
        return self._link.lag if self._link else None

    @property
    def silence(self) -> float:
        """Seconds without a sign of life from a server that was asked something, or is connected to."""
        if self._link:
            return self._link.silence
        return self._clock.seconds() - self._begun_at if isinstance(self.state, Connecting) else 0.0

    @property
    def unsent(self) -> int:
        """Messages that are said and not yet known to be stored."""
        return self._multiplexer.unsent

    def login(
        self, username: str, *, password: str = "", token: str = "", remember: bool = False, session: str = ""
    ) -> Deferred[Welcome]:
        """Be called *username*; connect, if there is no connection, and come back from then on until the end.

        The name of an account needs its *password*, or the :attr:`token` that it has been given for asking to be
        remembered (*remember*). A token that is refused is forgotten, and the login tried without it. With a *session*
        kept for this name one has the place that a client with it left behind.

        It fails with :exc:`~.states.Refused` if the name is taken or invalid: then log in by another one. If the first
        connection can't be made, it fails with the endpoint's error, or with :exc:`~.states.Disconnected`; one that is
        patient does so only if there is nothing to wait for.
        """
        request = requests.Login(username=username, session=self.session, password=password or UNSET)
        if isinstance(self.state, Online) or objection(request):
            # One has a name, or this is none.
            return cast("Deferred[Welcome]", self.request(request))
        self._credentials.take(username, password, token, remember=remember, session=session)
        done = self._logins.add()
        if isinstance(self.state, Nameless) and self._link:
            self._log_in(self._link)
            self._become(Connecting())
        elif not isinstance(self.state, Connecting):
            self._stop()
            self._start()
        return done

    def request(self, request: AnyRequest) -> Deferred[AnyReply]:
        """Send *request*, with an id made here; fails with :exc:`~.states.Refused` or :exc:`~.states.Disconnected`."""
        if error := objection(request):
            return fail(Refused(error))
        if not isinstance(self.state, Online):
            return fail(Disconnected(_NOT_CONNECTED))
        if isinstance(request, requests.Authenticate):
            asked = self._multiplexer.ask(self._credentials.authenticate(request))
            return asked.addCallback(lambda reply: self._credentials.authenticated(cast("Ok", reply)))
        reply = self._multiplexer.ask(request)
        if isinstance(request, requests.Rename):
            reply.addCallback(self._renamed, request.username)
        elif isinstance(request, requests.Unregister):
            reply.addCallback(self._without_account)
        elif isinstance(request, requests.Register):
            reply.addCallback(self._registered, request.password)
        elif isinstance(request, requests.ChangePassword):
            reply.addCallback(self._changed_password, request.new)
        return reply

    def join(self, room: str, *, backlog: int = 50) -> Deferred[Entered]:
        """Enter *room*, after a replay of its last *backlog* messages."""
        return cast("Deferred[Entered]", self.request(requests.Join(room=room, backlog=backlog)))

    def say(
        self, room: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        """Say *text* in *room*: it is kept until the server has stored it, and stored once, whatever is lost meanwhile.

        It fails with :exc:`~.states.Refused`; or with :exc:`~.states.Disconnected` if one leaves, if the room is
        deleted, or at the end.

        :param cid: An id of the message that is unique in the session, or for the account. Made up if it is left out.
        :param re: The number of the message that it answers.
        """
        request = requests.Say(
            room=room,
            text=text,
            action=action,
            cid=cid or secrets.token_urlsafe(12),
            re=UNSET if re is None else re,
        )
        return self._keep(request)

    def tell(
        self, to: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        """Say *text* to one person alone; between accounts it is kept and stored once, like what is said in a room.

        With a guest on either side it is told or fails, and may be told twice if the connection is lost meanwhile.

        :param cid: As for :meth:`say`.
        :param re: The number of the message that it answers, in the talk of both.
        """
        request = requests.Tell(
            to=to, text=text, action=action, cid=cid or secrets.token_urlsafe(12), re=UNSET if re is None else re
        )
        return self._keep(request)

    def _keep(self, request: requests.Say | requests.Tell) -> Deferred[Ok]:
        """Let *request* be kept until it is answered."""
        if error := objection(request):
            return fail(Refused(error))
        if isinstance(self.state, Offline):
            return fail(Disconnected(_NOT_CONNECTED))
        return self._multiplexer.say(request, now=isinstance(self.state, Online))

    def hurry(self) -> bool:
        """Make the next attempt at once; return False if none is waited for."""
        if not isinstance(self.state, Waiting):
            return False
        self._stop()
        self._start()
        return True

    def quit(self, note: str = "") -> Deferred[None]:
        """Say good-bye, so that the seats are given up, and end when the server has closed.

        Those in one's rooms are told the *note*.
        """
        link = self._link
        if link is None:
            return self.close()
        if not self._quits:
            self._close_timeout = self._clock.callLater(CLOSE_TIMEOUT, self.close)
            said = requests.Quit(note=note or UNSET)
            self._multiplexer.ask(said).addCallbacks(lambda _: link.finish(), _expect_failure)
        return self._quits.add()

    def close(self) -> Deferred[None]:
        """End at once, without a word; the server holds the seats for a while."""
        stopped = self._stop()
        for done in self._quits.take():
            stopped.chainDeferred(done)
        self._comes_back = False
        self._multiplexer.leave_all()
        self._give_up(Disconnected("the connection was closed"))
        return stopped

    def _start(self) -> None:
        # Only here: nobody connects before there is a name.
        from chatroom.client.connection.reconnect import Reconnector

        factory = Factory.forProtocol(
            partial(Link, self._clock, self._heartbeat, made=self._log_in, heard=self._hear, lost=self._lost)
        )
        factory.noisy = False
        self._reconnector = Reconnector(
            self._clock, self._endpoint, factory, random=self._random, begun=self._begun, failed=self._failed
        )
        self._reconnector.start()
        self._begun_at = self._clock.seconds()
        self._become(Connecting())

    def _stop(self) -> Deferred[None]:
        """Drop the connection, and connect no more."""
        link, self._link = self._link, None
        if link:
            link.drop()
        if self._close_timeout:
            if self._close_timeout.active():
                self._close_timeout.cancel()
            self._close_timeout = None
        reconnector, self._reconnector = self._reconnector, None
        return reconnector.stop() if reconnector else succeed(None)

    def _begun(self) -> None:
        self._begun_at = self._clock.seconds()
        self._become(Connecting())

    def _failed(self, failure: Failure) -> None:
        self._come_back(why(failure, self._server), failure, in_vain=not may_pass(failure))

    def _lost(self, link: Link, reason: str) -> None:
        if link is not self._link:
            return
        self._link = None
        if self._comes_back and reason in GUESSES:
            # It has let one in: something before it closes while it is being restarted.
            reason = CLOSED
        if self._quits:
            self.close()
        elif isinstance(self.state, Nameless):
            # To come back by a name that was refused is of no use: the next login connects again.
            self._stop()
            self._multiplexer.unanswered(Disconnected(reason))
        elif link.banned and self._comes_back:
            self._stay_away(reason)
        else:
            self._come_back(reason, Disconnected(reason), in_vain=link.in_vain)

    def _come_back(self, reason: str, error: Exception | Failure, *, in_vain: bool) -> None:
        """Wait for the next attempt; not for the first connection if that would be *in_vain*, or nobody is patient."""
        if not self._reconnector or not (self._comes_back or (self._patient and not in_vain)):
            self._stop()
            self._give_up(error)
            return
        self.state = state = Waiting(self._clock.seconds() + self._reconnector.wait(), reason)
        self._multiplexer.lost(Disconnected(reason))
        self._announce(state)

    def _give_up(self, error: Exception | Failure) -> None:
        """Be offline, and tell everybody who waits that nothing will come of it, because of *error*."""
        before, self.state = self.state, Offline()
        self._multiplexer.end(error)
        self._logins.fail(error)
        if before != self.state:
            self._announce(self.state)

    def _send(self, request: AnyRequest) -> None:
        assert self._link
        self._link.send(request)

    def _log_in(self, link: Link) -> None:
        self._link = link
        self._multiplexer.ask(self._credentials.login()).addCallbacks(self._welcomed, self._not_welcomed)

    def _welcomed(self, welcome: AnyReply) -> None:
        assert isinstance(welcome, Welcome)
        assert self._reconnector
        self._reconnector.succeeded()
        self._comes_back = True
        self._credentials.welcomed(welcome)
        # What is told of may be written down.
        welcome = msgspec.structs.replace(welcome, token=UNSET)
        # First of all go on where one was: whoever hears of it may say more.
        self.state = Online(welcome)
        self._multiplexer.go_on(welcome)
        self._announce(self.state)
        self._logins.succeed(welcome)

    def _not_welcomed(self, failure: Failure) -> None:
        if isinstance(refused := failure.value, Refused):
            if self._credentials.refused(refused.error) and self._link:
                self._log_in(self._link)
                return
            if refused.error.code == "banned" and self._comes_back:
                self._stay_away(clause(refused.error.message))
                return
            self.state = state = Nameless(refused.error)
            self._logins.fail(failure)
            self._announce(state)

    def _renamed(self, reply: AnyReply, username: str) -> AnyReply:
        self._credentials.username = username
        return reply

    def _without_account(self, reply: AnyReply) -> AnyReply:
        self._credentials.unregistered()
        return reply

    def _registered(self, reply: AnyReply, password: str) -> AnyReply:
        self._credentials.registered(password)
        return reply

    def _changed_password(self, reply: AnyReply, password: str) -> AnyReply:
        self._credentials.changed(password)
        return reply

    def _hear(self, link: Link, frame: AnyReply | AnyEvent) -> None:
        if self._multiplexer.hear(frame):
            self._obey(link, frame)

    def _obey(self, link: Link, event: AnyReply | AnyEvent) -> None:
        match event:
            case Error() if event.code in _LAST:
                link.reason = sentence(event.message)
            case Renamed(room=UnsetType()):
                self._credentials.username = event.to
            case Bye(reason="replaced" | "kicked" | "revoked" | "banned") if not self._quits:
                if event.reason == "revoked":
                    self._credentials.token = ""
                self._stay_away(farewell(event))
            case Bye():
                link.reason = farewell(event)
                if self._reconnector and isinstance(event.retry_after, float):
                    self._reconnector.retry_after = event.retry_after

    def _stay_away(self, reason: str) -> None:
        """Come back only by a login, for this *reason*; what was said waits for that."""
        self._stop()
        self.state = state = Away(reason)
        error = Disconnected(reason)
        self._multiplexer.unanswered(error)
        self._logins.fail(error)
        self._announce(state)

    def _become(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._announce(state)

    def _announce(self, state: State) -> None:
        # Whoever was told of a failure may have gone on.
        if self.state is state:
            self._listeners.change(state)


def _expect_failure(failure: Failure) -> None:
    failure.trap(Disconnected, Refused)


_: type[Server] = Connection
