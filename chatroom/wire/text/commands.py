"""The commands that people type: one table, from which lines are read and help is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from chatroom.core.values import masks, texts
from chatroom.core.values.commands import (
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Confide,
    Configure,
    Create,
    Delete,
    Describe,
    Devices,
    History,
    Ignore,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListIgnored,
    ListSanctions,
    ListUnread,
    Local,
    Login,
    Operate,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Register,
    Rename,
    Report,
    Resolve,
    Revoke,
    Say,
    Search,
    StandDown,
    Talks,
    Tell,
    Topic,
    Trust,
    Unregister,
    Who,
    WhoIs,
)
from chatroom.core.values.durations import NoDuration, leading, seconds
from chatroom.core.values.errors import BadCommand, InNoRoom, NotLoggedIn, PasswordInvalid, UnknownType, UsernameInvalid
from chatroom.core.values.names import RoomName, Username, key, room_name, username
from chatroom.core.values.passwords import Password, password
from chatroom.core.values.rights import DAY, Role, Tuning
from chatroom.core.values.sanctions import CENTURY, Kind

REPLAYED = 10
"""Messages that are shown on entering a room."""

NEWEST = 20
"""Messages that ``/history`` shows without a number."""

AWAY = "away"
"""Why somebody is away who does not say it."""

SOME = 5
"""Reports that ``/reports`` shows: each is several lines."""

MODERATING = "moderating"
"""What help is asked for about what moderators can do."""

ACCOUNTS = "accounts"
"""What help is asked for about accounts."""

RESERVED = frozenset("list create join delete who nick tell msg help quit leave me topic history search".split())
"""The first words of the table, which nobody can take for a name here."""

NEW_PASSWORD = "* A new password:", "* The same again:"
"""What is asked for a new password."""

_NAME_FIRST = "Type the name by which the others shall know you: letters, digits, _ and -. QUIT goes away."


@dataclass(frozen=True, slots=True)
class Help:
    """The list of the commands, or how the one called *word* is written."""

    word: str = ""


@dataclass(frozen=True, slots=True)
class PromptedCommand:
    """What is asked for in lines of their own, a prompt each; what is *typed* there means a command."""

    prompts: tuple[str, ...]
    meaning: Callable[[Sequence[str]], Command]
    typed: tuple[str, ...] = ()


class WordMissing(Exception):
    """A command that lacks a word, or has one that it can't mean."""


@dataclass(frozen=True, slots=True)
class Word:
    """A command: how it is written (*name*, then *form*), what it does, and what its rest means in a room or none.

    One *about* something special is listed apart. Only the first commands are names that nobody can have: a later one
    may be somebody's.
    """

    name: str
    form: str
    purpose: str
    meaning: Callable[[str, RoomName | None], Command]
    room_only: bool = False
    about: str = ""

    def usage(self, *, in_room: bool) -> str:
        """Show how it is written, as people write it where they are."""
        name = f"/{self.name}" if in_room else self.name.upper()
        return f"{name} {self.form}".rstrip()


def _first(rest: str) -> str:
    """Return the first word of *rest*."""
    if not rest:
        raise WordMissing
    return rest.split(maxsplit=1)[0]


def _split(rest: str) -> tuple[str, str]:
    """Return the first word of *rest*, and what comes after it."""
    first = _first(rest)
    return first, rest[len(first) :].lstrip()


def _all(rest: str) -> str:
    if not rest:
        raise WordMissing
    return rest


def _here(room: RoomName | None) -> RoomName:
    if room is None:
        raise InNoRoom
    return room


def join(name: RoomName, room: RoomName | None, lock: str = "") -> Join:
    """Return how *name*, whose key is *lock*, is entered from *room*: a person is in one room at a time."""
    return Join(name, REPLAYED, instead_of=room, key=lock)


def _create(rest: str, room: RoomName | None) -> Command:
    name, topic = _split(rest)
    return Create(room_name(name), texts.topic(topic), instead_of=room)


def _join(rest: str, room: RoomName | None) -> Command:
    name, lock = _split(rest)
    return join(room_name(name), room, lock.strip())


def _tell(rest: str, _: RoomName | None) -> Command:
    name, text = _split(rest)
    return Tell(username(name), texts.message(_all(text)))


def _away(rest: str, _: RoomName | None) -> Command:
    return Describe(away=texts.away(rest) or AWAY)


