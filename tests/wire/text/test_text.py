"""What people read: the fixed forms of the protocol to the letter, and what is true of every line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chatroom.core.values import commands, errors, events, replies
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Command, Request
from chatroom.core.values.events import Confided, Event, Message, MessageKind, RoomInfo, Rooms, Said, Told
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD
from chatroom.core.values.marks import Unread
from chatroom.core.values.names import room_name, username
from chatroom.core.values.people import Gone, Known, Person
from chatroom.core.values.replies import Ok, Refused, Reply
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.core.values.talks import called_with, place
from chatroom.wire.dialect import Standpoint
from chatroom.wire.text.quoting import SIZE, first_words
from chatroom.wire.text.text import Text, greeting
from chatroom.wire.timestamps import day_and_time
from tests.characters import everything
from tests.wire.frames.values import EVENTS, REPLIES

TEA, MILK = room_name("tea"), room_name("milk")
ALICE, BOB, ROBERT = username("alice"), username("bob"), username("robert")
AT = 1_795_217_352_123
TODAY, NOW = day_and_time(AT)
LONG_AGO = AT - 40 * 24 * 3600 * 1000
ANOTHER_DAY, THEN = day_and_time(LONG_AGO)
ROOM_TEA = RoomInfo(TEA, "Tea and biscuits", 3, 256)


def answer(reply: Reply, command: Command | None = None) -> list[str]:
    """Return the lines that answer *command* with *reply*."""
    return lines(Text(TODAY).reply(Request(command), reply))


def shown(*events: Event) -> list[str]:
    """Return the lines that *events* are."""
    text = Text(TODAY)
    return [line for event in events for line in lines(text.event(event))]


def lines(written: bytes) -> list[str]:
    assert written.endswith(b"\n") or not written
    return written.decode().split("\n")[:-1]


def said(text: str, *, at: int = AT, kind: MessageKind = "text") -> Said:
    """Let alice have said *text*."""
    return Said(TEA, 1, Message(ALICE, text, at, kind))


def test_the_greeting() -> None:
    assert greeting("chatroom") == b"* Welcome to chatroom. Type the username you want.\n"


def test_the_hello_begins_as_it_is_fixed_and_shows_the_rooms() -> None:
    hello, room = answer(replies.Welcome(ALICE, Rooms((ROOM_TEA,), more=False)))
    assert hello == "* Hello alice. You are in the lobby; 1 room is open. HELP lists the commands."
    assert room == "*   tea   3/256   Tea and biscuits"
    _, room = answer(replies.Welcome(ALICE, Rooms((RoomInfo(TEA, "Tea and biscuits", 3, 256, 9000),), more=False)))
    assert room == "*   tea   3/256   Tea and biscuits   (port 9000)"
    hello = answer(replies.Welcome(ALICE, Rooms((), more=False)))[0]
    assert hello.startswith("* Hello alice. You are in the lobby; no room is open. HELP lists the commands.")
    hello = answer(replies.Welcome(ALICE, Rooms((ROOM_TEA,) * 2, more=False)))[0]
    assert hello == "* Hello alice. You are in the lobby; 2 rooms are open. HELP lists the commands."
    hello = answer(replies.Welcome(ALICE, Rooms((ROOM_TEA,) * 2, more=True)))[0]
    assert hello.startswith("* Hello alice. You are in the lobby; more than 2 rooms are open.")


def test_the_message_of_the_day_comes_after_the_rooms() -> None:
    lines = answer(replies.Welcome(ALICE, Rooms((ROOM_TEA,), more=False), motd="Tea is at five.\n\nMind the cat."))
    assert lines[1:] == ["*   tea   3/256   Tea and biscuits", "* Tea is at five.", "*", "* Mind the cat."]


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (
            replies.Entered(
                room=TEA, topic="Tea and biscuits", members=4, capacity=256, epoch="x", seq=1, creator=ALICE
            ),
            (
                "* You are in tea (4/256). Topic: Tea and biscuits."
                " Type to talk, /help for commands, /leave for the lobby."
            ),
        ),
        (
            replies.Entered(room=TEA, topic="", members=1, capacity=0, epoch="x", seq=1, creator=None),
            "* You are in tea (1). Type to talk, /help for commands, /leave for the lobby.",
        ),
        (replies.Members(TEA, (ALICE, BOB), more=False), "* In tea: alice, bob."),
        (replies.Members(None, (ALICE, BOB), more=False), "* Online: alice, bob."),
        (replies.Members(TEA, (ALICE, BOB), more=False, away={ALICE: "lunch"}), "* In tea: alice (away: lunch), bob."),
        (events.Bye("quit"), "* Bye."),
        (events.Bye("stopping", 1.0), "* Bye: stopping."),
        (
            Refused(errors.UsernameTaken(ALICE)),
            "! username-taken: alice is in use; choose another.",
        ),
    ],
)
def test_a_reply_has_its_fixed_form(reply: Reply, line: str) -> None:
    assert answer(reply) == [line]


def test_a_list_that_goes_on_says_so() -> None:
    assert answer(replies.Members(None, (ALICE, BOB), more=True)) == ["* Online: alice, bob, …."]
    *_, last = answer(Rooms((ROOM_TEA,), more=True), commands.List())
    assert "LIST word" in last


def test_what_is_empty_says_so() -> None:
    for reply, command in (
        (Rooms((), more=False), commands.List()),
        (Rooms((), more=False), commands.List("te")),
        (replies.Entries(TEA, (), more=False), commands.History(TEA)),
        (replies.Entries(TEA, (), more=False), commands.Search(TEA, "te")),
        (replies.Members(TEA, (), more=False), commands.Who(TEA)),
    ):
        [line] = answer(reply, command)
        assert re.fullmatch(r"\* \w.*\.", line)


def test_a_report_shows_the_message_and_what_was_said_before_it() -> None:
    before = Said(TEA, 6, Message(BOB, "", AT)), Said(TEA, 7, Message(ALICE, "two\nlines", AT))
    said = Said(TEA, 8, Message(BOB, "rude", AT))
    report = KeptReport(3, 1, said, ALICE, AT, "look", before)
    resolved = KeptReport(2, 1, said, ALICE, AT, "look", (), AT, BOB, "seen")
    when = f"{TODAY} {NOW}"
    assert answer(replies.ReportList((report, resolved), more=True)) == [
        f"* Report 3, {when}, by alice (look): message 8 of bob in tea.",
        f"*    #6 {when} <bob> (taken back)",
        f"*    #7 {when} <alice> two",
        f"*    #7 {when} <alice> lines",
        f"*  > #8 {when} <bob> rude",
        f"* Report 2, {when}, by alice (look): message 8 of bob in tea; resolved by bob (seen).",
        f"*  > #8 {when} <bob> rude",
        "* There are more.",
    ]
    assert answer(replies.ReportList((), more=False)) == ["* Nothing is reported."]
    told = replace(resolved, said=replace(resolved.said, room=called_with(BOB)))
    assert answer(replies.ReportList((told,), more=False))[0] == (
        f"* Report 2, {when}, by alice (look): message 8 of bob with bob; resolved by bob (seen)."
    )


def test_talks_are_listed_with_their_newest_messages() -> None:
    hello, nothing = Message(ALICE, "two\nlines", AT), Message(ALICE, "", AT)
    when = f"{TODAY} {NOW}"
    talks = replies.TalkInfo(BOB, 7, hello), replies.TalkInfo(ROBERT, 1, nothing, gone=True)
    assert answer(replies.TalkList(talks, more=True)) == [
        f"*   bob   {when}   alice: two",
        f"*   robert (no account any more)   {when}   a message of alice was taken back",
        "* There are more.",
    ]
    assert answer(replies.TalkList((), more=False)) == ["* You have talked with nobody."]


def test_all_sanctions_name_their_rooms_and_who_comes_in_is_told_of_theirs() -> None:
    mute = Sanction("mute", BOB, b"", None, ALICE, AT, number=7)
    placed = Placed(TEA, mute), Placed(None, mute)
    assert answer(replies.SanctionList(None, placed, more=False)) == [
        "*   7   mute   bob in tea, by alice",
        "*   7   mute   bob, by alice",
    ]
    assert answer(replies.SanctionList(TEA, placed[:1], more=False)) == ["*   7   mute   bob, by alice"]
    muted = events.Muted(TEA, ALICE, None, "loud")
    assert answer(
        replies.Entered(room=TEA, topic="", members=1, capacity=0, epoch="x", seq=0, creator=None, muted=muted)
    )[1:] == ["* You are muted here (loud)."]


def test_rooms_with_something_unread_are_a_table() -> None:
    rooms = (
        Unread(said("hello"), 0, 1, 12, 2),
        Unread(Said(room_name("garden"), 1, said("hello").message), 7, 8, MOST_UNREAD, MOST_MENTIONS, said("hello")),
        Unread(said("hello"), 0, 1, 1),
    )
    assert answer(replies.UnreadList(rooms, more=True)) == [
        "*   tea      12 new, 2 for you",
        "*   garden   1000+ new, 100+ for you",
        "*   tea      1 new",
        "* There are more.",
    ]
    assert answer(replies.UnreadList((), more=False)) == ["* Nothing is unread."]
    assert answer(replies.MarkKept(None)) == []


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (events.Joined(TEA, BOB, 5, 256), "* bob joined tea (5/256)."),
        (events.Joined(TEA, BOB, 5, 0), "* bob joined tea (5)."),
        (events.Left(TEA, BOB, 4, 256, "left"), "* bob left tea (4/256)."),
        (events.Left(TEA, BOB, 4, 0, "lost"), "* bob left tea (4)."),
        (events.Left(TEA, BOB, 4, 0, "quit", note="see you", serial=7), "* bob left tea (see you) (4)."),
        (events.Renamed(TEA, BOB, ROBERT), "* bob is now robert."),
        (events.Online((Person(BOB, "~u", "abc.text"),)), "* bob is here."),
        (events.Offline((BOB,)), "* bob is gone."),
        (
            events.Slowed(5.0),
            "* Slower, please … What you sent waits, and is taken at 5 a second; nothing is lost.",
        ),
        (events.TopicChanged(TEA, "Green", ALICE), "* alice set the topic: Green"),
        (events.Deleted(TEA, ALICE), "* alice deleted tea. You are in the lobby."),
        (
            events.Reported(TEA, 7, 812, BOB, "that is rude"),
            "* bob reports message 812 of tea (that is rude); /reports shows it (report 7).",
        ),
        (
            events.Reported(None, 7, 812, BOB, "that is rude", ALICE),
            "* bob reports message 812 with alice (that is rude); /reports shows it (report 7).",
        ),
        (
            events.TakenBack(BOB, 7, ALICE, "why"),
            "* alice took back a message (7; why), in the talk with bob.",
        ),
        (events.Invited(TEA, ALICE), "* alice invites you to tea."),
        (events.OtherInvited(TEA, BOB, ALICE), "* alice invites bob to tea."),
        (events.Configured(TEA, ALICE, Tuning(private=True)), "* alice: tea is private, for those who are invited."),
        (
            events.Configured(TEA, ALICE, Tuning(invite_only=True)),
            "* alice: only those who are invited enter tea.",
        ),
        (
            events.Configured(TEA, ALICE, Tuning(hidden=True)),
            "* alice: tea is in no list.",
        ),
        (
            events.Configured(TEA, ALICE, Tuning(hidden=True, private=True)),
            "* alice: tea is private, for those who are invited.",
        ),
        (events.Configured(TEA, ALICE, Tuning(keyed=True)), "* alice: a key belongs to tea."),
        (events.Configured(TEA, ALICE, Tuning(topic_locked=True)), "* alice: only moderators set the topic of tea."),
        (events.Configured(TEA, ALICE, Tuning(private=False)), "* alice: all may find tea."),
        (events.Bye("quit"), "* Bye."),
        (events.Bye("stopping", 1.0), "* Bye: stopping."),
    ],
)
def test_an_event_has_its_fixed_form(event: Event, line: str) -> None:
    assert shown(event) == [line]
    assert lines(Text(TODAY).batch(Batch([event]))) == [line]


def test_who_is_banned_reads_until_when() -> None:
    assert shown(events.Removed(TEA, ALICE, "banned", "enough", 1_700_000_000_000)) == [
        "* You were banned from tea by alice until 2023-11-14 22:13 UTC (enough).",
        "* You are in the lobby.",
    ]


@pytest.mark.parametrize(
    "event",
    [
        events.Level(TEA, 1, 1, ""),
        events.Presence(TEA, 501),
        events.Described(TEA, BOB, Person(BOB, "~u", "abc.text", away="lunch"), ("away",)),
        Rooms((ROOM_TEA,), more=False),
        events.RoomsChanged((ROOM_TEA,), (TEA,)),
    ],
)
def test_what_only_programs_need_is_not_written(event: Event) -> None:
    assert shown(event) == []


def test_a_topic_taken_away_and_messages_left_out_are_told() -> None:
    for event in (
        events.TopicChanged(TEA, "", ALICE),
        events.Gap(TEA, 3, 7, kept=True),
        events.Gap(TEA, 3, 3, kept=False),
    ):
        [line] = shown(event)
        assert re.fullmatch(r"\* \w.*\.", line)
    assert "5 messages" in shown(events.Gap(TEA, 3, 7, kept=True))[0]


@pytest.mark.parametrize(
    ("command", "ok", "line"),
    [
        (commands.Leave(TEA), Ok("tea"), "* You left tea. You are in the lobby."),
        (commands.Rename(ROBERT), Ok("robert"), "* You are now robert."),
        (commands.Invite(TEA, BOB), Ok(TEA), "* You invited bob to tea."),
        (commands.Configure(TEA, Tuning(private=False)), Ok(TEA), "* You: all may find tea."),
        (commands.Tell(BOB, "hello"), Ok("bob"), "* Told bob."),
        (commands.Confide(TEA, "hello"), Ok("tea", count=2), "* Told the moderators of tea (2)."),
        (commands.Describe(away="lunch"), Ok("alice"), "* You are away (lunch)."),
        (commands.Describe(away=""), Ok("alice"), "* You are back."),
        (commands.Delete(TEA), Ok("tea"), "* You deleted tea."),
        (commands.Report(TEA, "why", 812), Ok("tea"), "* The moderators are told."),
        (commands.Resolve(7), Ok("tea"), "* Report 7 is seen to."),
    ],
)
def test_what_is_done_is_said_where_no_event_says_it(command: Command, ok: Ok, line: str) -> None:
    assert answer(ok, command) == [line]


def test_what_an_event_says_is_not_said_twice() -> None:
    for command in (
        commands.Rename(ROBERT),
        commands.Delete(TEA),
        commands.Topic(TEA, "Green"),
    ):
        assert answer(Ok("x", event_follows=True), command) == []
    assert answer(replies.Stored(TEA, 1, AT), commands.Say(TEA, "hello")) == []


def test_a_command_that_was_said_is_pointed_out_to_its_speaker() -> None:
    for text in ("quit", "QUIT"):
        [line] = answer(replies.Stored(TEA, 1, AT), commands.Say(TEA, text))
        assert re.fullmatch(r"\* .*/quit\b.*", line)


# Talk.


def test_talk_shows_the_time_and_who_talks() -> None:
    assert shown(said("hello")) == [f"{NOW} <alice> hello"]
    assert shown(said("waves", kind="action")) == [f"{NOW} * alice waves"]
    assert shown(said("hello", kind="notice")) == [f"{NOW} -alice- hello"]
    assert shown(Told(ALICE, BOB, AT, "hello", kind="notice")) == [f"{NOW} [-alice-] hello"]
    assert shown(Confided(TEA, ALICE, BOB, AT, "a\nb")) == [
        f"{NOW} [alice to the moderators of tea] a",
        f"{NOW} [alice to the moderators of tea] b",
    ]
    assert shown(Confided(TEA, ALICE, BOB, AT, "waves", "action", "voiced")) == [
        f"{NOW} [* alice to all with a role in tea] waves"
    ]
    assert shown(Told(ALICE, BOB, AT, "for you only")) == [f"{NOW} [alice] for you only"]
    assert shown(Told(ALICE, BOB, AT, "waves", ALICE, 7, kind="action")) == [f"{NOW} [* alice] waves"]
    assert answer(replies.Kept(BOB, 1, AT), commands.Tell(BOB, "for you only")) == ["* Told bob."]


def test_who_somebody_is_fits_on_a_line() -> None:
    alice = Person(ALICE, "~a", "abc.irc", ALICE, "Alice Smith", "lunch", True)
    known = Known(alice, None, True, AT, ((TEA, "owner"), (MILK, None)), True, True)
    assert answer(replies.People(None, (known, Known(Person(BOB, "~u", "elsewhere"))), more=False)) == [
        (
            "* alice (Alice Smith): registered as alice; an operator; a bot; connection lost;"
            f" here since {TODAY} {NOW}; in tea, milk."
        ),
        "* alice is away (lunch).",
        "* bob: at another server.",
    ]


def test_who_was_here_and_of_whom_one_is_told_are_lines_too() -> None:
    assert answer(replies.Departed((Gone(Person(BOB, "~u", "abc.text"), AT),))) == [
        f"* bob was here until {TODAY} {NOW}."
    ]
    assert answer(replies.Monitored((ALICE, BOB))) == ["* You are told of alice, bob."]
    assert answer(replies.Monitored(())) == ["* You are told of nobody."]


def test_who_tells_somebody_something_who_is_away_is_told_so() -> None:
    for reply in (replies.Kept(BOB, 1, AT, away="lunch"), Ok("bob", away="lunch")):
        assert answer(reply, commands.Tell(BOB, "hello")) == ["* Told bob.", "* bob is away (lunch)."]
    assert answer(replies.Entries(TEA, (said("one"), said("two")), more=True)) == [
        f"{NOW} <alice> one",
        f"{NOW} <alice> two",
    ]


def test_what_was_told_in_answer_quotes_what_it_answers() -> None:
    told = Told(ALICE, BOB, AT, "yes", ALICE, 7, re=3, quoted=Message(BOB, "tea?", AT))
    assert shown(told) == [f"{NOW} [alice] > bob: tea?", f"{NOW} [alice] yes"]
    assert shown(Told(ALICE, BOB, AT, "yes", ALICE, 7, re=3)) == [f"{NOW} [alice] > 3", f"{NOW} [alice] yes"]


def test_who_logs_in_reads_in_a_line_a_talk_what_came_meanwhile() -> None:
    assert shown(events.Missed(((BOB, 3), (ALICE, 1)))) == [
        "* 3 messages from bob while you were away.",
        "* 1 message from alice while you were away.",
        "* /talk bob shows them.",
    ]
    assert shown(events.Missed(((BOB, 1000),), more=True)) == [
        "* 1000+ messages from bob while you were away.",
        "* There are more; /unread lists them.",
    ]
    [line] = shown(events.Missed((), known=False))
    assert re.fullmatch(r"\* .*/unread\b.*", line)


def test_talks_are_listed_and_unread_as_they_are_shown_in_talk() -> None:
    talk = Said(place(b"a", b"b"), 3, Message(BOB, "hello", AT), other=BOB)
    lines = answer(replies.UnreadList((Unread(said("hi"), 0, 1, 12, 2), Unread(talk, 0, 1, 1)), more=False))
    assert lines == ["*   tea     12 new, 2 for you", "*   [bob]   1 new"]
    found = answer(replies.Entries(None, (said("hi"), talk), more=False), commands.Search(None, "h"))
    assert found == [f"{TODAY} {NOW} tea <alice> hi", f"{TODAY} {NOW} [bob] <bob> hello"]
    assert answer(replies.Entries(None, (talk,), more=False, other=BOB)) == [f"{NOW} [bob] hello"]
    listed = answer(replies.TalkList((replies.TalkInfo(BOB, 3, talk.message, unread=2),), more=False))
    assert listed == [f"*   bob   {TODAY} {NOW}   bob: hello   2 new"]


def test_each_line_of_a_message_repeats_the_prefix() -> None:
    assert shown(said("def f():\n\treturn 1\n")) == [
        f"{NOW} <alice> def f():",
        f"{NOW} <alice> \treturn 1",
        f"{NOW} <alice> ",
    ]
    assert shown(said("waves\nand goes", kind="action")) == [f"{NOW} * alice waves", f"{NOW} * alice and goes"]
    assert shown(Told(ALICE, BOB, AT, "a\nb")) == [f"{NOW} [alice] a", f"{NOW} [alice] b"]


def test_only_lf_ends_a_line() -> None:
    # What str.splitlines would cut, and no writer of another dialect should smuggle in.
    assert len(shown(said("a\vb\fc\x85d\u2028e\x1cf\rg"))) == 1


def test_the_date_comes_before_the_talk_of_another_day() -> None:
    old = said("long ago", at=LONG_AGO)
    assert shown(said("today"), old, old, said("again")) == [
        f"{NOW} <alice> today",
        f"* {ANOTHER_DAY}",
        f"{THEN} <alice> long ago",
        f"{THEN} <alice> long ago",
        f"* {TODAY}",
        f"{NOW} <alice> again",
    ]


def test_talk_of_every_kind_counts_for_the_date_and_nothing_else_does() -> None:
    text = Text(TODAY)
    assert (
        lines(text.reply(Request(), replies.Entries(TEA, (said("a", at=LONG_AGO),), more=False)))[0]
        == f"* {ANOTHER_DAY}"
    )
    assert lines(text.event(events.Joined(TEA, BOB, 2, 0))) == ["* bob joined tea (2)."]
    assert lines(text.event(Told(ALICE, BOB, AT, "b"))) == [f"* {TODAY}", f"{NOW} [alice] b"]
    assert lines(text.batch(Batch([said("c", at=LONG_AGO), said("d")]))) == [
        f"* {ANOTHER_DAY}",
        f"{THEN} <alice> c",
        f"* {TODAY}",
        f"{NOW} <alice> d",
    ]


def test_a_batch_is_written_once_for_all_who_were_shown_the_same_day_last() -> None:
    one, another, late = Text(TODAY), Text(TODAY), Text(ANOTHER_DAY)
    batch = Batch([said("hello")])
    assert one.batch(batch) is another.batch(batch)
    assert lines(late.batch(batch)) == [f"* {TODAY}", f"{NOW} <alice> hello"]
    assert lines(late.batch(Batch([said("hello")]))) == [f"{NOW} <alice> hello"]


# The table of rooms.


def width(text: str) -> int:
    """Return how many columns *text* takes: here, two for each character that is not of Europe."""
    return sum(1 if ord(character) < 0x300 else 2 for character in text if not 0x300 <= ord(character) < 0x370)


def test_the_table_of_rooms_is_aligned_in_columns_of_a_terminal() -> None:
    rooms = [
        RoomInfo(room_name("tea"), "Green", 3, 256),
        RoomInfo(room_name("日本茶"), "緑茶", 12, 256),
        RoomInfo(room_name("q\u0308-wide"), "No such letter", 100, 1000),
        RoomInfo(room_name("without-a-topic"), "", 0, 0),
    ]
    table = answer(Rooms(tuple(rooms), more=False), commands.List())
    assert all(line.startswith("*   ") and line == line.rstrip() for line in table)
    assert {width(line[: line.index(room.topic)]) for room, line in zip(rooms, table, strict=True) if room.topic} == {
        len("*   without-a-topic   100/1000   ")
    }
    counts = ["3/256", "12/256", "100/1000", "0"]
    ends = {width(line[: line.index(count) + len(count)]) for line, count in zip(table, counts, strict=True)}
    assert ends == {len("*   without-a-topic   100/1000")}


# What holds for all of it.

# What is found in several rooms says in which, and on which day; a text of the operator may have blank lines.
FORMS = re.compile(r"! [a-z-]+: .+|\*( .+)?|(\d{4}-\d\d-\d\d )?\d\d:\d\d( .*)? (<.*>|-.*-|\[.*\]|\*) .*")


@given(REPLIES, EVENTS)
def test_every_line_is_an_error_information_or_talk(reply: Reply, event: Event) -> None:
    text = Text(TODAY)
    written = text.reply(Request(), reply) + text.event(event) + text.batch(Batch([event]))
    for line in lines(written):
        assert FORMS.fullmatch(line), line


CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_no_control_reaches_a_terminal_whatever_a_log_holds() -> None:
    text = Text(TODAY)
    for event in (
        said(everything()),
        Told(ALICE, BOB, AT, everything()),
        events.TopicChanged(TEA, everything(), ALICE),
    ):
        assert not CONTROLS.search(text.event(event).decode())
    for reply in (
        Refused(errors.UnknownType(everything())),
        replies.Entered(room=TEA, topic=everything(), members=1, capacity=1, epoch="x", seq=0, creator=None),
        replies.Entries(TEA, (said(everything()),), more=False),
        Rooms((RoomInfo(TEA, everything(), 1, 1),), more=False),
    ):
        assert not CONTROLS.search(text.reply(Request(), reply).decode())
    [odd] = text.read(b"list \x1b[2J\xc2\x9b\xe2\x80\xae", Standpoint(named=True))
    assert isinstance(odd, Request)
    assert not CONTROLS.search(text.reply(odd, Rooms((), more=False)).decode())


def answered(text: str, quoted: Message | None, *, kind: MessageKind = "text") -> list[str]:
    """Return how alice's answer to message number 812 is written."""
    return shown(Said(TEA, 813, Message(ALICE, text, AT, kind, re=812), quoted))


