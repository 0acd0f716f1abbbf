"""Hints: what one node has added to a log, the others hear at once; if they don't, they find it out later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import msgspec
import psycopg

from chatroom.logs.machinery.worker import FromThread
from chatroom.logs.nodes.engine import AccountsChanged, Call, Hint, Mailed, News, Unreachable
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.session import DatabaseSession

CHANNEL = "chat"
"""The channel on which all nodes listen."""

LONGEST = 7_800
"""Bytes that a hint may have."""

AGAIN = 0.5
"""Seconds until a connection is made again that could not be."""


PIECE = 1_900
"""Characters of a call in one payload: each takes four bytes there at most."""


class Piece(msgspec.Struct, array_like=True):
    """Piece *number* of a call, from 0 on to the *last*: of payloads that are the same, a commit has only one."""

    number: int
    text: str
    last: bool


class Sent(msgspec.Struct, omit_defaults=True):
    """A *hint* from a *node*; or there is mail *to* another one, or a *piece* of a call; or *accounts* are changed.

    A hint is of a *generation*; one of 0 is from a node that does not say.
    """

    node: int
    hint: Hint | None = None
    to: int | None = None
    accounts: bool = False
    piece: Piece | None = None
    generation: int = 0


def payload(node: int, hint: Hint | Mailed | AccountsChanged, generation: int = 0) -> str:
    """Return *hint* as *node* sends it in that *generation*: without the entries, if they are too long."""
    if isinstance(hint, AccountsChanged):
        return msgspec.json.encode(Sent(node, accounts=True)).decode()
    if isinstance(hint, Mailed):
        return msgspec.json.encode(Sent(node, to=hint.node)).decode()
    for records in (hint.records, ()):
        text = msgspec.json.encode(Sent(node, hint._replace(records=records), generation=generation))
        if len(text) <= LONGEST:
            break
    return text.decode()


def calling(node: int, to: int, text: str) -> list[str]:
    """Return the payloads by which *node* calls *text* out to another one."""
    texts = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    pieces = (Piece(number, each, number == len(texts) - 1) for number, each in enumerate(texts))
    return [msgspec.json.encode(Sent(node, to=to, piece=piece)).decode() for piece in pieces]


class NotifyListener:
    """Listens in *database*; gives what others tell :attr:`node` to *heard*, by *from_thread*.

    What was said in another :attr:`generation` is of entries that may be none of the present ones.
    """

    def __init__(
        self, database: Database, node: int, generation: int, heard: Callable[[News], None], from_thread: FromThread
    ) -> None:
        self.node = node
        self.generation = generation
        self.session = DatabaseSession(database, _listen)
        self._heard = heard
        self._from_thread = from_thread
        self._stopped = Event()
        self._listening = Event()
        self._thread = Thread(target=self._run, name="log-listener", daemon=True)
        self._thread.start()
        # What happens from now on is heard.
        self._listening.wait(timeout=5)

    def stop(self) -> None:
        """Listen no longer, within a moment."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.session.run(self._take)
            except (psycopg.Error, Unreachable):
                self.session.drop()
                self._stopped.wait(AGAIN)
        self.session.drop()

    def _take(self, connection: Connection) -> None:
        if self._listening.is_set():
            # Nobody knows what was said while there was no connection.
            self._from_thread(lambda: self._heard(None))
        self._listening.set()
        self.session.listens()
        # The payloads of a commit come in order, and none between them.
        call: list[str] = []
        while not self._stopped.is_set():
            for notice in connection.notifies(timeout=AGAIN):
                try:
                    sent = msgspec.json.decode(notice.payload, type=Sent)
                except msgspec.MsgspecError:
                    # Only a newer server knows what it tells; of what is kept, a look finds the rest.
                    continue
                news = self._news(sent, call)
                # Some of one's own mail is for oneself.
                if news is not None and (sent.node != self.node or isinstance(news, Mailed)):
                    self._from_thread(partial(self._hear, news, sent.generation))

    def _hear(self, news: News, generation: int) -> None:
        if generation in (0, self.generation):
            self._heard(news)

    def _news(self, sent: Sent, call: list[str]) -> News:
        """Return what *sent* tells this node, or ``None``; of a *call* the pieces are gathered."""
        if sent.accounts:
            return AccountsChanged()
        if sent.to is None:
            return sent.hint
        if sent.to != self.node:
            return None
        if sent.piece is None:
            return Mailed(sent.to)
        if sent.piece.number == 0:
            call.clear()
        call.append(sent.piece.text)
        return Call(sent.node, "".join(call)) if sent.piece.last else None


def _listen(connection: Connection) -> None:
    connection.execute(f"LISTEN {CHANNEL}")
