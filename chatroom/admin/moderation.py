"""What ``chatroom-admin`` tells of moderating: it asks the server that runs, or reads the store."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from chatroom.admin.control_client import ControlClient, NoServer
from chatroom.admin.store import find, open_archive
from chatroom.core.values.names import fold
from chatroom.core.values.texts import harmless
from chatroom.wire.frames.shapes import act_shape, report_shape, sanction_shape

ROWS = 1000
"""Acts that are read at a time."""

_PARTS = (
    ("account", "", ""),
    ("connection", "connection ", ""),
    ("seq", "message ", " of"),
    ("whom", "", ""),
    ("role", "as ", ""),
    ("room", "in ", ""),
    ("slow", "slow: ", ""),
    ("locked", "locked: ", ""),
    ("guests", "guests: ", ""),
    ("private", "private: ", ""),
    ("invite_only", "invite-only: ", ""),
    ("hidden", "hidden: ", ""),
    ("topic_locked", "topic locked: ", ""),
    ("keyed", "with a key: ", ""),
    ("capacity", "capacity: ", ""),
    ("until", "until ", ""),
)
"""The parts of a line of the audit in their order, and what stands before and behind each."""

Row = dict[str, Any]
"""A row as a server tells of it."""


def bans(store: str, control: Path, as_json: bool, room: str | None) -> None:
    """List who is banned or muted, in a room or anywhere."""
    rows = _sanctions(store, control, room)
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{'number':>8}  {'kind':4}  {'until':24}  {'room':12}  {'whom':16}  by, and why")
    for row in rows:
        start = f"{row['sanction']:8}  {row['kind']:4}  {row.get('until', '-'):24}  {row.get('room', '-'):12}"
        print(f"{start}  {_whom(row):16}  {row['by']}{_why(row)}")


def _sanctions(store: str, control: Path, room: str | None) -> list[Row]:
    with suppress(NoServer), ControlClient(control) as server:
        return list(server.pages("sanctions", "sanctions", "sanction", back=True, **_of(room)))
    with closing(open_archive(store)) as archive:
        log = None if room is None else find(archive, room)[0]
        held = archive.sanctions(log, int(time.time() * 1000))
        return [to_builtins(sanction_shape(each.room, each.sanction)) for each in held]


def reports(store: str, control: Path, as_json: bool, room: str | None, everything: bool) -> None:
    """List the messages that were reported, the newest first, with what was said before each."""
    rows = _reports(store, control, room, everything)
    newest = next(rows, None)
    for row in chain([newest] if newest else [], rows):
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print("\n".join(_told(row)))
    if newest is None and not as_json:
        print("Nothing is reported.")


def _reports(store: str, control: Path, room: str | None, everything: bool) -> Iterator[Row]:
    try:
        with ControlClient(control) as server:
            yield from server.pages("reports", "reports", "report", back=True, all=everything, **_of(room))
    except NoServer:
        with closing(open_archive(store)) as archive:
            log = None if room is None else find(archive, room)[0]
            before = None
            while found := archive.reports(log, everything, before, ROWS):
                for each in found:
                    yield to_builtins(report_shape(each))
                before = found[-1].number


def _told(row: Row) -> list[str]:
    """Write a report, and the messages below it."""
    seen = f"; seen to by {row['resolver']}{_because(row, 'note')}" if "resolver" in row else ""
    where = f"with {row['with']}" if "with" in row else f"in {row['room']}"
    about = f"message {row['seq']} of {row['from']} {where}"
    head = f"{row['report']:8}  {row['at']}  {row['by']}{_why(row)}: {about}"
    said = [*row["context"], row | {"at": row["said"]}]
    lines = [f"{'':10}{'>' if each is said[-1] else ' '} {line}" for each in said for line in _said(each)]
    return [head + seen, *lines]


def _said(message: Row) -> list[str]:
    text = message["text"] or "(taken back)"
    return [f"{message['seq']}  {message['at']}  {message['from']}: {harmless(line)}" for line in text.split("\n")]


def audit(store: str, control: Path, as_json: bool, room: str | None, match: str) -> None:
    """List who did what to others, the newest first, for ever."""
    acts = _acts(store, control, room)
    # Whoever is refused is shown no head of a table.
    newest = next(acts, None)
    if not as_json:
        print(f"{'entry':>8}  {'at':24}  {'by':16}  what")
    for row in chain([newest] if newest else [], acts):
        if not any(fold(match) in fold(row.get(name, "")) for name in ("by", "username", "network")):
            continue
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(f"{row['entry']:8}  {row['at']}  {row['by']:16}  {_what(row)}")


def _acts(store: str, control: Path, room: str | None) -> Iterator[Row]:
    try:
        with ControlClient(control) as server:
            yield from server.pages("audit", "audit", "entry", back=True, **_of(room))
    except NoServer:
        with closing(open_archive(store)) as archive:
            log = None if room is None else find(archive, room)[0]
            before = None
            while acts := archive.audit(log, before, ROWS):
                for act in acts:
                    yield to_builtins(act_shape(act))
                before = acts[-1].number


def _of(room: str | None) -> dict[str, str]:
    return {} if room is None else {"room": room}


def _what(row: Row) -> str:
    """Write what somebody did, in one line."""
    told = row | ({"whom": whom} if (whom := _whom(row)) else {})
    words = [f"{before}{_written(told[name])}{behind}" for name, before, behind in _PARTS if name in told]
    return " ".join([row["action"], *words]) + _why(row)


def _written(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _whom(row: Row) -> str:
    account = f"account {row['account']}" if "sanction" in row and "account" in row else ""
    return str(row.get("network") or row.get("mask") or account or row.get("username", "")) + " and all from there" * (
        "host" in row
    )


def _why(row: Row) -> str:
    return _because(row, "reason")


def _because(row: Row, name: str) -> str:
    return f" ({harmless(row[name])})" if name in row else ""
