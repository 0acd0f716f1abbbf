"""Why a connection was lost or could not be made, in words for people."""

from __future__ import annotations

import pytest
from twisted.internet import error
from twisted.python.failure import Failure

from chatroom.client.reasons import why


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
