"""``python -m tests.judging FILE`` judges a history again that was written down."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.judging.history import load
from tests.judging.judge import excerpt, judge

if __name__ == "__main__":
    history, logs = load(Path(sys.argv[1]))
    violations = judge(history, logs)
    for violation in violations:
        sys.stdout.write("\n".join([violation.sentence, *(f"    {line}" for line in excerpt(history, violation)), ""]))
    sys.exit(1 if violations else 0)
