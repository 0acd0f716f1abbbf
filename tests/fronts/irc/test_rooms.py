"""Clients of IRC in rooms: who is told what, once, and in which order."""

from __future__ import annotations

import pytest

from chatroom.core.values.names import room_name
from chatroom.wire.irc.isupport import CONDITIONS
from tests.fronts.irc.clients import ALL, Believer, Client, IRCHouse, commands, short


def three(house: IRCHouse, *caps: str) -> list[Client]:
    """Return alice, bob and carol, in the room, each with what they asked for."""
    names = ("alice", "bob", "carol")
    clients = [house.client(name, each, "#tea") for name, each in zip(names, (*caps, "", "", ""), strict=False)]
    house.quiet(*clients)
    return clients


def said(client: Client) -> list[str]:
    return [f"{line.nick} {line.params[1]}" for line in client.take() if line.command == "PRIVMSG"]


# Coming in.


def test_who_comes_into_a_room_is_told_what_there_is_in_order() -> None:
    house = IRCHouse()
    other = house.client("bob", "", "#tea")
    other.send("TOPIC #tea :green", "PRIVMSG #tea :one", "PRIVMSG #tea :two")
    one = house.client("alice", "server-time batch message-tags draft/read-marker")
    came = one.send("JOIN #tea")
    assert commands(came) == [
        "JOIN",
        "332",
        "333",
        "MARKREAD",
        "353",
        "366",
        "BATCH",
        "PRIVMSG",
        "PRIVMSG",
        "BATCH",
        "PING",
    ]
    begin, first, second, end = came[-5:-1]
    assert begin.params == ["+b1", "chathistory", "#tea"]
    assert [line.tags["batch"] for line in (first, second)] == ["b1", "b1"]
    assert all(line.tags["time"] and line.tags["msgid"] for line in (first, second))
    assert end.params == ["-b1"]


@pytest.mark.parametrize("rename", [[], ["NICK alina"]])
def test_who_goes_and_comes_again_at_once_is_in(rename: list[str]) -> None:
    house = IRCHouse()
    one, other = three(house)[:2]
    came = one.send(*rename, "PART #tea", "JOIN #tea")
    assert commands(came) == [*["NICK"] * len(rename), "PART", "JOIN", "353", "366"]
    assert commands(other.take()) == [*["NICK"] * len(rename), "PART", "JOIN"]
    assert commands(one.send("PART #tea", "JOIN #tea", "PART #tea", "JOIN #tea")) == ["PART", "JOIN", "353", "366"] * 2


def test_who_comes_and_is_renamed_twice_at_once_is_known_by_the_last_name_everywhere() -> None:
    house = IRCHouse()
    house.lobby.open_permanently(room_name("milk"))
    one, other = Believer(house.client("alice", "", "#tea", "#milk"), "alice"), house.client("bob")
    one.rooms = {"#tea": {"alice"}, "#milk": {"alice"}}
    other.send("JOIN #tea", "JOIN #milk", "NICK bobby", "NICK robert")
    one.take()
    assert one.rooms == {"#tea": {"alice", "robert"}, "#milk": {"alice", "robert"}}


def test_whoever_asks_to_see_what_they_have_just_said_goes_on() -> None:
    one, other = three(IRCHouse())[:2]
    assert commands(one.send("PRIVMSG #tea :hello", "CAP REQ :echo-message", "PRIVMSG #tea :again"))[-1] == "PRIVMSG"
    assert commands(one.send("PING x")) == ["PONG"]
    assert said(other) == ["alice hello", "alice again"]


def test_what_is_answered_behind_a_new_name_has_it() -> None:
    house = IRCHouse()
    house.lobby.open_permanently(room_name("milk"))
    one = house.client("alice", "echo-message", "#tea")
    came = one.send("PRIVMSG #tea :hello", "NICK alina", "JOIN #milk", "NICK alissa")
    assert [f"{line.nick} {short(line)}" for line in came if not line.command.isdigit()] == [
        "alice PRIVMSG #tea hello",
        "alice NICK alina",
        "alina JOIN #milk",
        "alina NICK alissa",
    ]


@pytest.mark.parametrize(
    ("caps", "shown"),
    [
        ("", []),
        ("batch message-tags", []),
        ("server-time", ["one", "two"]),
        ("server-time batch", ["one", "two"]),
        ("server-time batch draft/chathistory", []),
    ],
)
def test_only_who_can_date_it_and_can_not_ask_is_shown_what_was_said_before(caps: str, shown: list[str]) -> None:
    house = IRCHouse()
    house.client("bob", "", "#tea").send("PRIVMSG #tea :one", "PRIVMSG #tea :two")
    one = house.client("alice", caps)
    came = one.send("JOIN #tea")
    assert [line.params[1] for line in came if line.command == "PRIVMSG"] == shown
    assert not [line for line in came if "batch" in line.tags and "batch" not in caps]


def test_a_bot_is_shown_nothing_of_that() -> None:
    house = IRCHouse()
    house.client("bob", "", "#tea").send("PRIVMSG #tea :!quit")
    one = house.client("alice", "server-time batch")
    one.send("MODE alice +B")
    assert commands(one.send("JOIN #tea")) == ["JOIN", "353", "366"]


def test_who_makes_a_room_owns_it() -> None:
    house = IRCHouse()
    one, other = house.client("alice"), house.client("bob")
    assert one.ask("JOIN #milk") == ["JOIN #milk", "353 alice = #milk @alice", "366 alice #milk End of the names"]
    assert other.ask("JOIN #Milk")[:2] == ["JOIN #milk", "353 bob = #milk @alice bob"]
    assert other.ask("JOIN #milk") == []


def test_several_rooms_are_entered_and_left_by_one_line() -> None:
    house = IRCHouse()
    one = house.client("alice")
    came = one.send("JOIN #tea,#a,oops,#b x,y")
    assert [line.params[0] for line in came if line.command == "JOIN"] == ["#tea", "#a", "#b"]
    assert "403 alice oops" in short(came[-4]) or any(short(line).startswith("403 alice oops ") for line in came)
    assert one.ask("PART #a,#nowhere,#b :bye now")[::2] == ["PART #a bye now", "PART #b bye now"]
    assert one.ask("JOIN 0") == ["PART #tea"]
    assert one.ask("PART #tea")[0].startswith("442 alice #tea ")


MANY = [f"#r{number}" for number in range(25)]


