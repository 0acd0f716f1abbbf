"""What an operator is told about a running server, over HTTP."""

from __future__ import annotations

import re
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.authority import Authority
from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import FAST, LIMIT, LOOPBACK, Server, running, started
from tests.logs.scribe import locked
from tests.unix_http import UnixHTTP

FILES = "privateKey=key.pem:certKey=fullchain.pem"
METRICS = ("--metrics", LOOPBACK, *FAST)


class Operator:
    """Somebody who looks after *server*."""

    def __init__(self, server: Server) -> None:
        found = None
        while not found:
            line = server.receive()
            assert line is not None, f"there are no metrics:\n{server.output}"
            found = re.search(r" metrics (?:\(TLS\) )?starting on (\d+)$", line)
        self._port = int(found[1])

    def connect(self) -> socket.socket:
        """Return a connection on which nothing is asked."""
        return socket.create_connection(("127.0.0.1", self._port), LIMIT)

    def get(self, path: str, host: str = "localhost") -> tuple[int, str]:
        """Return the status and the text that *path* of *host* is answered with."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=LIMIT)
        try:
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def until_answered(self) -> None:
        """Ask until there is a place for who asks; it takes the server a moment to notice that others have gone."""
        for _ in range(1000):
            with suppress(ConnectionError, RemoteDisconnected):
                if self.get("/healthz") == (200, "ok\n"):
                    return
        raise AssertionError("nobody is answered")

    def scrape(self) -> dict[str, float]:
        """Return all samples by name and labels."""
        status, text = self.get("/metrics")
        assert status == 200
        return {
            sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def until(self, condition: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        """Return the first samples for which *condition* holds; it takes the server a moment to notice."""
        for _ in range(10_000):
            if condition(samples := self.scrape()):
                return samples
        raise AssertionError(f"it does not come to that: {samples}")


def test_an_operator_sees_what_happens(tmp_path: Path) -> None:
    with (
        running(tmp_path, *METRICS) as server,
        bots(server.address, "alice", "bob") as (alice, bob),
        Peer(server.address) as person,
        Peer(server.address),
    ):
        operator = Operator(server)
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        person.send("carol")
        while not (line := person.receive() or "").startswith("* Hello carol."):
            assert line
        for number in range(10):
            alice.ask("say", room="tea", text=f"message {number}")
            bob.event("said")

        seen = operator.until(lambda samples: samples["chatroom_deliveries_total"] == 20)
        assert seen["chatroom_connections frames room"] == 2
        assert seen["chatroom_connections text lobby"] == 1
        assert seen["chatroom_connections unknown username"] == 1
        assert seen["chatroom_rooms"] == 1
        assert seen["chatroom_members"] == 2
        assert seen["chatroom_messages_total"] == 10
        assert seen["chatroom_batch_messages_count"] == seen["chatroom_batch_messages_bucket 1.0"] == 10
        # Two more, for the house and for the room itself.
        assert seen["chatroom_commit_changes_sum"] == seen["chatroom_commit_seconds_count"] == 12
        assert 0 < seen["chatroom_commit_seconds_sum"] < 11 * LIMIT
        assert seen["chatroom_readers_behind"] == 0
        assert seen["chatroom_healthy"] == 1
        assert seen["process_open_fds"] > 4
        assert seen["process_resident_memory_bytes"] > 1e6

        bob.reset()
        person.send("quit")
        closed = {f"chatroom_connections_closed_total {reason}" for reason in ("lost", "quit")}
        gone = operator.until(lambda samples: samples.keys() >= closed)
        assert gone["chatroom_members"] == 1
        assert gone["chatroom_connections frames room"] == 1
        assert gone["chatroom_connections text lobby"] == 0
        later = operator.until(lambda samples: samples["chatroom_reactor_lateness_seconds_count"] >= 1)
        assert later["process_cpu_seconds_total"] > 0


def test_an_operator_sees_who_is_behind_and_who_catches_up(tmp_path: Path) -> None:
    with running(tmp_path, *METRICS, "--store=memory") as server, bots(server.address, "alice") as [alice]:
        operator = Operator(server)
        alice.ask("create", room="tea")
        with Bot(server.address, "slow", small=True) as slow:
            slow.ask("join", room="tea")
            said = 0
            while True:
                for _ in range(200):
                    alice.begin("say", room="tea", text="x" * 4000)
                for _ in range(200):
                    alice.wait(lambda frame: frame["type"] == "ok")
                said += 200
                samples = operator.scrape()
                if samples["chatroom_readers_behind_messages_max"] > 100:
                    break
                assert said < 10_000, "nobody falls behind"
            assert samples["chatroom_readers_behind"] == 1
            assert samples["chatroom_readers_behind_messages"] < said
            while slow.event("said")["seq"] < said:
                pass
            level = operator.until(lambda samples: samples["chatroom_readers_behind"] == 0)
            assert level["chatroom_readers_behind_messages"] == 0
            assert level["chatroom_deliveries_total"] == 2 * said


def test_health_is_asked_for(tmp_path: Path) -> None:
    with running(tmp_path, *METRICS) as server:
        operator = Operator(server)
        assert operator.get("/healthz") == (200, "ok\n")
        assert operator.get("/")[0] == 404
    assert not re.search("healthz|GET", server.output)


@pytest.mark.parametrize("where", [LOOPBACK, f"ssl:0:interface=127.0.0.1:{FILES}"], ids=["plain", "TLS"])
def test_who_takes_many_connections_takes_no_place_of_a_visitor(where: str, tmp_path: Path) -> None:
    Authority(tmp_path).certify()
    with (
        running(tmp_path, "--metrics", where, *FAST, descriptors=128) as server,
        ExitStack() as connections,
    ):
        operator = Operator(server)
        held = [connections.enter_context(operator.connect()) for _ in range(100)]
        # In the order in which they came: the last one is closed when all were looked at.
        with suppress(ConnectionResetError):
            assert held[-1].recv(1) == b""
        with bots(server.address, *(f"bot{number}" for number in range(40))) as crowd:
            assert len(crowd[0].ask("who")["usernames"]) == 40
        for connection in held:
            connection.close()
        if where == LOOPBACK:
            operator.until_answered()


def test_a_web_page_of_a_stranger_is_told_nothing(tmp_path: Path) -> None:
    with running(tmp_path, *METRICS) as server:
        operator = Operator(server)
        for path in ("/metrics", "/healthz"):
            assert operator.get(path, "evil.example:9100")[0] == 421
            assert operator.get(path, "127.0.0.1:9100")[0] == 200


def test_a_unix_socket_tells_the_same(tmp_path: Path, short_path: Path) -> None:
    where = short_path / "metrics"
    # Who is answered by the server knows that it listens everywhere.
    with running(tmp_path, f"--metrics=unix:{where}", *FAST) as server, bots(server.address, "alice"):
        for path, start in (("/healthz", "ok\n"), ("/metrics", "# HELP ")):
            with closing(UnixHTTP(where, LIMIT)) as connection:
                connection.request("GET", path)
                with connection.getresponse() as response:
                    assert (response.status, response.read().decode()[: len(start)]) == (200, start)


def test_health_ends_with_the_storing_and_comes_back(tmp_path: Path) -> None:
    with running(tmp_path, *METRICS, "--busy-timeout=0") as server, bots(server.address, "alice") as [alice]:
        operator = Operator(server)
        alice.ask("create", room="tea")
        with locked(tmp_path / "chatroom.sqlite"):
            assert alice.ask("say", room="tea", text="hello")["code"] == "storage-failed"
            sentence = "can't store messages in chatroom.sqlite: database is locked\n"
            assert operator.get("/healthz") == (503, sentence)
        # Although nobody says anything.
        operator.until(lambda samples: samples["chatroom_healthy"] == 1)
        assert operator.get("/healthz") == (200, "ok\n")
        assert alice.ask("say", room="tea", text="hello")["type"] == "ok"
        server.process.terminate()
        # It has complained of the lock, as it should.
        assert server.end() == -signal.SIGTERM


def test_a_server_that_stops_is_not_healthy_and_says_so(tmp_path: Path) -> None:
    with running(tmp_path, *METRICS) as server, bots(server.address, "alice", "bob") as (alice, bob):
        operator = Operator(server)
        alice.ask("create", room="tea")
        with locked(tmp_path / "chatroom.sqlite"):
            # What is taken before the end is stored before it.
            alice.begin("say", room="tea", text="hello")
            alice.begin("tell", to="bob", text="wait for me")
            bob.event("told")
            server.send_signal(signal.SIGTERM)
            answers = (operator.get("/healthz") for _ in range(10_000))
            assert next(answer for answer in answers if answer != (200, "ok\n")) == (503, "the server is stopping\n")
            # And again: it is not only those who had come before.
            assert operator.get("/healthz") == (503, "the server is stopping\n")
        assert [frame["type"] for frame in alice.to_the_end()][-1] == "bye"
        server.ended_by(signal.SIGTERM)


def test_without_its_library_the_server_says_what_to_install(tmp_path: Path) -> None:
    program = """if True:
        import sys
        sys.modules["prometheus_client"] = None
        from twisted.scripts.twistd import run
        run()
    """
    with started(
        sys.executable, "-c", program, "-n", "--pidfile=", "chatroom", "--store=memory", *METRICS, cwd=tmp_path
    ) as server:
        assert server.end() == 1
        assert len(server.lines) == 1
        assert re.match(
            r"twistd chatroom: --metrics needs .*: in the folder of the sources, pip install '\.\[metrics\]'$",
            server.lines[0],
        )
