"""One server for all tests of a module that do not mind each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.processes import FAST, Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that runs until the tests of the module are done; none of them leaves a room to the next.

    All may be as fast as they like.
    """
    options = ("--linger", "0", "--keep-closed", "0", "--per-host", "0", *FAST)
    with running(tmp_path_factory.mktemp("server"), *options) as server:
        yield server
