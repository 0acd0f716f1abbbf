"""Frames that come in: each request is read as the command it means, or refused for what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import inspect

from chatroom.core.values import commands
from chatroom.core.values.commands import Command, Request
from chatroom.core.values.errors import BadFrame, ChatError
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import room_name, username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Refused
from chatroom.core.values.rights import Tuning
from chatroom.wire.dialect import Misread, Standpoint
from chatroom.wire.frames import requests
from chatroom.wire.frames.codec import TYPES, decode
from chatroom.wire.frames.frames import Frames
from tests.wire.frames.values import REQUESTS, SHAPES

FRAMES = Frames("chatroom", Limits())
TEA = room_name("tea")
ALICE = username("alice")
SECRET = "0123456789abcdefghijkl"
HASH = bytes.fromhex("26594ba2c73ebc172047f2305663bc2c5e6ff60a88182eef43e353f48fc95b94")
"""The SHA-256 of :data:`SECRET`."""


def read(line: str | bytes) -> Request | Misread:
    [read] = FRAMES.read(line.encode() if isinstance(line, str) else line, Standpoint())
    return read


def refused(line: str | bytes) -> dict[str, Any]:
    """Return the whole answer to *line*, which is no request."""
    misread = read(line)
    assert isinstance(misread, Misread)
    assert misread.request.command is None
    answer: dict[str, Any] = json.loads(FRAMES.reply(misread.request, Refused(misread.error)))
    assert answer.pop("type") == "error"
    assert answer.pop("message")
    return answer


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ('{"type":"login","username":"alice"}', commands.Login(ALICE)),
        (f'{{"type":"login","username":"alice","session":"{SECRET}"}}', commands.Login(ALICE, HASH)),
        (
            '{"type":"login","username":"alice","password":"correct horse","remember":true,"client":"nc"}',
            commands.Login(ALICE, password=Password("correct horse"), remember=True, client="nc"),
        ),
        (f'{{"type":"login","username":"alice","token":"{SECRET}"}}', commands.Login(ALICE, token=HASH)),
        (
            '{"type":"authenticate","username":"alice","password":"correct horse","remember":true,"client":"nc"}',
            commands.Authenticate(ALICE, Password("correct horse"), remember=True, client="nc"),
        ),
        (
            f'{{"type":"authenticate","username":"alice","token":"{SECRET}"}}',
            commands.Authenticate(ALICE, token=HASH),
        ),
        ('{"type":"register","password":"correct horse"}', commands.Register(Password("correct horse"))),
        ('{"type":"password","old":"a","new":"b"}', commands.ChangePassword(Password("a"), Password("b"))),
        ('{"type":"unregister","password":"correct horse"}', commands.Unregister(Password("correct horse"))),
        ('{"type":"devices"}', commands.Devices()),
        ('{"type":"revoke","device":3}', commands.Revoke(3)),
        ('{"type":"ignore","username":"alice"}', commands.Ignore(ALICE)),
        ('{"type":"unignore","username":"alice"}', commands.Ignore(ALICE, ends=True)),
        ('{"type":"ignored"}', commands.ListIgnored()),
        ('{"type":"accounts"}', commands.ListAccounts()),
        ('{"type":"accounts","match":"al","after":"alice"}', commands.ListAccounts("al", ALICE)),
        (
            '{"type":"account","action":"add","username":"alice","password":"correct horse"}',
            commands.AddAccount(ALICE, Password("correct horse")),
        ),
        (
            '{"type":"account","action":"password","username":"alice","password":"correct horse"}',
            commands.SetPassword(ALICE, Password("correct horse")),
        ),
        (
            '{"type":"account","action":"role","username":"alice","role":"operator"}',
            commands.SetRole(ALICE, "operator"),
        ),
        ('{"type":"account","action":"remove","username":"alice"}', commands.RemoveAccount(ALICE)),
        ('{"type":"leave","room":"tea","everywhere":true}', commands.Leave(TEA, everywhere=True)),
        ('{"type":"rename","username":"alice"}', commands.Rename(ALICE)),
        ('{"type":"profile"}', commands.Describe()),
        ('{"type":"whois","username":"alice"}', commands.WhoIs((ALICE,))),
        ('{"type":"whowas","username":"alice"}', commands.WhoWas(ALICE)),
        ('{"type":"monitor"}', commands.Monitor(status=True)),
        (
            '{"type":"monitor","add":["alice"],"remove":["bob"],"clear":true}',
            commands.Monitor((ALICE,), (username("bob"),), clear=True),
        ),
        ('{"type":"monitor","remove":["alice"]}', commands.Monitor(remove=(ALICE,), status=True)),
        ('{"type":"profile","away":" lunch "}', commands.Describe(away="lunch")),
        (
            '{"type":"profile","away":"","realname":"Alice","bot":true,"invisible":false}',
            commands.Describe("Alice", "", bot=True, invisible=False),
        ),
        ('{"type":"list"}', commands.List()),
        ('{"type":"list","match":"te","after":"tea","watch":true}', commands.List("te", TEA, watch=True)),
        ('{"type":"list","watch":false}', commands.List(watch=False)),
        ('{"type":"create","room":"tea"}', commands.Create(TEA)),
        ('{"type":"create","room":"tea","topic":"Green","capacity":3}', commands.Create(TEA, "Green", 3)),
        ('{"type":"join","room":"tea"}', commands.Join(TEA)),
        ('{"type":"join","room":"tea","backlog":50}', commands.Join(TEA, 50)),
        ('{"type":"join","room":"tea","backlog":0}', commands.Join(TEA, 0)),
        ('{"type":"join","room":"tea","after":0,"epoch":""}', commands.Join(TEA, None, 0, "")),
        ('{"type":"join","room":"tea","after":7,"epoch":"x","backlog":5}', commands.Join(TEA, 5, 7, "x")),
        ('{"type":"leave","room":"tea"}', commands.Leave(TEA)),
        ('{"type":"leave","room":"tea","note":"see you"}', commands.Leave(TEA, text="see you")),
        ('{"type":"delete","room":"tea"}', commands.Delete(TEA)),
        ('{"type":"say","room":"tea","text":"a\\n\\tb"}', commands.Say(TEA, "a\n\tb")),
        ('{"type":"say","room":"tea","text":"hot","notice":true}', commands.Say(TEA, "hot", kind="notice")),
        ('{"type":"tell","to":"alice","text":"hot","notice":true}', commands.Tell(ALICE, "hot", kind="notice")),
        ('{"type":"say","room":"tea","text":"waves","action":true}', commands.Say(TEA, "waves", kind="action")),
        ('{"type":"say","room":"tea","text":"a","cid":"c1"}', commands.Say(TEA, "a", cid="c1")),
        ('{"type":"say","room":"tea","text":"a","cid":""}', commands.Say(TEA, "a", cid="")),
        ('{"type":"say","room":"tea","text":"a","re":812}', commands.Say(TEA, "a", re=812)),
        ('{"type":"tell","to":"alice","text":"hello"}', commands.Tell(ALICE, "hello")),
        (
            '{"type":"tell","to":"alice","text":"hello","action":true,"cid":"c1"}',
            commands.Tell(ALICE, "hello", kind="action", cid="c1"),
        ),
        ('{"type":"confide","room":"tea","text":"help"}', commands.Confide(TEA, "help")),
        (
            '{"type":"confide","room":"tea","text":"helps","role":"voiced","action":true}',
            commands.Confide(TEA, "helps", "action", "voiced"),
        ),
        ('{"type":"tell","to":"alice","text":"hello","re":7}', commands.Tell(ALICE, "hello", re=7)),
        ('{"type":"mark","with":"alice","seq":7}', commands.MarkRead(None, 7, other=ALICE)),
        ('{"type":"talks"}', commands.Talks()),
        ('{"type":"talks","before":"1970-01-01T00:00:00.0015Z"}', commands.Talks(2)),
        ('{"type":"history","with":"alice","limit":7}', commands.History(None, limit=7, other=ALICE)),
        ('{"type":"search","with":"alice","query":"tea"}', commands.Search(None, "tea", other=ALICE)),
        (
            '{"type":"redact","with":"alice","seq":7,"reason":"why"}',
            commands.Redact(None, 7, reason="why", other=ALICE),
        ),
        ('{"type":"report","with":"alice","seq":7,"reason":"why"}', commands.Report(None, "why", 7, other=ALICE)),
        ('{"type":"who"}', commands.Who()),
        ('{"type":"who","room":"tea","after":"alice"}', commands.Who(TEA, ALICE)),
        ('{"type":"topic","room":"tea","topic":""}', commands.Topic(TEA, "")),
        ('{"type":"history","room":"tea"}', commands.History(TEA)),
        ('{"type":"history","room":"tea","before":9,"after":0,"limit":5}', commands.History(TEA, 9, 0, 5)),
        ('{"type":"history","room":"tea","around":9,"limit":5}', commands.History(TEA, limit=5, around=9)),
        (
            '{"type":"history","room":"tea","since":"1970-01-01T00:00:01.2345Z"}',
            commands.History(TEA, since=1234),
        ),
        (
            '{"type":"history","room":"tea","until":"1970-01-01T01:00:01.2341+01:00"}',
            commands.History(TEA, until=1235),
        ),
        ('{"type":"mark","room":"tea","seq":7}', commands.MarkRead(TEA, 7)),
        ('{"type":"mark","room":"tea","seq":0}', commands.MarkRead(TEA, 0)),
        ('{"type":"mark","room":"tea","at":"1970-01-01T00:00:01.2349Z"}', commands.MarkRead(TEA, at=1234)),
        ('{"type":"unread"}', commands.ListUnread()),
        ('{"type":"unread","before":"1970-01-01T00:00:01.2341Z"}', commands.ListUnread(1235)),
        ('{"type":"search","room":"tea","query":"a \\"b c\\""}', commands.Search(TEA, 'a "b c"')),
        (
            '{"type":"search","room":"tea","query":"a","before":9,"limit":5,"newest_first":true}',
            commands.Search(TEA, "a", 9, 5, newest_first=True),
        ),
        (
            '{"type":"search","room":"tea","query":"","from":"alice","since":"1970-01-01T00:00:01Z"}',
            commands.Search(TEA, "", author=ALICE, since=1000),
        ),
        ('{"type":"search","query":"a","limit":5}', commands.Search(None, "a", limit=5)),
        (
            '{"type":"search","room":"tea","query":"a","until":"1970-01-01T00:00:01.0001Z"}',
            commands.Search(TEA, "a", until=1001),
        ),
        ('{"type":"redact","room":"tea","seq":7,"reason":"why"}', commands.Redact(TEA, 7, reason="why")),
        (
            '{"type":"redact","room":"tea","username":"alice","seconds":60}',
            commands.Redact(TEA, username=ALICE, seconds=60),
        ),
        ('{"type":"ban","username":"alice","seconds":60}', commands.Impose("ban", None, ALICE, 60)),
        ('{"type":"mute","username":"alice","host":true}', commands.Impose("mute", None, ALICE, everybody=True)),
        (
            '{"type":"ban","network":"192.0.2.7/24","reason":"why"}',
            commands.Impose("ban", None, None, reason="why", network="192.0.2.0/24"),
        ),
        ('{"type":"unban","network":"192.0.2.7/24"}', commands.Lift("ban", None, network="192.0.2.0/24")),
        ('{"type":"unban","username":"alice"}', commands.Lift("ban", None, ALICE)),
        ('{"type":"unmute","sanction":7}', commands.Lift("mute", None, number=7)),
        ('{"type":"sanctions"}', commands.ListSanctions(None)),
        ('{"type":"configure","guests":false}', commands.Configure(None, Tuning(guests=False))),
        (
            '{"type":"configure","room":"tea","guests":true,"slow":3}',
            commands.Configure(TEA, Tuning(slow=3, guests=True)),
        ),
        ('{"type":"report","room":"tea","seq":7,"reason":"why"}', commands.Report(TEA, "why", 7)),
        ('{"type":"resolve","report":7}', commands.Resolve(7)),
        ('{"type":"resolve","report":7,"note":"seen"}', commands.Resolve(7, "seen")),
        ('{"type":"reports"}', commands.ReadReports()),
        (
            '{"type":"reports","room":"tea","before":9,"limit":5,"all":true}',
            commands.ReadReports(TEA, 9, 5, all=True),
        ),
        ('{"type":"configure","room":"tea","private":true}', commands.Configure(TEA, Tuning(private=True))),
        (
            '{"type":"configure","room":"tea","invite_only":true,"hidden":false,"topic_locked":true,"key":"milk"}',
            commands.Configure(TEA, Tuning(invite_only=True, hidden=False, topic_locked=True, key="milk")),
        ),
        ('{"type":"ban","room":"tea","mask":"bob"}', commands.Impose("ban", TEA, None, mask="bob!*@*")),
        ('{"type":"mute","room":"tea","account":"bob"}', commands.Impose("mute", TEA, None, mask="account:bob")),
        ('{"type":"exempt","room":"tea","mask":"*@host"}', commands.Impose("exempt", TEA, None, mask="*!*@host")),
        ('{"type":"invite","room":"tea","mask":"b*!*@*"}', commands.Impose("invite", TEA, None, mask="b*!*@*")),
        ('{"type":"unban","room":"tea","mask":"bob"}', commands.Lift("ban", TEA, mask="bob!*@*")),
        ('{"type":"unexempt","room":"tea","mask":"bob"}', commands.Lift("exempt", TEA, mask="bob!*@*")),
        ('{"type":"uninvite","room":"tea","account":"bob"}', commands.Lift("invite", TEA, mask="account:bob")),
        ('{"type":"configure","room":"tea","key":""}', commands.Configure(TEA, Tuning(key=""))),
        ('{"type":"configure","room":"tea","private":false}', commands.Configure(TEA, Tuning(private=False))),
        ('{"type":"invite","room":"tea","username":"alice"}', commands.Invite(TEA, ALICE)),
        ('{"type":"audit"}', commands.ReadAudit()),
        ('{"type":"audit","room":"tea","before":9,"limit":5}', commands.ReadAudit(TEA, 9, 5)),
        (
            '{"type":"join","room":"tea","after":7,"epoch":"x","redactions":2}',
            commands.Join(TEA, None, 7, "x", redactions=2),
        ),
        ('{"type":"ping"}', commands.Ping()),
        ('{"type":"pong"}', commands.Pong()),
        (
            '{"type":"register","username":"alice","password":"correct horse"}',
            commands.Register(Password("correct horse"), ALICE),
        ),
        (
            '{"type":"operate","username":"alice","password":"correct horse"}',
            commands.Operate(ALICE, Password("correct horse")),
        ),
        ('{"type":"operate"}', commands.StandDown()),
        ('{"type":"trust"}', commands.Trust()),
        ('{"type":"authenticate","certificate":true}', commands.Authenticate(certificate=True)),
        ('{"type":"quit"}', commands.Quit()),
        ('{"type":"quit","note":"to bed"}', commands.Quit("to bed")),
    ],
)
def test_a_request_is_read_as_its_command(line: str, command: Command) -> None:
    assert read(line) == Request(command)
    assert read(line[:-1] + ',"id":7}') == Request(command, 7)
    assert read('{"id":"a1","more":[{}],' + line[1:]) == Request(command, "a1")
    assert read(f" {line} ".replace(",", " ,\t").replace('":', '": ')) == Request(command)
    assert json.loads(line)["type"] in TYPES


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"ban"}',
        '{"type":"ban","username":"alice","network":"192.0.2.0/24"}',
        '{"type":"ban","room":"tea","network":"192.0.2.0/24"}',
        '{"type":"ban","network":"192.0.2.0/24","host":true}',
        '{"type":"ban","network":"alice"}',
        '{"type":"ban","username":"alice","seconds":0}',
        '{"type":"mute","network":"192.0.2.0/24"}',
        '{"type":"unban"}',
        '{"type":"unban","room":"tea","network":"192.0.2.0/24"}',
        '{"type":"unban","username":"alice","sanction":7}',
        '{"type":"unmute","network":"192.0.2.0/24"}',
        '{"type":"configure","slow":3}',
        '{"type":"configure","guests":false,"locked":true}',
        '{"type":"report","room":"tea","seq":7}',
        '{"type":"report","room":"tea","seq":7,"reason":""}',
        '{"type":"report","seq":7,"reason":"why"}',
        '{"type":"report","room":"tea","with":"alice","seq":7,"reason":"why"}',
        '{"type":"history"}',
        '{"type":"history","room":"tea","with":"alice"}',
        '{"type":"search","query":"tea","before":7}',
        '{"type":"search","room":"tea","with":"alice","query":"tea"}',
        '{"type":"redact","seq":7}',
        '{"type":"redact","with":"alice"}',
        '{"type":"redact","with":"alice","username":"alice","seconds":60}',
        '{"type":"redact","room":"tea","with":"alice","seq":7}',
        '{"type":"talks","before":7}',
        '{"type":"mark","seq":7}',
        '{"type":"mark","with":"alice"}',
        '{"type":"mark","room":"tea","with":"alice","seq":7}',
        '{"type":"tell","to":"alice","text":"hello","re":0}',
        '{"type":"resolve"}',
        '{"type":"resolve","report":0}',
        '{"type":"reports","limit":0}',
        '{"type":"configure","private":true}',
        '{"type":"configure","room":"tea","private":"on"}',
        '{"type":"invite","room":"tea"}',
        '{"type":"invite","username":"alice"}',
        '{"type":"redact","room":"tea"}',
        '{"type":"redact","room":"tea","seq":0}',
        '{"type":"redact","room":"tea","seq":7,"username":"alice"}',
        '{"type":"redact","room":"tea","seq":7,"seconds":60}',
        '{"type":"redact","room":"tea","username":"alice"}',
        '{"type":"redact","room":"tea","username":"alice","seconds":86401}',
    ],
)
def test_what_can_not_be_meant_is_a_bad_frame(line: str) -> None:
    assert refused(line)["code"] == "bad-frame"


@pytest.mark.parametrize("length", [22, 128])
def test_a_session_has_22_to_128_characters(length: int) -> None:
    request = read(json.dumps({"type": "login", "username": "alice", "session": "é" * length}))
    assert isinstance(request, Request)
    assert request.command == commands.Login(ALICE, sha256("é".encode() * length).digest())


def test_a_cid_has_up_to_64_characters() -> None:
    request = read(json.dumps({"type": "say", "room": "tea", "text": "a", "cid": "é" * 64}))
    assert request == Request(commands.Say(TEA, "a", cid="é" * 64))


def test_a_text_of_blanks_alone_is_a_message() -> None:
    assert read('{"type":"say","room":"tea","text":" \\t\\n"}') == Request(commands.Say(TEA, " \t\n"))


def test_the_types_are_those_of_the_protocol() -> None:
    people = "login rename profile list create join leave delete say tell talks who topic history search ping pong quit"
    about = "whois whowas monitor confide"
    accounts = (
        "authenticate register password unregister devices revoke ignore unignore ignored operate trust mark unread"
    )
    moderators = "kick appoint configure invite mute unmute ban unban redact report resolve reports sanctions audit"
    masks = "exempt unexempt uninvite"
    operators = "connections disconnect notice reload log-level accounts account"
    assert frozenset(f"{people} {about} {accounts} {moderators} {masks} {operators}".split()) == TYPES == SHAPES.keys()


def test_no_secret_is_in_what_is_written_of_a_request() -> None:
    lines = (
        f'{{"type":"login","username":"alice","session":"{SECRET}","token":"{SECRET}","password":"{SECRET}"}}',
        f'{{"type":"authenticate","username":"alice","password":"{SECRET}","token":"{SECRET}"}}',
        f'{{"type":"register","password":"{SECRET}"}}',
        f'{{"type":"password","old":"{SECRET}","new":"{SECRET}"}}',
        f'{{"type":"unregister","password":"{SECRET}"}}',
        f'{{"type":"account","action":"add","username":"alice","password":"{SECRET}"}}',
    )
    for line in lines:
        assert SECRET not in repr(read(line))
        assert SECRET not in repr(decode(line.encode()))


def strings_in(value: object) -> Iterator[str]:
    """Yield the strings in *value*, which comes of JSON."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings_in(each)
        case dict():
            yield from strings_in(list(value.values()))


