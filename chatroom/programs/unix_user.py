"""Unix users, by whose names operators act."""

from __future__ import annotations

import pwd

from chatroom.core.values.names import Username


def by_number(number: int) -> Username:
    """Return the name that others read of what user *number* does: no person's name begins with a slash."""
    try:
        return Username(f"/{pwd.getpwuid(number).pw_name}")
    except KeyError:
        return Username(f"/{number}")
