"""Reasons why there is no connection, in words for a person, and whether to wait is of any use."""

from __future__ import annotations

from datetime import datetime

from twisted.internet import error
from twisted.python.failure import Failure

from chatroom.core.values.texts import harmless
from chatroom.core.values.wording import ending
from chatroom.wire.frames import answers

_FAREWELLS = {
    "stopping": "the server is stopping",
    "silent": "the server has heard nothing of us",
    "stalled": "we have read too slowly",
    "too-many-tries": "too many names or passwords were refused",
    "kicked": "the operator has hung up on us",
    "revoked": "you were signed out here, by another device of yours or the operator",
    "banned": "you are banned from this server",
    "replaced": "this session has come by another connection",
}

CLOSED = "the server closed the connection"

_REASONS: dict[type[Exception], str] = {
    error.ConnectionDone: CLOSED,
    error.ConnectionLost: "the connection broke",
    error.ConnectionRefusedError: "nothing listens on {server}",
    error.DNSLookupError: "no machine has this name",
    error.TimeoutError: "no answer",
}

NO_TLS = "this port speaks no TLS (--no-tls)"
NO_WORD = "the server closed the connection without a word; perhaps it wants TLS (--tls)"

GUESSES = (NO_TLS, NO_WORD)
"""What there may be to a server that nobody has ever been let in by."""

_NOT_OF_TLS = frozenset(("wrong version number", "packet length too long", "record layer failure", "unknown protocol"))
"""OpenSSL's names for an answer that is none of TLS."""

_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
"""The beginnings of an alert and of a greeting of TLS."""

_GREETING = b"* Welcome to "
_LONGEST_QUOTE = 80


def why(failure: Failure, server: str = "this port") -> str:
    """Say for a person why a connection to *server* was lost, or could not be made."""
    known = failure.check(*_REASONS)
    if known:
        return _REASONS[known].format(server=server)
    # These two come from libraries that are there only where there is TLS.
    match getattr(failure.value, "args", ()):
        case [[(str(), str(), str(reason)), *_]]:
            return NO_TLS if reason in _NOT_OF_TLS else sentence(f"TLS: {reason}")
    if type(failure.value).__name__ == "VerificationError":
        return "TLS: its certificate is for another name"
    return sentence(failure.getErrorMessage())


def may_pass(failure: Failure) -> bool:
    """Say whether a later attempt may do better: not if there is no such machine, or it can't prove who it is."""
    return failure.check(error.ConnectError, error.ConnectionClosed) is not None


def stranger(said: bytes) -> str | None:
    """Say for a person what a server is that *said* this instead of a frame; None if it may be a chatroom."""
    if said.startswith(_TLS_RECORDS):
        return "this port speaks TLS (--tls)"
    quote = sentence(said.decode(errors="replace"))
    if not quote or said.startswith(_GREETING):
        return None
    return f"this is no chatroom: it says {quote[:_LONGEST_QUOTE]}"


def sentence(text: str) -> str:
    """Return any *text* as a line that is harmless and not too long."""
    return " ".join(harmless(text.strip()).split())[:200]


def farewell(bye: answers.Bye) -> str:
    """Say for a person why the server closes."""
    said = _FAREWELLS.get(bye.reason) or sentence(f"the server said good-bye: {bye.reason}")
    lasts = _ending(bye.until) if bye.until else ""
    return f"{said}{lasts} ({sentence(bye.note)})" if bye.note else f"{said}{lasts}"


def clause(text: str) -> str:
    """Return a *text* of the server's, a sentence, as the part of one."""
    said = sentence(text).removesuffix(".")
    return f"{said[:1].lower()}{said[1:]}"


def _ending(at: str) -> str:
    try:
        return ending(int(datetime.fromisoformat(at).timestamp() * 1000))
    except (ValueError, OverflowError):
        return ""
