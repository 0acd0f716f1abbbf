"""How a client of IRC comes in, and goes."""

from __future__ import annotations

from base64 import b64encode
from itertools import permutations

import pytest

from chatroom.core.values.commands import SetRole
from chatroom.core.values.names import Username
from chatroom.wire.irc.commands import COMMANDS
from tests.fronts.irc.clients import Client, IRCHouse, commands, short
from tests.wire.irc.grammar import Read

WELCOME = ["001", "002", "003", "004"]


def client(house: IRCHouse) -> Client:
    return Client(house.connect())


def is_in(lines: list[Read]) -> bool:
    return commands(lines)[:4] == WELCOME


@pytest.mark.parametrize("order", [*permutations(["NICK alice", "USER a 0 * :Alice", "PASS secret"])])
def test_who_has_said_both_names_is_in_in_whatever_order(order: tuple[str, ...]) -> None:
    one = client(IRCHouse())
    lines = [one.send(line) for line in order]
    expected = max(order.index("NICK alice"), order.index("USER a 0 * :Alice"))
    if order[-1].startswith("PASS"):
        # It comes too late.
        assert commands(lines[2]) == ["462"]
    assert [is_in(some) for some in lines] == [number == expected for number in range(3)]


@pytest.mark.parametrize(
    "order",
    [
        ["CAP LS 302", "NICK alice", "USER a 0 * :Alice", "CAP REQ :batch", "CAP END"],
        ["NICK alice", "CAP LS", "USER a 0 * :Alice", "CAP END"],
        ["CAP REQ :batch", "USER a 0 * :Alice", "NICK alice", "CAP END"],
        ["CAP LS 302", "CAP END", "NICK alice", "USER a 0 * :Alice"],
        ["NICK alice", "USER a 0 * :Alice"],
    ],
)
def test_a_negotiation_holds_that_up_until_it_ends(order: list[str]) -> None:
    one = client(IRCHouse())
    *before, last = [one.send(line) for line in order]
    assert not any(is_in(some) for some in before)
    assert is_in(last)


def test_all_in_one_piece_or_byte_by_byte_is_the_same() -> None:
    sent = (
        "CAP LS 302\r\nNICK alice\r\nUSER a 0 * :Zoë\r\nCAP END\r\nJOIN #tea\r\nPRIVMSG #tea :é\r\nPING x\r\n".encode()
    )
    whole, cut = client(IRCHouse()), client(IRCHouse())
    whole.peer.send(sent)
    cut.peer.send(*(bytes([byte]) for byte in sent))
    # The cloak is of a key of the server's own.
    assert commands(whole.take()) == commands(cut.take())


def test_what_comes_first_is_told_in_order() -> None:
    came = commands(client(IRCHouse()).send("NICK alice", "USER a 0 * :Alice"))
    assert list(dict.fromkeys(came)) == [*WELCOME, "005", "251", "254", "255", "265", "266", "422"]


def test_a_name_that_is_taken_can_be_chosen_anew() -> None:
    house = IRCHouse()
    house.client("alice")
    one = client(house)
    one.send("USER a 0 * :Alice")
    assert one.ask("NICK ALICE")[0].startswith("433 * ALICE ")
    assert is_in(one.send("NICK bob"))


@pytest.mark.parametrize("name", ["a b", "[x]", "a!b", "#tea", "é{", "1.2", ":"])
def test_a_name_that_can_be_none_is_refused(name: str) -> None:
    one = client(IRCHouse())
    [line] = one.send(f"NICK :{name}")
    assert line.command == "432"


@pytest.mark.parametrize(
    ("ident", "shown"),
    [
        ("christopher", "christophe"),
        ("first.last-name", "first.last"),
        ("DOMAIN\\user", "DOMAINuser"),
        ("o'neill$", "oneill"),
        ("кристина", "u"),
        ("~~x@y", "xy"),
    ],
)
def test_a_login_name_keeps_nobody_out(ident: str, shown: str) -> None:
    one = client(IRCHouse())
    came = one.send("NICK alice", f"USER {ident} 0 * :Alice")
    assert is_in(came)
    assert f"alice!~{shown}@" in came[0].params[1]
    assert any("USERLEN=10" in line.params for line in came)


def test_a_name_of_a_service_is_nobodys() -> None:
    for name in ("NickServ", "ChanServ", "histserv"):
        assert commands(client(IRCHouse(accounts=True)).send(f"NICK {name}", "USER a 0 * :A")) == ["433"]


def test_who_has_a_name_takes_another_one() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#tea"), house.client("bob", "", "#tea")
    house.quiet(one)
    assert one.ask("NICK Carol") == ["NICK Carol"]
    assert other.heard() == ["alice: NICK Carol"]
    assert one.ask("NICK Carol") == []
    assert one.ask("NICK bob") == ["433 Carol bob bob is in use; choose another."]
    assert one.ask("NICK") == ["431 Carol Say by what name you want to be called"]
    assert [line.nick for line in one.send("NICK carol")] == ["Carol"]
    assert one.ask("PRIVMSG #tea :hello") == []
    assert other.heard()[-1] == "carol: PRIVMSG #tea hello"


