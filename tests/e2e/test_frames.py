"""Programs, and people in one room with them."""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.peers import Bot, Frame, Peer, bots
from tests.e2e.processes import Server


def shown(frame: Frame, *fields: str) -> list[Any]:
    """Return the values of *fields* in *frame*."""
    return [frame[field] for field in fields]


def say(speaker: Bot, room: str, *texts: str) -> None:
    """Say *texts* in *room*, one after the other."""
    for text in texts:
        assert speaker.ask("say", room=room, text=text)["type"] == "ok"


def test_a_program_is_in_several_rooms_at_once(server: Server) -> None:
    with bots(server.address, "alice", "bob") as (alice, bob):
        for room in ("tea", "milk", "sugar"):
            assert shown(alice.ask("create", room=room), "type", "room", "creator") == ["entered", room, "alice"]
        for room in ("tea", "sugar"):
            assert bob.ask("join", room=room)["members"] == 2
        say(bob, "tea", "one")
        say(alice, "milk", "for alice alone")
        say(alice, "sugar", "two")
        say(bob, "tea", "three")

        heard = [bob.event("said") for _ in range(3)]
        assert [shown(said, "room", "seq", "from", "text") for said in heard] == [
            ["tea", 1, "bob", "one"],
            ["sugar", 1, "alice", "two"],
            ["tea", 2, "bob", "three"],
        ]
        assert bob.ask("leave", room="tea")["type"] == "ok"
        assert shown(alice.event("left"), "room", "username", "members", "reason") == ["tea", "bob", 1, "left"]
        assert bob.ask("say", room="tea", text="?")["code"] == "not-a-member"
        say(bob, "sugar", "still here")
        assert bob.ask("rename", username="robert")["type"] == "ok"
        assert shown(alice.event("renamed"), "room", "from", "to") == ["sugar", "bob", "robert"]


def test_who_watches_the_lobby_is_told_what_changes_there(server: Server) -> None:
    with bots(server.address, "alice", "bob") as (alice, bob):
        assert bob.ask("list", watch=True)["rooms"] == []
        alice.ask("create", room="tea", topic="Tea")
        [room] = bob.event("rooms-changed")["rooms"]
        assert room == {"room": "tea", "topic": "Tea", "members": 1, "capacity": 256}
        alice.ask("delete", room="tea")
        assert shown(bob.event("rooms-changed"), "rooms", "closed") == [[], ["tea"]]


def test_the_log_of_a_room_is_replayed_paged_and_searched(server: Server) -> None:
    texts = [f"cup {number} of {'milk' if number % 10 == 0 else 'tea'}" for number in range(1, 251)]
    with bots(server.address, "alice", "bob") as (alice, bob):
        alice.ask("create", room="tea")
        say(alice, "tea", *texts)

        assert bob.ask("join", room="tea", backlog=120)["seq"] == 250
        replay = bob.frames(121)
        assert [frame.get("text") for frame in replay[:-1]] == texts[-120:]
        assert shown(replay[-1], "type", "seq", "members") == ["level", 250, 2]

        pages = [bob.ask("history", room="tea")]
        while pages[0]["more"]:
            pages.insert(0, bob.ask("history", room="tea", before=pages[0]["entries"][0]["seq"]))
        assert [len(page["entries"]) for page in pages] == [50, 100, 100]
        assert [entry["text"] for page in pages for entry in page["entries"]] == texts
        first = bob.ask("history", room="tea", after=0, limit=2)
        assert [entry["seq"] for entry in first["entries"]] == [1, 2]
        assert first["more"]

        milk = bob.ask("search", room="tea", query="MILK", limit=3, newest_first=True)
        assert [entry["seq"] for entry in milk["entries"]] == [250, 240, 230]
        phrase = bob.ask("search", room="tea", query='"17 of" tea')
        assert [entry["text"] for entry in phrase["entries"]] == ["cup 17 of tea"]
        prefix = bob.ask("search", room="tea", query="Cup 24*")
        assert [entry["seq"] for entry in prefix["entries"]] == [24, *range(240, 250)]
        assert bob.ask("search", room="tea", query='"17')["code"] == "query-invalid"


def test_only_its_creator_deletes_a_room(server: Server) -> None:
    with bots(server.address, "alice", "bob") as (alice, bob):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        assert bob.ask("delete", room="tea")["code"] == "not-allowed"
        assert alice.ask("delete", room="tea")["type"] == "ok"
        assert shown(bob.event("deleted"), "room", "by") == ["tea", "alice"]
        assert bob.ask("say", room="tea", text="?")["code"] == "no-such-room"
        assert bob.ask("create", room="tea")["seq"] == 0


def read_out(event: Frame) -> list[str]:
    """Return the lines that tell a person of *event*."""
    match event:
        case {"type": "said", "from": speaker, "text": text, "action": True}:
            return [f"HH:MM * {speaker} {text}"]
        case {"type": "said", "from": speaker, "text": text}:
            return [f"HH:MM <{speaker}> {line}" for line in text.split("\n")]
        case {"type": "renamed", "from": old, "to": new}:
            return [f"* {old} is now {new}."]
        case {"type": "topic-changed", "topic": topic, "by": name}:
            return [f"* {name} set the topic: {topic}"]
        case {"type": "joined", "room": room, "username": name, "members": members}:
            return [f"* {name} joined {room} ({members}/256)."]
        case {"type": "left", "room": room, "username": name, "members": members}:
            return [f"* {name} left {room} ({members}/256)."]
        case {"type": "deleted", "room": room, "by": name}:
            return [f"* {name} deleted {room}. You are in the lobby."]
    return []


def test_people_and_programs_in_one_room_see_the_same(server: Server) -> None:
    with bots(server.address, "bot", "other") as (bot, other), Peer(server.address) as person:
        bot.ask("create", room="tea")
        person.write(b"alice\njoin tea\n")
        bot.event("joined")
        before = len(bot.seen)
        while "You are in tea" not in (person.receive() or ""):
            pass

        # All at once, in whatever order the server gets it.
        other.begin("join", room="tea")
        for number in range(50):
            person.send(f"number {number}")
            bot.begin("say", room="tea", text=f"of two\nlines {number}")
            other.begin("say", room="tea", text=f"is at {number}", action=True)
        person.send("/topic Numbers")
        other.begin("rename", username="another")
        person.send("/nick alicia")
        other.begin("leave", room="tea")
        bot.wait(lambda frame: frame["type"] == "renamed" and frame["to"] == "alicia")
        other.ask("tell", to="alicia", text="goodbye")
        bot.ask("delete", room="tea")
        bot.begin("quit")
        person.send("quit")

        told = "HH:MM [another] goodbye"
        seen = [re.sub(r"^\d\d:\d\d", "HH:MM", line) for line in person.rest()]
        assert seen.count(told) == 1
        seen.remove(told)
        bot.to_the_end()
        assert seen == [line for event in bot.seen[before:] for line in read_out(event)] + ["* Bye."]
        assert len(seen) == 50 + 100 + 50 + 7
        assert [event["seq"] for event in bot.seen if event["type"] == "said"] == list(range(1, 151))
