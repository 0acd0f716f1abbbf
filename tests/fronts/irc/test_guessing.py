"""The word by which somebody who comes by IRC is known again: it can be guessed, so tries are counted."""

from __future__ import annotations

import json

from chatroom.core.accounts.guessing import BUDGETS, PER_HOST
from tests.fronts.irc.clients import Client, IRCHouse, commands

HOME, AWAY = "192.0.2.1", "192.0.2.2"


def come(house: IRCHouse, name: str, word: str, host: str = HOME) -> tuple[Client, str]:
    """Let somebody come by a *word*, and return them with what they are answered first."""
    one = Client(house.connect(host=host))
    answers = commands(one.send(f"PASS {word}", f"NICK {name}", "USER a 0 * :A"))
    assert (answers[-1] == "ERROR") is (answers[0] == "464")
    return one, answers[0]


def test_whoever_guesses_at_a_guests_word_is_held_up_and_the_guest_is_not() -> None:
    house = IRCHouse()
    alise, _ = come(house, "alise", "tea42")
    answers = [come(house, "alise", f"tea{number}", AWAY)[1] for number in range(PER_HOST)]
    assert answers == ["433"] * PER_HOST
    assert come(house, "alise", "tea42", AWAY)[1] == "464"
    assert commands(alise.take()) == []
    assert come(house, "alise", "tea42")[1] == "001"


def test_guesses_at_many_guests_from_one_host_count_together() -> None:
    house = IRCHouse()
    for number in range(BUDGETS["word"].host):
        come(house, f"guest{number}", "tea42")
        assert come(house, f"guest{number}", "wrong", AWAY)[1] == "433"
    come(house, "alise", "tea42")
    assert come(house, "alise", "tea42", AWAY)[1] == "464"


def test_who_is_not_there_can_be_guessed_at_no_more_than_who_is() -> None:
    house = IRCHouse()
    alise, _ = come(house, "alise", "tea42")
    alise.send("JOIN #mine", "QUIT")
    for number in range(PER_HOST):
        one, answer = come(house, "alise", f"tea{number}", AWAY)
        assert answer == "001"
        one.send("QUIT")
    assert come(house, "alise", "tea42", AWAY)[1] == "464"
    # Whoever comes and goes by their own word has guessed once, or never.
    for _ in range(2 * PER_HOST):
        one, answer = come(house, "alise", "tea42")
        assert answer == "001"
        one.send("QUIT")


def test_a_word_is_never_as_good_as_a_password() -> None:
    house = IRCHouse(accounts=True)
    alise, _ = come(house, "alise", "tea42")
    assert alise.ask("REGISTER * * :correct horse")[-1].startswith("REGISTER SUCCESS alise ")
    assert come(house, "alise", "tea42", AWAY)[1] == "433"
    alise.peer.vanish()
    assert come(house, "alise", "tea42", AWAY)[1] == "433"


def test_nor_is_it_under_another_name_that_the_account_has() -> None:
    house = IRCHouse(accounts=True)
    house.client("owner").send("REGISTER * * :correct-horse", "JOIN #mine", "QUIT")
    alise, _ = come(house, "alise", "tea42")
    assert "900" in commands(alise.send("PRIVMSG NickServ :IDENTIFY owner correct-horse"))
    one, answer = come(house, "alise", "tea42", AWAY)
    assert answer == "001"
    assert commands(alise.take()) == []
    assert one.ask("PING x")[-1].startswith("PONG ")


def test_programs_can_not_come_by_such_a_word() -> None:
    house = IRCHouse()
    come(house, "christopher", "a-long-word")
    peer = house.connect(host=AWAY)
    login = {"type": "login", "username": "christopher", "session": "irc christopher a-long-word"}
    peer.send(json.dumps(login).encode() + b"\n")
    house.settle()
    assert b'"bad-frame"' in peer.take()