EARLY = sorted(name for name, row in COMMANDS.items() if row.early)
LATER = sorted(COMMANDS.keys() - EARLY)


@pytest.mark.parametrize("name", [*LATER, "NOSUCHCOMMAND"])
def test_most_can_be_asked_by_who_is_in_only(name: str) -> None:
    one = client(IRCHouse())
    one.send("CAP LS 302")
    [line] = one.send(f"{name} a b c")
    assert (line.command, line.params[0]) == ("451", "*")
    assert not one.peer.closed


@pytest.mark.parametrize("name", [name for name, row in COMMANDS.items() if row.least])
def test_who_says_too_little_is_told_how_it_is_written(name: str) -> None:
    one = IRCHouse().client("alice")
    line = one.send(" ".join([name, *["x"] * (COMMANDS[name].least - 1)]))[0]
    assert (line.command, line.params[:2]) == ("461", ["alice", name])
    assert COMMANDS[name].usage in line.params[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_there_is_help_about_each(name: str) -> None:
    one = IRCHouse().client("alice")
    found = one.send(f"HELP {name.lower()}")
    assert commands(found) == ["704", "705", "706"]
    assert found[0].params[2].startswith(name)
    assert COMMANDS[name].purpose in found[1].params[2]


def test_help_lists_all_and_knows_what_is_none() -> None:
    one = IRCHouse().client("alice")
    listed = [word for line in one.send("HELP")[1:-1] for word in line.params[2].split()]
    assert listed == sorted(COMMANDS)
    assert commands(one.send("HELP nothing")) == ["524"]
    assert one.ask("FLY away")[0].startswith("421 alice FLY ")


# Going.


def test_who_quits_is_told_last_that_the_link_closes() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#tea"), house.client("bob", "", "#tea")
    assert one.ask("QUIT :off to bed")[-1] == "ERROR Closing link: alice (Quit)"
    assert one.peer.closed
    assert other.heard() == ["alice: QUIT Quit: off to bed"]


def test_the_probe_of_irctest_is_answered() -> None:
    one = client(IRCHouse())
    assert commands(one.send("QUIT :chkport")) == ["ERROR"]
    assert one.peer.closed


def test_who_is_gone_without_a_word_has_lost_the_connection() -> None:
    house = IRCHouse()
    one, other = house.client("alice", "", "#tea"), house.client("bob", "", "#tea")
    one.peer.vanish()
    house.wait(1)
    assert other.heard() == ["alice: QUIT Connection lost"]


def test_a_silent_client_is_asked_for_a_sign_of_life() -> None:
    house = IRCHouse()
    one = house.client("alice")
    house.wait(70)
    assert set(commands(one.take())) == {"PING"}
    assert one.ask("PONG chatroom.chat") == []


def test_the_end_of_the_server_is_told() -> None:
    house = IRCHouse()
    one = house.client("alice")
    house.factory.stop()
    assert [line.command for line in one.take()] == ["ERROR"]


# Accounts.


def plain(name: str, password: str, for_whom: str = "") -> str:
    return b64encode(f"{for_whom}\0{name}\0{password}".encode()).decode()


def registered(house: IRCHouse, name: str, password: str = "correct horse") -> None:
    one = house.client(name)
    assert one.ask(f"REGISTER * * :{password}")[0].startswith(f"REGISTER SUCCESS {name} ")
    one.send("QUIT")


def begun(house: IRCHouse, *lines: str) -> Client:
    one = client(house)
    for line in ("CAP REQ :sasl", "AUTHENTICATE PLAIN", *lines):
        one.send(line)
    return one


def test_who_shows_the_password_is_in_with_the_account() -> None:
    house = IRCHouse(accounts=True)
    registered(house, "alice")
    one = begun(house)
    assert commands(one.send(f"AUTHENTICATE {plain('alice', 'correct horse')}")) == ["900", "903"]
    assert is_in(one.send("NICK alice", "USER a 0 * :A", "CAP END"))
    assert commands(one.send("AUTHENTICATE PLAIN")) == ["907"]
    assert "330" in commands(one.send("WHOIS alice"))


def test_without_it_the_name_is_not_given() -> None:
    house = IRCHouse(accounts=True)
    registered(house, "alice")
    one = client(house)
    [line] = one.send("NICK alice", "USER a 0 * :A")
    assert line.command == "433"
    assert "SASL" in line.params[-1]


@pytest.mark.parametrize(
    "word",
    [
        plain("alice", "wrong horse"),
        plain("nobody", "correct horse"),
        "AAAA",
        "!!!!",
        "+",
        plain("alice", "", "bob"),
        plain("a\0b", "c"),
    ],
)
def test_what_shows_nothing_is_refused_and_can_be_tried_again(word: str) -> None:
    house = IRCHouse(accounts=True)
    registered(house, "alice")
    one = begun(house)
    assert commands(one.send(f"AUTHENTICATE {word}")) == ["904"]
    one.send("AUTHENTICATE PLAIN")
    assert commands(one.send(f"AUTHENTICATE {plain('alice', 'correct horse')}")) == ["900", "903"]


@pytest.mark.parametrize("size", [400, 800, 798, 1197])
def test_a_long_answer_comes_in_pieces(size: int) -> None:
    house = IRCHouse(accounts=True)
    one = begun(house)
    # Such a password is none: the answer is read to its end all the same.
    words = b64encode(b"\0alice\0" + b"x" * (size * 3 // 4 - 7)).decode()
    pieces = [words[start : start + 400] for start in range(0, len(words), 400)]
    if len(pieces[-1]) == 400:
        pieces.append("+")
    *first, last = pieces
    for piece in first:
        assert one.send(f"AUTHENTICATE {piece}") == []
    assert commands(one.send(f"AUTHENTICATE {last}")) == ["904"]


def test_a_long_password_in_pieces_is_right() -> None:
    house = IRCHouse(accounts=True)
    password = "p" * 400
    registered(house, "alice", password)
    words = plain("alice", password)
    one = begun(house, f"AUTHENTICATE {words[:400]}")
    assert commands(one.send(f"AUTHENTICATE {words[400:]}")) == ["900", "903"]


def test_an_answer_that_is_too_long_is_not_kept() -> None:
    one = begun(IRCHouse(accounts=True))
    assert commands(one.send(f"AUTHENTICATE {'A' * 401}")) == ["905"]
    one.send("AUTHENTICATE PLAIN")
    for _ in range(4):
        assert one.send(f"AUTHENTICATE {'A' * 400}") == []
    assert commands(one.send(f"AUTHENTICATE {'A' * 400}")) == ["905"]


def test_who_ends_the_negotiation_in_the_middle_is_told_that_they_are_not_logged_in() -> None:
    one = begun(IRCHouse(accounts=True), "NICK alice", "USER a 0 * :A")
    came = one.send("CAP END")
    assert commands(came)[0] == "906"
    assert is_in(came[1:])


def test_it_can_be_given_up() -> None:
    one = begun(IRCHouse(accounts=True))
    assert commands(one.send("AUTHENTICATE *")) == ["906"]
    assert commands(one.send("AUTHENTICATE GSSAPI")) == ["908", "904"]
    assert is_in(one.send("NICK alice", "USER a 0 * :A", "CAP END"))


def test_without_a_certificate_nobody_comes_in_by_it() -> None:
    house = IRCHouse(accounts=True)
    registered(house, "alice")
    one = begun(house, "AUTHENTICATE *")
    for written in ("+", b64encode(b"alice").decode(), b64encode(b"no name!").decode(), "!"):
        assert commands(one.send("AUTHENTICATE EXTERNAL", f"AUTHENTICATE {written}")) == ["AUTHENTICATE", "904"]
    bob = house.client("bob")
    [answer] = bob.send("PRIVMSG NickServ :CERT ADD")
    assert answer.params == ["bob", "You have no account; register makes your name yours."]
    assert len(bob.send("PRIVMSG NickServ :CERT")) == len(bob.send("PRIVMSG NickServ :HELP"))


def test_without_the_capability_it_is_not_begun() -> None:
    one = client(IRCHouse(accounts=True))
    assert commands(one.send("AUTHENTICATE PLAIN")) == ["904"]


def test_a_password_may_come_by_pass_with_the_account() -> None:
    house = IRCHouse(accounts=True)
    registered(house, "alice")
    one = client(house)
    came = one.send("PASS :alice:correct horse", "NICK alice", "USER a 0 * :A")
    assert commands(came)[:2] == ["900", "001"]
    other = client(house)
    assert commands(other.send("PASS :alice:wrong horse", "NICK bob", "USER a 0 * :A"))[0] == "464"


def test_a_secret_of_ones_own_makes_one_known_again() -> None:
    house = IRCHouse()
    one = client(house)
    one.send("PASS secret", "NICK alice", "USER a 0 * :A", "JOIN #tea")
    other = client(house)
    assert "433" in commands(other.send("PASS wrong", "NICK alice", "USER a 0 * :A"))
    third = client(house)
    assert is_in(third.send("PASS secret", "NICK alice", "USER a 0 * :A"))
    assert commands(one.take())[-1:] == ["ERROR"]


def test_a_name_can_be_registered_before_one_is_in() -> None:
    house = IRCHouse(accounts=True)
    one = client(house)
    one.send("CAP LS 302")
    assert one.ask("REGISTER * * :correct horse")[0].startswith("FAIL REGISTER NEED_NICK ")
    one.send("NICK alice")
    assert one.ask("REGISTER bob * :correct horse")[0].startswith("FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK ")
    assert one.ask("REGISTER * * :short")[0].startswith("FAIL REGISTER WEAK_PASSWORD ")
    assert one.ask("REGISTER alice * :correct horse")[0].startswith("REGISTER SUCCESS alice ")
    assert is_in(one.send("USER a 0 * :A", "CAP END"))


def test_nickserv_does_what_those_expect_who_know_it() -> None:
    house = IRCHouse(accounts=True)
    one = house.client("alice")

    def served(text: str) -> list[str]:
        return one.ask(f"PRIVMSG NickServ :{text}")

    assert all(line.startswith("NOTICE alice ") for line in served("HELP"))
    assert served("REGISTER correcthorse") == ["NOTICE alice alice is yours now."]
    assert served("PASSWD correcthorse batterystaple") == ["NOTICE alice Done."]
    assert len(served("SESSIONS")) >= 1
    one.send("QUIT")
    other, third = house.client("bob", "", "#tea"), house.client("carol", "", "#tea")
    house.quiet(other)
    assert other.ask("PRIVMSG nickserv :IDENTIFY alice wrong-horse")[0].startswith("NOTICE bob ")
    came = other.ask("PRIVMSG nickserv :IDENTIFY alice batterystaple")
    assert [line.partition(" ")[0] for line in came] == ["900", "NICK"]
    assert third.heard() == ["bob: NICK alice"]
    assert other.ask("PRIVMSG NickServ :DROP batterystaple")[-1] == "NOTICE alice Done."


def test_what_only_operators_may_do() -> None:
    house = IRCHouse(accounts=True)
    one, other = house.client("alice"), house.client("bob")
    assert commands(one.send("KILL bob :why", "WALLOPS :hear", "OPER alice correcthorse")) == ["481", "481", "464"]
    assert not other.peer.closed


def test_an_operator_shows_everybody_a_text_and_hangs_up_on_somebody() -> None:
    house = IRCHouse(accounts=True)
    one, two, bob = house.client("alice"), house.client("dora", "", "#tea"), house.client("bob", "", "#tea")
    one.send("REGISTER * * :correcthorse")
    house.operator().do(SetRole(Username("alice"), "operator"))
    assert one.ask("OPER alice correcthorse") == ["MODE alice +o", "381 alice You are an operator now"]
    assert one.ask("WALLOPS :tea at five") == ["WALLOPS tea at five"]
    assert two.heard() == ["bob: JOIN #tea", "alice: WALLOPS tea at five"]
    assert one.ask("KILL bob :spam") == []
    assert [short(line) for line in bob.take()][-1] == "ERROR Closing link: bob (kicked: spam)"
    assert bob.peer.closed
    assert two.heard() == ["bob: QUIT Connection lost"]
    assert one.ask("KILL bob :spam") == ["401 alice bob Nobody called bob is here."]
    assert one.ask("MODE alice -o+i") == ["MODE alice +i-o"]
    assert one.ask("MODE alice") == ["221 alice +iw"]
    assert one.ask("MODE alice -o") == []


def test_whose_right_has_ended_is_told_so_by_the_next_answer() -> None:
    house = IRCHouse(accounts=True)
    root, one = house.client("roo"), house.client("alice")
    root.send("REGISTER * * :correcthorse")
    house.operator().do(SetRole(Username("roo"), "operator"))
    for client in (one, root):
        client.send("OPER roo correcthorse")
        assert "o" in client.ask(f"MODE {'alice' if client is one else 'roo'}")[0]
    assert not [
        line for line in one.send("JOIN #tea", "NICK alina", "PING x", "NICK alice", "PING y") if "-o" in line.params
    ]
    house.operator().do(SetRole(Username("roo"), "member"))
    assert one.ask("PING x")[:1] == ["MODE alice -o"]
    assert root.ask("MODE roo") == ["MODE roo -o", "221 roo +w"]
    assert one.ask("MODE alice") == ["221 alice +w"]


def test_who_is_an_operator_by_the_password_of_one_can_be_none_again() -> None:
    house = IRCHouse(accounts=True)
    root, one = house.client("roo"), house.client("alice")
    root.send("REGISTER * * :correcthorse")
    house.operator().do(SetRole(Username("roo"), "operator"))
    one.send("OPER roo correcthorse")
    assert one.ask("WALLOPS :tea") == ["WALLOPS tea"]
    assert one.ask("MODE alice -o") == ["MODE alice -o"]
    assert one.ask("WALLOPS :tea")[0].startswith("481 ")