def meaning(shape: requests.RequestFrame) -> Command | type[ChatError]:
    if any("\0" in each for each in strings_in(msgspec.to_builtins(shape))):
        return BadFrame
    try:
        return shape.command()
    except ChatError as error:
        return type(error)


@given(REQUESTS)
@example(requests.Join(room="a\0"))
def test_every_request_that_a_client_writes_is_read_as_it_was_meant(shape: requests.RequestFrame) -> None:
    found = read(msgspec.json.encode(shape))
    request = found.request if isinstance(found, Misread) else found
    assert request.id == (None if shape.id is msgspec.UNSET else shape.id)
    assert (type(found.error) if isinstance(found, Misread) else found.command) == meaning(shape)


@pytest.mark.parametrize("id", [0, -1, 2**53, 2**64, 10**30, "", "é", "a" * 64, '"\\\n', "1"])
def test_an_id_comes_back_as_it_was(id: int | str) -> None:
    request = read(json.dumps({"type": "ping", "id": id}))
    assert isinstance(request, Request)
    assert request.id == id
    assert type(request.id) is type(id)
    assert refused(json.dumps({"type": "join", "id": id}))["id"] == id


@pytest.mark.parametrize("id", ["null", "true", "1.5", "[]", "{}", f'"{"a" * 65}"', "1e400", "9" * 5000, r'"\ud800"'])
def test_what_can_be_no_id_does_not_come_back(id: str) -> None:
    assert refused(f'{{"type":"ping","id":{id}}}') == {"code": "bad-frame"}


