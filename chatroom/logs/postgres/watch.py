"""Watching who waits for the database: nobody waits for one that is no longer the primary."""

from __future__ import annotations

import time
from threading import Event, Thread

import psycopg

from chatroom.logs.postgres.database import Database
from chatroom.logs.postgres.session import DatabaseSession

PATIENCE = 3.0
"""Seconds for which an answer is waited for without a doubt, and between two doubts."""


class Watch:
    """Watches *sessions* with *database*.

    A machine that hangs, or has lost its standby, goes on taking what is sent to it, and answers nothing: no connection
    to it ends. Where an answer takes long, another connection is made. Once any has led to a later primary, all
    sessions with the earlier one are given up, and begin anew there: also one that listens, and waits for no answer.
    """

    def __init__(self, database: Database, sessions: list[DatabaseSession]) -> None:
        self._database = database
        self._sessions = sessions
        self._stopped = Event()
        Thread(target=self._run, name="log-watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(PATIENCE / 3):
            self._leave_earlier()
            since = time.monotonic() - PATIENCE
            if any(session.waits_since is not None and session.waits_since < since for session in self._sessions):
                self._doubt()
                self._stopped.wait(PATIENCE)

    def _doubt(self) -> None:
        try:
            connection, _ = self._database.connect()
            connection.close()
        except psycopg.Error:
            # There is none that answers: whoever waits does so rightly.
            return
        self._leave_earlier()

    def _leave_earlier(self) -> None:
        for session in self._sessions:
            # One that is with none has no timeline.
            if "" < session.timeline < self._database.timeline:
                session.give_up()