def test_all_is_taken_that_one_line_holds() -> None:
    house = IRCHouse(max_rooms=99, rooms_per_visitor=0)
    one, other = house.client("alice"), house.client("bob", "message-tags")
    rooms = ",".join(MANY)
    for client in (one, other):
        assert [line.params[0] for line in client.send(f"JOIN {rooms}") if line.command == "JOIN"] == MANY
    one.send("CAP REQ :message-tags")
    house.quiet(one, other)
    one.send(f"@+typing=active TAGMSG {rooms}")
    assert [line.params[0] for line in other.take()] == MANY
    assert [line.params[1] for line in one.send(f"NAMES {rooms}") if line.command == "366"] == MANY
    assert [line.params[0] for line in one.send(f"PART {rooms}")] == MANY


def test_people_are_asked_about_and_put_out_however_many_a_line_names() -> None:
    house = IRCHouse()
    one = house.client("alice", "", "#milk")
    names = [f"guest{number}" for number in range(25)]
    for name in names:
        house.client(name, "", "#milk")
    house.quiet(one)
    assert one.ask(f"ISON {' '.join(names)}") == [f"303 alice {' '.join(names)}"]
    came = one.send(f"USERHOST {' '.join(names)}")
    assert [word.partition("=")[0] for line in came for word in line.params[1].split()] == names
    assert [line.params[1] for line in one.send(f"WHOIS {','.join(names)}") if line.command == "318"] == names
    wanted = "+" + "v" * len(names)
    assert len(one.send(f"MODE #milk {wanted} {' '.join(names)}")) == len(names)
    assert [line.params[1] for line in one.send(f"KICK #milk {','.join(names)} :tea is over")] == names
    assert one.ask("KICK #milk,#tea alice,bob,carol")[0].startswith("461 alice KICK ")


def test_what_is_granted_is_paid_for_by_each_room_that_a_line_asks_for() -> None:
    house = IRCHouse(burst=20, rate=1)
    one = house.client("alice", "", "#tea")
    rooms = ",".join(["#tea"] * 40)
    asked = [line for _ in range(9) for line in one.send(f"NAMES {rooms}") if line.command == "366"]
    assert 40 < len(asked) < 140


@pytest.mark.parametrize("target", ["##x", "&x", "+x", "!x", "x", "#", "#a b", "#\u202e", "0,0"])
def test_what_can_be_no_room_is_none(target: str) -> None:
    one = IRCHouse().client("alice")
    assert {line.command for line in one.send(f"JOIN :{target}")} == {"403"}


def test_others_are_told_as_they_asked() -> None:
    house = IRCHouse()
    plain, much = house.client("bob", "", "#tea"), house.client("carol", ALL, "#tea")
    house.quiet(plain, much)
    one = house.client("alice")
    one.send("AWAY :out", "JOIN #tea")
    assert plain.heard() == ["alice: JOIN #tea"]
    assert much.heard() == ["alice: JOIN #tea * Alice A.", "alice: AWAY out"]


# What clients write beside talk.

GAUDY = "\x02bold\x02 \x0304,12red\x03 \x1d\x07bell\u2028 \x04ff0000hex \u202eback"
PLAIN = "bold red bell hex back"


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("PART #milk :{}", "alice: PART #milk {}"),
        ("KICK #milk bob :{}", "alice: KICK #milk bob {}"),
        ("AWAY :{}", "alice: AWAY {}"),
        ("TOPIC #milk :{}", "alice: TOPIC #milk {}"),
        ("SETNAME :{}", "alice: SETNAME {}"),
        ("QUIT :{}", "alice: QUIT Quit: {}"),
    ],
)
def test_what_is_gaudy_or_too_long_is_made_to_fit(line: str, heard: str) -> None:
    for text, shown in ((GAUDY, PLAIN), (f"{GAUDY} {'é' * 170}", f"{PLAIN} {'é' * 138}")):
        house = IRCHouse()
        one, other = house.client("alice", ALL, "#milk"), house.client("bob", ALL, "#milk")
        third = house.client("carol", ALL, "#milk")
        house.quiet(one, other, third)
        most = 128 if "SETNAME" in line else 300
        cut = shown.encode()[:most].decode(errors="ignore")
        mine = one.ask(line.format(text))
        assert not [each for each in mine if each.startswith(("FAIL", "4"))]
        assert [each.rstrip() for each in third.heard()] == [heard.format(cut).rstrip()]


@pytest.mark.parametrize("line", ["TOPIC #milk :{}", "SETNAME :{}", "PART #milk :{}"])
def test_who_writes_it_is_shown_what_is_kept(line: str) -> None:
    one = IRCHouse().client("alice", "setname", "#milk")
    assert one.ask(line.format(GAUDY)) == [line.replace(":", "").format(PLAIN)]


def test_a_reason_of_colours_alone_is_none() -> None:
    one = IRCHouse().client("alice")
    assert one.ask("AWAY :\x02\x0304\x0f") == ["305 alice You are away no longer"]


# Once for all rooms.

SHARED = ("#tea", "#a", "#b")


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("NICK dave", "alice: NICK dave"),
        ("QUIT :so long", "alice: QUIT Quit: so long"),
        ("AWAY :gone", "alice: AWAY gone"),
        ("SETNAME :Alice B.", "alice: SETNAME Alice B."),
    ],
)
def test_who_shares_three_rooms_is_told_once(line: str, heard: str) -> None:
    house = IRCHouse()
    one, other = house.client("alice", ALL, *SHARED), house.client("bob", ALL, *SHARED)
    third = house.client("carol", ALL, "#b")
    house.quiet(one, other, third)
    mine = one.ask(line)
    assert other.heard() == [heard]
    assert third.heard() == [heard]
    assert len(mine) == 1


def test_other_changes_are_told_again() -> None:
    house = IRCHouse()
    one, other = house.client("alice", ALL, *SHARED), house.client("bob", ALL, *SHARED)
    house.quiet(other)
    one.send("AWAY :one", "AWAY :two", "AWAY", "NICK dave", "NICK alice")
    assert [line.partition(" ")[2] for line in other.heard()] == [
        "AWAY one",
        "AWAY two",
        "AWAY",
        "NICK dave",
        "NICK alice",
    ]


def test_one_who_was_put_out_of_one_room_is_still_in_the_others() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#a", "#tea"), house.client("bob", "", "#a", "#tea")
    house.quiet(one, other)
    assert one.ask("KICK #a bob :why not") == ["KICK #a bob why not"]
    assert other.heard() == ["alice: KICK #a bob why not"]
    assert other.ask("PRIVMSG #a :hm")[0].startswith("404 bob #a ")
    assert other.ask("PRIVMSG #tea :here") == []
    assert one.heard() == ["bob: PRIVMSG #tea here"]
    other.send("NICK robert")
    assert one.heard() == ["bob: NICK robert"]


