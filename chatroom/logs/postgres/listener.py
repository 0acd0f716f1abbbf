"""Hints: what one node has added to a log, the others hear at once; if they don't, they find it out later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import msgspec
import psycopg

from chatroom.logs.nodes.engine import AccountsChanged, Hint, Mailed, News, Unreachable
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.session import Session
from chatroom.logs.worker import FromThread

CHANNEL = "chat"
"""The channel on which all nodes listen."""

LONGEST = 7_800
"""Bytes that a hint may have."""

AGAIN = 0.5
"""Seconds until a connection is made again that could not be."""


class Sent(msgspec.Struct, omit_defaults=True):
    """A *hint* from a *node*; or there is mail *to* another one, or *accounts* are changed."""

    node: int
    hint: Hint | None = None
    to: int | None = None
    accounts: bool = False


def payload(node: int, hint: Hint | Mailed | AccountsChanged) -> str:
    """Return *hint* as *node* sends it: without the entries, if they are too long."""
    if isinstance(hint, AccountsChanged):
        return msgspec.json.encode(Sent(node, accounts=True)).decode()
    if isinstance(hint, Mailed):
        return msgspec.json.encode(Sent(node, to=hint.node)).decode()
    for records in (hint.records, ()):
        text = msgspec.json.encode(Sent(node, hint._replace(records=records)))
        if len(text) <= LONGEST:
            break
    return text.decode()


class Listener:
    """Listens in *database*; gives what others tell :attr:`node` to *heard*, by *from_thread*."""

    def __init__(self, database: Database, node: int, heard: Callable[[News], None], from_thread: FromThread) -> None:
        self.node = node
        self.session = Session(database, _listen)
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
        while not self._stopped.is_set():
            for notice in connection.notifies(timeout=AGAIN):
                sent = msgspec.json.decode(notice.payload, type=Sent)
                news: News = Mailed(sent.to) if sent.to is not None and sent.to == self.node else sent.hint
                news = AccountsChanged() if sent.accounts else news
                if news is not None and sent.node != self.node:
                    self._from_thread(partial(self._heard, news))


def _listen(connection: Connection) -> None:
    connection.execute(f"LISTEN {CHANNEL}")