def _talk(rest: str, _: RoomName | None) -> Command:
    if not rest:
        return Talks()
    name, *counts = rest.split()
    if len(counts) > 1 or not all(map(_is_number, counts)):
        raise WordMissing
    if counts:
        return History(None, limit=int(counts[0]), other=username(name))
    return History(None, limit=NEWEST, other=username(name), unread=True)


def _ignore(rest: str, _: RoomName | None) -> Command:
    return Ignore(username(_first(rest))) if rest else ListIgnored()


def _unignore(rest: str, _: RoomName | None) -> Command:
    return Ignore(username(_first(rest)), ends=True)


def _reply(rest: str, room: RoomName | None) -> Command:
    what, text = _split(rest)
    said = texts.message(_all(text))
    return Say(_here(room), said, re=_number(what) if what.isascii() and what.isdigit() else username(what))


def _who(rest: str, room: RoomName | None) -> Command:
    return Who(room_name(_first(rest)) if rest else room)


def _history(rest: str, room: RoomName | None) -> Command:
    *words, last = rest.split() or [""]
    # In any order, and one of them alone too.
    numbered = "#" in (last, *words)
    counts = [word for word in (*words, last) if word not in ("", "#")]
    count = counts[0] if counts else str(NEWEST)
    if len(counts) > 1 or not _is_number(count):
        raise WordMissing
    return History(_here(room), limit=int(count), numbered=numbered)


def _search(rest: str, room: RoomName | None) -> Command:
    first, words = _split(rest)
    # Alone it stands for no word.
    if first == "*":
        return Search(None, _all(words))
    return Search(room, rest)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and 0 < len(word) < 9 and int(word) > 0


def _redact(rest: str, room: RoomName | None) -> Command:
    if not rest:
        return Redact(_here(room))
    what, why = _split(rest)
    if what.isascii() and what.isdigit():
        return Redact(_here(room), seq=_number(what), reason=texts.reason(why))
    return Redact(_here(room), username=username(what), reason=texts.reason(why))


def _report(rest: str, room: RoomName | None) -> Command:
    what, why = _split(rest)
    reason = texts.reason(_all(why))
    if what.isascii() and what.isdigit():
        return Report(_here(room), reason, _number(what))
    return Report(_here(room), reason, username=username(what))


def _resolve(rest: str, room: RoomName | None) -> Command:
    number, note = _split(rest)
    _here(room)
    return Resolve(_number(number), texts.reason(note))


def _reports(rest: str, room: RoomName | None) -> Command:
    match rest.strip().lower():
        case "" | "all" as word:
            return ReadReports(_here(room), limit=SOME, all=word == "all")
    raise WordMissing


def _number(word: str) -> int:
    if not _is_number(word):
        raise WordMissing
    return int(word)


def _help(rest: str, room: RoomName | None) -> Command:
    if (about := rest.strip().lower()) in (MODERATING, ACCOUNTS):
        return Local(Help(about))
    return Local(Help(_word(_first(rest).removeprefix("/"), room).name if rest else ""))


def _register(rest: str, room: RoomName | None) -> Command:
    return Register(password(rest)) if rest else _asking(Register(), room)


def _password(rest: str, room: RoomName | None) -> Command:
    if rest:
        # With spaces in them, nobody could tell where one ends.
        raise WordMissing
    return _asking(ChangePassword(), room)


def _unregister(rest: str, room: RoomName | None) -> Command:
    if rest:
        raise WordMissing
    return _asking(Unregister(), room)


def _asking(command: Command, room: RoomName | None) -> Command:
    """Return what asks for the passwords of *command*: in the lobby only if they are worth typing.

    In a room, whoever has typed them already would say them to everybody if it were refused first.
    """
    asked = question(command)
    return command if room is None or asked is None else Local(asked)


def _same(typed: str, again: str) -> Password:
    """Return a new password that was typed twice."""
    if typed != again:
        raise PasswordInvalid("These were two different ones; begin again")
    return password(typed)


def _revoke(rest: str, _: RoomName | None) -> Command:
    if not (rest.isascii() and rest.isdigit() and 0 < len(rest) < 16):
        raise WordMissing
    return Revoke(int(rest))


def _authenticate(rest: str, room: RoomName | None) -> Command:
    return _asking(Authenticate(username(_first(rest))), room)


def _operate(rest: str, room: RoomName | None) -> Command:
    if not rest:
        return StandDown()
    return _asking(Operate(username(_first(rest))), room)


