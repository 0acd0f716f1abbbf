"""Why a connection was lost or could not be made, in words for people."""

from __future__ import annotations

from typing import get_args

import pytest
from twisted.internet import error
from twisted.python.failure import Failure

from chatroom.client.reasons import clause, farewell, why
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


def test_who_is_banned_is_told_until_when_and_why() -> None:
    bye = Bye(reason="banned", until="2026-11-24T12:00:00.000Z", note="shouting")
    assert farewell(bye) == "you are banned from this server until 2026-11-24 12:00 UTC (shouting)"
    assert farewell(Bye(reason="banned", until="never")) == "you are banned from this server"
    assert farewell(Bye(reason="banned", until="9999-12-31T23:59:59.999-14:00")) == "you are banned from this server"


def test_a_sentence_of_the_server_is_told_as_a_part_of_one() -> None:
    assert clause("You are banned from this server.") == "you are banned from this server"
    assert clause("") == ""
