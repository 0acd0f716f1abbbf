"""What was said before, over IRC: pages, searches, marks, and messages that are taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.fronts.irc.clients import ALL, Client, IRCHouse, commands, short
from tests.wire.irc.grammar import Read

CAPS = "server-time message-tags batch draft/chathistory draft/read-marker draft/message-redaction standard-replies"


def spoken(count: int = 9) -> tuple[IRCHouse, Client, list[Read]]:
    """Return a house where that many messages were said, a second each, and who has seen them."""
    house = IRCHouse(accounts=True)
    one = house.client("alice", f"{CAPS} echo-message", "#tea")
    said: list[Read] = []
    for number in range(1, count + 1):
        said += one.send(f"PRIVMSG #tea :m{number}")
        house.wait(1)
    return house, one, [line for line in said if line.command == "PRIVMSG"]


def texts(lines: Sequence[Read], kind: str = "chathistory") -> list[str]:
    """Return the texts of one batch, and see that it is one."""
    assert commands(lines)[:: len(lines) - 1] == ["BATCH", "BATCH"]
    assert lines[0].params[1] == kind
    assert all(line.tags["batch"] == lines[0].params[0][1:] for line in lines[1:-1])
    return [line.params[1] for line in lines[1:-1]]


PAGES = [
    ("LATEST #tea * 3", "789"),
    ("LATEST #tea * 100", "123456789"),
    ("LATEST #tea {3} 100", "456789"),
    ("LATEST #tea {3} 2", "89"),
    ("BEFORE #tea {4} 100", "123"),
    ("BEFORE #tea {4} 2", "23"),
    ("BEFORE #tea {1} 2", ""),
    ("AFTER #tea {4} 100", "56789"),
    ("AFTER #tea {4} 2", "56"),
    ("AFTER #tea {9} 2", ""),
    ("AROUND #tea {5} 3", "456"),
    ("AROUND #tea {5} 1", "5"),
    ("AROUND #tea {1} 3", "12"),
    ("BETWEEN #tea {2} {6} 100", "345"),
    ("BETWEEN #tea {2} {6} 2", "34"),
    ("BETWEEN #tea {6} {2} 100", "345"),
    ("BETWEEN #tea {6} {2} 2", "45"),
]


@pytest.mark.parametrize("by", ["msgid", "timestamp"])
@pytest.mark.parametrize(("line", "numbers"), PAGES)
def test_pages_are_read_by_messages_and_by_times(line: str, numbers: str, by: str) -> None:
    _, one, said = spoken()
    names = [f"{by}={each.tags['time' if by == 'timestamp' else 'msgid']}" for each in said]
    found = one.send(f"CHATHISTORY {line.format('', *names)}")
    expected = [f"m{number}" for number in numbers]
    if line.startswith("AROUND #tea {1}"):
        # How many there are beside it at the edge is left open.
        assert texts(found)[:2] == expected
    else:
        assert texts(found) == expected
    assert found[0].params[2] == "#tea"


def test_what_a_page_holds_is_what_was_shown_live() -> None:
    _, one, said = spoken(3)
    for shown, read in zip(said, one.send("CHATHISTORY LATEST #tea * 3")[1:-1], strict=True):
        assert {**read.tags, "batch": ""} == {**shown.tags, "batch": ""}
        assert (read.source, read.params) == (shown.source, shown.params)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("CHATHISTORY NOTHING #tea * 5", "INVALID_PARAMS"),
        ("CHATHISTORY LATEST #tea *", "NEED_MORE_PARAMS"),
        ("CHATHISTORY LATEST #tea * 0", "INVALID_PARAMS"),
        ("CHATHISTORY LATEST #tea * many", "INVALID_PARAMS"),
        ("CHATHISTORY BEFORE #tea * 5", "INVALID_PARAMS"),
        ("CHATHISTORY BEFORE #tea msgid=nothing 5", "INVALID_PARAMS"),
        ("CHATHISTORY BEFORE #tea msgid=elsewhere-5 5", "MESSAGE_ERROR"),
        ("CHATHISTORY BEFORE #tea timestamp=yesterday 5", "INVALID_MSGREFTYPE"),
        ("CHATHISTORY BEFORE #tea 5 5", "INVALID_MSGREFTYPE"),
        ("CHATHISTORY LATEST #nowhere * 5", "INVALID_TARGET"),
        ("CHATHISTORY LATEST #other * 5", "INVALID_TARGET"),
        ("CHATHISTORY LATEST [x] * 5", "INVALID_TARGET"),
        ("CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z 5", "NEED_MORE_PARAMS"),
        ("SEARCH in=#nowhere;text=x", "INVALID_PARAMS"),
        ("SEARCH in=#tea;text=x;before=now", "INVALID_PARAMS"),
        ("SEARCH in=#tea;text=x;limit=no", "INVALID_PARAMS"),
        ("MARKREAD", "NEED_MORE_PARAMS"),
        ("MARKREAD #tea when", "INVALID_PARAMS"),
        ("MARKREAD # timestamp=2020-01-01T00:00:00.000Z", "INVALID_PARAMS"),
        ("REDACT #tea nothing-1", "UNKNOWN_MSGID"),
        ("REDACT #tea nothing", "UNKNOWN_MSGID"),
        ("REDACT #nowhere x-1", "INVALID_TARGET"),
    ],
)
def test_what_can_not_be_meant_is_told_by_a_code(line: str, code: str) -> None:
    house, one, _ = spoken(1)
    house.client("bob", "", "#other")
    [answer] = one.send(line)
    assert (answer.command, answer.params[:2]) == ("FAIL", [line.partition(" ")[0], code])


def test_where_something_was_said() -> None:
    _, one, said = spoken(2)
    first, last = "timestamp=2020-01-01T00:00:00.000Z", "timestamp=2030-01-01T00:00:00.000Z"
    for moments in (f"{first} {last}", f"{last} {first}"):
        found = one.send(f"CHATHISTORY TARGETS {moments} 10")
        assert [short(line) for line in found[1:-1]] == [f"CHATHISTORY TARGETS #tea {said[-1].tags['time']}"]


def test_searches() -> None:
    house, one, _ = spoken(2)
    one.send("PRIVMSG #tea :a cup of tea")
    house.client("bob", "", "#tea").send("PRIVMSG #tea :a cup of milk")
    house.settle()
    one.take()
    assert texts(one.send("SEARCH in=#tea;text=cup"), "soju.im/search") == ["a cup of tea", "a cup of milk"]
    assert texts(one.send("SEARCH in=#tea;text=cup;from=bob"), "soju.im/search") == ["a cup of milk"]
    assert commands(one.send("SEARCH in=#tea;text=coffee")) == ["BATCH", "BATCH"]


def test_marks_are_kept_as_they_were_set_and_never_run_back() -> None:
    _, one, said = spoken(3)
    assert one.ask("MARKREAD #tea") == ["MARKREAD #tea *"]
    second = f"timestamp={said[1].tags['time']}"
    assert one.ask(f"MARKREAD #tea {second}") == [f"MARKREAD #tea {second}"]
    assert one.ask(f"MARKREAD #tea timestamp={said[0].tags['time']}") == [f"MARKREAD #tea {second}"]
    assert one.ask("MARKREAD #tea") == [f"MARKREAD #tea {second}"]


@pytest.mark.parametrize("written", ["{}-01", "{}-1 ", "{}-\u0661", "{}-", "{}-+1", "{}-1000000000000000001"])
def test_a_message_has_one_identity(written: str) -> None:
    house = IRCHouse()
    one = house.client("alice", f"{ALL} draft/chathistory", "#tea")
    [shown] = one.send("PRIVMSG #tea :one")
    identity = written.format(shown.tags["msgid"].rpartition("-")[0])
    assert one.ask(f"REDACT #tea :{identity}")[0].startswith("FAIL REDACT UNKNOWN_MSGID ")
    assert one.ask(f"CHATHISTORY AROUND #tea :msgid={identity} 5")[0].startswith("FAIL CHATHISTORY ")


def test_who_takes_back_a_message_shows_that_to_who_knows_of_it() -> None:
    house, one, said = spoken(2)
    much, plain = house.client("bob", ALL, "#tea"), house.client("carol", "", "#tea")
    house.quiet(one, much, plain)
    identity = said[0].tags["msgid"]
    assert much.ask(f"REDACT #tea {identity}")[0].startswith(f"FAIL REDACT REDACT_FORBIDDEN #tea {identity} ")
    assert one.ask(f"REDACT #tea {identity} :a slip") == [f"REDACT #tea {identity} a slip"]
    assert much.heard() == [f"alice: REDACT #tea {identity} a slip"]
    assert plain.take() == []
    assert texts(one.send("CHATHISTORY LATEST #tea * 9")) == ["m2"]


def test_talks_of_accounts_are_kept() -> None:
    house = IRCHouse(accounts=True)
    one, other = (house.client(name, f"{CAPS} echo-message") for name in ("alice", "bob"))
    for client in (one, other):
        client.send("REGISTER * * :correct horse")
    [shown] = one.send("PRIVMSG bob :psst")
    [heard] = other.take()
    assert shown.tags["msgid"] == heard.tags["msgid"]
    assert texts(other.send("CHATHISTORY LATEST alice * 5")) == ["psst"]
    assert texts(one.send("CHATHISTORY LATEST bob * 5")) == ["psst"]
    [marked] = other.ask(f"MARKREAD alice timestamp={heard.tags['time']}")
    assert marked == f"MARKREAD alice timestamp={heard.tags['time']}"
    [taken] = one.ask(f"REDACT bob {shown.tags['msgid']}")
    assert taken == f"REDACT bob {shown.tags['msgid']}"
    assert other.heard() == [f"alice: REDACT bob {shown.tags['msgid']}"]


def test_without_batches_a_page_is_lines() -> None:
    house, _, _ = spoken(2)
    plain = house.client("bob", "server-time message-tags draft/chathistory", "#tea")
    assert [short(line) for line in plain.send("CHATHISTORY LATEST #tea * 5")] == ["PRIVMSG #tea m1", "PRIVMSG #tea m2"]
