"""The numerics of errors."""

from __future__ import annotations

BY_CODE = {
    "username-taken": "433",
    "password-required": "433",
    "username-invalid": "432",
    "not-a-member": "442",
    "no-such-room": "403",
    "room-invalid": "403",
    "no-such-user": "401",
    "room-full": "471",
    "invite-only": "473",
    "banned": "474",
    "key-wrong": "475",
    "too-many-rooms": "405",
    "not-allowed": "482",
    "muted": "404",
    "slow-mode": "404",
    "locked": "404",
    "text-too-long": "417",
    "not-logged-in": "451",
    "already-logged-in": "462",
}
"""The numerics of errors, by their codes, where the command makes no difference."""