def question(command: Command | None) -> PromptedCommand | None:
    """Return what is asked of somebody whose *command* lacks its passwords, if it needs some."""
    match command:
        case Register():
            return PromptedCommand(NEW_PASSWORD, lambda typed: Register(_same(*typed)))
        case ChangePassword():
            prompts = "* Your password:", *NEW_PASSWORD
            return PromptedCommand(prompts, lambda typed: ChangePassword(password(typed[0]), _same(*typed[1:])))
        case Unregister():
            return PromptedCommand(("* Your password:",), lambda typed: Unregister(password(typed[0])))
        case Authenticate(name):
            return PromptedCommand(("* Password:",), lambda typed: Authenticate(name, password=password(typed[0])))
        case Operate(name):
            return PromptedCommand(("* Password:",), lambda typed: Operate(name, password(typed[0])))
    return None


def login(name: Username, why: str) -> PromptedCommand:
    """Return what is asked of somebody who says that they are *name*, and *why* that needs a password."""
    return PromptedCommand((f"* {why}. Password:",), lambda typed: Login(name, look=True, password=password(typed[0])))


def _kick(rest: str, room: RoomName | None) -> Command:
    name, why = _split(rest)
    return Kick(_here(room), username(name), texts.reason(why))


def _appoint(role: Role, rest: str, room: RoomName | None) -> Command:
    return Appoint(_here(room), username(_first(rest)), role)


def _configure(tuning: Tuning, _: str, room: RoomName | None) -> Command:
    return Configure(_here(room), tuning)


def _impose(kind: Kind, rest: str, room: RoomName | None) -> Command:
    name, why = _split(rest)
    lasts, why = leading(why, most=CENTURY)
    if mask := _mask(name, always=kind == "exempt"):
        return Impose(kind, _here(room), None, lasts, texts.reason(why), mask=mask)
    return Impose(kind, _here(room), username(name), lasts, texts.reason(why))


def _mask(word: str, *, always: bool = False) -> str:
    """Return the mask that *word* is, or nothing if it is a name."""
    if word.startswith(masks.OF_ACCOUNT):
        return masks.account_mask(word.removeprefix(masks.OF_ACCOUNT))
    return masks.mask(word) if always or masks.is_mask(word) else ""


def _lift(kind: Kind, rest: str, room: RoomName | None) -> Command:
    if mask := _mask(_first(rest), always=kind in ("exempt", "invite")):
        return Lift(kind, _here(room), mask=mask)
    return Lift(kind, _here(room), username(_first(rest)))


def _invite(rest: str, room: RoomName | None) -> Command:
    if mask := _mask(_first(rest)):
        return Impose("invite", _here(room), None, mask=mask)
    return Invite(_here(room), username(_first(rest)))


def _guests(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(guests=_is_on(rest)))


def _private(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(private=_is_on(rest)))


def _invite_only(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(invite_only=_is_on(rest)))


def _hidden(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(hidden=_is_on(rest)))


def _topic_lock(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(topic_locked=_is_on(rest)))


def _key(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(key=texts.room_key(rest.strip())))


def _is_on(rest: str) -> bool:
    """Return whether a switch is turned on; or off."""
    match rest.strip().lower():
        case "on" | "off" as word:
            return word == "on"
    raise WordMissing


def _slow(rest: str, room: RoomName | None) -> Command:
    return Configure(_here(room), Tuning(slow=seconds(_first(rest), least=0, most=DAY)))