def test_of_an_id_in_another_coding_than_utf_8_nothing_comes_back() -> None:
    assert refused(b'{"type":"ping","id":"\xff"}') == {"code": "bad-frame"}
    assert refused(b'{"type":"ping","id":"\xed\xa0\x80"}') == {"code": "bad-frame"}


@pytest.mark.parametrize(
    "rest",
    [
        "",
        '"room":5',
        '"room":null',
        '"room":"tea","backlog":-1',
        '"room":"tea","backlog":"5"',
        '"room":"tea","backlog":1.5',
        '"room":"tea","backlog":9007199254740993',
        r'"room":"\ud800"',
        r'"room":"tea\udc00\ud800"',
    ],
)
def test_a_frame_of_another_shape_is_refused_with_its_id(rest: str) -> None:
    assert refused(f'{{"id":5,"type":"join"{rest and ","}{rest}}}') == {"code": "bad-frame", "id": 5}


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"say","room":"tea","text":5}',
        '{"type":"say","room":"tea","text":"a","action":1}',
        '{"type":"say","room":"tea","text":"a","cid":1}',
        '{"type":"say","room":"tea","text":"a","re":0}',
        '{"type":"say","room":"tea","text":"a","re":9007199254740993}',
        '{"type":"say","room":"tea","text":"a","re":"bob"}',
        '{"type":"say","room":"tea","text":"a","cid":"' + "c" * 65 + '"}',
        '{"type":"login","username":"alice","session":"' + "s" * 21 + '"}',
        '{"type":"login","username":"alice","session":"' + "s" * 129 + '"}',
        '{"type":"login","username":"alice","session":null}',
        '{"type":"join","room":"tea","after":-1}',
        '{"type":"join","room":"tea","after":0,"epoch":null}',
        '{"type":"create","room":"tea","capacity":0}',
        '{"type":"create","room":"tea","topic":null}',
        '{"type":"history","room":"tea","limit":0}',
        '{"type":"history","room":"tea","around":0}',
        '{"type":"history","room":"tea","around":1,"before":2}',
        '{"type":"history","room":"tea","since":"2026-11-24T01:39:13Z","until":"2026-11-24T01:40:13Z"}',
        '{"type":"history","room":"tea","since":"2026-11-24T01:39:13"}',
        '{"type":"history","room":"tea","since":"yesterday"}',
        '{"type":"history","room":"tea","since":5}',
        '{"type":"search","room":"tea","from":"alice"}',
        '{"type":"search","room":"tea","query":"a","since":"now"}',
        '{"type":"search","query":"a","before":5}',
        '{"type":"list","watch":"yes"}',
        '{"type":5}',
        '{"type":null}',
        "{}",
        "[]",
        "null",
        '"ping"',
        "{",
        "{" * 5000,
        "[" * 5000,
        '{"type":"ping"}}',
        '{"type":"ping"',
        "{'type':'ping'}",
        '{"type":"ping","x":NaN}',
        '{"type":"ping","x":"\t"}',
        "{\x00",
        "\ufeff{}",
    ],
)
def test_what_is_no_request_is_a_bad_frame(line: str) -> None:
    assert refused(line) == {"code": "bad-frame"}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"x":', "}")], ids=["lists", "objects"])
