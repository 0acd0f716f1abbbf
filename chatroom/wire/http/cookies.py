"""The cookies of the page: what a browser is known by, which no script can read.

Cookies know no ports: by their names, two servers on one machine keep theirs apart. None of them goes along where a
page of somebody else's asks, but does where its reader follows a link to here.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import NamedTuple

from chatroom.core.values.errors import UsernameInvalid
from chatroom.core.values.names import username
from chatroom.wire.http.requests import Head

REMEMBERED = 400 * 86_400
"""Seconds for which a browser is remembered: the most that browsers keep a cookie for."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_DEVICE = re.compile(r"([A-Za-z0-9_-]+={0,2})\.([A-Za-z0-9_-]{22,128})")


class RememberedBrowser(NamedTuple):
    """A browser that is remembered: the *username* of an account when that began, and the *token* for it."""

    username: str
    token: str


class Cookies:
    """The cookies that came with *head*, by a connection that is *secure* or not."""

    def __init__(self, head: Head, *, secure: bool) -> None:
        self._secure = secure
        host = head.get("host")
        port = host[host.rindex(":") + 1 :] if re.search(r":\d+$", host) else "443" if secure else "80"
        # Of a name that begins so, a browser knows that nobody else has set it.
        self._name = f"{'__Host-' if secure else ''}chat-{port}"
        self._came = _parsed(head.get("cookie"))

    @property
    def secret(self) -> str:
        """What the sessions of this browser are made of, or nothing."""
        found = self._came.get(self._name, "")
        return found if _SECRET.fullmatch(found) else ""

    @property
    def device(self) -> RememberedBrowser | None:
        """The device that this browser is remembered as."""
        found = _DEVICE.fullmatch(self._came.get(f"{self._name}-device", ""))
        if not found:
            return None
        try:
            return RememberedBrowser(username(urlsafe_b64decode(found[1]).decode()), found[2])
        except (ValueError, UsernameInvalid):
            # Whatever a browser sends: that is no cookie of ours.
            return None

    def begin(self) -> tuple[str, str]:
        """Return the field that gives the browser a new secret, for as long as it runs."""
        return self._field("", token_urlsafe(16))

    def remember(self, device: RememberedBrowser) -> tuple[str, str]:
        """Return the field by which the browser is remembered as *device*."""
        name = urlsafe_b64encode(device.username.encode()).decode()
        return self._field("-device", f"{name}.{device.token}", f"; Max-Age={REMEMBERED}")

    def forget(self) -> list[tuple[str, str]]:
        """Return the fields that take all of it back."""
        return [self._field(end, "", "; Max-Age=0") for end in ("", "-device")]

    def _field(self, end: str, value: str, more: str = "") -> tuple[str, str]:
        secure = "; Secure" if self._secure else ""
        return "Set-Cookie", f"{self._name}{end}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}"


def _parsed(field: str) -> Mapping[str, str]:
    pairs = (pair.partition("=") for pair in re.split("[;,]", field))
    # The first of a name counts: browsers send the most specific one first.
    return dict(reversed([(name.strip(), value.strip()) for name, _, value in pairs]))
