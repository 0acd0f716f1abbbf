"""Framing: bytes become lines, however the stream is cut into pieces; no module here knows a transport."""
