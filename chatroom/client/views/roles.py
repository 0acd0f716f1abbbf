"""Roles as they are seen: a mark before the name of who has one."""

from __future__ import annotations

from collections.abc import Mapping

MARKS: Mapping[str, str] = {"owner": "~", "operator": "&", "moderator": "@", "voiced": "+"}
"""What stands before the name of who has a role, where there is no room for the word."""

EXPLAINED = (
    ("~name", "who owns the room"),
    ("&name", "an operator of the server, with all rights in every room"),
    ("@name", "a moderator of the room"),
    ("+name", "who may speak also where few may"),
)
"""The marks and what they mean, for the help."""


def marked(name: str, roles: Mapping[str, str]) -> str:
    """Return *name* with the mark of its role, if it has one of *roles*."""
    return f"{mark(name, roles)}{name}"


def mark(name: str, roles: Mapping[str, str]) -> str:
    """Return the mark of the role that *name* has among *roles*, or nothing."""
    return MARKS.get(roles.get(name, ""), "")