WORDS = (
    Word("list", "[word]", "the open rooms, or those with this word in their name", lambda rest, _: List(rest)),
    Word("create", "room [topic]", "open a room and enter it", _create),
    Word("join", "room [key]", "enter a room", _join),
    Word("delete", "room", "close a room that you created", lambda rest, _: Delete(room_name(_first(rest)))),
    Word("who", "[room]", "the names of those in a room, or online", _who),
    Word("nick", "name", "be called otherwise", lambda rest, _: Rename(_own_name(_first(rest)))),
    Word("whois", "user", "who somebody is", lambda rest, _: WhoIs((username(_first(rest)),))),
    Word("away", "[why]", "let those know who tell you something", _away),
    Word("back", "", "be away no longer", lambda *_: Describe(away="")),
    Word("tell", "user text", "say something to one person alone (or msg)", _tell),
    Word(
        "leave",
        "[text]",
        "go back to the lobby, with a last word",
        lambda rest, room: Leave(_here(room), text=texts.reason(rest)),
        room_only=True,
    ),
    Word(
        "me",
        "text",
        "do something, as in /me waves",
        lambda rest, room: Say(_here(room), texts.message(_all(rest)), "action"),
        room_only=True,
    ),
    Word(
        "notice",
        "text",
        "say something that wants no answer",
        lambda rest, room: Say(_here(room), texts.message(_all(rest)), "notice"),
        room_only=True,
    ),
    Word("reply", "user text", "answer somebody's last message, or one by its number", _reply, room_only=True),
    Word(
        "topic",
        "text",
        "say what the room is about",
        lambda rest, room: Topic(_here(room), texts.topic(_all(rest))),
        room_only=True,
    ),
    Word("history", "[count] [#]", "the newest messages again, with # numbered", _history, room_only=True),
    Word("search", "[*] words", "the newest with all these words; with * in all rooms", _search),
    Word("kick", "user [why]", "put somebody out; they may come back", _kick, room_only=True, about=MODERATING),
    Word(
        "mute",
        "user [time] [why]",
        "let them not speak, for 10m or 2h, or for ever",
        partial(_impose, "mute"),
        room_only=True,
        about=MODERATING,
    ),
    Word("unmute", "user", "let them speak again", partial(_lift, "mute"), room_only=True, about=MODERATING),
    Word(
        "ban",
        "user [time] [why]",
        "put them out, and not let them in again",
        partial(_impose, "ban"),
        room_only=True,
        about=MODERATING,
    ),
    Word("unban", "user", "let them in again", partial(_lift, "ban"), room_only=True, about=MODERATING),
    Word(
        "redact",
        "[user] [why]",
        "take back your last message, or theirs",
        _redact,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "report",
        "user why",
        "let the moderators see their last message",
        _report,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "mods",
        "text",
        "tell the moderators alone",
        lambda rest, room: Confide(_here(room), texts.message(_all(rest))),
        room_only=True,
        about=MODERATING,
    ),
    Word("reports", "[all]", "what was reported here, and is open", _reports, room_only=True, about=MODERATING),
    Word("resolve", "number [note]", "note that a report is seen to", _resolve, room_only=True, about=MODERATING),
    Word(
        "audit",
        "",
        "what was done to whom here, and by whom",
        lambda _, room: ReadAudit(_here(room), limit=NEWEST),
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "bans",
        "",
        "who is banned or muted here",
        lambda _, room: ListSanctions(_here(room)),
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "slow",
        "time",
        "one message each in 10s or 5m; 0 ends it",
        _slow,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "lock",
        "",
        "let only moderators speak",
        partial(_configure, Tuning(locked=True)),
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "unlock", "", "let all speak again", partial(_configure, Tuning(locked=False)), room_only=True, about=MODERATING
    ),
    Word(
        "guests",
        "on or off",
        "let everybody in, or only people with an account",
        _guests,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "private",
        "on or off",
        "let only those find the room who are in or invited",
        _private,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "inviteonly",
        "on or off",
        "let only those in who are invited",
        _invite_only,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "hidden",
        "on or off",
        "keep the room out of all lists",
        _hidden,
        room_only=True,
        about=MODERATING,
    ),
    Word("key", "[word]", "ask this of all who enter; alone, nothing", _key, room_only=True, about=MODERATING),
    Word(
        "topiclock",
        "on or off",
        "let only moderators set the topic",
        _topic_lock,
        room_only=True,
        about=MODERATING,
    ),
    Word(
        "exempt",
        "mask",
        "let no ban or mute touch those whom it fits",
        partial(_impose, "exempt"),
        room_only=True,
        about=MODERATING,
    ),
    Word("unexempt", "mask", "let it touch them again", partial(_lift, "exempt"), room_only=True, about=MODERATING),
    Word("uninvite", "mask", "take back whom it invites", partial(_lift, "invite"), room_only=True, about=MODERATING),
    Word("invite", "user", "invite somebody into the room", _invite, room_only=True, about=MODERATING),
    Word("op", "user", "make somebody a moderator", partial(_appoint, "moderator"), room_only=True, about=MODERATING),
    Word(
        "voice",
        "user",
        "let them speak also where few may",
        partial(_appoint, "voiced"),
        room_only=True,
        about=MODERATING,
    ),
    Word("devoice", "user", "let them do so no more", partial(_appoint, "member"), room_only=True, about=MODERATING),
    Word("deop", "user", "let them be one no more", partial(_appoint, "member"), room_only=True, about=MODERATING),
    Word(
        "owner", "user", "give the room to somebody else", partial(_appoint, "owner"), room_only=True, about=MODERATING
    ),
    Word("login", "user", "be who has that account, and no guest", _authenticate, about=ACCOUNTS),
    Word("register", "[password]", "make your name yours alone", _register, about=ACCOUNTS),
    Word("password", "", "change your password", _password, about=ACCOUNTS),
    Word("unregister", "", "give up your account, and be a guest", _unregister, about=ACCOUNTS),
    Word("unread", "", "where something is new to you", lambda *_: ListUnread(), about=ACCOUNTS),
    Word("talk", "[user] [count]", "what you told each other; alone, with whom you did", _talk, about=ACCOUNTS),
    Word("trust", "", "know you by your certificate in TLS", lambda *_: Trust(), about=ACCOUNTS),
    Word("devices", "", "where you are logged in", lambda *_: Devices(), about=ACCOUNTS),
    Word("revoke", "number", "log one of these devices out", _revoke, about=ACCOUNTS),
    Word("ignore", "[user]", "be told nothing by somebody; alone, whom that is", _ignore, about=ACCOUNTS),
    Word("unignore", "user", "be told by them again", _unignore, about=ACCOUNTS),
    Word("oper", "[user]", "act as an operator, by one's password; alone, no more", _operate, about=ACCOUNTS),
    Word("help", "[command]", "what you can do here", _help),
    Word("quit", "[text]", "go away, with a last word", lambda rest, _: Quit(texts.reason(rest))),
)

