"""As much of netcat as the tests need, for machines without it: ``python netcat.py [-N] HOST PORT``."""

from __future__ import annotations

import os
import selectors
import socket
import sys


def main(host: str, port: str, *, half_close: bool) -> None:
    """Send what is typed and print what comes, until the other side closes; *half_close* when the input ends."""
    standard_input, standard_output = sys.stdin.buffer, sys.stdout.buffer
    with socket.create_connection((host, int(port))) as connection, selectors.DefaultSelector() as ready:
        ready.register(connection, selectors.EVENT_READ)
        ready.register(standard_input, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is connection:
                    if not (data := connection.recv(65536)):
                        return
                    standard_output.write(data)
                    standard_output.flush()
                elif data := os.read(standard_input.fileno(), 65536):
                    connection.sendall(data)
                else:
                    ready.unregister(standard_input)
                    if half_close:
                        connection.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(*sys.argv[-2:], half_close="-N" in sys.argv)
