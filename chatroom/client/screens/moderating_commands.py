"""The commands of moderators."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec import UNSET

from chatroom.client.screens.command import Command, Incomplete, NotDone, conversation, here, number, whole, word, words
from chatroom.client.screens.screen import Screen
from chatroom.core.values import masks
from chatroom.core.values.durations import leading, seconds
from chatroom.core.values.rights import DAY, Role
from chatroom.core.values.sanctions import CENTURY
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest

SWITCH = ("on", "off")
"""Whether something is so in a room, as it is typed."""

ALL = "all"
"""What is said to see reports too that are resolved."""

MAX_REPORTS = 5
"""Reports that are listed: each is several lines."""

MAX_ACTS = 20
"""Acts that are listed."""


def _kick(screen: Screen, rest: str) -> AnyRequest | None:
    username, why = words(rest)
    return requests.Kick(room=here(screen), username=username, reason=why or UNSET)


def _appoint(role: Role, screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Appoint(room=here(screen), username=word(rest), role=role)


def _impose(
    frame: type[requests.Mute | requests.Ban | requests.Exempt], screen: Screen, rest: str
) -> AnyRequest | None:
    who, why = words(rest)
    lasts, why = leading(why, most=CENTURY)
    told: dict[str, Any] = {"seconds": UNSET if lasts is None else lasts, "reason": why or UNSET}
    return frame(room=here(screen), **_whom(who, always=frame is requests.Exempt), **told)


def _lift(
    frame: type[requests.Unmute | requests.Unban | requests.Unexempt | requests.Uninvite], screen: Screen, rest: str
) -> AnyRequest | None:
    always = frame in (requests.Unexempt, requests.Uninvite)
    return frame(room=here(screen), **_whom(word(rest), always=always))


def _invite(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Invite(room=here(screen), **_whom(word(rest)))


def _whom(who: str, *, always: bool = False) -> dict[str, Any]:
    """Return who is meant by *who*: a name, unless it *always* is a mask or looks like one."""
    if who.startswith(masks.OF_ACCOUNT):
        return {"account": who.removeprefix(masks.OF_ACCOUNT)}
    return {"mask" if always or masks.is_mask(who) else "username": who}


def _slow(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), slow=seconds(word(rest), least=0, most=DAY))


def _lock(locked: bool, screen: Screen, _: str) -> AnyRequest | None:  # which of two commands
    return requests.Configure(room=here(screen), locked=locked)


def _guests(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), guests=_is_on(rest))


def _private(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), private=_is_on(rest))


def _invite_only(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), invite_only=_is_on(rest))


def _hidden(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), hidden=_is_on(rest))


def _topic_lock(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Configure(room=here(screen), topic_locked=_is_on(rest))


def _is_on(rest: str) -> bool:
    """Return whether a switch is turned on, or off."""
    wanted = word(rest).lower()
    if wanted not in SWITCH:
        raise Incomplete
    return wanted == "on"


def _redact(screen: Screen, rest: str) -> AnyRequest | None:
    _takes_back(screen)
    there = conversation(screen)
    if not rest:
        if there.pending:
            raise NotDone("What you said last is not stored yet; take it back in a moment.")
        if (newest := there.newest_of(None)) is None:
            raise NotDone("Nothing that you said here is left to take back.")
        return there.address.redact(newest)
    what, why = words(rest)
    if seq := number(what):
        return there.address.redact(seq, why)
    # A name may be a number; with an @ it is a name.
    what = what.removeprefix("@")
    lasts, note = leading(why, most=DAY)
    if lasts is not None:
        return requests.Redact(room=here(screen), username=what, seconds=lasts, reason=note or UNSET)
    if (newest := there.newest_of(what)) is None:
        raise NotDone(f"Nothing that {what} said here is left to take back.")
    return there.address.redact(newest, why)


def _report(screen: Screen, rest: str) -> AnyRequest | None:
    what, why = words(rest)
    if not why:
        raise Incomplete
    there = conversation(screen)
    if not (seq := number(what) or there.newest_of(what)):
        raise NotDone(f"Nothing that {what} said here is left to report.")
    return there.address.report(seq, why)


def _mods(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Confide(room=here(screen), text=whole(rest))


def _reports(screen: Screen, rest: str) -> AnyRequest | None:
    if rest and rest.lower() != ALL:
        raise Incomplete
    return requests.Reports(room=here(screen), limit=MAX_REPORTS, all=bool(rest))


def _resolve(_: Screen, rest: str) -> AnyRequest | None:
    what, note = words(rest)
    if not (report := number(what)):
        raise Incomplete
    return requests.Resolve(report=report, note=note or UNSET)


def _audit(screen: Screen, _: str) -> AnyRequest | None:
    _takes_back(screen)
    return requests.Audit(room=here(screen), limit=MAX_ACTS)


def _takes_back(screen: Screen) -> None:
    """See that the server takes messages back, and keeps who did so."""
    if not screen.chat.takes_back:
        raise NotDone("This server takes nothing back.")


MODERATING = (
    Command("kick", "user [why]", "put somebody out of the room; they may come back", _kick, ("user", "text")),
    Command(
        "mute",
        "user|mask [time] [why]",
        "let them not speak, for 10m or 2h, or for ever",
        partial(_impose, requests.Mute),
        ("user", "text"),
    ),
    Command("unmute", "user|mask", "let them speak again", partial(_lift, requests.Unmute), ("user",)),
    Command(
        "ban",
        "user|mask [time] [why]",
        "put them out, and not let them in again",
        partial(_impose, requests.Ban),
        ("user", "text"),
    ),
    Command("unban", "user|mask", "let them in again", partial(_lift, requests.Unban), ("user",)),
    Command(
        "exempt",
        "mask [time] [why]",
        "keep bans and mutes from whom it fits",
        partial(_impose, requests.Exempt),
    ),
    Command("unexempt", "mask", "do so no more", partial(_lift, requests.Unexempt)),
    Command(
        "redact",
        "[user] [time] [why]",
        "take back your last message, or theirs, or all of theirs in 1h; or one by its number",
        _redact,
        ("user", "text"),
    ),
    Command(
        "report",
        "user why",
        "let the moderators see their last message, or one by its number",
        _report,
        ("user", "text"),
    ),
    Command("mods", "text", "tell the moderators alone", _mods, ("text",)),
    Command("reports", "[all]", "what was reported here, and is open", _reports),
    Command("resolve", "number [note]", "note that a report is seen to", _resolve),
    Command("audit", "", "what was done to whom here, and by whom", _audit),
    Command("bans", "", "who is banned or muted here", lambda screen, _: requests.Sanctions(room=here(screen))),
    Command("slow", "time", "one message each in 10s or 5m; 0 ends it", _slow),
    Command("lock", "", "let only moderators speak", partial(_lock, True)),
    Command("unlock", "", "let all speak again", partial(_lock, False)),
    Command("guests", "on or off", "let everybody in, or only people with an account", _guests, ("switch",)),
    Command("private", "on or off", "let only those find the room who are in or invited", _private, ("switch",)),
    Command("inviteonly", "on or off", "let only those in who are invited", _invite_only, ("switch",)),
    Command("hidden", "on or off", "keep the room out of all lists", _hidden, ("switch",)),
    Command(
        "key",
        "[word]",
        "ask this of all who enter; alone, nothing",
        lambda screen, rest: requests.Configure(room=here(screen), key=rest),
    ),
    Command("topiclock", "on or off", "let only moderators set the topic", _topic_lock, ("switch",)),
    Command("invite", "user|mask", "invite somebody into the room", _invite, ("user",)),
    Command("uninvite", "mask", "take back whom it invites", partial(_lift, requests.Uninvite)),
    Command("op", "user", "make somebody a moderator of the room", partial(_appoint, "moderator"), ("user",)),
    Command("voice", "user", "let them speak also where few may", partial(_appoint, "voiced"), ("user",)),
    Command("devoice", "user", "let them do so no more", partial(_appoint, "member"), ("user",)),
    Command("deop", "user", "let them be one no more", partial(_appoint, "member"), ("user",)),
    Command("owner", "user", "give the room to somebody else", partial(_appoint, "owner"), ("user",)),
)
"""The commands of moderators, in the order in which they are listed."""