BY_NAME = {word.name: word for word in WORDS} | {"msg": next(word for word in WORDS if word.name == "tell")}


def command(line: str, room: RoomName | None) -> Command:
    """Return what the command in *line* means to somebody in *room*, or in the lobby.

    :raises chatroom.core.values.errors.ChatError: if it is no command.
    """
    name, rest = _split(line.strip().removeprefix("/").lstrip() or "/")
    word = _word(name, room)
    try:
        return word.meaning(rest, room)
    except WordMissing:
        raise BadCommand(f"Write it as {word.usage(in_room=room is not None)}") from None
    except NoDuration as wrong:
        raise BadCommand(str(wrong)) from None


def _own_name(text: str) -> Username:
    """Return *text* as the name of who types it: none that is a command here, where both are typed alike."""
    name = username(text)
    if (word := key(name)) in RESERVED:
        raise UsernameInvalid(f"'{word}' is a command")
    return name


def before_name(line: str) -> Command:
    """Return what *line* means to somebody without a username: that name, unless it is a command.

    :raises chatroom.core.values.errors.ChatError: if it is neither, or a command that needs a name.
    """
    name, rest = (*line.removeprefix("/").split(maxsplit=1), "", "")[:2]
    match BY_NAME.get(name.lower()):
        case None:
            return Login(_own_name(line), look=True)
        case Word(name=called) if called not in RESERVED:
            return Login(_own_name(line), look=True)
        case Word("nick") if rest:
            return Login(_own_name(_first(rest)), look=True)
        case Word("help"):
            # Not of what is done in rooms: "help me" asks for help.
            word = BY_NAME.get(_first(rest).removeprefix("/").lower()) if rest else None
            return Local(Help(word.name if word and not word.room_only else ""))
        case Word("quit"):
            return Quit()
    raise NotLoggedIn


def _word(name: str, room: RoomName | None) -> Word:
    try:
        return BY_NAME[name.lower()]
    except KeyError:
        hint = "/help lists them" if room else "HELP lists them. To talk, JOIN a room"
        raise UnknownType(name[:64], hint) from None


def help_lines(name: str, *, in_room: bool, named: bool) -> list[str]:
    """Return what can be done in a place, or what the command *name* does."""
    lines = [] if named else [_NAME_FIRST]
    if name in (MODERATING, ACCOUNTS):
        return [*lines, *_listed(WORDS, in_room=in_room or name == MODERATING, about=name)]
    if name:
        word = BY_NAME[name]
        return [*lines, f"{word.usage(in_room=in_room or word.room_only)}  {word.purpose}"]
    if not named:
        return lines
    lines = _listed([word for word in WORDS if in_room or not word.room_only], in_room=in_room)
    if in_room:
        lines.append("Anything else is said to the room; //text says /text.")
    lines.append(f"Also {'/help' if in_room else 'HELP'} {ACCOUNTS}{f', /help {MODERATING}' if in_room else ''}.")
    return lines


def _listed(words: Sequence[Word], *, in_room: bool, about: str = "") -> list[str]:
    words = [word for word in words if word.about == about]
    width = max(len(word.usage(in_room=in_room)) for word in words)
    return [f"  {word.usage(in_room=in_room):{width}}  {word.purpose}" for word in words]
