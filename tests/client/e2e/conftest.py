"""One server for all tests of a module that do not mind each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.processes import FAST, Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that runs until the tests of the module are done; none of them leaves a room or a name behind."""
    options = ("--linger", "0", "--keep-closed", "0", "--grace", "0", *FAST)
    with running(tmp_path_factory.mktemp("server"), *options) as server:
        yield server


@pytest.fixture
def port(server: Server) -> int:
    """Return where the server of the module listens."""
    return server.address[1]
