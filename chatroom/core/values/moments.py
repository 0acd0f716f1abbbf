"""When something happened, or will."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999: dates beyond it can't be written as RFC 3339 has them."""

Moment = Annotated[int, Meta(ge=0, le=LATEST)]
"""Milliseconds since 1970 (UTC); 0 where the time is not known."""