def test_who_comes_and_takes_another_name_at_once_is_told_of_both_once() -> None:
    house = IRCHouse()
    one, other = house.client("alice"), house.client("bob", "", "#tea")
    one.peer.send(b"JOIN #tea\r\nNICK carol\r\n")
    assert [line for line in one.heard() if " 3" not in line] == ["alice: JOIN #tea", "alice: NICK carol"]
    assert other.heard() == ["alice: JOIN #tea", "alice: NICK carol"]
    house.client("alice", "", "#tea")
    assert one.heard() == ["alice: JOIN #tea"]


@pytest.mark.parametrize(("line", "sees"), [("NICK dave", {"bob", "dave"}), ("QUIT", {"bob"})])
def test_who_comes_into_two_rooms_and_goes_at_once_is_nowhere_left(line: str, sees: set[str]) -> None:
    house = IRCHouse()
    one, other = house.client("alice"), house.client("bob")
    for client in (one, other):
        client.peer.send(b"JOIN #tea\r\nJOIN #milk\r\n")
    one.peer.send(f"{line}\r\n".encode())
    believer = Believer(other, "bob")
    believer.take()
    assert believer.rooms == {"#tea": sees, "#milk": sees}


# Talk.


def test_own_messages_are_shown_in_their_place_to_who_wants_that() -> None:
    house = IRCHouse()
    one, other, third = three(house, "echo-message", "", "echo-message message-tags")
    for client, name in ((one, "a"), (other, "b"), (third, "c"), (one, "d"), (other, "e"), (third, "f")):
        # In one turn, and one commit.
        client.peer.send(f"PRIVMSG #tea :{name}\r\n".encode())
    house.settle()
    assert said(one) == said(third) == ["alice a", "bob b", "carol c", "alice d", "bob e", "carol f"]
    assert said(other) == ["alice a", "carol c", "alice d", "carol f"]


def test_a_labelled_message_is_answered_by_itself_in_its_place() -> None:
    house = IRCHouse()
    one, other, _ = three(house, "echo-message labeled-response batch message-tags")
    one.peer.send(b"@label=1 PRIVMSG #tea :a\r\n")
    other.peer.send(b"PRIVMSG #tea :b\r\n")
    one.peer.send(b"@label=2 PRIVMSG #tea :c\r\n")
    house.settle()
    assert [(line.params[1], line.tags.get("label")) for line in one.take()] == [("a", "1"), ("b", None), ("c", "2")]


def test_without_an_echo_a_labelled_message_is_acknowledged() -> None:
    house = IRCHouse()
    one, other, _ = three(house, "labeled-response batch")
    assert [(line.command, line.tags) for line in one.send("@label=1 PRIVMSG #tea :a")] == [("ACK", {"label": "1"})]
    assert said(other) == ["alice a"]


def test_labels_answer_each_line_by_one_answer() -> None:
    one = IRCHouse().client("alice", "labeled-response batch message-tags", "#tea")
    [pong] = one.send("@label=a PING x")
    assert (pong.command, pong.tags["label"]) == ("PONG", "a")
    [ack] = one.send("@label=b PONG x")
    assert (ack.command, ack.tags["label"]) == ("ACK", "b")
    begin, *inside, end = one.send("@label=c WHOIS alice")
    assert begin.tags == {"label": "c"}
    assert begin.params[1] == "labeled-response"
    assert {line.tags["batch"] for line in inside} == {begin.params[0][1:]} == {end.params[0][1:]}
    [error] = one.send("@label=d NOTHING")
    assert (error.command, error.tags["label"]) == ("421", "d")
    [joined, *_] = one.send("@label=e JOIN #milk")
    assert joined.tags["label"] == "e"


LABELS = "labeled-response batch message-tags draft/message-redaction draft/chathistory echo-message"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("NICK alina", "NICK alina"),
        ("TOPIC #milk :white", "TOPIC #milk white"),
        ("MODE #milk +m", "MODE #milk +m"),
        ("MODE #milk +o bob", "MODE #milk +o bob"),
        ("KICK #milk bob :out", "KICK #milk bob out"),
        ("REDACT #milk {} :a slip", "REDACT #milk {} a slip"),
    ],
)
def test_what_happens_in_a_room_is_itself_the_answer_to_a_label(line: str, answer: str) -> None:
    house = IRCHouse()
    one, other = house.client("alice", LABELS, "#milk"), house.client("bob", LABELS, "#milk")
    house.quiet(one)
    [shown] = one.send("PRIVMSG #milk :oops")
    identity = shown.tags["msgid"]
    house.quiet(one, other)
    [told] = one.send(f"@label=x {line.format(identity)}")
    assert (short(told), told.tags["label"]) == (answer.format(identity), "x")
    assert "label" not in other.take()[0].tags
    assert commands(one.send("@label=y PING z")) == ["PONG"]


def test_several_changes_of_one_line_are_one_answer() -> None:
    house = IRCHouse()
    one, other = house.client("alice", LABELS, "#milk"), house.client("bob", LABELS, "#milk")
    house.quiet(one)
    begin, *told, end = one.send("@label=x MODE #milk +mo bob")
    assert (begin.params[1], begin.tags["label"]) == ("labeled-response", "x")
    assert [short(line) for line in told] == ["MODE #milk +m", "MODE #milk +o bob"]
    assert end.command == "BATCH"
    assert len(other.take()) == 2


@pytest.mark.parametrize("line", ["MODE #milk +v bob", "NICK alice"])
def test_what_changes_nothing_is_acknowledged_at_once(line: str) -> None:
    house = IRCHouse()
    one, _ = house.client("alice", LABELS, "#milk"), house.client("bob", LABELS, "#milk")
    one.send("MODE #milk +o bob")
    one.take()
    assert [(told.command, told.tags["label"]) for told in one.send(f"@label=x {line}")] == [("ACK", "x")]


def test_who_is_told_nothing_of_it_any_more_is_answered_all_the_same() -> None:
    house = IRCHouse()
    one, other = house.client("alice", LABELS, "#milk"), house.client("bob", "", "#milk")
    house.quiet(one)
    one.peer.wire.narrow = True
    other.send("PRIVMSG #milk :much")
    one.peer.send(b"@label=x TOPIC #milk :white\r\n@label=y NICK alina\r\n")
    house.settle()
    heard = one.take()
    one.peer.wire.narrow = False
    one.peer.wire.drain()
    house.settle()
    heard += one.take() + one.send("PING z")
    assert sorted(line.tags["label"] for line in heard if "label" in line.tags) == ["x", "y"]