def test_before_an_answer_stands_what_it_answers() -> None:
    asked = Message(BOB, "Is there any\n\tmilk? ", AT)
    assert answered("a little", asked) == [f"{NOW} <alice> > bob: Is there any milk?", f"{NOW} <alice> a little"]
    assert answered("nods\ntwice", asked, kind="action") == [
        f"{NOW} * alice > bob: Is there any milk?",
        f"{NOW} * alice nods",
        f"{NOW} * alice twice",
    ]


def test_of_what_is_not_at_hand_or_taken_back_there_is_no_text() -> None:
    assert answered("yes", None) == [f"{NOW} <alice> > 812", f"{NOW} <alice> yes"]
    assert answered("yes", Message(BOB, "", AT)) == [f"{NOW} <alice> > bob: (taken back)", f"{NOW} <alice> yes"]
    assert answered("", Message(BOB, "milk?", AT)) == [f"{NOW} * A message of alice was taken back."]


def test_an_answer_has_its_number_where_messages_have_theirs() -> None:
    said = Said(TEA, 813, Message(ALICE, "yes", AT, re=812), Message(BOB, "milk?", AT))
    command = commands.History(TEA, numbered=True)
    assert answer(replies.Entries(TEA, (said,), more=False), command) == [
        f"#813 {TODAY} {NOW} <alice> > bob: milk?",
        f"#813 {TODAY} {NOW} <alice> yes",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 40 + "…"),
        ("The kettle is on, and there is milk for three", "The kettle is on, and there is milk for…"),
        ("The kettle is on, and there is milk for us", "The kettle is on, and there is milk for…"),
        ("See https://example.org/a/page/that/has/a/long/name", "See https://example.org/a/page/that/has/…"),
        ("田" * 30, "田" * 20 + "…"),
        ("e\u0301" * 41, "e\u0301" * 40 + "…"),
        ("x" + "\u0301" * 1000, "…"),
        ("one\n" + "\n" * 300 + "two", "one…"),
    ],
)
def test_the_first_words_fit_on_a_line(text: str, words: str) -> None:
    assert first_words(text) == words


LETTERS = st.sampled_from(" \n\txé中\u0301\u200d\U0001f469\U0001f375") | st.characters(codec="utf-8")


@given(st.text(LETTERS, min_size=1))
def test_whatever_is_quoted_is_short(text: str) -> None:
    words = first_words(text)
    assert len(words.splitlines()) <= 1
    assert len(words.encode()) <= SIZE + len("…".encode())
    assert words.removesuffix("…") in " ".join(text.split())


def test_what_is_found_in_several_rooms_says_where_and_when() -> None:
    search = commands.Search(None, "one")
    found = replies.Entries(None, (said("one\ntwo"), said("falls", kind="action")), more=False)
    assert answer(found, search) == [
        f"{TODAY} {NOW} tea <alice> one",
        f"{TODAY} {NOW} tea <alice> two",
        f"{TODAY} {NOW} tea * alice falls",
    ]
    assert answer(replies.Entries(None, (), more=False), search) == ["* Nothing found."]
