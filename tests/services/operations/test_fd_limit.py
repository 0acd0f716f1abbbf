"""As many connections as the process may have files open, less a few."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatroom.services.operations.fd_limit import RESERVED, connections, raise_limit
from tests.e2e.processes import running


@pytest.fixture(autouse=True)
def five_hundred() -> Iterator[int]:
    """Let this process, and those it starts, have 500 descriptors, but ask for more; return how many they get then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_limit_is_raised_as_far_as_it_goes(five_hundred: int) -> None:
    raise_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (five_hundred, five_hundred)
    raise_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (five_hundred, five_hundred)


def test_some_descriptors_are_for_other_things() -> None:
    assert connections(0) == 500 - RESERVED


def test_the_operator_may_want_fewer_connections_but_not_more() -> None:
    assert connections(300) == 300
    assert connections(500) == connections(10_000) == 500 - RESERVED


@pytest.mark.parametrize("most", [RESERVED, RESERVED + 1, 40])
def test_somebody_always_gets_in(most: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    assert connections(0) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="need Linux")
def test_the_server_raises_it_at_its_start(tmp_path: Path, five_hundred: int) -> None:
    with running(tmp_path, "--store", "memory", forked=False) as server:
        assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (five_hundred, five_hundred)