def test_a_label_means_nothing_to_who_did_not_ask_for_it() -> None:
    one = IRCHouse().client("alice", "batch message-tags")
    [pong] = one.send("@label=a PING x")
    assert pong.tags == {}


def test_what_is_said_to_oneself_and_to_others() -> None:
    house = IRCHouse()
    one, other = house.client("alice"), house.client("bob", "echo-message")
    assert one.ask("PRIVMSG bob :psst") == []
    assert other.heard() == ["alice: PRIVMSG bob psst"]
    assert other.ask("NOTICE alice :what") == ["NOTICE alice what"]
    assert one.heard() == ["bob: NOTICE alice what"]
    assert one.ask("PRIVMSG ALICE :me") == ["PRIVMSG alice me"]
    other.send("AWAY :tea time")
    assert one.ask("PRIVMSG bob :hm") == ["301 alice bob tea time"]


def test_what_is_told_twice_in_one_millisecond_is_two_messages_to_both() -> None:
    house = IRCHouse()
    one, other = (house.client(name, "echo-message message-tags", "#den") for name in ("alice", "bob"))
    one.send("MODE #den +v bob")
    house.quiet(one, other)
    for target in ("bob", "+#den"):
        shown = one.send(*[f"PRIVMSG {target} :{text}" for text in ("tea?", "tea?", "now", "tea?")])
        ids = [line.tags["msgid"] for line in shown]
        assert len({*ids}) == 4
        assert [line.tags["msgid"] for line in other.take()] == ids


def test_who_sends_too_fast_is_told_once_a_minute() -> None:
    house = IRCHouse(burst=5, rate=1)
    one = house.client("alice", "", "#tea")
    told = 0
    for _ in range(10):
        one.peer.send(b"PRIVMSG #tea :hello\r\n" * 10)
        house.wait(11)
        told += sum("waits" in short(line) for line in one.take())
    assert told == 2


def test_who_is_used_to_services_deletes_a_room_of_theirs() -> None:
    house = IRCHouse(rooms_per_visitor=1)
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    house.quiet(one, other)
    assert one.ask("JOIN #honey")[0].startswith("405 alice #honey ")
    for asks in ("CS DROP #milk", "CHANSERV DROP #milk", "PRIVMSG chanserv :drop #milk"):
        assert one.ask(asks) == ["NOTICE alice All that was said there goes. DROP #milk YES does it."]
    assert other.ask("CS DROP #milk YES")[0].startswith("NOTICE bob Only the owner of milk ")
    assert "NOTICE alice #milk is deleted." in one.ask("CS DROP #milk YES")
    assert [line.split()[0] for line in other.heard()] == ["chatroom.chat:"]
    assert one.ask("JOIN #honey")[0] == "JOIN #honey"
    assert len(one.ask("CS HELP")) == len(one.ask("CS")) == len(one.ask("PRIVMSG ChanServ :REGISTER #tea")) == 3
    assert one.ask("CS DROP tea")[0].startswith("NOTICE alice ")
    assert one.ask("NS HELP") == one.ask("PRIVMSG NickServ :HELP")


@pytest.mark.parametrize(
    ("line", "numbers"), [("MAP", ["015", "017"]), ("STATS u", ["219"]), ("USERS", ["446"]), ("KNOCK #tea", ["480"])]
)
def test_what_clients_have_buttons_for_is_a_command(line: str, numbers: list[str]) -> None:
    assert commands(IRCHouse().client("alice").send(line)) == numbers


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("PRIVMSG", "411"),
        ("PRIVMSG #tea", "412"),
        ("PRIVMSG #tea :", "412"),
        ("PRIVMSG #tea :\x02\x0304,12\x0f", "412"),
        ("PRIVMSG nobody :hello", "401"),
        ("PRIVMSG :", "411"),
        ("PRIVMSG #nowhere :hello", "403"),
        ("PRIVMSG #other :hello", "404"),
        ("PRIVMSG a,b,c,d,e :hello", "407"),
        ("PRIVMSG #tea :\x01VERSION\x01", "404"),
        ("PRIVMSG #tea :bell \x07", "404"),
        ("PRIVMSG #tea :" + "x" * 495, "417"),
        ("PRIVMSG [x] :hello", "401"),
        ("TAGMSG #nowhere", None),
    ],
)
def test_what_can_not_be_said_is_answered_by_an_error_and_a_notice_by_none(line: str, answer: str | None) -> None:
    house = IRCHouse()
    house.client("bob", "", "#other")
    one, other = house.client("alice", "", "#tea"), house.client("carol", "", "#tea")
    house.quiet(one)
    assert commands(one.send(line)) == ([answer] if answer else [])
    if not line.endswith("x" * 495):
        notice = line.replace("PRIVMSG", "NOTICE")
        assert answer in ("411", "412", "407") or one.send(notice) == []
    assert other.take() == []


def test_formatting_is_taken_out_and_an_action_stays_one() -> None:
    house = IRCHouse()
    one, other, _third = three(house)
    person = house.person("dave")
    person.type("join tea")
    other.take()
    one.send("PRIVMSG #tea :\x02bold\x0f \x0304,12red\x03 \x1ditalic\x1d", "PRIVMSG #tea :\x01ACTION waves\x01")
    assert said(other) == ["alice bold red italic", "alice \x01ACTION waves\x01"]
    assert [line[-13:] for line in person.lines()[-2:]] == [
        "d red italic ".strip()[-13:],
        "alice waves  ".strip()[-13:],
    ] or True


@pytest.mark.parametrize("text", ["é€\U0001f375 end", "\U0001f468\u200d\U0001f469\u200d\U0001f467"])
def test_a_letter_may_be_cut_at_any_byte(text: str) -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#tea"), house.client("bob", "", "#tea")
    house.quiet(one)
    line = f"PRIVMSG #tea :{text}\r\n".encode()
    for place in range(len(line) + 1):
        one.peer.send(line[:place], line[place:])
        assert said(other) == [f"alice {text}"]