def test_a_field_that_is_not_known_may_be_as_deep_as_it_likes(opening: str, closing: str) -> None:
    def deep(times: int) -> str:
        return f'{{"type":"ping","x":{opening * times}1{closing * times}}}'

    assert isinstance(read(deep(500)), Request)
    assert refused(deep(500_000)) == {"code": "bad-frame"}
    # Between these it depends on the version of Python.
    for times in (1000, 2000, 5000, 10_000):
        assert isinstance(read(deep(times)), Request) or refused(deep(times)) == {"code": "bad-frame"}


def test_an_unknown_type_is_told_so_with_its_id() -> None:
    assert refused('{"type":"dance","id":"a"}') == {"code": "unknown-type", "id": "a"}
    assert refused('{"type":""}') == {"code": "unknown-type"}
    assert refused('{"type":"welcome","username":"alice"}') == {"code": "unknown-type"}
    assert refused('{"type":"' + "a" * 30_000 + '"}') == {"code": "unknown-type"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"type":"login","username":"a b"}', "username-invalid"),
        ('{"type":"login","username":"_"}', "username-invalid"),
        ('{"type":"rename","username":""}', "username-invalid"),
        ('{"type":"whois","username":""}', "username-invalid"),
        ('{"type":"monitor","add":["alice",""]}', "username-invalid"),
        ('{"type":"monitor","add":[' + ",".join(['"alice"'] * 101) + "]}", "bad-frame"),
        ('{"type":"profile","away":"' + "x" * 301 + '"}', "text-too-long"),
        ('{"type":"profile","realname":"' + "x" * 129 + '"}', "text-too-long"),
        (r'{"type":"profile","away":"a\nb"}', "text-invalid"),
        ('{"type":"tell","to":"@","text":"a"}', "username-invalid"),
        ('{"type":"authenticate","password":"correct horse"}', "bad-frame"),
        ('{"type":"say","room":"tea","text":"hot","action":true,"notice":true}', "bad-frame"),
        ('{"type":"account","action":"add","username":"alice"}', "bad-frame"),
        ('{"type":"account","action":"role","username":"alice","password":"correct horse"}', "bad-frame"),
        ('{"type":"account","action":"remove","username":"alice","role":"member"}', "bad-frame"),
        ('{"type":"register","password":""}', "password-invalid"),
        (r'{"type":"register","password":"a\u0001b"}', "password-invalid"),
        ('{"type":"login","username":"alice","password":"' + "é" * 513 + '"}', "password-invalid"),
        ('{"type":"who","after":"@"}', "username-invalid"),
        ('{"type":"join","room":"../x"}', "room-invalid"),
        ('{"type":"create","room":""}', "room-invalid"),
        ('{"type":"who","room":""}', "room-invalid"),
        ('{"type":"list","after":"@"}', "room-invalid"),
        ('{"type":"say","room":"tea","text":""}', "text-invalid"),
        (r'{"type":"say","room":"tea","text":"\u001b[2J"}', "text-invalid"),
        (r'{"type":"say","room":"tea","text":"\u202e"}', "text-invalid"),
        (r'{"type":"tell","to":"alice","text":"\u2028"}', "text-invalid"),
        (r'{"type":"topic","room":"tea","topic":"a\nb"}', "text-invalid"),
        ('{"type":"say","room":"tea","text":"' + "é" * 2001 + '"}', "text-too-long"),
        ('{"type":"topic","room":"tea","topic":"' + "a" * 301 + '"}', "text-too-long"),
        ('{"type":"create","room":"tea","topic":"' + "a" * 301 + '"}', "text-too-long"),
    ],
)
def test_names_and_texts_are_checked(line: str, code: str) -> None:
    assert refused(line[:-1] + ',"id":5}') == {"code": code, "id": 5}


