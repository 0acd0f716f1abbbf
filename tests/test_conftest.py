"""The run of the tests itself: it ends when it is told to."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import LIMIT, started

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
HANGS = """
from __future__ import annotations

import socket


def test_that_hangs() -> None:
    with socket.create_connection(("127.0.0.1", {port})) as connection:
        try:
            connection.sendall(b"begun")
            connection.recv(1)
        finally:
            connection.sendall(b"given back")
"""


@pytest.mark.parametrize("options", [("-p", "no:xdist"), ("-n", "1")], ids=["alone", "parallel"])
def test_sigterm_ends_the_run_and_what_a_test_has_is_given_back(options: tuple[str, ...], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        file = tmp_path / "test_hanging.py"
        file.write_text(HANGS.format(port=listener.getsockname()[1]), encoding="utf-8")
        loaded = ("-p", "tests.conftest", "-p", "no:cacheprovider")
        # As a shell does with what it starts in the background.
        ignoring = ("sh", "-c", """trap '' INT; exec "$0" "$@" """)
        with (
            started(*ignoring, sys.executable, "-m", "pytest", *loaded, *options, file, cwd=ROOT) as run,
            listener.accept()[0] as test,
        ):
            test.settimeout(LIMIT)
            assert test.recv(5) == b"begun"
            run.process.send_signal(signal.SIGTERM)
            assert test.recv(99) == b"given back"
            assert run.end() == pytest.ExitCode.INTERRUPTED, run.output