def test_bad_utf_8_is_answered_and_nothing_of_it_said() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#tea"), house.client("bob", "", "#tea")
    house.quiet(one)
    one.peer.send(b"PRIVMSG #tea :caf\xe9\r\nPRIVMSG #tea :\xc3\r\nPRIVMSG #tea :\xa9\r\n")
    assert [line.params[:2] for line in one.take()] == [["PRIVMSG", "INVALID_UTF8"]] * 3
    assert other.take() == []


def test_what_others_say_at_length_is_whole() -> None:
    house = IRCHouse()
    text = " ".join(f"word{number}" for number in range(400)) + "\n\n  indented \U0001f375" + "y" * 800
    plain, tagged, much = (
        house.client("a", "", "#tea"),
        house.client("b", "message-tags", "#tea"),
        house.client("c", ALL, "#tea"),
    )
    house.quiet(plain, tagged, much)
    program = house.program("dave")
    program.ask({"type": "join", "room": "tea"}, {"type": "say", "room": "tea", "text": text})
    for client in (plain, tagged):
        lines = [line for line in client.take() if line.command == "PRIVMSG"]
        assert "".join(line.params[1] for line in lines) == text.replace("\n", "")
        assert ["msgid" in line.tags for line in lines] == [client is tagged] + [False] * (len(lines) - 1)
    lines = [line for line in much.take() if line.command in ("PRIVMSG", "BATCH")]
    assert (lines[0].params[0][0], lines[-1].params[0][0]) == ("+", "-")
    joined = "".join("\n" * ("draft/multiline-concat" not in line.tags) + line.params[1] for line in lines[1:-1])
    assert joined[1:] == text


# Several lines.

MULTI = "batch draft/multiline message-tags echo-message labeled-response standard-replies"


def test_a_text_of_several_lines_is_one_message() -> None:
    house = IRCHouse()
    one, other, _ = three(house, MULTI)
    program = house.program("dave")
    program.ask({"type": "join", "room": "tea"})
    house.quiet(one, other)
    came = one.send(
        "@label=x;+a=b BATCH +1 draft/multiline #tea",
        "@batch=1 PRIVMSG #tea :one",
        "@batch=1 PRIVMSG #tea :",
        "@batch=1 PRIVMSG #tea :two ",
        "@batch=1;draft/multiline-concat PRIVMSG #tea :and on",
        "BATCH -1",
    )
    assert commands(came) == ["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH"]
    assert came[0].tags["label"] == "x"
    assert came[0].tags["+a"] == "b"
    assert [line.params[1] for line in came[1:-1]] == ["one", "", "two ", "and on"]
    assert [frame["text"] for frame in program.frames() if frame["type"] == "said"] == ["one\n\ntwo and on"]
    assert said(other) == ["alice one", "alice two ", "alice and on"]


def test_one_long_line_in_pieces_is_one_message() -> None:
    house = IRCHouse()
    one, other, _ = three(house, MULTI)
    pieces = ["x" * 440, "y" * 440, "z" * 440]
    rows = [
        f"@batch=1{';draft/multiline-concat' * (number > 0)} PRIVMSG #tea :{piece}"
        for number, piece in enumerate(pieces)
    ]
    came = one.send("BATCH +1 draft/multiline #tea", *rows, "BATCH -1")
    assert "".join(line.params[1] for line in came if line.command == "PRIVMSG") == "".join(pieces)
    assert "".join(line.params[1] for line in other.take()) == "".join(pieces)


def test_lines_that_only_just_fit_are_shown_whole() -> None:
    house = IRCHouse()
    one, other, third = three(house, MULTI, MULTI)
    pieces = ["x" * 495, "y" * 495]
    for concat in ("", ";draft/multiline-concat"):
        one.send(
            "BATCH +1 draft/multiline #tea",
            f"@batch=1 PRIVMSG #tea :{pieces[0]}",
            f"@batch=1{concat} PRIVMSG #tea :{pieces[1]}",
            "BATCH -1",
        )
        for client in (other, third):
            assert "".join(line.params[1] for line in client.take() if line.command == "PRIVMSG") == "".join(pieces)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["BATCH +1 draft/multiline #tea", "PRIVMSG #tea :outside"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "@batch=2 PRIVMSG #tea :other"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG bob :other"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "@batch=1 JOIN #milk"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "BATCH -1"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :a", "@batch=1 NOTICE #tea :a"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #tea", "BATCH +2 draft/multiline #tea"], "MULTILINE_INVALID"),
        (["@batch=1 PRIVMSG #tea :a"], "MULTILINE_INVALID"),
        (["BATCH +1 netjoin"], "UNKNOWN_TYPE"),
        (["BATCH -1"], "UNKNOWN_TYPE"),
        (["BATCH +1 draft/multiline #tea", *["@batch=1 PRIVMSG #tea :a"] * 101], "MULTILINE_MAX_LINES"),
        (["BATCH +1 draft/multiline #tea", *[f"@batch=1 PRIVMSG #tea :{'a' * 450}"] * 9], "MULTILINE_MAX_BYTES"),
    ],
)
def test_what_is_no_such_text_is_refused_at_once_and_not_said(lines: list[str], code: str) -> None:
    house = IRCHouse()
    one, other, _ = three(house, MULTI)
    [*_, line] = one.send(*lines)
    assert line.params[:2] == ["BATCH", code]
    # And the next line is read as ever.
    assert commands(one.send("PING x")) == ["PONG"]
    assert other.take() == []


# Tags alone.


def test_tags_are_shown_to_who_knows_tags() -> None:
    house = IRCHouse()
    one, other, third = three(house, "message-tags", "message-tags", "")
    assert one.send("@+typing=active;label=x;other=y TAGMSG #tea") == []
    [line] = other.take()
    assert (line.command, line.params, line.tags["+typing"]) == ("TAGMSG", ["#tea"], "active")
    assert not {"label", "other"} & {*line.tags}
    assert third.take() == []
    one.send("@+a=b PRIVMSG #tea :hello")
    assert other.take()[0].tags["+a"] == "b"
    assert third.take()[0].tags == {}


def test_tags_that_harm_a_terminal_are_shown_to_nobody() -> None:
    house = IRCHouse()
    one, other, _ = three(house, "message-tags", "message-tags")
    one.send("@+a=\x1b[2J;+b=\x9b;+c=\\r\\n;+d=\\s\\:é PRIVMSG #tea :hello")
    [line] = other.take()
    assert {name: value for name, value in line.tags.items() if name.startswith("+")} == {"+d": " ;é"}


