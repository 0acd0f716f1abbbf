from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.proxy import LIMIT, flaky


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says again what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=answer, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def answer(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # the test is over
            return
        Thread(target=say_again, args=(connection,), daemon=True).start()


def say_again(connection: socket.socket) -> None:
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except ConnectionError:  # cut, as it was to be
            return


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), LIMIT) as client:
        yield client


def received(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := client.recv(size - len(data))):
        data += piece
    return data


def test_what_goes_in_comes_out(echo: int) -> None:
    with flaky(echo) as proxy, connected(proxy.port) as client:
        data = bytes(range(256)) * 4000
        Thread(target=client.sendall, args=(data,), daemon=True).start()
        assert received(client, len(data)) == data


def test_the_end_of_one_direction_is_passed_on(echo: int) -> None:
    with flaky(echo) as proxy, connected(proxy.port) as client:
        client.sendall(b"tea")
        client.shutdown(socket.SHUT_WR)
        assert received(client, 100) == b"tea"


def test_it_cuts_by_a_reset(echo: int) -> None:
    with flaky(echo) as proxy, connected(proxy.port) as client:
        client.sendall(b"tea")
        assert received(client, 3) == b"tea"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        assert proxy.cuts == 1


def test_it_cuts_by_an_end(echo: int) -> None:
    with flaky(echo) as proxy, connected(proxy.port) as client:
        client.sendall(b"tea")
        assert received(client, 3) == b"tea"
        proxy.cut(reset=False)
        assert client.recv(1) == b""


def test_after_a_cut_one_can_come_back(echo: int) -> None:
    with flaky(echo) as proxy:
        proxy.cut()
        with connected(proxy.port) as client:
            client.sendall(b"tea")
            assert received(client, 3) == b"tea"


def test_it_refuses_for_a_while(echo: int) -> None:
    with flaky(echo) as proxy:
        proxy.refuse()
        with connected(proxy.port) as client:
            assert refused(client)
        proxy.accept()
        with connected(proxy.port) as client:
            client.sendall(b"tea")
            assert received(client, 3) == b"tea"


def refused(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(("there", "back"), [(True, True), (True, False), (False, True)])
def test_it_stalls_and_goes_on(echo: int, there: bool, back: bool) -> None:
    with flaky(echo) as proxy, connected(proxy.port) as client:
        proxy.stall(there=there, back=back)
        client.sendall(b"tea")
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(LIMIT)
        proxy.go_on()
        assert received(client, 3) == b"tea"


def test_it_forwards_in_pieces(echo: int) -> None:
    with flaky(echo, piece=1, delay=0.1) as proxy, connected(proxy.port) as client:
        client.sendall(b"tea")
        # On a busy machine, pieces that follow each other at once are read as one.
        assert len(client.recv(100)) == 1
        assert received(client, 2) == b"ea"


def lengths(echo: int, seed: int) -> list[int]:
    """Return how many bytes each of some connections lasts."""
    with flaky(echo, after=1000, seed=seed) as proxy:
        return [length(proxy.port) for _ in range(5)]


def length(port: int) -> int:
    count = 0
    with connected(port) as client:
        # One byte at a time, there and back: a cut leaves nothing on the way.
        try:
            while count < 1000:
                client.sendall(b"x")
                if not client.recv(1):
                    break
                count += 1
        except ConnectionError:
            pass
    return count


def test_it_cuts_by_itself_behind_the_same_bytes_each_time(echo: int) -> None:
    first = lengths(echo, seed=1)
    assert len(set(first)) > 1
    assert max(first) <= 500
    assert lengths(echo, seed=1) == first
    assert lengths(echo, seed=2) != first


def test_it_cuts_by_itself_every_few_seconds(echo: int) -> None:
    with flaky(echo, every=0.1) as proxy:
        for _ in range(2):
            with connected(proxy.port) as client:
                assert refused(client)


def test_before_a_server_that_is_not_there_it_is_not_there_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        gone = probe.getsockname()[1]
    with flaky(gone) as proxy, connected(proxy.port) as client:
        assert refused(client)