def _with(kind: inspect.Type, text: str) -> Any:
    """Return what may stand in a field of that *kind*, with *text* in it if it has any."""
    match kind:
        case inspect.StrType():
            return text
        case inspect.ListType(item_type):
            return [_with(item_type, text)]
        case inspect.UnionType(types):
            known = [each for each in types if not isinstance(each, inspect.CustomType)]
            return next((it for each in known if _holds(it := _with(each, text), text)), _with(known[0], text))
        case inspect.IntType():
            return 1
        case inspect.BoolType():
            return True
        case inspect.LiteralType(values):
            return values[0]
        case inspect.DateTimeType():
            return "2026-01-01T00:00:00Z"
    raise AssertionError(f"say here what a frame may have in a field of {kind}")


def _holds(it: Any, text: str) -> bool:
    return it in (text, [text])


def strings() -> Iterator[tuple[str, str]]:
    """Find all fields of all requests that hold strings."""
    for type, shape in SHAPES.items():
        info = inspect.type_info(shape)
        assert isinstance(info, inspect.StructType)
        yield from ((type, field.encode_name) for field in info.fields if _holds(_with(field.type, "a"), "a"))


@pytest.mark.parametrize(("type", "name"), [*strings()])
def test_no_string_of_any_frame_holds_what_is_no_text(type: str, name: str) -> None:
    def frame(text: str) -> str:
        info = inspect.type_info(SHAPES[type])
        assert isinstance(info, inspect.StructType)
        some = {each.encode_name: _with(each.type, "a" * 30) for each in info.fields if each.required}
        [kind] = [each.type for each in info.fields if each.encode_name == name]
        return json.dumps({**some, "type": type, name: _with(kind, text)})

    decode(frame("a" * 30).encode())
    decode(frame("a" * 30 + "\\u0000").encode())
    for harmful, why in (("\0", "U+0000"), ("\ud800", ""), ("\\\0", "U+0000")):
        misread = read(frame("a" * 30 + harmful))
        assert isinstance(misread, Misread)
        assert isinstance(misread.error, BadFrame)
        assert why in misread.error.reason


A_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(sorted(TYPES)),
    lambda values: (
        st.lists(values) | st.dictionaries(st.sampled_from(["type", "id", "room", "text"]) | st.text(), values)
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a frame in which some bytes are others."""
    line = bytearray(msgspec.json.encode(draw(REQUESTS)))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3)):
        line[at % len(line)] = byte
    return bytes(line)


@given(st.binary() | A_VALUE.map(lambda value: json.dumps(value).encode()) | mutated())
def test_whatever_comes_is_a_request_or_gets_an_error(line: bytes) -> None:
    [read] = FRAMES.read(line, Standpoint())
    if isinstance(read, Misread):
        answer = FRAMES.reply(read.request, Refused(read.error))
        assert json.loads(answer)["type"] == "error"
        assert answer.count(b"\n") == 1
    else:
        assert read.command is not None
