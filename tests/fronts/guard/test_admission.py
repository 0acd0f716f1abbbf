"""Who may come in: so many at all, and so many from one host."""

from __future__ import annotations

from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.commands import Impose, Lift
from chatroom.fronts.guard.rejected import Rejected
from tests.fronts.house import House, Peer, address, frame, logged

HOST, OTHER = "192.0.2.1", "192.0.2.2"
SESSION = "a-session-of-22-characters"
CROWDED = "! too-many-connections: There are 2 connections from where you are, which is the most; close one first.\n"
FULL = "! too-many-connections: The server is full; try again later.\n"


class PlacesTest(SynchronousTestCase):
    """A connection takes a place, until it is lost."""

    def test_when_all_places_are_taken_nobody_comes_in_until_somebody_goes(self) -> None:
        house = House(max_connections=2)
        first = house.connect(host=HOST)
        house.connect()
        self.assertEqual(house.turned_away(OTHER), FULL)
        self.assertEqual(house.turned_away(), FULL)
        first.vanish()
        house.connect(host=OTHER)
        self.assertEqual(house.turned_away(OTHER), FULL)

    def test_a_host_has_so_many_and_the_others_do_not_notice(self) -> None:
        house = House(per_host=2)
        first = house.connect(host=HOST)
        house.connect(host=HOST)
        self.assertEqual(house.turned_away(HOST), CROWDED)
        house.connect(host=OTHER)
        first.vanish()
        house.connect(host=HOST)
        self.assertEqual(house.turned_away(HOST), CROWDED)

    def test_the_addresses_of_a_customer_are_one_host(self) -> None:
        house = House(per_host=2)
        house.connect(host="2001:db8:1:2::1")
        house.connect(host="2001:db8:1:2:ffff:ffff:ffff:ffff")
        self.assertEqual(house.turned_away("2001:db8:1:2:1::"), CROWDED)
        house.connect(host="2001:db8:1:3::1")
        house.connect(host="fe80::1%lo")

    def test_an_address_of_ipv4_is_the_same_in_the_clothes_of_ipv6(self) -> None:
        house = House(per_host=2)
        house.connect(host=HOST)
        house.connect(host=f"::ffff:{HOST}")
        self.assertEqual(house.turned_away(HOST), CROWDED)
        house.connect(host=f"::ffff:{OTHER}")

    def test_nobody_comes_in_from_a_network_that_is_banned(self) -> None:
        house = House(per_host=2)
        house.lobby.restore(())
        operator = house.operator()
        for network in ("192.0.2.0/24", "2001:db8:1::/48"):
            operator.do(Impose("ban", None, None, reason="spam", network=network))
        for host in (HOST, OTHER, f"::ffff:{HOST}", "2001:db8:1:2::1"):
            self.assertEqual(house.turned_away(host), "! banned: You are banned from this server (spam).\n")
        for other in ("192.0.3.1", "2001:db8:2:1::1", None):
            house.connect(host=other)
        self.assertEqual(house.factory.closes["banned"], 4)
        operator.do(Lift("ban", None, network="192.0.2.0/24"))
        house.connect(host=HOST)

    def test_who_comes_by_a_unix_socket_is_of_no_host(self) -> None:
        house = House(per_host=2, max_connections=4)
        for _ in range(4):
            house.connect()
        self.assertEqual(house.turned_away(), FULL)

    def test_0_is_no_limit(self) -> None:
        house = House(per_host=0, max_connections=0)
        for _ in range(100):
            house.connect(host=HOST)