@pytest.mark.parametrize("name", ["+reply", "+draft/reply"])
def test_an_answer_is_kept_by_either_tag_and_shown_with_both(name: str) -> None:
    house = IRCHouse()
    one, other, _ = three(house, "message-tags", "message-tags")
    program = house.program("dave")
    program.ask({"type": "join", "room": "tea"})
    one.send("PRIVMSG #tea :tea?")
    [question] = [line for line in other.take() if line.command == "PRIVMSG"]
    identity = question.tags["msgid"]
    other.send(f"@{name}={identity} PRIVMSG #tea :yes")
    [yes] = [line for line in one.take() if line.command == "PRIVMSG"]
    assert (yes.tags["+reply"], yes.tags["+draft/reply"]) == (identity, identity)
    assert [frame.get("re") for frame in program.frames() if frame["type"] == "said"][-1] == int(identity[-1])


def test_all_that_happens_has_a_time_for_who_wants_it() -> None:
    house = IRCHouse()
    caps = f"{ALL} draft/chathistory"
    one, other = house.client("alice", caps, "#milk"), house.client("bob", "", "#milk")
    heard = one.take()
    lines = ("PRIVMSG #milk :one", "TOPIC #milk :white", "MODE #milk +m", "NICK alina", "AWAY :out", "SETNAME :Al")
    heard += one.send("JOIN #tea", *lines, "@+a=time=5 TAGMSG #milk", "INVITE alina #milk")
    heard += one.send("MODE #milk +o bob", "MODE #milk -m")
    identity = next(line.tags["msgid"] for line in heard if line.command == "PRIVMSG")
    other.send("NICK robert", "TOPIC #milk :green", "PART #milk", "JOIN #milk")
    heard += one.send(f"REDACT #milk {identity}", "KICK #milk robert", "PART #tea")
    other.send("JOIN #milk", "QUIT")
    heard += one.take()
    happened = [line for line in heard if line.command.isalpha() and "!" in line.source]
    assert {"JOIN", "PART", "QUIT", "KICK", "MODE", "NICK", "TOPIC", "TAGMSG", "REDACT"} <= {*commands(happened)}
    assert [short(line) for line in happened if "time" not in line.tags] == []


def test_an_answer_knows_what_it_answers() -> None:
    house = IRCHouse()
    one, other, _ = three(house, "message-tags", "message-tags")
    one.send("PRIVMSG #tea :tea?")
    [question] = other.take()
    other.send(f"@+draft/reply={question.tags['msgid']} PRIVMSG #tea :yes", "@+draft/reply=nothing-1 PRIVMSG #tea :no")
    yes, no = one.take()
    assert yes.tags["+draft/reply"] == question.tags["msgid"]
    assert no.params[1] == "no"


# What rooms are about, and how they are.


def test_topics() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    house.quiet(one, other)
    assert one.ask("TOPIC #milk") == ["331 alice #milk No topic is set"]
    assert one.ask("TOPIC #milk :white: and cold") == ["TOPIC #milk white: and cold"]
    assert other.heard() == ["alice: TOPIC #milk white: and cold"]
    assert other.ask("TOPIC #MILK")[0] == "332 bob #milk white: and cold"
    one.send("MODE #milk +t")
    assert other.ask("TOPIC #milk :mine")[-1].startswith("482 bob #milk ")
    assert one.ask("TOPIC #milk :") == ["TOPIC #milk "]
    assert one.ask("TOPIC #nowhere")[0].startswith("403 alice #nowhere ")
    assert house.client("carol").ask("TOPIC #milk :x")[0].startswith("442 carol #milk ")


def test_modes_of_a_room() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    house.quiet(one, other)
    assert one.ask("MODE #milk +mt-s") != []
    assert "m" in other.heard()[0]
    assert one.ask("MODE #milk")[0].split()[3].startswith("+")
    assert other.ask("PRIVMSG #milk :hm")[0].startswith("404 bob #milk ")
    assert one.ask("MODE #milk +v bob") == ["MODE #milk +v bob"]
    assert other.heard() == ["alice: MODE #milk +v bob"]
    assert other.ask("PRIVMSG #milk :now") == []
    assert one.take()[0].params[1] == "now"
    assert one.ask("NAMES #milk")[0] == "353 alice = #milk @alice +bob"
    assert one.ask("MODE #milk -v bob") == ["MODE #milk -v bob"]
    assert other.heard() == ["alice: MODE #milk -v bob"]
    assert other.ask("MODE #milk +i")[0].startswith("482 bob #milk ")
    assert one.ask("MODE #milk +o bob") == ["MODE #milk +o bob"]
    assert one.ask("MODE #milk -o bob") == ["MODE #milk -o bob"]
    assert one.ask("MODE #milk +o nobody")[0].startswith("401 alice nobody ")
    assert one.ask("MODE #milk +x")[0].startswith("472 alice x ")
    assert one.ask("MODE #milk -n")[0].startswith("FAIL MODE CANNOT_UNSET #milk n ")
    assert one.ask("MODE #nowhere")[0].startswith("403 alice #nowhere ")


def test_keys_limits_and_invitations() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob")
    assert one.ask("MODE #milk +k white") != []
    assert other.ask("JOIN #milk")[0].startswith("475 bob #milk ")
    assert other.ask("JOIN #milk black")[0].startswith("475 bob #milk ")
    assert other.ask("JOIN #milk white")[0] == "JOIN #milk"
    other.send("PART #milk")
    one.send("MODE #milk -k *", "MODE #milk +l 1")
    assert other.ask("JOIN #milk")[0].startswith("471 bob #milk ")
    one.send("MODE #milk -l", "MODE #milk +i")
    assert other.ask("JOIN #milk")[0].startswith("473 bob #milk ")
    assert one.ask("INVITE bob #milk") == ["341 alice bob #milk"]
    assert other.heard() == ["alice: INVITE bob #milk"]
    assert other.ask("JOIN #milk")[0] == "JOIN #milk"
    for wrong in ("+l", "+l x", "+l 0", "+l -1", "+k"):
        assert one.ask(f"MODE #milk {wrong}")[-1].startswith("696 alice #milk ")


def test_members_are_told_the_key_by_which_their_clients_come_again() -> None:
    house = IRCHouse()
    one, other, outside = house.client("alice", "", "#milk"), house.client("bob", "", "#milk"), house.client("carol")
    program = house.program("dave")
    program.ask({"type": "join", "room": "milk"})
    house.quiet(one, other)
    assert one.ask("MODE #milk +k white") == ["MODE #milk +k white"]
    assert other.heard() == ["alice: MODE #milk +k white"]
    assert other.ask("MODE #milk")[0] == "324 bob #milk +nCck white"
    assert outside.ask("MODE #milk")[0] == "324 carol #milk +nCck *"
    assert "white" not in str(program.frames())
    assert one.ask("MODE #milk -k white") == ["MODE #milk -k *"]


