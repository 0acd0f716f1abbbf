"""Frames that go out: what each reply and each event looks like, and what is true of all of them."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom import __version__
from chatroom.core.values import errors, events, replies
from chatroom.core.values.audit import Act
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Request, Say
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Bye, Event, Message, Muted, RoomInfo, Rooms, Said, Slowed
from chatroom.core.values.limits import Limits
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.names import room_name, username
from chatroom.core.values.people import Gone, Known, Person
from chatroom.core.values.replies import Refused, Reply
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import Settings, Tuning
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.frames import Frames
from tests.wire.frames.values import EVENTS, REPLIES

FRAMES = Frames("chatroom", Limits(), ["accounts"])
TEA, MILK = room_name("tea"), room_name("milk")
ALICE, BOB = username("alice"), username("bob")
AT = 1_795_217_352_123
NOW = "2026-11-20T23:29:12.123Z"
HELLO = Said(TEA, 1, Message(ALICE, "hello", AT))
ANSWER = Said(TEA, 4, Message(BOB, "hello", AT, re=1), HELLO.message)
WAVES = Said(TEA, 2, Message(ALICE, "waves", AT, kind="action"))
ROOM_TEA = RoomInfo(TEA, "Green", 3, 256)


@pytest.mark.parametrize(
    ("reply", "written"),
    [
        (
            replies.Welcome(ALICE, None),
            (
                '"welcome","id":1,"username":"alice","server":"chatroom","protocol":1,'
                f'"version":"{__version__}","resumed":false,"rooms":[],'
                '"heartbeat":60,"limits":{"line":32768,"text":4000,"burst":30,"rate":5,"page":100,"rooms":8,'
                '"capacity":256,"grace":30},"features":["accounts"]'
            ),
        ),
        (
            replies.Welcome(ALICE, None, resumed=True, rooms=(TEA, MILK), follows=(TEA,)),
            (
                '"welcome","id":1,"username":"alice","server":"chatroom","protocol":1,'
                f'"version":"{__version__}","resumed":true,'
                '"rooms":["tea","milk"],"heartbeat":60,"limits":{"line":32768,"text":4000,"burst":30,"rate":5,'
                '"page":100,"rooms":8,"capacity":256,"grace":30},"features":["accounts"],"follows":["tea"]'
            ),
        ),
        (
            replies.Welcome(ALICE, None, account=replies.AccountRights("member", (TEA,), 3, "secret")),
            (
                '"welcome","id":1,"username":"alice","server":"chatroom","protocol":1,'
                f'"version":"{__version__}","resumed":false,'
                '"rooms":[],"heartbeat":60,"limits":{"line":32768,"text":4000,"burst":30,"rate":5,'
                '"page":100,"rooms":8,"capacity":256,"grace":30},"features":["accounts"],"account":"alice",'
                '"role":"member","token":"secret","device":3,"memberships":["tea"]'
            ),
        ),
        (replies.Registered(ALICE), '"ok","id":1,"account":"alice"'),
        (
            replies.Authenticated(ALICE, replies.AccountRights("member", (TEA,), 3, "secret"), (MILK, TEA)),
            (
                '"ok","id":1,"account":"alice","username":"alice","role":"member","token":"secret","device":3,'
                '"memberships":["tea"],"follows":["milk","tea"]'
            ),
        ),
        (
            replies.Reloaded(("read it again",), ("page can't be read",)),
            '"ok","id":1,"changed":["read it again"],"failed":["page can\'t be read"]',
        ),
        (replies.Reloaded(), '"ok","id":1,"changed":[],"failed":[]'),
        (
            replies.AccountList((replies.AccountInfo(ALICE, "operator", AT, AT),), more=False),
            (
                f'"accounts","id":1,"accounts":[{{"account":"alice","role":"operator","created":"{NOW}",'
                f'"seen":"{NOW}"}}],"more":false'
            ),
        ),
        (
            replies.DeviceList((replies.DeviceInfo(3, "token", AT, AT, True, "text", "127.0.0.1", "nc"),)),
            (
                f'"devices","id":1,"devices":[{{"device":3,"kind":"token","created":"{NOW}","seen":"{NOW}",'
                '"current":true,"door":"text","host":"127.0.0.1","client":"nc"}],"more":false'
            ),
        ),
        (replies.IgnoredList((ALICE,)), '"ignored","id":1,"usernames":["alice"]'),
        (replies.DeviceList((), incomplete=True), '"devices","id":1,"devices":[],"more":false,"incomplete":true'),
        (
            replies.ConnectionList(
                (
                    replies.ConnectionInfo(
                        2_000_000_007, "192.0.2.1:1", "text", AT, (TEA,), 1, 2, ALICE, "here:1", ALICE, 3
                    ),
                ),
                more=False,
                missing=("there:2",),
            ),
            (
                f'"connections","id":1,"connections":[{{"connection":2000000007,"peer":"192.0.2.1:1","door":"text",'
                f'"since":"{NOW}","rooms":["tea"],"behind":1,"waiting":2,"username":"alice","account":"alice","device":3,"node":"here:1"}}],'
                '"more":false,"missing":["there:2"]'
            ),
        ),
        (replies.Ok(missing=("there:2",)), '"ok","id":1,"missing":["there:2"]'),
        (
            replies.Members(TEA, (ALICE, BOB), more=False, accounts=(BOB,)),
            '"members","id":1,"room":"tea","usernames":["alice","bob"],"more":false,"accounts":["bob"]',
        ),
        (Rooms((), more=False), '"rooms","id":1,"rooms":[],"more":false'),
        (
            Rooms((ROOM_TEA, RoomInfo(MILK, "", 0, 0, 9001)), more=True),
            (
                '"rooms","id":1,"rooms":[{"room":"tea","topic":"Green","members":3,"capacity":256},'
                '{"room":"milk","topic":"","members":0,"capacity":0,"port":9001}],"more":true'
            ),
        ),
        (
            replies.Entered(room=TEA, topic="Green", members=1, capacity=256, epoch="x", seq=0, creator=ALICE),
            (
                '"entered","id":1,"room":"tea","topic":"Green","members":1,"capacity":256,"epoch":"x","seq":0,'
                '"resumed":false,"creator":"alice","redactions":0'
            ),
        ),
        (
            replies.Entered(room=TEA, topic="", members=2, capacity=0, epoch="x", seq=7, creator=None),
            '"entered","id":1,"room":"tea","topic":"","members":2,"capacity":0,"epoch":"x","seq":7,"resumed":false,"redactions":0',
        ),
        (
            replies.Entered(room=TEA, topic="", members=2, capacity=0, epoch="x", seq=7, creator=None, resumed=True),
            '"entered","id":1,"room":"tea","topic":"","members":2,"capacity":0,"epoch":"x","seq":7,"resumed":true,"redactions":0',
        ),
        (
            replies.Entered(room=TEA, topic="", members=2, capacity=0, epoch="x", seq=7, creator=ALICE, port=9000),
            (
                '"entered","id":1,"room":"tea","topic":"","members":2,"capacity":0,"epoch":"x","seq":7,'
                '"resumed":false,"port":9000,"creator":"alice","redactions":0'
            ),
        ),
        (
            replies.Members(TEA, (ALICE, BOB), more=False),
            '"members","id":1,"room":"tea","usernames":["alice","bob"],"more":false',
        ),
        (
            replies.Members(TEA, (ALICE, BOB), more=False, away={BOB: "lunch"}),
            '"members","id":1,"room":"tea","usernames":["alice","bob"],"more":false,"away":{"bob":"lunch"}',
        ),
        (
            replies.People(
                None,
                (
                    Known(
                        Person(ALICE, "~a", "abc.irc", ALICE, "Alice", "lunch", True),
                        None,
                        True,
                        AT,
                        ((MILK, None), (TEA, "owner")),
                        True,
                        True,
                    ),
                ),
                more=False,
            ),
            (
                '"people","id":1,"people":[{"username":"alice","host":"abc.irc","account":"alice","realname":"Alice",'
                f'"away":"lunch","bot":true,"operator":true,"since":"{NOW}","held":true,"secure":true,'
                '"rooms":[{"room":"milk"},{"room":"tea","role":"owner"}]}],"more":false'
            ),
        ),
        (
            replies.People(TEA, (Known(Person(BOB, "~u", "abc.text"), "moderator"),), more=True, last=BOB),
            '"people","id":1,"room":"tea","people":[{"username":"bob","host":"abc.text","role":"moderator"}],"more":true',
        ),
        (
            replies.Departed((Gone(Person(BOB, "~u", "abc.text"), AT),)),
            f'"people","id":1,"people":[{{"username":"bob","host":"abc.text","gone":"{NOW}"}}],"more":false',
        ),
        (
            replies.Monitored((ALICE, BOB), (Person(ALICE, "~a", "abc.irc"),), (BOB,)),
            '"monitored","id":1,"usernames":["alice","bob"],"online":["alice"],"offline":["bob"]',
        ),
        (
            replies.Monitored((), refused=(BOB,)),
            '"monitored","id":1,"usernames":[],"online":[],"offline":[],"refused":["bob"]',
        ),
        (replies.Members(None, (), more=True), '"members","id":1,"usernames":[],"more":true'),
        (
            replies.Entries(TEA, (HELLO, WAVES), more=True),
            (
                f'"entries","id":1,"room":"tea","entries":[{{"seq":1,"at":"{NOW}","from":"alice","text":"hello"}},'
                f'{{"seq":2,"at":"{NOW}","from":"alice","text":"waves","action":true}}],"more":true'
            ),
        ),
        (
            replies.Entries(TEA, (Said(TEA, 3, Message(ALICE, "", AT)),), more=False),
            (
                f'"entries","id":1,"room":"tea","entries":[{{"seq":3,"at":"{NOW}","from":"alice","text":"",'
                '"redacted":true}],"more":false'
            ),
        ),
        (
            replies.Entries(TEA, (ANSWER,), more=False),
            (
                f'"entries","id":1,"room":"tea","entries":[{{"seq":4,"at":"{NOW}","from":"bob","text":"hello",'
                '"re":1}],"more":false'
            ),
        ),
        (
            replies.Entries(TEA, (), more=False, more_before=True),
            '"entries","id":1,"room":"tea","entries":[],"more_before":true,"more_after":false',
        ),
        (replies.Ok("tea", count=3), '"ok","id":1,"count":3'),
        (
            replies.Entered(
                room=TEA,
                topic="",
                members=1,
                capacity=0,
                epoch="x",
                seq=0,
                creator=None,
                muted=Muted(TEA, ALICE, AT, "loud"),
            ),
            (
                '"entered","id":1,"room":"tea","topic":"","members":1,"capacity":0,"epoch":"x","seq":0,"resumed":false,'
                f'"redactions":0,"muted":{{"by":"alice","until":"{NOW}","reason":"loud"}}'
            ),
        ),
        (
            replies.ReportList((KeptReport(7, 1, HELLO, BOB, AT, "why"),), more=False),
            (
                f'"reports","id":1,"reports":[{{"report":7,"room":"tea","seq":1,"from":"alice","by":"bob","at":"{NOW}",'
                f'"reason":"why","said":"{NOW}","text":"hello","context":[]}}],"more":false'
            ),
        ),
        (
            replies.ReportList((KeptReport(7, 1, WAVES, BOB, AT, "why", (HELLO,), AT, ALICE, "seen"),), more=True),
            (
                f'"reports","id":1,"reports":[{{"report":7,"room":"tea","seq":2,"from":"alice","by":"bob","at":"{NOW}",'
                f'"reason":"why","said":"{NOW}","text":"waves","action":true,'
                f'"context":[{{"seq":1,"at":"{NOW}","from":"alice","text":"hello"}}],'
                f'"resolved":"{NOW}","resolver":"alice","note":"seen"}}],"more":true'
            ),
        ),
        (
            replies.ActList((Act(AT, ALICE, "mute", TEA, BOB, until=AT, reason="why", number=7),), more=True),
            (
                f'"audit","id":1,"audit":[{{"entry":7,"at":"{NOW}","by":"alice","action":"mute","room":"tea",'
                f'"username":"bob","until":"{NOW}","reason":"why"}}],"more":true'
            ),
        ),
        (
            replies.ActList((Act(AT, ALICE, "configure", TEA, tuning=Tuning(slow=0), number=7),), more=False),
            (
                f'"audit","id":1,"audit":[{{"entry":7,"at":"{NOW}","by":"alice","action":"configure","room":"tea",'
                '"slow":0}],"more":false'
            ),
        ),
        (
            replies.ActList((Act(AT, ALICE, "configure", TEA, tuning=Tuning(private=True), number=7),), more=False),
            (
                f'"audit","id":1,"audit":[{{"entry":7,"at":"{NOW}","by":"alice","action":"configure","room":"tea",'
                '"private":true}],"more":false'
            ),
        ),
        (
            replies.Entered(
                room=TEA,
                topic="",
                members=2,
                capacity=0,
                epoch="x",
                seq=7,
                creator=None,
                settings=Settings(invite_only=True, hidden=True),
            ),
            (
                '"entered","id":1,"room":"tea","topic":"","members":2,"capacity":0,"epoch":"x","seq":7,'
                '"resumed":false,"private":true,"redactions":0'
            ),
        ),
        (
            Rooms((RoomInfo(MILK, "", 0, 0, settings=Settings(invite_only=True, hidden=True)),), more=False),
            '"rooms","id":1,"rooms":[{"room":"milk","topic":"","members":0,"capacity":0,"private":true}],"more":false',
        ),
        (
            replies.Entries(None, (HELLO,), more=True),
            f'"entries","id":1,"entries":[{{"room":"tea","seq":1,"at":"{NOW}","from":"alice","text":"hello"}}],"more":true',
        ),
        (replies.Entries(TEA, (), more=False), '"entries","id":1,"room":"tea","entries":[],"more":false'),
        (
            replies.Entered(
                room=TEA, topic="", members=2, capacity=0, epoch="x", seq=7, creator=None, mark=Mark(5, AT)
            ),
            (
                '"entered","id":1,"room":"tea","topic":"","members":2,"capacity":0,"epoch":"x","seq":7,'
                f'"resumed":false,"redactions":0,"marked":5,"marked_at":"{NOW}"'
            ),
        ),
        (replies.MarkKept(Mark(5, AT)), f'"ok","id":1,"seq":5,"marked_at":"{NOW}"'),
        (replies.MarkKept(None), '"ok","id":1,"seq":0'),
        (
            replies.UnreadList((Unread(Said(TEA, 9, Message(ALICE, "", AT)), 5, 6, 3),), more=True),
            (
                f'"unread","id":1,"unread":[{{"room":"tea","seq":9,"at":"{NOW}","from":"alice","text":"",'
                '"redacted":true,"first":6,"marked":5,"unread":3,"mentions":0}],"more":true'
            ),
        ),
        (
            replies.UnreadList((Unread(WAVES, 0, 1, 2, 1, HELLO),), more=False),
            (
                f'"unread","id":1,"unread":[{{"room":"tea","seq":2,"at":"{NOW}","from":"alice","text":"waves",'
                f'"action":true,"first":1,"mention":{{"seq":1,"at":"{NOW}","from":"alice","text":"hello"}},'
                '"marked":0,"unread":2,"mentions":1}],"more":false'
            ),
        ),
        (replies.Entries(None, (), more=False, other=BOB), '"entries","id":1,"with":"bob","entries":[],"more":false'),
        (replies.Ok("bob", away="lunch"), '"ok","id":1,"away":"lunch"'),
        (replies.Kept(BOB, 1, AT, away="lunch"), f'"ok","id":1,"seq":1,"at":"{NOW}","away":"lunch"'),
        (replies.Kept(BOB, 1, AT), f'"ok","id":1,"seq":1,"at":"{NOW}"'),
        (replies.Kept(BOB, 1, AT, "c1"), f'"ok","id":1,"seq":1,"at":"{NOW}","cid":"c1"'),
        (
            replies.TalkList((replies.TalkInfo(BOB, 3, Message(ALICE, "hi", AT)),), more=True),
            f'"talks","id":1,"talks":[{{"with":"bob","seq":3,"at":"{NOW}","from":"alice","text":"hi","marked":0,"unread":0}}],"more":true',
        ),
        (
            replies.TalkList((replies.TalkInfo(BOB, 3, Message(ALICE, "", AT), True, 1, 2),), more=False),
            f'"talks","id":1,"talks":[{{"with":"bob","seq":3,"at":"{NOW}","from":"alice","text":"","redacted":true,"gone":true,"marked":1,"unread":2}}],"more":false',
        ),
        (replies.Stored(TEA, 1, AT), f'"ok","id":1,"room":"tea","seq":1,"at":"{NOW}"'),
        (replies.Stored(TEA, 1, AT, "c1"), f'"ok","id":1,"room":"tea","seq":1,"at":"{NOW}","cid":"c1"'),
        (replies.Stored(TEA, 1, AT, ""), f'"ok","id":1,"room":"tea","seq":1,"at":"{NOW}","cid":""'),
        (replies.Ok("tea", event_follows=True), '"ok","id":1'),
        (replies.Pong(), '"pong","id":1'),
        (events.Bye("quit"), '"bye","id":1,"reason":"quit"'),
        (
            Refused(errors.NoSuchRoom(TEA)),
            '"error","id":1,"code":"no-such-room","message":"There is no room called tea.","room":"tea"',
        ),
        (
            Refused(errors.UsernameTaken(ALICE)),
            '"error","id":1,"code":"username-taken","message":"alice is in use; choose another.","username":"alice"',
        ),
        (
            Refused(errors.CidReused("c1", TEA)),
            (
                '"error","id":1,"code":"cid-reused",'
                '"message":"Another message in tea had this cid; make up a new one for each.","room":"tea","cid":"c1"'
            ),
        ),
        (
            Refused(errors.NotLoggedIn()),
            '"error","id":1,"code":"not-logged-in","message":"Choose a username first."',
        ),
    ],
)
def test_a_reply_has_its_fields_and_the_id_of_its_request(reply: Reply, written: str) -> None:
    line = FRAMES.reply(Request(None, 1), reply).decode()
    assert line == f'{{"type":{written}}}\n'
    assert FRAMES.reply(Request(None, "a1"), reply).decode() == line.replace('"id":1', '"id":"a1"', 1)
    if not isinstance(reply, replies.Stored):
        assert FRAMES.reply(Request(), reply).decode() == line.replace(',"id":1', "", 1)


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (HELLO, f'"said","room":"tea","seq":1,"at":"{NOW}","from":"alice","text":"hello"'),
        (ANSWER, f'"said","room":"tea","seq":4,"at":"{NOW}","from":"bob","text":"hello","re":1'),
        (
            Said(TEA, 3, Message(ALICE, "hot", AT, "notice")),
            f'"said","room":"tea","seq":3,"at":"{NOW}","from":"alice","text":"hot","notice":true',
        ),
        (WAVES, f'"said","room":"tea","seq":2,"at":"{NOW}","from":"alice","text":"waves","action":true'),
        (
            Said(TEA, 3, Message(ALICE, "", AT)),
            f'"said","room":"tea","seq":3,"at":"{NOW}","from":"alice","text":"","redacted":true',
        ),
        (
            events.Redacted(TEA, 3, ALICE, BOB, 1, "why"),
            '"redacted","room":"tea","seq":3,"from":"alice","by":"bob","redactions":1,"note":"why"',
        ),
        (events.Joined(TEA, BOB, 2, 256), '"joined","room":"tea","username":"bob","members":2'),
        (
            events.Joined(TEA, BOB, 2, 256, "operator"),
            '"joined","room":"tea","username":"bob","members":2,"role":"operator"',
        ),
        (
            events.Left(TEA, BOB, 1, 256, "quit", note="to bed", serial=7),
            '"left","room":"tea","username":"bob","members":1,"reason":"quit","note":"to bed"',
        ),
        (events.Left(TEA, BOB, 1, 256, "moved"), '"left","room":"tea","username":"bob","members":1,"reason":"moved"'),
        (
            events.Configured(TEA, ALICE, Tuning(invite_only=True, hidden=False, topic_locked=True, keyed=False)),
            '"configured","room":"tea","by":"alice","invite_only":true,"hidden":false,"topic_locked":true,"keyed":false',
        ),
        (
            events.Configured(TEA, ALICE, Tuning(private=False)),
            '"configured","room":"tea","by":"alice","private":false',
        ),
        (
            events.Removed(TEA, ALICE, "banned", "why", AT),
            f'"removed","room":"tea","by":"alice","why":"banned","note":"why","until":"{NOW}"',
        ),
        (events.Removed(TEA, ALICE, "kicked"), '"removed","room":"tea","by":"alice","why":"kicked"'),
        (events.Invited(TEA, ALICE), '"invited","room":"tea","by":"alice"'),
        (events.Presence(TEA, 501), '"presence","room":"tea","members":501'),
        (events.Renamed(TEA, ALICE, BOB), '"renamed","room":"tea","from":"alice","to":"bob"'),
        (
            events.Described(TEA, ALICE, Person(ALICE, "~a", "abc.irc", ALICE, "Alice", "lunch", True), ("away",), 7),
            '"profile","room":"tea","username":"alice","account":"alice","realname":"Alice","away":"lunch","bot":true',
        ),
        (
            events.Described(None, ALICE, Person(ALICE, "~a", "abc.irc"), ("away",), 7),
            '"profile","username":"alice"',
        ),
        (events.Online((Person(ALICE, "~a", "abc.irc"),)), '"online","usernames":["alice"]'),
        (events.Offline((ALICE, BOB)), '"offline","usernames":["alice","bob"]'),
        (events.Marked(TEA, 7, AT), f'"marked","room":"tea","seq":7,"marked_at":"{NOW}"'),
        (events.Slowed(0.5), '"slowed","rate":0.5'),
        (events.TopicChanged(TEA, "", ALICE), '"topic-changed","room":"tea","topic":"","by":"alice"'),
        (events.Level(TEA, 0, 1, "Green"), '"level","room":"tea","seq":0,"members":1,"topic":"Green"'),
        (events.Gap(TEA, 1, 9, kept=False), '"gap","room":"tea","first":1,"last":9,"kept":false'),
        (events.Gap(TEA, 1, 9, kept=True), '"gap","room":"tea","first":1,"last":9,"kept":true'),
        (
            events.Confided(TEA, ALICE, BOB, AT, "hi", "notice"),
            f'"told","from":"alice","to":"bob","at":"{NOW}","text":"hi","notice":true,"room":"tea","role":"moderator"',
        ),
        (events.Told(ALICE, BOB, AT, "a\nb"), f'"told","from":"alice","to":"bob","at":"{NOW}","text":"a\\nb"'),
        (
            events.Reported(None, 7, 1, BOB, "why", ALICE),
            '"reported","with":"alice","report":7,"seq":1,"by":"bob","reason":"why"',
        ),
        (
            events.Told(ALICE, BOB, AT, "waves", ALICE, 7, "c1", kind="action"),
            f'"told","from":"alice","to":"bob","at":"{NOW}","text":"waves","with":"alice","seq":7,"cid":"c1","action":true',
        ),
        (
            events.TakenBack(BOB, 7, ALICE, "why"),
            '"redacted","with":"bob","seq":7,"from":"alice","by":"alice","note":"why"',
        ),
        (
            events.Reported(TEA, 7, 1, BOB, "why"),
            '"reported","room":"tea","report":7,"seq":1,"by":"bob","reason":"why"',
        ),
        (events.Deleted(TEA, ALICE), '"deleted","room":"tea","by":"alice"'),
        (
            events.RoomsChanged((ROOM_TEA,), (MILK,)),
            '"rooms-changed","rooms":[{"room":"tea","topic":"Green","members":3,"capacity":256}],"closed":["milk"]',
        ),
        (events.RoomsChanged((), ()), '"rooms-changed","rooms":[],"closed":[]'),
        (Rooms((), more=False), '"rooms","rooms":[],"more":false'),
        (events.Bye("replaced"), '"bye","reason":"replaced"'),
        (events.Bye("stopping", 1.5), '"bye","reason":"stopping","retry_after":1.5'),
    ],
)
def test_an_event_has_its_fields(event: Event, written: str) -> None:
    assert FRAMES.event(event).decode() == f'{{"type":{written}}}\n'


def test_a_batch_is_its_events_and_written_once_for_all() -> None:
    batch = Batch([HELLO, WAVES])
    line = FRAMES.batch(batch)
    assert line == FRAMES.event(HELLO) + FRAMES.event(WAVES)
    assert Frames("chatroom", Limits()).batch(batch) is line


def test_what_would_harm_a_terminal_is_escaped() -> None:
    id = "\x1b\x7f\x80\x9f\u2028\u2029\u202a\u202e\u2066\u2069"
    line = FRAMES.reply(Request(None, id + "é\u2027\u202f\u2065\u206a"), replies.Pong())
    escaped = r"\u001b\u007f\u0080\u009f\u2028\u2029\u202a\u202e\u2066\u2069"
    assert line.decode() == f'{{"type":"pong","id":"{escaped}é\u2027\u202f\u2065\u206a"}}\n'
    told = events.Told(ALICE, BOB, AT, id)
    assert escaped in FRAMES.event(told).decode()
    said = Said(TEA, 1, Message(ALICE, id, AT))
    assert escaped in FRAMES.batch(Batch([said])).decode()


def test_welcome_names_the_limits_that_were_set() -> None:
    limits = Limits(
        heartbeat=0.5, max_line=1, burst=6, rate=0.7, page=2, rooms_per_visitor=3, room_capacity=4, grace=0.5
    )
    line = Frames("Tea & Co", limits).reply(Request(), replies.Welcome(ALICE, None))
    welcome = json.loads(line)
    assert welcome["server"] == "Tea & Co"
    assert welcome["heartbeat"] == 0.5
    shown = {"line": 1, "text": 4000, "burst": 6, "rate": 0.7, "page": 2, "rooms": 3, "capacity": 4, "grace": 0.5}
    assert welcome["limits"] == shown


def test_whole_numbers_are_written_without_a_point_however_they_were_given() -> None:
    limits = Limits(heartbeat=90.0, rate=2.0, grace=0.0)
    frames = Frames("chatroom", limits)
    written = frames.reply(Request(), replies.Welcome(ALICE, None)) + frames.event(Slowed(2.0))
    written += frames.event(Bye("stopping", 1.0)) + frames.reply(Request(), Bye("stopping", 1.0))
    assert re.findall(rb'"(?:heartbeat|rate|grace|retry_after)":([^,}]+)', written) == b"90 2 0 2 1 1".split()


def test_welcome_has_the_message_of_the_day_if_there_is_one() -> None:
    welcome, another = (
        json.loads(FRAMES.reply(Request(), replies.Welcome(ALICE, None, motd=motd))) for motd in ("", "Tea!\nAt five.")
    )
    assert "motd" not in welcome
    assert another["motd"] == "Tea!\nAt five."


def test_a_message_without_an_id_is_answered_only_if_it_fails() -> None:
    request = Request(Say(TEA, "hello"))
    assert FRAMES.reply(request, replies.Stored(TEA, 1, AT)) == b""
    assert json.loads(FRAMES.reply(request, Refused(errors.StorageFailed())))["code"] == "storage-failed"
    assert FRAMES.reply(Request(Say(TEA, "hello"), 0), replies.Stored(TEA, 1, AT)).startswith(b'{"type":"ok","id":0,')
    assert FRAMES.reply(Request(Say(TEA, "hello"), ""), replies.Stored(TEA, 1, AT)).startswith(b'{"type":"ok","id":"",')


CODES = """
    bad-frame bad-command unknown-type not-logged-in already-logged-in username-invalid username-taken room-invalid
    room-exists no-such-room room-full too-many-rooms not-a-member already-a-member not-allowed no-such-user
    no-such-message no-such-connection locked slow-mode muted banned no-such-sanction no-such-report
    invite-only key-wrong
    password-required password-wrong password-invalid account-exists too-many-accounts too-many-tries
    no-such-device text-invalid text-too-long line-too-long query-invalid cid-reused storage-failed unavailable
    too-many-connections login-timeout
