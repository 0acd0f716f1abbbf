"""What ``chatroom-admin`` asks of a server that runs, by its control socket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chatroom.admin.control_client import ControlClient, ControlRefused
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.durations import NoDuration, seconds, spoken
from chatroom.core.values.networks import network
from chatroom.core.values.sanctions import CENTURY
from chatroom.core.values.texts import harmless
from chatroom.logs.archive import messages

EVERYBODY = "everybody"
"""On whom a sanction is imposed that holds for all from where somebody is."""


def who(control: Path, as_json: bool, match: str) -> None:
    """List who is connected to the server that runs, and to those that share its database."""
    with ControlClient(control) as server:
        found = server.pages("connections", "connections", "connection", match=match)
        if as_json:
            for each in found:
                print(json.dumps(each, ensure_ascii=False))
        else:
            _list(found)
    _complain(server, "who is there is not listed")


def _list(found: Iterable[dict[str, Any]]) -> None:
    """Print connections; of several servers also to which each is."""
    print(f"{'connection':>10}  {'since':24}  {'door':7}  {'behind':>7}  {'name':16}  from, and in which rooms")
    for each in found:
        rooms = f" ({', '.join(each['rooms'])})" if each["rooms"] else ""
        node = f" at {harmless(each['node'])}" if "node" in each else ""
        start = f"{each['connection']:10}  {each['since']:24}  {each['door']:7}  {each['behind']:7}"
        print(f"{start}  {each.get('username', '-'):16}  {harmless(each['peer'])}{node}{rooms}")


def _complain(server: ControlClient, what: str) -> None:
    """Say which other servers have not answered *server*, and *what* that means.

    :raises Refused: if there are any.
    """
    if server.missing:
        raise ControlRefused(f"no answer from {', '.join(map(harmless, sorted(server.missing)))}: {what}")


def kick(control: Path, room: str | None, numbered: bool, user: str, why: Sequence[str]) -> None:
    """Hang up on somebody, or put them out of a room; they may come back."""
    reason = " ".join(why)
    if numbered and (room is not None or not (user.isascii() and user.isdigit())):
        raise ControlRefused("a connection has a number, as who shows it, and is in no room by itself")
    with ControlClient(control) as server:
        if room is not None:
            server.ask("kick", room=room, username=user, reason=reason)
        else:
            whom = {"connection": int(user)} if numbered else {"username": user}
            server.ask("disconnect", **whom, reason=reason)
    who = f"Connection {user}" if numbered else harmless(user)
    print(f"{who} is {'disconnected' if room is None else f'out of {harmless(room)}'}.")
    _complain(server, "they may be there too")


def mute(control: Path, room: str | None, lasts: str | None, whom: str, user: str, why: Sequence[str]) -> None:
    """Let somebody not speak in a room, or anywhere."""
    time = _impose("mute", control, room, lasts, whom, user, why)
    print(f"{harmless(user)} is muted{_in(room)}{time}.")


def ban(control: Path, room: str | None, lasts: str | None, whom: str, user: str, why: Sequence[str]) -> None:
    """Put somebody out of a room, or of the server, and not let them in again; or all from a network."""
    time = _impose("ban", control, room, lasts, whom, user, why)
    print(f"{_banned(user)} is banned{f' from {harmless(room)}' if room else ''}{time}.")


def _impose(
    kind: str, control: Path, room: str | None, lasts: str | None, whom: str, user: str, why: Sequence[str]
) -> str:
    """Impose it, and return how long it lasts, as part of a sentence."""
    time = None if lasts is None else _seconds(lasts)
    given = {"seconds": time} if time else {}
    with ControlClient(control) as server:
        server.ask(kind, **_target(user, room), reason=" ".join(why), host=whom == EVERYBODY, **given)
    return f" for {spoken(time)}" if time else ""


def _target(user: str, room: str | None) -> dict[str, str]:
    """Return the fields for a *user*, or the network that it is, in a *room* or anywhere."""
    # No name of a person has any of these.
    who = "network" if set(user) & set(".:/") else "username"
    return {who: user} | ({} if room is None else {"room": room})


def _in(room: str | None) -> str:
    return f" in {harmless(room)}" if room else ""


def _seconds(text: str) -> int:
    """Return the seconds that an operator means by *text*."""
    try:
        return seconds(harmless(text), most=CENTURY)
    except NoDuration as wrong:
        raise ControlRefused(str(wrong)) from None


def _sanction(user: str, room: str | None) -> dict[str, str | int]:
    """Return the fields for what is lifted: the sanction with that number, or that of a *user* or network."""
    if user.isascii() and user.isdigit():
        return {"sanction": int(user)} | ({} if room is None else {"room": room})
    return dict(_target(user, room))


def _who(user: str) -> str:
    return f"Whoever had sanction {user}" if user.isascii() and user.isdigit() else harmless(user)


def _banned(user: str) -> str:
    """Return who or what was meant by *user*: of a network what it is in full, which may be more than was written."""
    if "network" not in _target(user, None):
        return _who(user)
    whole = network(user)
    return whole if user in (whole, whole.removesuffix("/32")) else f"{whole}, with {user} in it,"


def unmute(control: Path, room: str | None, user: str) -> None:
    """Let somebody speak again, in a room or anywhere."""
    with ControlClient(control) as server:
        server.ask("unmute", **_sanction(user, room))
    print(f"{_who(user)} may speak{_in(room)}.")


def unban(control: Path, room: str | None, user: str) -> None:
    """Let somebody, or all from a network, into a room again, or into the server."""
    with ControlClient(control) as server:
        server.ask("unban", **_sanction(user, room))
    print(f"{_banned(user)} may {f'enter {harmless(room)}' if room else 'come in'}.")


def resolve(control: Path, number: int, note: Sequence[str]) -> None:
    """Note that a report is seen to."""
    with ControlClient(control) as server:
        server.ask("resolve", report=number, note=" ".join(note))
    print(f"Report {number} is seen to.")


def redact(control: Path, room: str, since: str, username: str, why: Sequence[str]) -> None:
    """Take back all that somebody has said in a room of late."""
    given = {"room": room, "username": username, "seconds": _seconds(since), "reason": " ".join(why)}
    with ControlClient(control) as server:
        count = server.ask("redact", **given)["count"]
    print(f"{messages(count)} of {harmless(username)} in {harmless(room)} {'is' if count == 1 else 'are'} taken back.")


def reload(control: Path, as_json: bool) -> None:
    """Let the server that runs, and no other, read its certificates, its message of the day and its limits again."""
    with ControlClient(control) as server:
        done = server.ask("reload")
    rows = [(outcome, sentence) for outcome in ("changed", "failed") for sentence in done[outcome]]
    if as_json:
        for outcome, sentence in rows:
            print(json.dumps({"outcome": outcome, "sentence": sentence}, ensure_ascii=False))
    else:
        for outcome, sentence in rows:
            print(f"{outcome:7}  {harmless(sentence)}")
        if not rows:
            print("Nothing has changed.")
    if done["failed"]:
        raise ControlRefused("what failed is as it was before")


def log_level(control: Path, level: LogLevel) -> None:
    """Let the log of the server that runs, and of no other, show what is of a level, and all above it."""
    with ControlClient(control) as server:
        server.ask("log-level", level=level)
    print(f"The log shows {level} and above.")


def notice(control: Path, words: Sequence[str]) -> None:
    """Say something to everybody, at all servers that share a database."""
    with ControlClient(control) as server:
        server.ask("notice", text=" ".join(words))
    _complain(server, "everybody else is told")
    print("Everybody is told.")
