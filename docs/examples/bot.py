"""A bot that counts who says how much: ``python docs/examples/bot.py localhost 8080 tea``, then say ``!count``."""

from __future__ import annotations

import json
import socket
import sys
from collections import Counter

host, port, room = sys.argv[1:]
connection = socket.create_connection((host, int(port)))


def ask(**request: str) -> None:
    """Send a request."""
    connection.sendall(json.dumps(request).encode() + b"\n")


ask(type="login", username="countess")
ask(type="join", room=room)
spoken = Counter[str]()
for line in connection.makefile(encoding="utf-8", newline="\n"):
    match json.loads(line) if line.startswith("{") else line:
        case {"type": "ping"}:
            ask(type="pong")
        case {"type": "said", "text": "!count"}:
            counts = [f"{who} {count}" for who, count in spoken.most_common(10)]
            ask(type="say", room=room, text=", ".join(counts) or "Nobody has said a word.")
        case {"type": "said", "from": who} if who != "countess":
            spoken[who] += 1
        case {"type": "error", "code": "no-such-room"}:
            ask(type="create", room=room)
        case {"type": "error", "message": why} | {"type": "bye", "reason": why}:
            sys.exit(f"The server says: {why}")
        case str() if line.startswith("!"):
            sys.exit(line.rstrip())
sys.exit("The server has closed the connection.")
