"""Visitors who speak frames and wait for the answer to everything."""

from __future__ import annotations

import asyncio
import json
from typing import Any

Row = dict[str, Any]


class Visitor:
    """Somebody over a connection, who waits for the answer to everything."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, type: str, **fields: object) -> Row:
        """Request something, and return the reply."""
        self._writer.write(json.dumps({"type": type, "id": type, **fields}).encode() + b"\n")
        while line := await self._reader.readline():
            if line.startswith(b"{") and (frame := json.loads(line)).get("id") == type:
                reply: Row = frame
                return reply
        raise ConnectionError("the server has hung up")

    async def hung_up(self) -> None:
        """Wait until the server has hung up."""
        try:
            while await self._reader.read(1 << 16):
                pass
        except ConnectionError:
            pass

    def close(self) -> None:
        """Go."""
        self._writer.transport.abort()


async def come(port: int) -> Visitor:
    """Come to the server at *port*, over lines of any length."""
    return Visitor(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))
