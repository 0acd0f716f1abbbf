"""Moments: what programs and what people read of them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from msgspec import ValidationError
from msgspec.json import decode, encode

from chatroom.wire.frames.requests import Mark
from chatroom.wire.timestamps import day_and_time, milliseconds, rfc3339, since_epoch
from tests.wire.frames.values import MOMENTS


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1_795_217_352_123, "2026-11-20T23:29:12.123Z"),
        (1_709_164_800_007, "2024-02-29T00:00:00.007Z"),
        (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ],
)
def test_programs_read_rfc_3339_in_utc_to_the_millisecond(at: int, written: str) -> None:
    assert rfc3339(at) == written


@given(MOMENTS)
def test_it_can_be_read_back(at: int) -> None:
    assert datetime.fromisoformat(rfc3339(at)) == datetime.fromtimestamp(at // 1000, UTC).replace(
        microsecond=at % 1000 * 1000
    )


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-01T00:00:00z",
        "2026-01-01T00:00:00.123456789Z",
        "2026-01-01T00:00:00+01:00",
        "20260101T000000Z",
        "2026-01-01T00:00Z",
        "2026-W01-1T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "",
        "x",
    ],
)
def test_all_doors_read_the_same(written: str) -> None:
    try:
        asked = decode(encode({"type": "mark", "room": "tea", "at": written}), type=Mark)
    except ValidationError:
        assert milliseconds(written) is None
    else:
        assert milliseconds(written) == round(since_epoch(cast("datetime", asked.at)))


@given(MOMENTS)
def test_people_read_the_time_of_the_server(at: int) -> None:
    here = datetime.fromtimestamp(at // 1000, UTC).astimezone()
    assert day_and_time(at) == (f"{here:%Y-%m-%d}", f"{here:%H:%M}")


@pytest.mark.e2e
def test_the_time_zone_is_that_of_the_process() -> None:
    # Nine hours east of Greenwich, as in Tokyo; written so that no files about time zones are needed.
    code = "from chatroom.wire.timestamps import *; print(*day_and_time(1_795_217_352_123), rfc3339(1_795_217_352_123))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": "EAST-9"},
        capture_output=True,
        encoding="ascii",
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["2026-11-21", "08:29", "2026-11-20T23:29:12.123Z"]
