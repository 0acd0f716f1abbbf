"""Moments in milliseconds since 1970, written down for programs and for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import localtime, strftime
from typing import Annotated

from msgspec import Meta, ValidationError, convert

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment 0."""

At = Annotated[datetime, Meta(tz=True)]
"""A time by RFC 3339."""


@lru_cache(maxsize=64)
def rfc3339(at: int) -> str:
    """Write *at* as in ``2026-11-20T23:29:12.123Z``."""
    seconds, milliseconds = divmod(at, 1000)
    return f"{_utc(seconds)}.{milliseconds:03d}Z"


def day_and_time(at: int) -> tuple[str, str]:
    """Write *at* as in ``("2026-11-20", "23:29")``, in the time zone of this process."""
    return _local(at // 60_000)


@lru_cache(maxsize=16)
def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=256)
def _local(minutes: int) -> tuple[str, str]:
    local = localtime(minutes * 60)
    return strftime("%Y-%m-%d", local), strftime("%H:%M", local)


def milliseconds(written: str) -> int | None:
    """Return the moment that is *written* by RFC 3339, as programs write it in frames; nothing if it is none."""
    try:
        return round(since_epoch(convert(written, At)))
    except ValidationError:
        return None


def since_epoch(at: datetime) -> float:
    """Return how many milliseconds after 1970 *at* is."""
    return (at - EPOCH) / timedelta(milliseconds=1)
