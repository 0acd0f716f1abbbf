"""What the names of accounts look like, as a database has it: so two that are made at once do not look the same."""

from __future__ import annotations

from chatroom.core.accounts.lookalikes import skeletons, table
from chatroom.logs.postgres.database import Connection


def renew_looks(connection: Connection) -> None:
    """Store what names look like, unless that was done by the table of this node, within a transaction.

    Servers with another table agree less often that two names look the same; none lets in what it sees itself.
    """
    [(made,)] = connection.execute("SELECT looks FROM chat.meta")
    if made == table():
        return
    connection.execute("SELECT FROM chat.meta FOR UPDATE")
    named = connection.execute("SELECT username, account FROM chat.names WHERE until IS NULL").fetchall()
    connection.execute("DELETE FROM chat.looks")
    with connection.cursor() as cursor:
        looks = [(look, account) for username, account in named for look in skeletons(username)]
        cursor.executemany("INSERT INTO chat.looks VALUES (%s, %s)", looks)
    connection.execute("UPDATE chat.meta SET looks = %s", (table(),))