class WaysOutTest(SynchronousTestCase):
    """Whichever way somebody goes, the place is free again."""

    @override
    def setUp(self) -> None:
        self.house = House(per_host=2, login_timeout=30)

    def visitor(self, *pieces: bytes, stuck: bool = False) -> Peer:
        visitor = self.house.connect("tcp", stuck=stuck, host=HOST)
        visitor.send(*pieces)
        return visitor

    def assert_all_gone(self) -> None:
        admission = self.house.factory.admission
        self.assertEqual((admission.taken, admission.hosts), (0, {}))

    def test_each_way_out_is_counted(self) -> None:
        login = frame(type="login", username="alice")
        for last in (
            (b"GET / HTTP/1.1\n",),
            (b"a" * 40_000,),
            (b"alice\n", b"quit\n"),
            (login, frame(type="quit")),
            (b"a b\n" * 10,),
            (b"",),
            (b"help\n",),
        ):
            visitor = self.visitor(*last)
            self.assertEqual(self.house.factory.admission.taken, 1)
            self.house.wait(40)
            self.assertTrue(visitor.closed, last)
            self.assert_all_gone()

    def test_so_are_those_who_vanish(self) -> None:
        for sent in (b"", b"ali", b"alice\n", b"alice\ncreate tea\n", frame(type="login", username="alice"), b"{"):
            self.visitor(sent).vanish()
            self.house.settle()
            self.assert_all_gone()

    def test_and_those_who_are_made_to_go(self) -> None:
        stuck = self.visitor(b"alice\n", b"quit\n", stuck=True)
        self.house.settle()
        self.assertEqual(self.house.factory.admission.taken, 1)
        self.house.wait(6)
        self.assertTrue(stuck.closed)
        self.assert_all_gone()

    def test_and_all_when_the_server_stops(self) -> None:
        self.visitor(b"alice\n")
        self.visitor(frame(type="login", username="bob", session=SESSION))
        stopped = self.house.factory.stop()
        self.house.wait(11)
        self.successResultOf(stopped)
        self.assert_all_gone()

    def test_a_refused_connection_takes_no_place(self) -> None:
        visitors = [self.visitor(b"alice\n"), self.visitor(b"bob\n")]
        for _ in range(100):
            self.house.turned_away(HOST)
        for visitor in visitors:
            visitor.vanish()
        self.assert_all_gone()


class SeatsTest(SynchronousTestCase):
    """A seat that is held takes the place of the connection that was lost."""

    @override
    def setUp(self) -> None:
        self.house = House(per_host=2, grace=30)
        self.lost = self.house.program("lost", host=HOST, session=SESSION)

    def counted(self) -> int:
        admission = self.house.factory.admission
        self.assertEqual(sum(admission.hosts.values()), admission.taken)
        return admission.taken

    def test_it_does_so_until_it_is_given_up(self) -> None:
        self.lost.vanish()
        self.house.connect(host=HOST)
        self.assertEqual(self.house.turned_away(HOST), CROWDED)
        self.house.settle(31)
        self.house.connect(host=HOST)
        self.assertEqual(self.counted(), 1)

    def test_who_takes_it_back_has_one_place_wherever_it_comes_from(self) -> None:
        self.lost.vanish()
        self.house.program("lost", host=OTHER, session=SESSION)
        self.assertEqual(self.counted(), 1)
        self.house.connect(host=HOST)
        self.house.connect(host=HOST)
        self.house.wait(40)
        self.assertEqual(self.counted(), 1)

    def test_who_is_replaced_on_a_living_connection_leaves_no_seat(self) -> None:
        again = self.house.program("lost", host=HOST, session=SESSION)
        self.house.settle(1)
        self.assertTrue(self.lost.closed)
        self.assertEqual(self.counted(), 1)
        again.vanish()
        self.assertEqual(self.counted(), 1)
        self.house.settle(31)
        self.assertEqual(self.counted(), 0)

    def test_it_may_be_lost_and_taken_back_again_and_again(self) -> None:
        for _ in range(10):
            self.lost.vanish()
            self.assertEqual(self.counted(), 1)
            self.lost = self.house.program("lost", host=HOST, session=SESSION)
            self.assertEqual(self.counted(), 1)
        self.lost.ask({"type": "quit"})
        self.house.settle(1)
        self.assertEqual(self.counted(), 0)


class Deaf(StringTransport):
    """A connection that closes by force only."""

    aborted = False

    @override
    def abortConnection(self) -> None:
        self.aborted = True


class RefusalTest(SynchronousTestCase):
    """Who is refused costs next to nothing."""

    def test_a_flood_is_logged_in_one_line_every_10_s(self) -> None:
        house = House(per_host=2, first_line_timeout=0, login_timeout=0)
        house.connect(host=HOST)
        house.connect(host=HOST)
        with logged("refused") as lines:
            for _ in range(100):
                house.turned_away(HOST)
            self.assertEqual(lines, ["refused 1 connections; 2 are here, from 1 hosts"])
            house.wait(11)
            self.assertEqual(lines[1:], ["refused 99 connections; 2 are here, from 1 hosts"])
            house.wait(100)
            self.assertEqual(len(lines), 2)
            house.turned_away(HOST)
            self.assertEqual(len(lines), 3)

    def test_who_does_not_take_it_is_made_to_go_after_5_s(self) -> None:
        house = House(per_host=1)
        house.connect(host=HOST)
        refusal = house.factory.buildProtocol(address(HOST))
        assert isinstance(refusal, Rejected)
        transport = Deaf()
        refusal.makeConnection(transport)
        house.settle(4.8)
        self.assertFalse(transport.aborted)
        house.settle(0.4)
        self.assertTrue(transport.aborted)
