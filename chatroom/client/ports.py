"""The ports of the client: a server, a user interface, a source of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from twisted.internet.defer import Deferred

from chatroom.client.states import Incoming, State
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Error, Ok, Welcome
from chatroom.wire.frames.requests import AnyRequest


class Server(Protocol):
    """A chat server, whatever there is between it and the client."""

    @property
    def state(self) -> State:
        """Whether it can be asked now."""

    @property
    def token(self) -> str:
        """The token that is as good as the account's password, if there is one."""

    @property
    def lag(self) -> float | None:
        """Seconds that the last ping took; if that is more, for how long the next one has been under way."""

    @property
    def silence(self) -> float:
        """Seconds without a sign of life, although one is due."""

    @property
    def unsent(self) -> int:
        """Messages that are said and not yet known to be stored."""

    def login(
        self, username: str, *, password: str = "", token: str = "", remember: bool = False, session: str = ""
    ) -> Deferred[Welcome]:
        """Be called *username*, by a *password* or *token* if it is an account's; to *remember* asks for a token.

        The place left behind by a client with the same *session* is taken over.

        It fails with :exc:`~.states.Refused`, or with why there is no connection.
        """

    def request(self, request: AnyRequest) -> Deferred[AnyReply]:
        """Ask for *request*; fails with :exc:`~.states.Refused` or :exc:`~.states.Disconnected`."""

    def say(
        self, room: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        """Say *text* in *room*, perhaps in answer to message *re*, once, whatever is lost; fails as a request does."""

    def tell(
        self, to: str, text: str, *, action: bool = False, cid: str | None = None, re: int | None = None
    ) -> Deferred[Ok]:
        """Say *text* to one person alone, likewise."""

    def hurry(self) -> bool:
        """Make the next attempt to connect at once; return False if none is waited for."""

    def quit(self, note: str = "") -> Deferred[None]:
        """Say good-bye, with a *note* for the others, and end."""

    def close(self) -> Deferred[None]:
        """End at once, without a word."""


Connect = Callable[[Callable[[Incoming], None], Callable[[State], None]], Server]
"""Makes a server that calls the two functions: with what is heard, and with its states."""


class UserInterface(Protocol):
    """A session as a person or a program sees it."""

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Take what the server says, which may be the reply to *request*; return what to ask next."""

    def refused(self, error: Error) -> None:
        """Know that the server did not take the name, or wants its password: *error* says so."""

    def changed(self, state: State) -> None:
        """Know the state of the connection, of which the chat knows already."""

    def turn(self) -> None:
        """Show what has happened."""

    def quit(self) -> None:
        """End as the user wants."""

    def close(self) -> None:
        """Show nothing more, and take in nothing."""


class Program(Protocol):
    """The client as its command runs it; *ended* fires with the exit status and a message."""

    ended: Deferred[tuple[int, str]]

    def start(self, username: str = "", problems: Sequence[str] = ()) -> None:
        """Begin, as *username* if that is given, with *problems* to be told."""

    def end(self, status: int, message: str = "") -> None:
        """End with *status* and *message*."""


class LineSource(Protocol):
    """Lines that a person or a program writes."""

    def start(self, take: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        """Call *take* with each line, and *ended* when there are no more."""

    def read(self, wanted: bool) -> None:
        """Read on, or not for now."""

    def echo(self, wanted: bool) -> None:
        """Show what is typed, or not."""
