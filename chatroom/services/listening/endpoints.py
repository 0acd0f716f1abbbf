"""Endpoints as operators write them, and corrections of usual mistakes."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from chatroom.programs.suggestion import suggestion

PART = re.compile(r"(?:\\.|[^:\\])+")
"""A part of a description, between two colons."""

PARAMETERS = {
    "tcp": ("port", "interface", "backlog"),
    "tcp6": ("port", "interface", "backlog"),
    "unix": ("address", "mode", "backlog", "lockfile"),
    "systemd": ("domain", "name", "index"),
}
"""The parameters of each kind of endpoint; TLS sees to its own."""

PROXIED = "haproxy:"
"""The prefix of an endpoint behind a proxy."""

_USUAL = "8080"

_ANYWHERE = ("", "*")

_HOST_AND_PORT = re.compile(r"(?:tcp6?:)?(?:\[(?P<six>[^]]*)\]|(?P<host>[^:=/\\]*)):(?P<port>\d{1,5})")
_HOST = re.compile(r"\[?(?P<host>[^]=/\\]+)\]?")
_BARE_COLONS = re.compile(
    r"(?P<before>(?:tcp6?|ssl):.*\binterface=)\[?(?P<address>[0-9A-Fa-f:.]+)\]?(?P<after>(?::\w+=.*)?)"
)


def mistake(description: str) -> str | None:
    """Return a usual mistake in *description* and its correction, if there is one."""
    proxied = PROXIED if description.startswith(PROXIED) else ""
    plain = description.removeprefix(PROXIED)
    if right := _correction(plain):
        return f"{description} is no endpoint; write {proxied}{right}"
    kind, *parts = PART.findall(plain) or [""]
    for part in parts:
        name, equals, _ = part.partition("=")
        if equals and kind in PARAMETERS and name not in PARAMETERS[kind]:
            meant = suggestion(name, PARAMETERS[kind]) or f"; there are {', '.join(PARAMETERS[kind])}"
            return f"{description} is no endpoint: {name} is no parameter of {kind}{meant}"
    return None


def _correction(description: str) -> str | None:
    """Return the endpoint for an address that is none."""
    if description.startswith(("/", "./", "../")):
        return f"unix:{_quoted(description)}"
    if found := _BARE_COLONS.fullmatch(description):
        before, address, after = found.group("before", "address", "after")
        return f"{before}{_quoted(address)}{after}" if _is_ipv6(address) else None
    if found := _HOST_AND_PORT.fullmatch(description):
        six, host, port = found.group("six", "host", "port")
        return _at(six, port) if six is not None else _at(host, port)
    if found := _HOST.fullmatch(description):
        host, _, port = found["host"].rpartition(":")
        # Without brackets, it may be both; a port is then more likely than a part of an address that looks so.
        if _is_ipv6(host) and port.isdecimal() and int(port) > 1023:
            return _at(host, port)
        return _at(found["host"], _USUAL)
    return None


def _at(host: str, port: str) -> str | None:
    """Return the endpoint for *port* on *host*, unless that is no host."""
    if int(port) > 65535:
        return None
    if host in _ANYWHERE:
        return port
    if host.lower() == "localhost":
        host = "127.0.0.1"
    if _is_ipv6(host):
        return f"tcp6:{port}:interface={_quoted(host)}"
    try:
        return f"tcp:{port}:interface={ip_address(host)}"
    except ValueError:
        # Without a dot, it may be meant for the kind of an endpoint.
        return f"tcp:{port}:interface=ADDRESS, with an address of this machine" if "." in host else None


def _is_ipv6(address: str) -> bool:
    try:
        return isinstance(ip_address(address), IPv6Address)
    except ValueError:
        return False


def _quoted(text: str) -> str:
    return text.replace(":", r"\:")
