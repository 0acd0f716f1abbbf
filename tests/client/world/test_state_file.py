"""What one prefers outlives the client, and damage to its file does not matter much."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from chatroom.client.model.memory import ReadMark, SavedView
from chatroom.client.model.preferences import Interest, NotRemembered, Remembered
from chatroom.client.world.state_file import PlaceFile, SessionFiles, StateFile, TokenFiles
from tests.examples import examples

THERE = SavedView(["tea", "ops"], "ops", {"tea": ReadMark("e", 3)}, {"ops": "half a sentence"})
SOME = Remembered({"tea": Interest.MUTE, "coffee": Interest.ALL}, ["bob", "Jürgen"])


def memory(folder: Path, username: str = "alice", server: str = "localhost-8080") -> tuple[StateFile, Remembered]:
    """Open the memory of *username*, and recall what is in it."""
    file = StateFile(folder, server)
    return file, file.recall(username)


def test_what_is_kept_is_recalled(tmp_path: Path) -> None:
    file, nothing = memory(tmp_path / "state")
    assert nothing == Remembered()
    assert not (tmp_path / "state").exists()
    file.keep(SOME)
    assert memory(tmp_path / "state")[1] == SOME


def test_it_is_for_oneself_alone_and_easily_read(tmp_path: Path) -> None:
    file, _ = memory(tmp_path)
    file.keep(SOME)
    [path] = tmp_path.glob("**/*.json")
    assert path.stat().st_mode & 0o077 == 0
    assert '"tea": "mute"' in path.read_text(encoding="utf-8")
    assert list(path.parent.iterdir()) == [path]


def test_each_name_on_each_server_has_its_own(tmp_path: Path) -> None:
    file, _ = memory(tmp_path)
    file.keep(SOME)
    assert memory(tmp_path, "Alice", "LOCALHOST-8080")[1] == SOME
    assert memory(tmp_path, "bob")[1] == Remembered()
    assert memory(tmp_path, "alice", "localhost-8081")[1] == Remembered()


def test_of_two_clients_by_one_name_the_last_wins(tmp_path: Path) -> None:
    (one, _), (other, _) = memory(tmp_path), memory(tmp_path)
    one.keep(SOME)
    other.keep(Remembered({}, ["carol"]))
    assert memory(tmp_path)[1] == Remembered({}, ["carol"])


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"rooms": {"tea": "loud"}}', b'{"ignored": [1]}', b'{"x": ' + b"[" * 100_000],
)
def test_a_file_that_is_damaged_is_set_aside_and_another_begun(tmp_path: Path, damage: bytes) -> None:
    file, _ = memory(tmp_path)
    file.keep(SOME)
    [path] = tmp_path.glob("**/*.json")
    path.write_bytes(damage)

    file = StateFile(tmp_path, "localhost-8080")
    with pytest.raises(NotRemembered, match=r"the old ones are kept as .*alice\.json\.damaged"):
        file.recall("alice")
    assert path.with_name("alice.json.damaged").read_bytes() == damage
    file.keep(SOME)
    assert memory(tmp_path)[1] == SOME


def test_what_a_later_client_keeps_besides_does_no_harm(tmp_path: Path) -> None:
    file, _ = memory(tmp_path)
    file.keep(SOME)
    [path] = tmp_path.glob("**/*.json")
    path.write_bytes(b'{"theme": "dark", "ignored": ["bob"]}')
    assert memory(tmp_path)[1] == Remembered({}, ["bob"])


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder", encoding="utf-8")
    file = StateFile(tmp_path / "state", "localhost-8080")
    with pytest.raises(NotRemembered, match=r"can't be read from .*: Not a directory\."):
        file.recall("alice")
    with pytest.raises(NotRemembered, match="could not be read"):
        file.keep(SOME)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    file, _ = memory(tmp_path)
    file.keep(SOME)
    [path] = tmp_path.glob("**/*.json")
    path.unlink()
    path.mkdir()
    with pytest.raises(NotRemembered, match=f"{path} can't be written"):
        file.keep(SOME)
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(server="../..", username="../../alice")
@example(server="a/b\0", username="\ud800" * 5)
@example(server="\U00010000" * 40, username="\U00010000" * 20)
@example(server=f"{'a' * 63}." * 4, username="a")
@given(server=st.text(max_size=40), username=st.text(min_size=1, max_size=20))
def test_whatever_a_server_or_a_person_is_called_the_file_is_in_the_folder(
    tmp_path: Path, server: str, username: str
) -> None:
    file = StateFile(tmp_path, f"{server}-8080")
    file.recall(username)
    file.keep(SOME)
    assert file.recall(username) == SOME
    assert {path.parent.parent for path in tmp_path.glob("**/*.json")} == {tmp_path}


def test_two_long_names_that_begin_alike_have_files_of_their_own(tmp_path: Path) -> None:
    long = "a" * 250
    file = StateFile(tmp_path, f"{long}1-8080")
    file.recall("alice")
    file.keep(SOME)
    assert StateFile(tmp_path, f"{long}1-8080").recall("alice") == SOME
    assert StateFile(tmp_path, f"{long}2-8080").recall("alice") != SOME


def test_a_place_is_kept_beside_the_settings_in_folders_for_oneself_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        file, _ = memory(tmp_path / "state")
        file.keep(SOME)
        places = PlaceFile(tmp_path / "state", "localhost-8080")
        assert places.recall("alice") == SavedView()
        places.keep(THERE)
    finally:
        os.umask(before)
    assert PlaceFile(tmp_path / "state", "localhost-8080").recall("Alice") == THERE
    assert memory(tmp_path / "state")[1] == SOME
    [folder] = (tmp_path / "state").iterdir()
    assert {path.name for path in folder.iterdir()} == {"alice.json", "alice.place"}
    assert (folder / "alice.place").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"rooms": "tea"}', b'{"marks": {"tea": 3}}', b'{"view": null}'])
def test_a_place_that_is_damaged_is_set_aside(tmp_path: Path, damage: bytes) -> None:
    PlaceFile(tmp_path, "localhost-8080").recall("alice")
    places = PlaceFile(tmp_path, "localhost-8080")
    places.recall("alice")
    places.keep(THERE)
    [path] = tmp_path.glob("**/*.place")
    path.write_bytes(damage)
    with pytest.raises(
        NotRemembered, match=r"Your rooms and drafts .* were damaged .* kept as .*alice\.place\.damaged\."
    ):
        places.recall("alice")
    places.keep(THERE)
    assert PlaceFile(tmp_path, "localhost-8080").recall("alice") == THERE


TOKEN = "t" * 43


def test_a_token_is_kept_for_its_name_on_its_server(tmp_path: Path) -> None:
    files = TokenFiles(tmp_path / "state", "localhost-8080")
    assert files.recall("alice") == ""
    assert not (tmp_path / "state").exists()
    files.keep("Alice", TOKEN)
    assert TokenFiles(tmp_path / "state", "LOCALHOST-8080").recall("alice") == TOKEN
    assert files.recall("bob") == ""
    assert TokenFiles(tmp_path / "state", "localhost-8081").recall("alice") == ""
    files.keep("alice", "u" * 43)
    assert files.recall("alice") == "u" * 43


def test_nobody_else_reads_a_token_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        TokenFiles(tmp_path, "localhost-8080").keep("alice", TOKEN)
    finally:
        os.umask(before)
    [path] = (path for path in tmp_path.rglob("*") if path.is_file())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") == f"{TOKEN}\n"


def test_a_token_that_others_could_read_is_not_written_into_their_file(tmp_path: Path) -> None:
    files = TokenFiles(tmp_path, "localhost-8080")
    files.keep("alice", TOKEN)
    [path] = tmp_path.rglob("*.token")
    path.chmod(0o644)
    with path.open(encoding="utf-8") as opened:
        files.keep("alice", "u" * 43)
        assert opened.read() == f"{TOKEN}\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_token_is_forgotten_by_all_names(tmp_path: Path) -> None:
    files = TokenFiles(tmp_path, "localhost-8080")
    files.forget(TOKEN)
    for name, token in (("alice", TOKEN), ("alicia", TOKEN), ("bob", "u" * 43)):
        files.keep(name, token)
    files.forget(TOKEN)
    assert [files.recall(name) for name in ("alice", "alicia", "bob")] == ["", "", "u" * 43]
    assert len(list(tmp_path.rglob("*.token"))) == 1


@pytest.mark.parametrize("damage", [b"", b"short\n", b"t" * 43, b"t" * 200 + b"\n", b"\xff" * 43 + b"\n"])
def test_what_is_no_token_is_not_sent(tmp_path: Path, damage: bytes) -> None:
    files = TokenFiles(tmp_path, "localhost-8080")
    files.keep("alice", TOKEN)
    [path] = tmp_path.rglob("*.token")
    path.write_bytes(damage)
    assert files.recall("alice") == ""
    files.keep("alice", TOKEN)
    assert files.recall("alice") == TOKEN


def test_where_tokens_can_not_be_kept_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder", encoding="utf-8")
    files = TokenFiles(tmp_path / "state", "localhost-8080")
    with pytest.raises(NotRemembered, match=r"can't be read: Not a directory"):
        files.recall("alice")
    with pytest.raises(NotRemembered, match=r"alice\.token can't be written: "):
        files.keep("alice", TOKEN)
    files = TokenFiles(tmp_path, "localhost-8080")
    files.keep("alice", TOKEN)
    [path] = tmp_path.rglob("*.token")
    path.unlink()
    path.mkdir()
    with pytest.raises(NotRemembered, match=r"alice\.token can't be removed: "):
        files.forget(TOKEN)


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Callable[..., SessionFiles]]:
    """Return what makes the sessions of a client, and lets go of all of them in the end."""
    made: list[SessionFiles] = []

    def make(server: str = "localhost-8080") -> SessionFiles:
        made.append(SessionFiles(tmp_path / "state", server))
        return made[-1]

    yield make
    for each in made:
        each.release()


def test_a_session_is_made_up_once_and_for_each_name(tmp_path: Path, sessions: Callable[..., SessionFiles]) -> None:
    before = os.umask(0)
    try:
        one = sessions()
        secret = one.take("alice")
        one.release()
    finally:
        os.umask(before)
    [path] = (path for path in tmp_path.rglob("*") if path.is_file())
    assert len(secret) >= 40
    assert path.read_text(encoding="utf-8") == f"{secret}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    again = sessions("LOCALHOST-8080")
    assert again.take("Alice") == again.take("alice") == secret
    assert len({secret, again.take("bob"), sessions("localhost-8081").take("alice")}) == 3


def test_two_clients_at_once_do_not_share_one(sessions: Callable[..., SessionFiles]) -> None:
    one, other = sessions(), sessions()
    secret = one.take("alice")
    assert other.take("alice") == ""
    assert one.take("alice") == secret
    one.take("bob")
    assert other.take("alice") == secret
    assert one.take("alice") == ""


@pytest.mark.parametrize("damage", [b"", b"short\n", b"t" * 43, b"t" * 300 + b"\n", b"\xff" * 43 + b"\n"])
def test_what_is_no_session_is_replaced(tmp_path: Path, sessions: Callable[..., SessionFiles], damage: bytes) -> None:
    one = sessions()
    one.take("alice")
    one.release()
    [path] = tmp_path.rglob("*.session")
    path.write_bytes(damage)
    path.chmod(0o644)
    secret = sessions().take("alice")
    assert path.read_text(encoding="utf-8") == f"{secret}\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_where_no_session_can_be_kept_that_is_said(tmp_path: Path, sessions: Callable[..., SessionFiles]) -> None:
    (tmp_path / "state").write_text("not a folder", encoding="utf-8")
    with pytest.raises(NotRemembered, match=r"alice\.session can't be used: File exists"):
        sessions().take("alice")
    (tmp_path / "state").unlink()
    (tmp_path / "state" / "localhost-8080" / "alice.session").mkdir(parents=True)
    with pytest.raises(NotRemembered, match=r"alice\.session can't be used: Is a directory"):
        sessions().take("alice")
