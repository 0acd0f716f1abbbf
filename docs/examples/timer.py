"""A bot that minds the tea, on asyncio: ``python docs/examples/timer.py localhost 8080 tea``, then say ``!steep 3``."""

from __future__ import annotations

import asyncio
import json
import re
import sys

host, port, room = sys.argv[1:]


async def main() -> str:
    """Mind the tea until the connection ends, and return why it did."""
    # A line of the server is longer than what asyncio takes by itself.
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**18)

    def ask(**request: str) -> None:
        writer.write(json.dumps(request).encode() + b"\n")

    async def steep(who: str, minutes: float) -> None:
        await asyncio.sleep(60 * minutes)
        ask(type="say", room=room, text=f"{who}, your tea is ready.")

    ask(type="login", username="timer")
    ask(type="join", room=room)
    steeping = set[asyncio.Task[None]]()
    async for line in reader:
        # Whatever is no frame is for people: a greeting.
        match json.loads(line) if line.startswith(b"{") else line.decode():
            case {"type": "ping"}:
                ask(type="pong")
            case {"type": "said", "from": who, "text": text} if found := re.fullmatch(r"!steep (\d{1,2})", text):
                # asyncio itself keeps no hold of its tasks.
                task = asyncio.create_task(steep(who, int(found[1])))
                steeping.add(task)
                task.add_done_callback(steeping.discard)
            case {"type": "error", "code": "no-such-room"}:
                ask(type="create", room=room)
            case {"type": "error", "message": why} | {"type": "bye", "reason": why}:
                return f"The server says: {why}"
            case str(refusal) if refusal.startswith("!"):
                return refusal.rstrip()
    return "The server has closed the connection."


sys.exit(asyncio.run(main()))
