"""Whatever people do: what clients of IRC saw is the log, and who they believe is there is there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.examples import examples
from tests.fronts.house import Peer
from tests.fronts.irc.clients import Believer, IRCHouse

ROOMS = ("#tea", "#milk", "#honey")
CAPS = "message-tags server-time draft/chathistory echo-message"
ALL = f"{CAPS} batch draft/multiline labeled-response extended-join away-notify account-tag setname userhost-in-names"


WHO = st.integers(0, 3)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), WHO, st.sampled_from([f"PRIVMSG {room} :{{}}" for room in ROOMS])),
        st.tuples(st.just("say"), WHO, st.sampled_from([f"PRIVMSG {room} :{{}}" for room in ROOMS])),
        st.tuples(st.just("send"), WHO, st.sampled_from([f"JOIN {room}" for room in ROOMS])),
        st.tuples(st.just("send"), WHO, st.sampled_from([f"JOIN {room}" for room in ROOMS])),
        st.tuples(st.just("send"), WHO, st.sampled_from([f"PART {room}" for room in ROOMS])),
        st.tuples(st.just("send"), WHO, st.sampled_from([f"NICK n{number}" for number in range(6)])),
        st.tuples(
            st.just("send"), WHO, st.sampled_from([f"KICK {room} n{number}" for room in ROOMS for number in (0, 3)])
        ),
        st.tuples(
            st.just("send"), WHO, st.sampled_from(["AWAY :out", "AWAY", "SETNAME :Other", "QUIT :bye", "PING x"])
        ),
        st.tuples(st.sampled_from(["narrow", "wide", "settle", "long", "come"]), WHO, st.just("")),
    ),
    max_size=60,
)


def seen(house: IRCHouse, actions: list[tuple[str, int, str]], believers: list[Believer]) -> None:
    """Let four clients do these *actions*."""
    program = house.program("zoe")
    program.ask(*({"type": "join", "room": room[1:]} for room in ROOMS))

    def come(who: int) -> Believer:
        taken = {believer.name for believer in believers if not believer.client.peer.closed}
        name = next(f"c{number}" for number in range(9) if f"c{number}" not in taken)
        return Believer(house.client(name, ALL if who % 2 else CAPS), name)

    believers += [come(0)]
    for who in (1, 2, 3):
        believers.append(come(who))
    for number, (what, who, line) in enumerate(actions):
        believer = believers[who]
        peer = believer.client.peer
        match what:
            case "say" | "send":
                peer.send(f"{line.format(number)}\r\n".encode())
            case "narrow":
                peer.wire.narrow = True
            case "wide":
                widen(peer)
            case "long":
                program.ask(
                    {"type": "say", "room": ROOMS[who % 3][1:], "text": f"{number} " + "long and\n" * 99 + "y" * 900}
                )
            case "settle":
                house.settle()
                believer.take()
            case "come" if peer.closed:
                believers[who] = come(who)
    for _ in range(3):
        for believer in believers:
            widen(believer.client.peer)
        house.settle(1)
    for believer in believers:
        believer.take()


def widen(peer: Peer) -> None:
    peer.wire.narrow = False
    if peer.wire.producer is not None and not peer.closed:
        peer.wire.drain()


def log(house: IRCHouse, room: str) -> dict[int, str]:
    """Return what the log of *room* holds, by numbers."""
    witness = house.program("witness")
    witness.ask({"type": "join", "room": room[1:]})
    found: dict[int, str] = {}
    while frames := [
        frame
        for frame in witness.ask({"type": "history", "room": room[1:], "after": max(found, default=0)})
        if "entries" in frame
    ]:
        if not frames[0]["entries"]:
            break
        found |= {entry["seq"]: entry["text"] for entry in frames[0]["entries"]}
    witness.vanish()
    house.settle(1)
    return found


def who_is_in(house: IRCHouse, room: str) -> set[str]:
    """Return who is in *room*."""
    program = house.program("counter")
    [members] = program.ask({"type": "who", "room": room[1:]})
    program.vanish()
    house.settle(1)
    return {*members["usernames"]}


class SeenTest(SynchronousTestCase):
    """What clients believe."""

    def check(self, actions: list[tuple[str, int, str]], **limits: float) -> None:
        house = IRCHouse(max_rooms=9, grace=0, linger=0, **limits)  # type: ignore[arg-type]
        for room in ROOMS[1:]:
            house.lobby.open_permanently(room[1:])  # type: ignore[arg-type]
        believers: list[Believer] = []
        seen(house, actions, believers)
        logs = {room: log(house, room) for room in ROOMS}
        members = {room: who_is_in(house, room) for room in ROOMS}
        for believer in believers:
            if believer.client.peer.closed:
                continue
            for room in ROOMS:
                there = believer.rooms.get(room, set())
                if there:
                    self.assertEqual(there, members[room])
                self.assertEqual(bool(there), believer.name in members[room])
                numbers = [number for number, _ in believer.said[room]]
                self.assertEqual(numbers, sorted(set(numbers)))
                for start, number in enumerate(numbers[1:], 1):
                    if start not in believer.entered[room]:
                        self.assertEqual(number, numbers[start - 1] + 1)
                if there and believer.entered[room][-1] < len(numbers):
                    self.assertEqual(numbers[-1], max(logs[room]))
                for number, text in believer.said[room]:
                    self.assertEqual(text, logs[room][number].replace("\n", "") if text else text)

    def test_names_that_change_hands_in_one_turn_are_shown_in_their_order_over_all_rooms(self) -> None:
        # In whichever of its rooms something had happened first.
        for first in ("0 JOIN #tea, 0 JOIN #milk, 2 JOIN #tea", "0 JOIN #milk, 0 JOIN #tea, 2 JOIN #tea"):
            for then in (
                "2 NICK n2, 2 NICK n0, 0 NICK n2",
                "2 NICK n2, 2 PART #tea, 2 NICK n3, 0 NICK n2",
                "2 NICK n2, 3 JOIN #milk, 2 QUIT :bye, 3 NICK n2, 1 JOIN #milk",
            ):
                lines = [line.split(" ", 1) for line in f"{first}, {then}".split(", ")]
                self.check([("send", int(who), line) for who, line in lines])

    @examples(60)
    @given(ACTIONS)
    def test_it_is_what_there_is(self, actions: list[tuple[str, int, str]]) -> None:
        self.check(actions)

    @examples(40)
    @given(ACTIONS)
    def test_it_is_so_also_for_who_is_told_anew(self, actions: list[tuple[str, int, str]]) -> None:
        self.check(actions, outbox=300)