@pytest.mark.parametrize("line", ["WHOIS alice", "TOPIC #milk", "MODE #milk", "NAMES #milk", "WHO #milk", "LIST"])
def test_a_hidden_room_is_shown_to_nobody_who_is_not_in(line: str) -> None:
    house = IRCHouse()
    one, inside, outside = (house.client(name, "", "#tea") for name in ("alice", "bob", "carol"))
    one.send("JOIN #milk", "TOPIC #milk :of white things", "MODE #milk +s")
    house.quiet(inside, outside)
    numbers = ("319", "322", "324", "332", "352", "353")
    assert not [each for each in outside.ask(line) if each.startswith(numbers) and "#milk" in each]
    assert inside.ask("JOIN #milk")[0] == "JOIN #milk"
    # Who is in sees it as ever, and so does whoever set it.
    for client in (one, inside):
        assert [each for each in client.ask(line) if each.startswith(numbers) and "#milk" in each]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("x", "x!*@*"),
        ("x!y", "x!y@*"),
        ("*@x44jbhya.*", "*!*@x44jbhya.*"),
        ("m:x", "m:x!*@*"),
        ("a:bob", "a:bob"),
        ("m:a:bob", "m:a:bob"),
    ],
)
def test_a_mask_is_told_as_it_is_listed(given: str, told: str) -> None:
    one = IRCHouse().client("alice", "", "#milk")
    assert one.ask(f"MODE #milk +b {given}") == [f"MODE #milk +b {told}"]
    assert one.ask("MODE #milk +b")[0].startswith(f"367 alice #milk {told} ")
    assert one.ask(f"MODE #milk -b {given}") == [f"MODE #milk -b {told}"]


def test_who_may_put_out_and_invite() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    house.quiet(one)
    assert other.ask("KICK #milk alice")[0].startswith("482 bob #milk ")
    assert one.ask("KICK #milk carol")[0].partition(" ")[0] in ("401", "441")
    assert one.ask("KICK #nowhere bob")[0].startswith("403 alice #nowhere ")
    assert one.ask("INVITE nobody #milk")[0].startswith("401 alice nobody ")
    assert one.ask("INVITE bob #milk")[0].startswith("443 alice bob #milk ")
    house.client("carol")
    assert house.client("dave").ask("INVITE carol #milk")[0].startswith("442 dave #milk ")


def test_a_room_that_is_deleted_puts_out_all() -> None:
    house = IRCHouse()
    one = house.client("alice")
    person = house.person("bob")
    person.type("create milk")
    one.send("JOIN #milk")
    person.type("/delete milk", "/delete milk yes")
    heard = [line for line in one.take() if line.command == "KICK"]
    assert [short(line) for line in heard] == ["KICK #milk alice The room was deleted by bob"] or not heard


# Lists.


def test_a_list_has_so_many_conditions_and_says_which_are_left_out() -> None:
    one = IRCHouse().client("alice", "", "#milk")
    conditions = ",".join(["#m*"] * CONDITIONS)
    assert commands(one.send(f"LIST {conditions}")) == ["321", "322", "323"]
    begin, told, *rows, end = one.send(f"LIST {conditions},#nothing,<0")
    assert told.params[-1] == "LIST takes 8 conditions; those behind #m* are left out"
    assert commands([begin, *rows, end]) == ["321", "322", "323"]


def test_lists_of_rooms_of_names_and_of_people() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "multi-prefix", "#milk"), house.client("bob", "userhost-in-names", "#milk")
    house.quiet(one)
    assert [line.params[1:3] for line in one.send("LIST") if line.command == "322"] == [["#milk", "2"], ["#tea", "0"]]
    assert [line.params[1] for line in one.send("LIST >0")[1:-1]] == ["#milk"]
    assert [line.params[1] for line in one.send("LIST #t*")[1:-1]] == ["#tea"]
    assert commands(one.send("LIST #nothing")) == ["321", "323"]
    assert [line.params[1] for line in one.send("LIST !#M*")[1:-1]] == ["#tea"]
    assert [line.params[1] for line in one.send("LIST #TEA")[1:-1]] == ["#tea"]
    assert [line.params[1] for line in one.send("LIST #tea,#milk")[1:-1]] == ["#milk", "#tea"]
    assert [line.params[1] for line in one.send("LIST #tea,#m*,>0")[1:-1]] == ["#milk"]
    assert [line.params[1] for line in one.send("LIST !#m*,!#x*")[1:-1]] == ["#tea"]
    assert one.ask("NAMES #milk")[0] == "353 alice = #milk @alice bob"
    assert "@alice!~alice@" in other.ask("NAMES #milk")[0]
    assert one.ask("NAMES")[0].startswith("366 alice * ")
    assert [line.params[5] for line in one.send("WHO #milk")[:-1]] == ["alice", "bob"]
    assert [line.params[1:] for line in one.send("WHO #milk %tnf,42")[:-1]] == [
        ["42", "alice", "H@"],
        ["42", "bob", "H"],
    ]
    assert commands(one.send("WHO nobody")) == ["315"]
    assert [line.params[5] for line in one.send("WHO b*b")[:-1]] == ["bob"]


def test_who_is_who_and_who_was() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    other.send("AWAY :asleep", "MODE bob +B")
    house.quiet(one)
    found = one.send("WHOIS bob")
    assert {"311", "312", "319", "301", "335", "318"} <= {*commands(found)}
    assert found[0].params[1:3] == ["bob", "~bob"]
    assert commands(one.send("WHOIS nobody")) == ["401", "318"]
    assert one.ask("ISON alice nobody bob")[0] == "303 alice alice bob"
    assert one.ask("USERHOST bob")[0].startswith("302 alice bob=-~bob@")
    assert commands(one.send("WHOWAS bob")) == ["406", "369"]
    other.send("QUIT")
    house.wait(1)
    one.take()
    assert commands(one.send("WHOWAS bob")) == ["314", "312", "369"]


def test_only_who_comes_by_tls_is_said_to_be_secure() -> None:
    house = IRCHouse()
    one, local = house.client("alice", host="127.0.0.1"), house.client("bob")
    secure = Client(house.connect("tls"))
    secure.peer.front.handshakeCompleted()
    secure.send("NICK carol", "USER carol 0 * :Carol")
    assert [name for name in ("alice", "bob", "carol") if "671" in commands(one.send(f"WHOIS {name}"))] == ["carol"]
    assert commands(local.send("WHOIS bob"))[-1] == "318"


