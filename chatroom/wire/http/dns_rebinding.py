"""DNS rebinding: names by which a stranger's web page may reach this machine.

The page lets its own name lead to 127.0.0.1, and its reader's browser then asks there in its name.
"""

from __future__ import annotations

from ipaddress import ip_address

_OURS = (".localhost", ".local")
"""Endings of names for which no name server out there is asked."""


def can_be_rebound(name: str, machine: str) -> bool:
    """Return whether a stranger could let *name* lead to this machine, whose own name is *machine*."""
    name = name.lower().removesuffix(".")
    try:
        ip_address(name)
    except ValueError:
        return "." in name and name != machine.lower() and not name.endswith(_OURS)
    return False
