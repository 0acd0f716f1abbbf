"""The benchmark: a tiny run of each workload, so that it does not rot, and what it must not overlook."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.bench import measured, surroundings
from benchmarks.load import Figures, Talk
from benchmarks.report import markdown, summary
from benchmarks.servers import HERE, PEERS, PLAIN, WORDS, Build, Kind
from benchmarks.workloads import Workload, sitting, talking, workloads

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="need Linux and a C compiler"),
]

SECONDS = 0.2
TEXT = HERE.kind("text")
BUSY = Talk(rooms=1, size=10, speakers=4, flight=2)
SHOWS = "                member.write(said)\n"
"""Where the plain chat shows a message to a member of the room."""


def tiny(workload: Workload) -> Workload:
    """Return *workload* with few people and few servers."""
    small = {
        1: talking(BUSY, SECONDS, TEXT, WORDS, PLAIN),
        2: talking(Talk(rooms=3, size=4, speakers=1, flight=2), SECONDS, HERE.kind("frames")),
        3: talking(Talk(rooms=1, size=2, speakers=1, flight=64), SECONDS, HERE.kind("text", memory=True)),
        4: talking(Talk(rooms=1, size=10, speakers=4, rate=60), SECONDS, TEXT),
        5: sitting(Talk(rooms=2, size=20, speakers=1), TEXT),
        6: talking(Talk(rooms=1, size=20, speakers=4, rate=100), SECONDS, TEXT),
        7: talking(BUSY, SECONDS, HERE.kind("mixed")),
        8: talking(Talk(rooms=3, size=4, speakers=1, rate=100), SECONDS, TEXT),
    }
    return Workload(workload.number, workload.title, (small[workload.number],))


def talk_in_one_that(shows: str) -> Figures:
    """Let people talk in a plain chat that shows messages to the members of a room in another way."""

    def command(folder: Path, port: int, rooms: int) -> list[str]:
        plain = (PEERS / "plain.py").read_text()
        assert SHOWS in plain
        (folder / "faulty.py").write_text(plain.replace(SHOWS, shows))
        return [sys.executable, "faulty.py", str(port)]

    faulty: Kind = replace(PLAIN, command=command)
    return talking(BUSY, SECONDS, faulty).measure(faulty)


def test_each_workload_measures_ours_and_its_peers() -> None:
    rows = list(measured(map(tiny, workloads()), 1, ""))
    assert {row["workload"] for row in rows} == {1, 2, 3, 4, 5, 6, 7, 8}
    for row in rows:
        if row["workload"] == 5:
            assert row["logins_per_second"] > 0
        else:
            echoes = row["server"] != WORDS.name
            people = int(row["case"].split(" x ")[1])
            assert row["deliveries"] == row["messages"] * (people if echoes else people - 1) > 0
            assert 0 < row["p50"] <= row["p99"] <= row["p999"]
            assert row["writes"] > 0 < row["reads"]
            assert row["cpu_meanwhile"] <= row["cpu_per_message"]
            if row["server"] in ("chatroom, text", "chatroom, frames"):
                assert row["messages_per_commit"] >= 1
    results = {**surroundings(), "builds": [HERE.name], "runs": 1, "seconds": SECONDS, "rows": rows}
    tables = markdown(results)
    for row in rows:
        assert f"| {row['case']}: {row['server']} |" in tables
    ratio = rows[0]["cpu_per_delivery"] / rows[1]["cpu_per_delivery"]
    assert f"| 1 x 10: {TEXT.name} | - | - | {ratio:.2f} |" in summary(results)


def test_builds_are_compared_with_each_other() -> None:
    other = Build("other", Path(sys.prefix))
    [*_, small] = workloads(SECONDS, (HERE, other))
    case = replace(small.cases[0], kinds=(TEXT, other.kind("text")))
    rows = list(measured([replace(small, cases=(case,))], 1, ""))
    results = {**surroundings(), "builds": ["chatroom", "other"], "runs": 1, "seconds": SECONDS, "rows": rows}
    ratio = rows[1]["cpu_per_delivery"] / rows[0]["cpu_per_delivery"]
    assert f"| 100 x 10: other, text | - | - | - | - | {ratio:.2f} | 1.00 |" in summary(results)


def test_a_chat_without_fault_is_measured() -> None:
    assert talk_in_one_that(SHOWS)["deliveries"] > 0


def test_a_message_that_is_lost_is_not_overlooked() -> None:
    # By the next one of its speaker; on a machine that does much else it may have been the last.
    with pytest.raises(RuntimeError, match=r"got message 6 of speaker 1, not 5|copies of messages never came"):
        talk_in_one_that("                if b'|01.00000005.' not in said: member.write(said)\n")


def test_a_message_that_comes_twice_is_not_overlooked() -> None:
    with pytest.raises(RuntimeError, match="got message 5 of speaker 1, not 6"):
        talk_in_one_that("                member.write(said * (1 + (b'|01.00000005.' in said)))\n")


def test_another_order_for_one_member_is_not_overlooked() -> None:
    # One member is shown a message of speaker 0 behind the next of another one: the order of each speaker is kept.
    with pytest.raises(RuntimeError, match="in another order"):
        talk_in_one_that("""\
                held = globals().setdefault("held", [])
                if member is not min(room, key=id):
                    member.write(said)
                elif b"|00." in said and (held or b".00000003." in said):
                    held.append(said)
                else:
                    member.write(said + b"".join(held))
                    held.clear()
""")
