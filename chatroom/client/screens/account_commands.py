"""The commands of those who have an account, or want one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chatroom.client.screens.command import Command, NotDone, number, word
from chatroom.client.screens.overlays.password import AGAIN, NEW, PRESENT, PasswordScreen
from chatroom.client.screens.screen import Screen
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


def _with_accounts(screen: Screen, name: str = "", rest: str = "") -> None:
    """See that the server has accounts, and nothing is typed as the *rest* behind *name* that is not to be seen."""
    if "accounts" not in screen.chat.features:
        raise NotDone("This server has no accounts.")
    if rest:
        raise NotDone(f"Write /{name} alone: what it needs is asked for then, and not shown.", f"/{name}")


def _with_account(screen: Screen, name: str = "", rest: str = "") -> None:
    """See besides that the user has one."""
    _with_accounts(screen, name, rest)
    if not screen.chat.account:
        raise NotDone("You have no account; /register makes your name yours.")


def _register(screen: Screen, rest: str) -> AnyRequest | None:
    _with_accounts(screen, "register", rest)
    if screen.chat.account:
        raise NotDone("You have an account already; /password changes its password.")
    _ask(screen, (NEW, AGAIN), lambda password: requests.Register(password=password))
    return None


def _login(screen: Screen, rest: str) -> AnyRequest | None:
    _with_accounts(screen)
    username = word(rest)
    if screen.chat.account:
        raise NotDone(f"You are {screen.chat.account} already; quit, and log in as {username}.")
    if rest != username:
        raise NotDone(
            "Write no more than the name: the password is asked for then, and not shown.", f"/login {username}"
        )

    def authenticate(password: str) -> AnyRequest:
        return requests.Authenticate(username=username, password=password, remember=screen.chat.tokens.wanted)

    _ask(screen, (f"Password of {username}: ",), authenticate)
    return None


def _password(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen, "password", rest)
    _ask(screen, (PRESENT, NEW, AGAIN), lambda old, new: requests.ChangePassword(old=old, new=new))
    return None


def _unregister(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen, "unregister", rest)
    screen.chat.aside("Without your account anybody can take your name when you are gone. Your password confirms it.")
    _ask(screen, (PRESENT,), lambda password: requests.Unregister(password=password))
    return None


def _ask(screen: Screen, prompts: Sequence[str], request: Callable[..., AnyRequest]) -> None:
    screen.open(partial(PasswordScreen, prompts=prompts, request=request))


def _devices(screen: Screen, _: str) -> AnyRequest | None:
    _with_account(screen)
    return requests.Devices()


def _revoke(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen)
    device = number(named := word(rest))
    if device is None:
        raise NotDone(f"{named} is no device; /devices lists them by number.")
    return requests.Revoke(device=device)


ACCOUNTS = (
    Command("login", "name", "be who has that account, by the password that it asks for", _login),
    Command("register", "", "make your name yours, by a password that it asks for", _register),
    Command("password", "", "change your password", _password),
    Command("unregister", "", "give up your account", _unregister),
    Command("devices", "", "where your account is signed in, or can be without a password", _devices),
    Command("revoke", "number", "sign out one of your devices", _revoke),
)
"""The commands about accounts, in the order in which they are listed."""
