"""A connection of an account: the password once, then the token, also when it comes back."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from typing_extensions import override

from chatroom.client.connection import Away, Connection, Nameless, Online, Refused
from chatroom.wire.frames import answers, requests
from tests.client.cables import WELCOME
from tests.client.caller import OK, SESSION, ConnectionCase, error

SECRET, TOKEN = "correct horse", "t" * 43
ACCOUNT = WELCOME | {"type": "welcome", "account": "alice", "role": "member", "device": 1, "memberships": []}


class AccountTests(ConnectionCase):
    @override
    def setUp(self) -> None:
        super().setUp()
        self.connection = Connection(
            self.clock,
            self.endpoint,
            heard=self.hear,
            changed=self.change,
            session=SESSION,
            client="a bot",
            random=lambda _, most: most,
        )

    def log_in(self, reply: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Log in, and be answered; return the request."""
        self.connection.login("alice", **fields).addErrback(lambda failure: failure.trap(Refused))
        self.clock.advance(0)
        [login] = self.cable.answer(reply)
        return login

    def lost(self) -> dict[str, Any]:
        """Lose the connection, and come back; return the login."""
        self.cable.lose()
        self.clock.advance(30)
        self.clock.advance(0)
        [login, *_] = self.cable.take()
        return login

    def test_the_password_is_sent_once_and_after_that_the_token(self) -> None:
        login = self.log_in(ACCOUNT | {"token": TOKEN}, password=SECRET, remember=True)
        assert (login["password"], login["remember"], login["client"]) == (SECRET, True, "a bot")
        assert "token" not in login
        assert self.connection.token == TOKEN
        again = self.lost()
        assert (again.get("password"), again["token"], again["session"]) == (None, TOKEN, SESSION)

    def test_each_name_may_come_by_a_session_of_its_own(self) -> None:
        kept = "k" * 22
        assert self.log_in(error("username-taken"), session=kept)["session"] == kept
        assert self.connection.session == kept
        self.connection.login("bob").addErrback(lambda failure: failure.trap(Refused))
        [login] = self.cable.take()
        assert (login["username"], login["session"]) == ("bob", SESSION)

    def test_a_token_of_before_is_used_and_kept(self) -> None:
        assert self.log_in(ACCOUNT, token=TOKEN)["token"] == TOKEN
        assert self.connection.token == TOKEN

    def test_the_name_is_the_one_that_the_account_has_now(self) -> None:
        self.log_in(ACCOUNT | {"username": "alicia"}, token=TOKEN)
        assert self.lost()["username"] == "alicia"

    def test_a_name_that_another_connection_has_taken_is_ones_own(self) -> None:
        self.log_in(ACCOUNT, token=TOKEN)
        self.cable.give({"type": "renamed", "from": "alice", "to": "alicia"})
        assert self.connection.username == "alicia"

    def test_a_token_that_is_refused_is_forgotten_and_the_rest_tried(self) -> None:
        self.log_in(error("password-wrong"), token=TOKEN)
        [login] = self.cable.answer(error("password-required"))
        assert "token" not in login
        assert self.connection.token == ""
        assert isinstance(self.connection.state, Nameless)
        assert [type(state).__name__ for state in self.states] == ["Connecting", "Nameless"]

    def test_a_name_that_is_nobodys_any_more_is_taken_without_the_token(self) -> None:
        self.log_in(error("password-wrong"), token=TOKEN)
        self.cable.answer(WELCOME | {"type": "welcome"})
        assert isinstance(self.connection.state, Online)

    def test_a_password_that_is_not_right_is_not_sent_again(self) -> None:
        self.log_in(error("password-wrong"), password=SECRET)
        assert self.cable.take() == []
        assert isinstance(self.connection.state, Nameless)
        self.connection.login("alice", token=TOKEN)
        [login] = self.cable.take()
        assert "password" not in login

    def test_a_password_is_sent_again_if_there_was_no_answer(self) -> None:
        self.log_in(ACCOUNT)
        self.cable.give({"type": "bye", "reason": "revoked"})
        self.connection.login("alice", password=SECRET)
        self.clock.advance(0)
        assert self.lost()["password"] == SECRET

    def test_who_is_signed_out_is_away_without_a_token_and_may_come_in_again(self) -> None:
        self.log_in(ACCOUNT, token=TOKEN)
        self.cable.give({"type": "bye", "reason": "revoked"})
        assert self.connection.state == Away("you were signed out here, by another device of yours or the operator")
        assert self.connection.token == ""
        self.clock.advance(60)
        assert len(self.endpoint.cables) == 1
        self.log_in(ACCOUNT | {"token": TOKEN}, password=SECRET)
        assert isinstance(self.connection.state, Online)

    def test_who_gives_up_the_account_has_no_token(self) -> None:
        self.log_in(ACCOUNT, token=TOKEN)
        self.connection.request(requests.Unregister(password=SECRET))
        assert self.connection.token == TOKEN
        self.cable.answer(OK)
        assert self.connection.token == ""

    def test_a_guest_becomes_somebody_with_an_account_and_comes_back_as_that(self) -> None:
        self.log_in(WELCOME | {"type": "welcome", "username": "ann"})
        found = list[answers.AnyReply]()
        request = requests.Authenticate(username="alice", password=SECRET, remember=True)
        self.connection.request(request).addCallback(found.append)
        reply = {"account": "alice", "username": "alice", "role": "member", "device": 1, "token": TOKEN}
        [asked] = self.cable.answer(OK | reply)
        assert (asked["type"], asked["password"], asked["client"]) == ("authenticate", SECRET, "a bot")
        [ok] = found
        assert isinstance(ok, answers.Ok)
        assert (ok.account, ok.token) == ("alice", UNSET)
        assert (self.connection.username, self.connection.token) == ("alice", TOKEN)
        again = self.lost()
        assert (again["username"], again.get("password"), again["token"]) == ("alice", None, TOKEN)

    def reply(self, request: requests.Register | requests.ChangePassword | requests.Unregister) -> None:
        """Ask for *request*, and let it be done."""
        self.connection.request(request)
        self.cable.answer(OK | {"account": "alice"})

    def test_who_has_registered_comes_back_by_that_password_and_is_remembered(self) -> None:
        self.log_in(WELCOME | {"type": "welcome"}, remember=True)
        self.reply(requests.Register(password="other horse"))
        self.reply(requests.ChangePassword(old="other horse", new=SECRET))
        assert SECRET not in repr(vars(self.connection))
        again = self.lost()
        assert (again["password"], again["remember"]) == (SECRET, True)
        self.cable.give({"id": again["id"]} | ACCOUNT | {"token": TOKEN})
        assert self.connection.token == TOKEN
        again = self.lost()
        assert (again.get("password"), again["token"]) == (None, TOKEN)

    def test_who_has_an_account_no_more_comes_back_without(self) -> None:
        self.log_in(WELCOME | {"type": "welcome"}, remember=True)
        self.reply(requests.Register(password=SECRET))
        self.reply(requests.Unregister(password=SECRET))
        assert "password" not in self.lost()

    def test_who_is_not_to_be_remembered_is_asked_again(self) -> None:
        self.log_in(WELCOME | {"type": "welcome"})
        self.reply(requests.Register(password=SECRET))
        assert "password" not in self.lost()

    def test_what_can_be_no_token_is_none(self) -> None:
        self.log_in(ACCOUNT | {"token": "short\n"}, password=SECRET, remember=True)
        assert self.connection.token == ""
        assert "token" not in self.lost()

    def test_a_password_is_in_no_representation(self) -> None:
        self.log_in(ACCOUNT | {"token": TOKEN}, password=SECRET)
        assert SECRET not in repr(vars(self.connection))
        assert TOKEN not in repr(self.connection.state)
