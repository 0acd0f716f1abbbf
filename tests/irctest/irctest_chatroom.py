"""An irctest controller for chatroom: it starts ``twistd -n chatroom`` on a free port for each test.

Let ``PYTHONPATH`` lead to the folder of this file and say ``--controller irctest_chatroom`` (or copy it to
``irctest/controllers/chatroom.py``), from the root of irctest, with the server's Python. From the environment:

``CHATROOM``          the command that starts the server (default: ``twistd -n --pidfile= chatroom``)
``CHATROOM_OPTIONS``  further options for it, in one string
``CHATROOM_STORE``    ``memory`` (default) or ``sqlite``: the whole suite shall pass with both
``IRCTEST_DEBUG_LOGS=1``  show the server's log among what a failed test prints

What the server may not know yet is asked of ``--help`` once: ``--control`` (over that socket accounts are made, that of
an operator first), ``--password-least`` (irctest's passwords have 6 bytes), ``--web-host`` (the web door; without it
tests of WebSocket are skipped). A password of the server itself is never there: tests that want one are skipped.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
from typing import Any

from irctest import patma
from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.cases import BaseServerTestCase
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

COMMAND = shlex.split(os.environ.get("CHATROOM", "twistd -n --pidfile= chatroom"))
FURTHER = shlex.split(os.environ.get("CHATROOM_OPTIONS", ""))
STORE = os.environ.get("CHATROOM_STORE", "memory")

# No limit that a test would run into: many connections from one host, and no pause between lines.
UNLIMITED = ["--burst", "0", "--per-host", "0", "--max-rooms", "0", "--rooms-per-visitor", "0"]

# What irctest's OPER says; operators are accounts.
OPERATOR = [
    {"type": "account", "action": "add", "username": "operuser", "password": "operpassword"},
    {"type": "account", "action": "role", "username": "operuser", "role": "operator"},
]


@functools.cache
def knows(option: str) -> bool:
    """Tell whether the server has an option."""
    shown = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=False)
    return re.search(rf"--{option}(?![\w-])", shown.stdout + shown.stderr) is not None


def given(option: str) -> bool:
    """Tell whether ``CHATROOM_OPTIONS`` says an option."""
    return any(word == f"--{option}" or word.startswith(f"--{option}=") for word in FURTHER)


class ChatroomController(BaseServerController, DirectoryBasedController):
    """Runs one chatroom; what it claims here has to work: claimed and refused is a failure, not claimed is a skip."""

    software_name = "chatroom"
    _port_wait_interval = 0.02
    supported_sasl_mechanisms = {"PLAIN", "EXTERNAL"}  # SCRAM-SHA-256 brings two tests more
    supports_sts = False
    extban_mute_char = "m"
    nickserv = "NickServ"
    sync_sleep_time = 0.0  # PONG comes after all that was caused before
    _control: str | None = None

    capabilities = frozenset(
        {
            Capabilities.ACCOUNT_NOTIFY,
            Capabilities.ACCOUNT_TAG,
            Capabilities.AWAY_NOTIFY,
            Capabilities.BATCH,
            Capabilities.ECHO_MESSAGE,
            Capabilities.EXTENDED_JOIN,
            Capabilities.EXTENDED_MONITOR,
            Capabilities.LABELED_RESPONSE,
            Capabilities.MESSAGE_REDACTION,
            Capabilities.MESSAGE_TAGS,
            Capabilities.MULTILINE,
            Capabilities.MULTI_PREFIX,
            Capabilities.READ_MARKER,
            Capabilities.SERVER_TIME,
            Capabilities.SETNAME,
        }
    )

    optional_behaviors = frozenset(
        {
            OptionalBehaviors.BAN_EXCEPTION_MODE,
            OptionalBehaviors.CAP_REQ_MINUS,
            OptionalBehaviors.ELIST_C,
            OptionalBehaviors.ELIST_M,
            OptionalBehaviors.ELIST_N,
            OptionalBehaviors.ELIST_T,
            OptionalBehaviors.ELIST_U,
            OptionalBehaviors.INVITE_EXCEPTION_MODE,
            OptionalBehaviors.INVITE_LIST,
            OptionalBehaviors.MULTI_JOIN,
            OptionalBehaviors.MULTI_KICK,
            OptionalBehaviors.MULTI_NAMES_COMMAND,
            OptionalBehaviors.MULTI_PRIVMSG,
            OptionalBehaviors.SASL_AFTER_REGISTRATION,
        }
    )

    isupport = {
        "ACCOUNTEXTBAN": "a",
        "BOT": "B",
        "CASEMAPPING": "ascii",
        "ELIST": patma.ANYSTR,
        "INVEX": None,
        "MONITOR": patma.ANYSTR,
        "MSGREFTYPES": "msgid,timestamp",
        "PREFIX": "(ov)@+",
        "STATUSMSG": "@+",
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: str | None,
        ssl: bool,
        run_services: bool,
        faketime: str | None,
        websocket_hostname: str | None = None,
        websocket_port: int | None = None,
        config: Any = None,
    ) -> None:
        """Start the server; accounts and history need nothing to be switched on."""
        assert self.proc is None
        if password is not None:
            raise NotImplementedByController("a password of the server")
        if websocket_port is not None and not knows("web-host"):
            raise NotImplementedByController("Websocket")
        self.hostname, self.port = hostname, port
        self.create_config()
        assert self.directory

        # irctest says 0.0.0.0, and connects to that: this machine is enough.
        here = "interface=127.0.0.1"
        where = f"tcp:{port}:{here}"
        if ssl:
            self.gen_ssl()
            where = f"ssl:{port}:{here}:privateKey={self.key_path}:certKey={self.pem_path}"
        options = ["--port", where, "--name", "My.Little.Server", *UNLIMITED]
        options += ["--store", "memory" if STORE == "memory" else str(self.directory / "chatroom.sqlite")]
        self._control = str(self.directory / "control") if knows("control") and not given("control") else None
        if self._control is not None:
            options += ["--control", self._control]
        if knows("password-least") and not given("password-least"):
            options += ["--password-least", "1"]
        if websocket_port is not None:
            options += ["--listen", f"web:tcp:{websocket_port}:{here}"]

        clock = []
        if faketime and shutil.which("faketime"):
            clock = ["faketime", "-f", faketime]
            self.faketime_enabled = True
        self.proc = self.execute([*clock, *COMMAND, *options, *FURTHER])
        if self._control is not None:
            self._add_operator()

    def wait_for_services(self) -> None:
        """Wait for nothing: accounts are the server's own."""

    def registerUser(  # noqa: N802
        self, case: BaseServerTestCase, username: str, password: str | None = None
    ) -> None:
        """Make an account, as its operator does: so a password may be longer than a line of IRC."""
        if not case.run_services:
            raise ValueError("Attempted to register a nick, but `run_services` is not True.")
        if self._control is None:
            raise NotImplementedByController("accounts")
        [reply] = self._ask({"type": "account", "action": "add", "username": username, "password": password})
        assert reply["type"] == "ok", reply

    def _add_operator(self) -> None:
        """Make the account of irctest's operator, as soon as the control socket takes connections."""
        added, appointed = self._ask(*OPERATOR)
        # After a restart on the same store the account is there.
        assert added["type"] == "ok" or added.get("code") in ("account-exists", "username-taken"), added
        assert appointed["type"] == "ok", appointed

    def _ask(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what the control socket answers to *requests*."""
        replies: dict[Any, dict[str, Any]] = {}
        with self._connect() as control, control.makefile("rw", encoding="utf-8", newline="\n") as frames:
            for number, request in enumerate(requests):
                frames.write(json.dumps({"id": number, **request}) + "\n")
            frames.flush()
            for line in frames:
                reply = json.loads(line) if line.startswith("{") else {}
                replies[reply.get("id")] = reply
                if len(requests) - 1 in replies:
                    return [replies[number] for number in range(len(requests))]
        raise AssertionError("the control socket closed without a reply")

    def _connect(self) -> socket.socket:
        """Connect to the control socket, which may not be there yet."""
        assert self._control is not None
        deadline = time.monotonic() + 30
        while True:
            control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            control.settimeout(30)
            try:
                control.connect(self._control)
            except (FileNotFoundError, ConnectionRefusedError):
                control.close()
                self.check_is_alive()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return control


def get_irctest_controller_class() -> type[ChatroomController]:
    """Return what irctest starts."""
    return ChatroomController
