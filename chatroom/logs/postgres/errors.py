"""Errors of the database, and what they mean for what was asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from chatroom.logs.nodes.engine import Unreachable
from chatroom.logs.store_unusable import StoreUnusable

REPEATABLE = ("40001", "40P01")
"""The SQLSTATEs of transactions that failed because of others at the same time, and may be tried again."""

FENCED = "CH001"
"""The SQLSTATE for who is no longer a node."""

LOST = "CH002"
"""The SQLSTATE for a node that knows more of a log than the log has."""

# Cardinality, data, constraints, limits.
_UNFIT = ("21", "22", "23", "54")

AWAY = (psycopg.Error, Unreachable)
"""What the database may be at fault for, while it is read."""


@contextmanager
def refusing(store: str) -> Iterator[None]:
    """Turn errors of the database into :exc:`~chatroom.logs.store_unusable.StoreUnusable`."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreUnusable(
            store, f"refuses this role ({in_one_line(error)})", "let it create a schema there"
        ) from None
    except Unreachable as error:
        remedy = "see that it runs there, and that this machine and role may use it"
        raise StoreUnusable(store, f"can't be reached ({in_one_line(error)})", remedy, passing=True) from None
    except psycopg.Error as error:
        raise StoreUnusable(store, f"can't be used ({in_one_line(error)})", "mend that and try again") from None


def is_unfit(error: psycopg.Error) -> bool:
    """Return whether *error* is about what was to be stored, and not about the database.

    Its SQLSTATE is of the class of data, of constraints or of limits; what is refused before it is sent has none.
    """
    state = error.sqlstate
    return isinstance(error, psycopg.DataError) if state is None else state[:2] in _UNFIT


def in_one_line(error: Exception) -> str:
    """Return *error* in one line; where several hosts were tried, what each of them said."""
    lines = str(error).strip().splitlines() or [""]
    tries = [line.rpartition("connection failed: ")[2] for line in lines if line.startswith("- host: ")]
    return "; ".join(tries) or lines[0]
