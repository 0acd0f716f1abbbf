"""What a test logs is not taken for a connection's, in whose call the reactor waits for that test."""

from __future__ import annotations

import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.python import context, log
from twisted.python.log import ILogContext


@pytest_twisted.ensureDeferred
async def test_a_connection_lets_a_test_go_on() -> None:
    from twisted.internet import reactor

    called: Deferred[None] = Deferred()
    reactor.callLater(0, log.callWithContext, {"system": "a connection"}, called.callback, None)
    await called


def test_what_comes_next_has_no_part_in_that() -> None:
    assert context.get(ILogContext)["system"] == "-"
