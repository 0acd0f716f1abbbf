"""What people type: the words of the commands, and what is said to the room."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.commands import (
    Appoint,
    Command,
    Configure,
    Create,
    Delete,
    Describe,
    History,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListSanctions,
    ListUnread,
    Local,
    Login,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Rename,
    Report,
    Request,
    Resolve,
    Say,
    Search,
    Talks,
    Tell,
    Topic,
    Who,
    WhoIs,
)
from chatroom.core.values.names import room_name, username
from chatroom.core.values.replies import Ok, Refused
from chatroom.core.values.rights import DAY, Tuning
from chatroom.wire.dialect import Misread, Standpoint
from chatroom.wire.text.commands import BY_NAME, RESERVED, WORDS, Help
from chatroom.wire.text.text import Text

TEA, MILK = room_name("tea"), room_name("milk")
BOB = username("bob")
NOWHERE, LOBBY, IN_TEA = Standpoint(), Standpoint(named=True), Standpoint(named=True, room=TEA)


def read(line: str | bytes, place: Standpoint) -> Command:
    """Return the command in *line*."""
    [request] = Text("2026-11-20").read(line.encode() if isinstance(line, str) else line, place)
    assert isinstance(request, Request), request
    assert request.id is None
    assert request.command is not None
    return request.command


def refused(line: str | bytes, place: Standpoint) -> str:
    """Return the line that answers *line*, which is no command."""
    text = Text("2026-11-20")
    [misread] = text.read(line.encode() if isinstance(line, str) else line, place)
    assert isinstance(misread, Misread), misread
    return text.reply(misread.request, Refused(misread.error)).decode()


def asked_for_help(line: str, place: Standpoint) -> list[str]:
    """Return the answer to *line*, which asks for help."""
    text = Text("2026-11-20")
    [request] = text.read(line.encode(), place)
    assert isinstance(request, Request)
    return text.reply(request, Ok()).decode().splitlines()


EVERYWHERE = [
    ("list", List()),
    ("list te", List("te")),
    ("list te a", List("te a")),
    ("delete milk", Delete(MILK)),
    ("who milk", Who(MILK)),
    ("nick bob", Rename(BOB)),
    ("tell bob for you  only", Tell(BOB, "for you  only")),
    ("msg bob hello", Tell(BOB, "hello")),
    ("help", Local(Help())),
    ("help join", Local(Help("join"))),
    ("search * green tea", Search(None, "green tea")),
    ("unread", ListUnread()),
    ("talk", Talks()),
    ("talk bob", History(None, limit=20, other=BOB, unread=True)),
    ("talk bob 5", History(None, limit=5, other=BOB)),
    ("whois bob", WhoIs((BOB,))),
    ("away", Describe(away="away")),
    ("away out to lunch", Describe(away="out to lunch")),
    ("back", Describe(away="")),
    ("quit", Quit()),
    ("quit to bed", Quit("to bed")),
]
IN_ROOMS = [
    ("who", Who(TEA)),
    ("leave", Leave(TEA)),
    ("leave see you all", Leave(TEA, text="see you all")),
    ("me waves to all", Say(TEA, "waves to all", kind="action")),
    ("notice the kettle boils", Say(TEA, "the kettle boils", "notice")),
    ("reply bob of  course", Say(TEA, "of  course", re=BOB)),
    ("reply 812 of  course", Say(TEA, "of  course", re=812)),
    ("topic Green and black", Topic(TEA, "Green and black")),
    ("history", History(TEA, limit=20)),
    ("history 5", History(TEA, limit=5)),
]


@pytest.mark.parametrize(("line", "command"), EVERYWHERE)
def test_a_command_is_the_same_in_the_lobby_and_in_a_room(line: str, command: Command) -> None:
    word, _, rest = line.partition(" ")
    for written in (word, word.upper(), word.title()):
        for with_rest in (f"{written} {rest}", f"/{written}  {rest} "):
            assert read(with_rest, LOBBY) == command
        assert read(f"/{written} {rest}", IN_TEA) == command


def test_a_person_is_in_one_room_at_a_time() -> None:
    assert read("create milk", LOBBY) == Create(MILK)
    assert read("create milk Fresh and cold", LOBBY) == Create(MILK, "Fresh and cold")
    assert read("/CREATE milk", IN_TEA) == Create(MILK, instead_of=TEA)
    assert read("join milk", LOBBY) == Text("2026-11-20").entry(MILK) == Join(MILK, 10)
    assert read("/join milk", IN_TEA) == Join(MILK, 10, instead_of=TEA)


@pytest.mark.parametrize(("line", "command"), IN_ROOMS)
def test_in_a_room_some_commands_mean_that_room(line: str, command: Command) -> None:
    word, _, rest = line.partition(" ")
    assert read(f"/{word} {rest}", IN_TEA) == read(f"/{word.upper()} {rest}  ", IN_TEA) == command


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("kick bob", Kick(TEA, BOB)),
        ("kick bob  for the  third time ", Kick(TEA, BOB, "for the  third time")),
        ("mute bob", Impose("mute", TEA, BOB)),
        ("mute bob 10m too loud", Impose("mute", TEA, BOB, 600, "too loud")),
        ("ban bob 10 times", Impose("ban", TEA, BOB, 10, "times")),
        ("ban bob ten times", Impose("ban", TEA, BOB, None, "ten times")),
        ("ban bob 4w", Impose("ban", TEA, BOB, 28 * DAY)),
        ("unmute bob", Lift("mute", TEA, BOB)),
        ("unban bob", Lift("ban", TEA, BOB)),
        ("bans", ListSanctions(TEA)),
        ("redact", Redact(TEA)),
        ("redact bob", Redact(TEA, username=BOB)),
        ("redact bob the reason", Redact(TEA, username=BOB, reason="the reason")),
        ("redact 812 the reason", Redact(TEA, 812, reason="the reason")),
        ("report bob that is rude", Report(TEA, "that is rude", username=BOB)),
        ("report 812 that is rude", Report(TEA, "that is rude", 812)),
        ("reports", ReadReports(TEA, limit=5)),
        ("reports ALL", ReadReports(TEA, limit=5, all=True)),
        ("resolve 7", Resolve(7)),
        ("resolve 7 talked to bob", Resolve(7, "talked to bob")),
        ("audit", ReadAudit(TEA, limit=20)),
        ("guests off", Configure(TEA, Tuning(guests=False))),
        ("guests ON", Configure(TEA, Tuning(guests=True))),
        ("private on", Configure(TEA, Tuning(private=True))),
        ("ban bob!*@* 1h why", Impose("ban", TEA, None, 3600, "why", mask="bob!*@*")),
        ("mute account:bob", Impose("mute", TEA, None, mask="account:bob")),
        ("exempt bob", Impose("exempt", TEA, None, mask="bob!*@*")),
        ("unexempt bob", Lift("exempt", TEA, mask="bob!*@*")),
        ("invite *@host", Impose("invite", TEA, None, mask="*!*@host")),
        ("uninvite *@host", Lift("invite", TEA, mask="*!*@host")),
        ("unban bob!*@*", Lift("ban", TEA, mask="bob!*@*")),
        ("inviteonly on", Configure(TEA, Tuning(invite_only=True))),
        ("hidden off", Configure(TEA, Tuning(hidden=False))),
        ("topiclock on", Configure(TEA, Tuning(topic_locked=True))),
        ("key milk", Configure(TEA, Tuning(key="milk"))),
        ("key", Configure(TEA, Tuning(key=""))),
        ("private OFF", Configure(TEA, Tuning(private=False))),
        ("invite bob", Invite(TEA, BOB)),
        ("history #", History(TEA, limit=20, numbered=True)),
        ("history 5 #", History(TEA, limit=5, numbered=True)),
        ("history # 5", History(TEA, limit=5, numbered=True)),
        ("op bob", Appoint(TEA, BOB, "moderator")),
        ("deop bob", Appoint(TEA, BOB, "member")),
        ("owner bob", Appoint(TEA, BOB, "owner")),
        ("lock", Configure(TEA, Tuning(locked=True))),
        ("unlock", Configure(TEA, Tuning(locked=False))),
        *[
            (f"slow {time}", Configure(TEA, Tuning(slow=slow)))
            for time, slow in (("0", 0), ("10", 10), ("10s", 10), ("5M", 300), ("24h", DAY), ("1d", DAY))
        ],
    ],
)
def test_moderators_have_commands_for_their_room(line: str, command: Command) -> None:
    assert read(f"/{line}", IN_TEA) == command
    assert refused(line, LOBBY).startswith("! not-a-member: ")


LACKING = (
    "kick",
    "invite",
    "private",
    "private maybe",
    "ban",
    "op",
    "slow",
    "reply",
    "reply bob",
    "reply 812",
    "reply 0 yes",
    "reply 123456789 yes",
)


@pytest.mark.parametrize("line", LACKING)
def test_one_that_lacks_what_it_needs_shows_how_it_is_written(line: str) -> None:
    assert refused(f"/{line}", IN_TEA).startswith("! bad-command: Write it as /")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("mute bob 0", "0 is too short; the least is 1 second."),
        ("mute bob 10min", "10min is no time; write one like 30s, 10m, 2h, 1d or 4w."),
        ("ban bob 1year he knows", "1year is no time; write one like 30s, 10m, 2h, 1d or 4w."),
        ("ban bob 9999999999w", "9999999999w is too long; the most is 36500 days."),
        ("slow fast", "fast is no time; write one like 30s, 10m, 2h, 1d or 4w."),
        ("slow 1w", "1w is too long; the most is 1 day."),
        ("slow -1", "-1 is no time; write one like 30s, 10m, 2h, 1d or 4w."),
    ],
)
def test_what_is_no_time_is_named(line: str, why: str) -> None:
    assert refused(f"/{line}", IN_TEA) == f"! bad-command: {why}\n"


def test_a_reason_may_begin_with_a_number() -> None:
    assert read("/mute bob 3rd time today", IN_TEA) == Impose("mute", TEA, BOB, None, "3rd time today")


@pytest.mark.parametrize("name", ["kick", "Owner", "slow"])
def test_their_words_can_be_names(name: str) -> None:
    assert read(name, NOWHERE) == Login(username(name), look=True)


def test_in_the_lobby_who_means_everybody() -> None:
    assert read("who", LOBBY) == read("/WHO", LOBBY) == Who()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("hello", "hello"),
        ("who", "who"),
        ("quit", "quit"),
        (" /who", " /who"),
        ("//who", "/who"),
        ("//", "/"),
        ("///", "//"),
        ("a\tb ", "a\tb "),
        ("1 / 2", "1 / 2"),
        ("\u202eשם", "שם"),
        ("{}", "{}"),
    ],
)
def test_in_a_room_a_line_is_said(line: str, text: str) -> None:
    assert read(line, IN_TEA) == Say(TEA, text)


@pytest.mark.parametrize("line", ["alice", " alice "])
def test_the_first_line_is_a_username(line: str) -> None:
    assert read(line, NOWHERE) == Login(username("alice"), look=True)


def test_what_is_no_name_before_a_username_is_refused() -> None:
    for word in ("a b", "", "@", "/dance"):
        assert refused(word, NOWHERE).startswith("! username-invalid: ")


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("create", "CREATE room [topic]"),
        ("join", "JOIN room"),
        ("delete", "DELETE room"),
        ("nick", "NICK name"),
        ("tell", "TELL user text"),
        ("tell bob", "TELL user text"),
        ("msg bob ", "TELL user text"),
    ],
)
def test_a_word_that_is_missing_is_asked_for(line: str, usage: str) -> None:
    word, space, form = usage.partition(" ")
    assert re.fullmatch(f"! bad-command: .*{re.escape(usage)}.*\n", refused(line, LOBBY))
    assert re.fullmatch(f"! bad-command: .*/{word.lower()}{space}{re.escape(form)}.*\n", refused(f"/{line}", IN_TEA))


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("/me", "/me text"),
        ("/topic ", "/topic text"),
        ("/search", "/search [*] words"),
        ("/search *", "/search [*] words"),
        ("/history 0", "/history [count] [#]"),
        ("/history all", "/history [count] [#]"),
        ("/history -1", "/history [count] [#]"),
        ("/history ²", "/history [count] [#]"),
        ("/history " + "9" * 5000, "/history [count] [#]"),
    ],
)
def test_in_a_room_too(line: str, usage: str) -> None:
    assert re.fullmatch(f"! bad-command: .*{re.escape(usage)}.*\n", refused(line, IN_TEA))


def test_a_search_is_of_the_room_or_in_the_lobby_of_all_rooms() -> None:
    assert read('/search green "and black"', IN_TEA) == Search(TEA, 'green "and black"')
    assert read('search green "and black"', LOBBY) == Search(None, 'green "and black"')
    assert read("/search *tea", IN_TEA) == Search(TEA, "*tea")


def test_what_is_done_in_rooms_is_not_done_in_the_lobby() -> None:
    for line, _ in IN_ROOMS:
        if line != "who":
            assert refused(line, LOBBY) == refused(f"/{line}", LOBBY)
            assert refused(line, LOBBY).startswith("! not-a-member: ")


def test_an_unknown_command_is_told_so() -> None:
    for line, place, hint in (("dance", LOBBY, "HELP"), ("/Dance now", IN_TEA, "/help")):
        assert re.fullmatch(f"! unknown-type: .*\\b[Dd]ance\\b.*{hint} lists them.*\n", refused(line, place))
    for line, place in (("/", LOBBY), ("//who", LOBBY), ("/", IN_TEA), ("hello there", LOBBY)):
        assert refused(line, place).startswith("! unknown-type: ")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("join @", "room-invalid"),
        ("create a/b", "room-invalid"),
        ("create tea " + "a" * 301, "text-too-long"),
        ("create tea a\x07", "text-invalid"),
        ("nick @", "username-invalid"),
        ("nick help", "username-invalid"),
        ("tell @ hello", "username-invalid"),
        ("tell bob \x1b[2J", "text-invalid"),
        ("who @", "room-invalid"),
        (b"list \xff", "text-invalid"),
    ],
)
def test_names_and_texts_are_checked(line: str | bytes, code: str) -> None:
    assert refused(line, LOBBY).startswith(f"! {code}: ")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"caf\xe9", "text-invalid"),
        (b"\xc0\xaf", "text-invalid"),
        (b"\xed\xa0\x80", "text-invalid"),
        (b"\xf4\x90\x80\x80", "text-invalid"),
        (b"\xe2\x82", "text-invalid"),
        ("\x1b[31mred", "text-invalid"),
        ("a\rb", "text-invalid"),
        ("\u2066", "text-invalid"),
        ("a\u2029b", "text-invalid"),
        ("é" * 2001, "text-too-long"),
        ("/me " + "a" * 4001, "text-too-long"),
        ("/topic " + "a" * 301, "text-too-long"),
    ],
)
def test_what_is_said_is_checked(line: str | bytes, code: str) -> None:
    assert refused(line, IN_TEA).startswith(f"! {code}: ")


def test_bytes_that_are_no_text_are_no_username() -> None:
    assert refused(b"caf\xe9", NOWHERE).startswith("! text-invalid: ")


# Help.


def listed(lines: list[str]) -> list[str]:
    """Return the words of the commands that *lines* list."""
    return [line.split()[1].removeprefix("/").lower() for line in lines if line.startswith("*   ")]


def test_help_lists_the_table() -> None:
    assert listed(asked_for_help("help", LOBBY)) == [word.name for word in WORDS if not (word.room_only or word.about)]
    assert listed(asked_for_help("/help", IN_TEA)) == [word.name for word in WORDS if not word.about]
    assert asked_for_help("/help", IN_TEA)[-2:] == [
        "* Anything else is said to the room; //text says /text.",
        "* Also /help accounts, /help moderating.",
    ]
    for place in (LOBBY, IN_TEA):
        for about in ("moderating", "accounts"):
            words = [word.name for word in WORDS if word.about == about]
            assert listed(asked_for_help(f"/help {about}", place)) == words


def test_help_shows_how_a_command_is_written_where_one_is() -> None:
    for line, place, usage in (
        ("help join", LOBBY, "JOIN room"),
        ("HELP Join", LOBBY, "JOIN room"),
        ("/help JOIN", IN_TEA, "/join room"),
        ("/help /join", IN_TEA, "/join room"),
        ("help me", LOBBY, "/me text"),
        ("help msg", LOBBY, "TELL user text"),
    ):
        [shown] = asked_for_help(line, place)
        assert shown.startswith(f"* {usage}")


def test_help_about_no_command_is_an_unknown_command() -> None:
    assert refused("help dance", LOBBY) == refused("dance", LOBBY)
    assert refused("/help dance", IN_TEA) == refused("/dance", IN_TEA)


@pytest.mark.parametrize("line", ["help", "/HELP", " Help ", "help me out", "help dance"])
def test_help_before_a_username_says_what_to_do(line: str) -> None:
    [shown] = asked_for_help(line, NOWHERE)
    assert re.search(r"^\* Type the name .*\bQUIT\b", shown)


def test_help_before_a_username_explains_a_command_too() -> None:
    for line in ("help join", "/help /JOIN"):
        first, shown = asked_for_help(line, NOWHERE)
        assert first.startswith("* Type the name ")
        assert shown.startswith("* JOIN room")


@pytest.mark.parametrize(
    "line", [*sorted(RESERVED - {"help", "quit"}), "/list", "JOIN tea", "who is there", "msg bob hello"]
)
def test_a_command_before_a_username_has_to_wait_for_one(line: str) -> None:
    assert refused(line, NOWHERE) == "! not-logged-in: Choose a username first.\n"


@pytest.mark.parametrize("line", ["nick alice", "/nick alice", "/NICK  alice"])
def test_a_name_may_be_given_as_by_a_command(line: str) -> None:
    assert read(line, NOWHERE) == Login(username("alice"), look=True)


@pytest.mark.parametrize("line", ["quit", "/QUIT", " Quit ", "quit now"])
def test_one_can_go_without_a_username(line: str) -> None:
    assert read(line, NOWHERE) == Quit()


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_nobody_is_called_like_a_command_where_both_are_typed(word: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in word)
    for text in (word, word.upper(), word.title(), wide):
        assert refused(f"/nick {text}", LOBBY) == f"! username-invalid: '{word}' is a command; choose another.\n"
    assert refused(wide, NOWHERE) == f"! username-invalid: '{word}' is a command; choose another.\n"
    assert read(f"/nick {word}s", LOBBY) == Rename(username(f"{word}s"))


def test_the_first_words_of_the_table_are_no_usernames() -> None:
    table = {name for name, word in BY_NAME.items() if not word.about}
    assert table == RESERVED | {"reply", "notice", "away", "back", "whois"}
    assert len(WORDS) == len({word.name for word in WORDS})


def test_the_words_are_those_of_the_protocol() -> None:
    protocol = "away back reply whois list create join delete who nick tell msg help quit leave me topic history search"
    moderators = (
        "kick mute unmute ban unban bans redact report mods reports resolve audit guests slow lock unlock"
        " private inviteonly hidden key topiclock exempt unexempt uninvite invite op deop voice devoice owner"
    )
    accounts = "login register password unregister devices revoke ignore unignore oper trust"
    assert {*BY_NAME} == {
        *protocol.split(),
        "notice",
        "reply",
        "away",
        "back",
        "unread",
        "talk",
        *moderators.split(),
        *accounts.split(),
    }


def test_every_command_fits_on_a_line_of_a_terminal() -> None:
    helped = [asked_for_help(line, IN_TEA) for line in ("/help", "/help moderating", "/help accounts")]
    for line in (*asked_for_help("help", LOBBY), *chain(*helped)):
        assert len(line) < 80
        assert re.fullmatch(r"\* .*\S", line)


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.tuples(st.sampled_from(sorted(BY_NAME)), st.text()).map(" ".join).map(str.encode),
    st.sampled_from([NOWHERE, LOBBY, IN_TEA]),
    st.booleans(),
)
def test_whatever_is_typed_is_a_command_or_gets_an_error(line: bytes, place: Standpoint, slash: bool) -> None:
    text = Text("2026-11-20")
    [read] = text.read(b"/" * slash + line, place)
    if isinstance(read, Misread):
        assert re.fullmatch(r"! [a-z-]+: [^\n]+\n", text.reply(read.request, Refused(read.error)).decode())
    else:
        assert read.command is not None


@pytest.mark.parametrize("line", ["search te\0a", "list te\0", "join tea k\0", "unread \0", "\0"])
def test_a_line_with_what_is_no_text_is_refused_whatever_reads_it(line: str) -> None:
    assert refused(line, LOBBY) == "! text-invalid: A text can't hold U+0000.\n"
    assert refused(f"/{line}", IN_TEA) == "! text-invalid: A text can't hold U+0000.\n"