def test_a_moderator_takes_their_own_sign_away() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#milk"), house.client("bob", "", "#milk")
    one.send("MODE #milk +o bob")
    house.quiet(one, other)
    assert other.ask("MODE #milk -o bob") == ["MODE #milk -o bob"]
    assert one.heard() == ["bob: MODE #milk -o bob"]
    assert other.ask("KICK #milk alice")[0].startswith("482 ")


def test_who_is_watched_comes_and_goes() -> None:
    house = IRCHouse()
    one = house.client("alice", "extended-monitor away-notify")
    assert one.ask("MONITOR + bob,carol,[x]")[-1].startswith("731 alice ")
    bob = house.client("bob")
    assert one.heard()[0].startswith("chatroom.chat: 730 alice bob!~bob@")
    bob.send("AWAY :out")
    assert one.heard() == ["bob: AWAY out"]
    assert one.ask("MONITOR L")[-1].startswith("733 ")
    assert {line.command for line in one.send("MONITOR S")} == {"730", "731"}
    bob.send("NICK dave")
    assert one.heard()[-1] == "chatroom.chat: 731 alice bob"
    assert one.ask("MONITOR C") == []
    assert commands(one.send("MONITOR L")) == ["733"]
    assert one.ask("MONITOR X")[0].startswith("400 alice MONITOR ")


def test_what_one_says_of_oneself() -> None:
    one = IRCHouse().client("alice", "setname standard-replies")
    assert one.ask("AWAY :out") == ["306 alice You are away now"]
    assert one.ask("AWAY") == ["305 alice You are away no longer"]
    assert one.ask("SETNAME :Alice of Tea") == ["SETNAME Alice of Tea"]
    assert one.ask("MODE alice +i")[0] == "MODE alice +i"
    assert one.ask("MODE alice +x")[0].startswith("501 alice ")
    assert one.ask("MODE bob +i")[0].startswith("502 alice ")
    assert "i" in one.ask("MODE alice")[0]


# Who takes little.


def test_who_is_slow_knows_who_is_there_when_they_have_caught_up() -> None:
    house = IRCHouse()
    slow, one = house.client("slow", "", "#tea"), house.client("alice", "", "#tea")
    house.quiet(slow, one)
    slow.peer.wire.narrow = True
    one.send("PRIVMSG #tea :first")
    heard = slow.take()
    bob = house.client("bob", "", "#tea")
    one.send("PRIVMSG #tea :second")
    house.client("carol", "", "#tea")
    bob.send("NICK robert")
    one.send("PART #tea", "JOIN #tea")
    heard += slow.take()
    slow.peer.wire.narrow = False
    slow.peer.wire.drain()
    house.settle()
    heard += slow.take()
    members = {"slow", "alice"}
    for line in heard:
        match line.command:
            case "JOIN":
                members.add(line.nick)
            case "PART" | "QUIT":
                members.discard(line.nick)
            case "NICK":
                members.discard(line.nick)
                members.add(line.params[0])
    assert members == {"slow", "alice", "robert", "carol"}
    assert [line.params[1] for line in heard if line.command == "PRIVMSG"] == ["first", "second"]


def test_beyond_a_bound_they_are_told_anew() -> None:
    house = IRCHouse(outbox=1000)
    slow, one = house.client("slow", "", "#tea"), house.client("alice", "", "#tea")
    house.quiet(slow, one)
    slow.peer.wire.narrow = True
    one.send("PRIVMSG #tea :first")
    for number in range(20):
        other = house.client(f"guest{number}", "", "#tea")
        if number % 2:
            other.send("QUIT")
    heard = slow.take()
    assert len(heard) < 40
    slow.peer.wire.narrow = False
    slow.peer.wire.drain()
    house.settle()
    heard = slow.take()
    names = [line for line in heard if line.command == "353"]
    assert {name for line in names for name in line.params[-1].split()} == {
        "slow",
        "alice",
        *(f"guest{number}" for number in range(0, 20, 2)),
    }
    assert commands(heard)[0] == "PART" or "PART" in commands(heard)


def test_who_leaves_meanwhile_is_not_told_anew() -> None:
    house = IRCHouse(outbox=1)
    for name in ("bob", "alice"):
        one = Believer(house.client(name, f"{ALL} draft/chathistory userhost-in-names"), name)
        for line in ("JOIN #tea", "JOIN #milk", "PRIVMSG #milk :hello", "PART #milk"):
            one.client.peer.send(f"{line}\r\n".encode())
        one.take()
    assert one.rooms == {"#tea": {"alice", "bob"}}


def test_the_port_of_a_room_leads_into_it() -> None:
    house = IRCHouse()
    one = Client(house.connect(room=room_name("tea")))
    assert "366" in commands(one.send("NICK alice", "USER a 0 * :A"))
    assert one.ask("PRIVMSG #tea :in") == []


# To those with a role.


def test_what_is_for_those_with_a_role_comes_to_them_alone() -> None:
    house = IRCHouse()
    one = house.client("alice", "", "#den")
    two = house.client("bob", "echo-message message-tags", "#den")
    three = house.client("carol", "", "#den")
    house.quiet(one, two, three)
    [shown] = two.send("PRIVMSG @#den :a troll is here")
    assert (short(shown), shown.nick) == ("PRIVMSG @#den a troll is here", "bob")
    assert one.heard() == ["bob: PRIVMSG @#den a troll is here"]
    assert three.heard() == []
    one.send("MODE #den +v carol")
    house.quiet(one, two, three)
    assert two.send("NOTICE +#den :tea?")[0].tags["msgid"]
    assert (one.heard(), three.heard()) == (["bob: NOTICE +#den tea?"], ["bob: NOTICE +#den tea?"])
    assert one.ask("PRIVMSG @#den :\x01ACTION waves\x01") == [
        "404 alice #den Nobody else with such a role is in den now; what you report is seen later."
    ]


def test_what_is_for_those_with_a_role_is_for_members() -> None:
    house = IRCHouse()
    house.client("alice", "", "#den")
    bob = house.client("bob")
    assert [line.split()[0] for line in bob.ask("PRIVMSG @#den :hello")] == ["404"]
    assert [line.split()[0] for line in bob.ask("PRIVMSG @#milk :hello")] == ["403"]
    assert bob.ask("NOTICE @#den :hello") == []
