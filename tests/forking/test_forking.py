"""A process that was forked is as one that was started by ``exec``; and whoever starts it learns what becomes of it."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.forking.children import Child, Parent, fork
from tests.forking.request import Request

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "darwin", reason="need another system than macOS"),
]

PROBE = Path(__file__).with_name("probe.py")
LIMIT = 60.0


@pytest.fixture(scope="module")
def parent() -> Iterator[Parent]:
    """A process that has imported our programs."""
    with closing(Parent(os.environ)) as parent:
        yield parent


@contextmanager
def a_strange_process(folder: Path) -> Iterator[None]:
    """Let this process have what a child inherits, and few have."""
    before = Path.cwd()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    usr1, mask, umask = signal.signal(signal.SIGUSR1, signal.SIG_IGN), {signal.SIGHUP}, os.umask(0o027)
    signal.pthread_sigmask(signal.SIG_BLOCK, mask)
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.chdir(before)
        os.umask(umask)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, mask)
        signal.signal(signal.SIGUSR1, usr1)


def running(command: list[str | Path], parent: Parent, *, forked: bool) -> Any:
    """Return what the probe says that is run by *command*, with a file that it inherits."""
    environment = {**os.environ, "TZ": "TEA-3", "COFFEE": "\u2615"}
    with open(os.devnull, "rb") as given, Path("output").open("wb+") as output:  # noqa: PTH123
        number, standard = given.fileno(), (given.fileno(), output.fileno(), output.fileno())
        process: Child | subprocess.Popen[bytes]
        if forked:
            request = Request([*map(str, command)], environment, str(Path.cwd()), [number])
            process = parent.fork(request, [*standard, number])
        else:
            process = subprocess.Popen(
                [sys.executable, *command],
                env=environment,
                stdin=given,
                stdout=output,
                stderr=output,
                pass_fds=[number],
            )
        status = process.wait(LIMIT)
        output.seek(0)
        said = output.read().decode()
        assert status == 0, said
    return json.loads(said)


def test_a_process_that_is_forked_is_as_one_that_is_executed(parent: Parent, tmp_path: Path) -> None:
    with a_strange_process(tmp_path):
        forked, executed = (running([PROBE, "a", "b\u00e9"], parent, forked=forked) for forked in (True, False))
    for field in executed:
        assert forked[field] == executed[field], field
    assert forked["signals"][str(int(signal.SIGUSR1))] == "<Handlers.SIG_IGN: 1>"


@pytest.mark.parametrize("end", ["sys.exit(3)", "sys.exit('why')", "os.abort()", "os._exit(5)", "1 / 0"])
def test_its_status_is_told_however_it_ends(parent: Parent, tmp_path: Path, end: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import os, sys\n{end}\n", encoding="utf-8")
    expected = subprocess.run([sys.executable, program], stderr=subprocess.DEVNULL, timeout=LIMIT, check=False)
    with open(os.devnull, "rb+") as null:  # noqa: PTH123
        request = Request([str(program)], {**os.environ}, str(tmp_path))
        child = parent.fork(request, [null.fileno()] * 3)
        assert child.wait(LIMIT) == expected.returncode
        assert child.poll() == expected.returncode


def test_one_that_goes_on_is_waited_for_and_ends_by_a_signal(parent: Parent, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import signal\nprint('on', flush=True)\nsignal.pause()\n", encoding="utf-8")
    ours, its = os.pipe()
    with open(os.devnull, "rb") as null, os.fdopen(ours, "rb") as output:  # noqa: PTH123
        child = parent.fork(Request([str(program)], {**os.environ}, str(tmp_path)), [null.fileno(), its, its])
        os.close(its)
        assert output.readline() == b"on\n"
        assert child.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0)
        child.terminate()
        assert child.wait(LIMIT) == -signal.SIGTERM
        # Its number may be somebody else's now.
        child.kill()


def test_a_parent_ends_when_nobody_can_ask_any_more(tmp_path: Path) -> None:
    parent = Parent(os.environ)
    process = psutil.Process(parent.pid)
    parent.close()
    assert not process.is_running()


def test_only_programs_of_ours_are_forked() -> None:
    assert fork([sys.executable, "-c", ""], os.environ, (0, 1, 2)) is None