""".split()


def test_every_error_has_a_code_of_the_protocol_and_says_something() -> None:
    kinds = ChatError.__subclasses__()
    assert {kind.code for kind in kinds} <= {*CODES}
    for kind in kinds:
        assert kind.sentence.endswith((".", "{reason}"))


@given(REPLIES, st.none() | st.integers(-(2**70), 2**70) | st.text(max_size=64))
def test_a_reply_can_be_read_by_its_shape(reply: Reply, id: int | str | None) -> None:
    line = FRAMES.reply(Request(None, id), reply)
    if id is None and isinstance(reply, replies.Stored):
        return
    shape = msgspec.json.decode(line, type=AnyReply, strict=True)
    assert shape.id == (msgspec.UNSET if id is None else id)
    assert json.loads(msgspec.json.encode(shape)) == json.loads(line)
    assert line.index(b"\n") == len(line) - 1


@given(EVENTS)
def test_an_event_can_be_read_by_its_shape(event: Event) -> None:
    line = FRAMES.event(event)
    alone = isinstance(event, Rooms | events.Bye)
    shape = msgspec.json.decode(line, type=AnyReply if alone else AnyEvent)
    assert json.loads(msgspec.json.encode(shape)) == json.loads(line)
    assert line.index(b"\n") == len(line) - 1
