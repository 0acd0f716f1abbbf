"""What was done to others, as people read it."""

from __future__ import annotations

from chatroom.core.values.audit import Act
from chatroom.core.values.wording import because, configured, ending


def acted(act: Act, end: str | None = None) -> str:
    """Write what somebody did, in one line; when it ends as *end*, or else in UTC."""
    what = f"{act.account} of the account" if act.account else act.action
    whom = [
        f" {act.username}" * bool(act.username),
        f" connection {act.connection}" * (act.connection is not None),
        f" {act.network}" * bool(act.network),
        f" {act.mask}" * bool(act.mask),
    ]
    about = [
        " the report of" * (act.action == "resolve"),
        f" message {act.seq} of" * (act.seq is not None),
        *whom,
        " and all from there" * act.everybody,
    ]
    role = f": {act.role}" if act.role else ""
    tuning = f": {'; '.join(configured(act.room or '', act.tuning))}" if act.tuning else ""
    return f"{what}{''.join(about)}{role}{tuning}{ending(act.until) if end is None else end}{because(act.reason)}"
