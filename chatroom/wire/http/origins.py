"""Origins: whose page asks, and for whom the request is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from typing_extensions import override

from chatroom.wire.http.dns_rebinding import can_be_rebound

PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/@?#\s]*)(?::(\d{1,5}))?")


class Origin(NamedTuple):
    """Where a page comes from: pages of one origin trust each other."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the origin that *text* writes, if it is one of the web."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.username is not None:
            return None
        return cls(parts.scheme, parts.hostname, port or PORTS[parts.scheme])

    @classmethod
    def of_host(cls, host: str, *, secure: bool) -> Self | None:
        """Return the origin of our own page for who asks *host* for it, as the field of that name says."""
        found = _HOST.fullmatch(host)
        if not found:
            return None
        scheme = "https" if secure else "http"
        return cls(scheme, found[1].strip("[]").lower(), int(found[2] or PORTS[scheme]))

    @override
    def __str__(self) -> str:
        """Write it as a browser does."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Origins:
    """What is ours: the *machine*'s own name, *names* beside it, those that are *certified*, and whole *origins*.

    Where origins are named, pages of no other one are ours.
    """

    machine: str
    names: Collection[str] = ()
    origins: Collection[Origin] = ()
    certified: Callable[[], Collection[str]] = field(default=lambda: ())

    @property
    def all_secure(self) -> bool:
        """Whether every page comes through TLS, as far as origins are named."""
        return bool(self.origins) and all(origin.scheme == "https" for origin in self.origins)

    def is_ours(self, host: str) -> bool:
        """Return whether a request for *host* is meant for us, and nobody's web page has made up the name."""
        found = _HOST.fullmatch(host)
        if not found:
            return False
        name = found[1].strip("[]").lower().removesuffix(".")
        if name in self.names or any(name == origin.host for origin in self.origins):
            return True
        return not can_be_rebound(name, self.machine) or _is_certified(name, self.certified())

    def may_speak(self, origin: str, host: str, *, secure: bool) -> bool:
        """Return whether the page of *origin* may speak through a browser, which asks *host*."""
        found = Origin.parse(origin)
        if self.origins:
            return found in self.origins
        return found is not None and found == Origin.of_host(host, secure=secure)


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine as it calls itself: browsers trust that way without TLS."""
    found = _HOST.fullmatch(host)
    name = found[1].strip("[]").lower() if found else ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _is_certified(name: str, certified: Collection[str]) -> bool:
    return name in certified or f"*.{name.partition('.')[2]}" in certified
