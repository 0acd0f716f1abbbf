"""The plainest chat that asyncio can do, to compare with: ``python benchmarks/peers/plain.py PORT``.

The first line is a name, the second a room; from then on every line goes to everybody in that room. Nothing is kept,
limited or checked.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

rooms: defaultdict[bytes, set[asyncio.StreamWriter]] = defaultdict(set)


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection until it ends."""
    room: set[asyncio.StreamWriter] = set()
    try:
        name = (await reader.readline()).strip()
        writer.write(b"hello\n")
        room = rooms[(await reader.readline()).strip()]
        room.add(writer)
        writer.write(b"joined\n")
        while line := await reader.readline():
            said = b"<%s> %s" % (name, line)
            for member in room:
                member.write(said)
    except ConnectionError:
        pass
    finally:
        room.discard(writer)
        writer.close()


async def main(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
