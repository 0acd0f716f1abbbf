"""What irctest says of the server: ``python -m tools.irctest REASONS RESULTS… FILE`` writes it down, and judges it.

*RESULTS* are what pytest wrote (``--junitxml``), a file for each part of the suite and called like it. *REASONS* tells
why tests do not pass, and how many have to in each part.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

OUTCOMES = ("passed", "failed", "skipped")

_NAMED = re.compile(r"irctest\.server_tests\.")
_BOUNDARY = frozenset(".[")


class Outcome(NamedTuple):
    """How a test of a *part* of the suite ended; its *name* begins by the module, as it is called below irctest's."""

    part: str
    name: str
    how: str

    @property
    def module(self) -> str:
        """The module of the test."""
        return self.name.partition("[")[0].rsplit(".", 2)[0]


class Reason(NamedTuple):
    """Why *tests* do not pass, each the name of one, or the beginning of several."""

    tests: Sequence[str]
    why: str

    def covers(self, name: str) -> bool:
        """Return whether that is why a test does not pass."""
        return any(name == test or (name.startswith(test) and name[len(test)] in _BOUNDARY) for test in self.tests)


def outcomes(part: str, written: str) -> Iterator[Outcome]:
    """Yield how each test ended, as pytest has *written* it."""
    for case in ET.fromstring(written).iter("testcase"):
        kinds = {child.tag for child in case}
        how = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        yield Outcome(part, f"{_NAMED.sub('', case.get('classname', ''))}.{case.get('name', '')}", how)


def page(found: Sequence[Outcome], reasons: Sequence[Reason]) -> str:
    """Return the page that shows what was *found*."""
    modules = sorted({outcome.module for outcome in found})
    rows = [(f"`{module}`", [each for each in found if each.module == module]) for module in modules]
    rows += [
        (f"**all, {part}**", [each for each in found if each.part == part])
        for part in dict.fromkeys(each.part for each in found)
    ]
    first = "\n".join(_row(title, some, OUTCOMES) for title, some in rows)
    second = "\n".join(
        _row(", ".join(f"`{test}`" for test in reason.tests), some, OUTCOMES[1:]) + f" {reason.why}. |"
        for reason in reasons
        if (some := [each for each in found if each.how != "passed" and reason.covers(each.name)])
    )
    return PAGE.format(tests=first, reasons=second)


def _row(title: str, some: Sequence[Outcome], columns: Sequence[str]) -> str:
    counted = Counter(outcome.how for outcome in some)
    return f"| {title} | " + " | ".join(str(counted[how] or "") for how in columns) + " |"


def mistakes(found: Sequence[Outcome], reasons: Sequence[Reason], least: dict[str, int]) -> list[str]:
    """Return what is not as it has to be."""
    sentences = [
        f"{outcome.name} {outcome.how}, and nothing says why"
        for outcome in found
        if outcome.how != "passed" and not any(reason.covers(outcome.name) for reason in reasons)
    ]
    for part, many in least.items():
        passed = sum(outcome.how == "passed" for outcome in found if outcome.part == part)
        if passed < many:
            sentences.append(f"{passed} tests passed of the part {part}; {many} have to")
    return sentences


def main(arguments: Sequence[str]) -> str | None:
    """Write down what irctest says, and return what is not as it has to be."""
    if len(arguments) < 3:
        return __doc__
    told, *results, target = map(Path, arguments)
    data: dict[str, Any] = tomllib.loads(told.read_text(encoding="utf-8"))
    reasons = [Reason(row["tests"], row["why"]) for row in data["reasons"]]
    found = [each for path in results for each in outcomes(path.stem, path.read_text(encoding="utf-8"))]
    target.write_text(page(found, reasons), encoding="utf-8")
    return "\n".join(mistakes(found, reasons, data["least"])) or None


PAGE = """\
# What irctest says

[irctest](https://github.com/progval/irctest) tries servers by what the standards of IRC say. This is what it says of
[the IRC door](irc.md) of this server: `make irctest IRCTEST=<its folder>` runs it and writes this page. Left out are
its tests of single programs, of what is deprecated, and of what is stricter than the standards. The part `services` is
about accounts.

| module | passed | failed | skipped |
|---|---|---|---|
{tests}

## What does not pass

| test | failed | skipped | why |
|---|---|---|---|
{reasons}
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
