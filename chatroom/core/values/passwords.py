"""Passwords: which texts can be one, and a type that no log shows."""

from __future__ import annotations

from precis_i18n import get_profile
from typing_extensions import override

from chatroom.core.values.errors import PasswordInvalid

MOST = 1024
"""Bytes of UTF-8 in the longest password."""

_PROFILE = get_profile("OpaqueString")


class Password(str):
    """A prepared password, which is not shown by what writes values down."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return "Password(…)"


def password(text: str) -> Password:
    """Return *text* as RFC 8265 prepares a password, so that it is the same from any keyboard.

    :raises chatroom.core.values.errors.PasswordInvalid: if it can't be one.
    """
    if not text:
        raise PasswordInvalid("A password is not empty")
    # Before it is prepared: that takes quadratic time for a text full of marks.
    if len(text.encode(errors="surrogatepass")) > MOST:
        raise PasswordInvalid(f"A password has at most {MOST:,} bytes")
    try:
        prepared = _PROFILE.enforce(text)
    except UnicodeEncodeError:
        # Its text would be the password.
        pass
    else:
        return Password(prepared)
    raise PasswordInvalid("A password has neither control characters nor other things that nobody can type")


def long_enough(password: Password, least: int) -> None:
    """Let *password* be a new one if it has *least* bytes.

    :raises chatroom.core.values.errors.PasswordInvalid: if it is shorter.
    """
    if len(password.encode()) < least:
        raise PasswordInvalid(f"A password has at least {least} bytes")
