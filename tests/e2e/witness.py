"""Somebody who behaves, while others do not: how long it takes to be heard, whatever operators do meanwhile."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from chatroom.admin.control_client import ControlClient, ControlRefused
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, Server

PASSWORD = "correct horse"


class Witness:
    """Somebody called *name* in a room of their own at *server*.

    Where attackers may be operators, by the socket *control*, it is sent away, banned, removed and not let in; by that
    socket another operator takes all this back.
    """

    def __init__(self, server: Server, name: str, control: Path | None = None) -> None:
        self._server = server
        self._name = name
        self._control = control
        self.returns = 0
        self._bot = Bot(server.address)
        assert self._enters()
        # Whatever is opened or loaded when it is needed first is there now, also what letters beyond ASCII look like.
        other = Bot(server.address)
        other.ask("login", username="зритель")
        other.close()
        self._bot.ask("register", password=PASSWORD)
        self.speak()
        self._bot.ask("history", room=name, limit=1)
        self._bot.ask("search", room=name, query="hello")

    def speak(self) -> float | None:
        """Return the seconds until a message was stored and shown; ``None`` if it was sent away meanwhile."""
        since = time.monotonic()
        with suppress(EOFError, OSError):
            said = self._bot.ask("say", room=self._name, text="hello")
            if said["type"] == "ok":
                while self._bot.event("said")["seq"] != said["seq"]:
                    pass
                self._bot.seen.clear()
                return time.monotonic() - since
        assert self._control, "nobody but an operator may send it away"
        self._come_back()
        return None

    def wait(self) -> None:
        """Wait for an answer of the server."""
        try:
            self._bot.ask("ping")
        except (EOFError, OSError):
            self._come_back()

    def close(self) -> None:
        """Go."""
        self._bot.close()

    def _come_back(self) -> None:
        until = time.monotonic() + LIMIT
        while True:
            self.returns += 1
            self._bot.close()
            self._pardon()
            self._bot = Bot(self._server.address)
            with suppress(EOFError, OSError, AssertionError):
                if self._enters():
                    return
            assert time.monotonic() < until, "it can't come back"

    def _enters(self) -> bool:
        """Come in, and into the room; return whether that could be."""
        if self._ask("login", username=self._name)["type"] != "welcome":
            reply = self._ask("login", username=self._name, password=PASSWORD)
            if reply["type"] != "welcome":
                return False
        self._ask("create", room=self._name)
        self._ask("leave", room=self._name)
        return bool(self._ask("join", room=self._name)["type"] == "entered")

    def _ask(self, type: str, **fields: object) -> dict[str, Any]:
        return self._bot.ask(type, **fields)

    def _pardon(self) -> None:
        """Let everybody in again."""
        assert self._control
        with ControlClient(self._control) as operator, suppress(ControlRefused):
            operator.ask("configure", guests=True)
            for sanction in operator.ask("sanctions")["sanctions"]:
                if sanction.get("room") in (None, self._name):
                    operator.ask(f"un{sanction['kind']}", sanction=sanction["sanction"])
