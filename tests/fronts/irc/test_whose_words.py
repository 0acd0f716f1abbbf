"""Whose words clients of IRC are shown: an account and a host are signed only by who has said it."""

from __future__ import annotations

import pytest

from tests.fronts.irc.clients import ALL, Client, IRCHouse
from tests.wire.irc.grammar import Read

CAPS = f"{ALL} draft/chathistory"
REGISTER = "REGISTER * * :correct horse"


def said(lines: list[Read]) -> dict[str, tuple[str | None, str]]:
    """Return of each text among *lines* the account that it is signed with, and from where it is."""
    return {
        line.params[1]: (line.tags.get("account"), line.source.partition("!")[2])
        for line in lines
        if line.command == "PRIVMSG"
    }


def history(client: Client) -> dict[str, tuple[str | None, str]]:
    return said(client.send("CHATHISTORY LATEST #tea * 10"))


def test_old_words_are_not_of_who_has_the_name_today() -> None:
    house = IRCHouse(accounts=True)
    reader, guest = house.client("carol", CAPS, "#tea"), house.client("bob", "", "#tea", host="192.0.2.1")
    guest.send("PRIVMSG #tea :of the guest")
    [here] = said(reader.take()).values()
    assert here[0] is None
    assert here[1].startswith("~bob@")
    guest.send("QUIT")
    other = house.client("bob", "", "#tea", host="192.0.2.2")
    other.send(REGISTER, "PRIVMSG #tea :of the account")
    reader.take()
    found = history(reader)
    # It is known from where the guest was, who went lately.
    assert found["of the guest"] == here
    account, source = found["of the account"]
    assert account == "bob"
    assert source not in (here[1], "~u@log")
    other.send("QUIT")
    assert history(reader) == {"of the guest": (None, "~u@log"), "of the account": (account, source)}


def test_nor_are_those_that_are_shown_to_who_comes_in() -> None:
    house = IRCHouse(accounts=True)
    guest = house.client("bob", "", "#tea")
    guest.send("PRIVMSG #tea :of the guest")
    guest.send("QUIT")
    house.client("bob", "", "#tea").send(REGISTER)
    reader = house.client("carol", "server-time batch account-tag")
    [(account, source)] = said(reader.send("JOIN #tea")).values()
    assert account is None
    assert source.startswith("~bob@")


def test_nor_those_of_two_who_had_the_name_in_one_page() -> None:
    house = IRCHouse(accounts=True)
    reader = house.client("carol", CAPS, "#tea")
    for number in (1, 2, 3):
        guest = house.client("bob", "", "#tea", host=f"192.0.2.{number}")
        guest.send(f"PRIVMSG #tea :{number}")
        if number < 3:
            guest.send("QUIT")
    live, later = said(reader.take()), history(reader)
    assert later == live | {"1": (None, "~u@log")}
    assert len(set(live.values())) == 3


def test_nor_what_was_told_live() -> None:
    house = IRCHouse(accounts=True)
    reader, guest = house.client("carol", CAPS), house.client("bob", "", host="192.0.2.1")
    guest.send("PRIVMSG carol :of the guest")
    told = said(reader.take())
    guest.send("QUIT")
    house.client("bob", "", host="192.0.2.2").send(REGISTER)
    assert said(reader.send("CHATHISTORY LATEST bob * 10")) == told


@pytest.mark.parametrize("is_here", [True, False])
def test_words_of_an_account_are_its_own_wherever_they_are_and_whatever_they_are_called(is_here: bool) -> None:
    house = IRCHouse(accounts=True)
    reader, one = house.client("carol", CAPS, "#tea"), house.client("bob", "", "#tea")
    one.send("PRIVMSG #tea :as a guest", REGISTER, "PRIVMSG #tea :hello", "NICK robert")
    reader.take()
    if not is_here:
        one.send("QUIT")
    assert {text: account for text, (account, _) in history(reader).items()}["hello"] == "robert"
