"""MODE of oneself: what one is."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Command, Describe, Local, StandDown
from chatroom.core.values.errors import UsernameInvalid
from chatroom.core.values.names import key, username
from chatroom.core.values.replies import Refused, Reply
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, answered, local
from chatroom.wire.irc.requests import Asked, request
from chatroom.wire.irc.session import IRCVisit

SETTABLE = "Biw"
"""That one is a bot, is invisible, and is told what operators have to say to everybody."""


def user_mode(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell or set what one is: a bot, or invisible; or be an operator no longer."""
    if key_of(line.params[0]) != session.key:
        return local(call, line, session.numeric("502", "The modes of others are not yours"))
    if len(line.params) < 2 or not line.params[1]:
        return local(call, line, session.numeric("221", f"+{session.modes}"))
    sign, wanted, unknown = True, dict[str, bool](), False
    for letter in line.params[1]:
        if letter in "+-":
            sign = letter == "+"
        elif letter in SETTABLE or (letter == "o" and not sign):
            wanted[letter] = sign
        else:
            unknown = True
    first = (
        local(call, line, session.numeric("501", f"There is no such mode; {SETTABLE} is what there is"))
        if unknown
        else ()
    )
    changed = {letter: on for letter, on in wanted.items() if (letter in session.modes) != on}
    if not changed:
        return first or answered(session, line, call)

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Describe(), reply.error)
        session.modes = "".join(sorted({*session.modes} - {*changed} | {each for each, on in changed.items() if on}))
        on = "".join(letter for letter, is_on in changed.items() if is_on)
        off = "".join(letter for letter, is_on in changed.items() if not is_on)
        return [f":{session.nick} MODE {session.nick} :{f'+{on}' if on else ''}{f'-{off}' if off else ''}"]

    command: Command = Local(None)
    if not changed.keys() <= {"o", "w"}:
        command = Describe(bot=changed.get("B"), invisible=changed.get("i"))
    down = (request(call, line, StandDown(), lambda session, reply: ()),) if "o" in changed else ()
    return (*first, *down, request(call, line, command, write))


def key_of(word: str) -> str:
    """Return the key of a name, or nothing if *word* is none."""
    try:
        return key(username(word))
    except UsernameInvalid:
        return ""
