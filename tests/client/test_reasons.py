"""Why a connection was lost or could not be made, in words for people."""

from __future__ import annotations

from typing import get_args

import pytest
from twisted.internet import error
from twisted.python.failure import Failure

from chatroom.client.reasons import farewell, why
from chatroom.core.values.events import ByeReason
from chatroom.wire.frames.answers import Bye


class VerificationError(Exception):
    """What service_identity raises for the certificate of somebody else."""


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (error.ConnectionDone(), "the server closed the connection"),
        (error.ConnectionLost(), "the connection broke"),
        (error.ConnectionRefusedError(), "nothing listens on this port"),
        (error.DNSLookupError(), "no machine has this name"),
        (error.TimeoutError(), "no answer"),
        (Exception([("SSL routines", "", "certificate verify failed")]), "TLS: certificate verify failed"),
        (VerificationError("errors=[…]"), "TLS: its certificate is for another name"),
        (ValueError("no \x1b[31mcolour\nhere"), "no \ufffd[31mcolour\ufffdhere"),
    ],
)
def test_every_cause_has_its_words(cause: Exception, words: str) -> None:
    assert why(Failure(cause)) == words


@pytest.mark.parametrize("reason", sorted(set(get_args(ByeReason)) - {"quit"}))
def test_every_reason_for_which_the_server_closes_has_a_sentence(reason: str) -> None:
    assert "good-bye" not in farewell(Bye(reason=reason))
    assert "good-bye" in farewell(Bye(reason=f"{reason}-or-so"))
