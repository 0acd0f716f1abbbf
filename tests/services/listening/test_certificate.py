"""Certificates: what is wrong with one is told in one line, and a new one is shown to who connects next."""

from __future__ import annotations

from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chatroom.core.values.replies import Reloaded
from chatroom.services.listening.certificate import Certificate, CertificateUnusable
from chatroom.services.listening.expiry import Expiry
from chatroom.services.listening.listen_address import ListenAddress
from tests.authority import Authority

# Twisted gives its certificates to pyOpenSSL in a form of the past.
pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")


def described(folder: Path, key: str = "key.pem", certificate: str = "fullchain.pem") -> str:
    return f"ssl:1:privateKey={folder / key}:certKey={folder / certificate}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a key, its certificate, and the chain to an authority."""
    Authority(tmp_path).certify()
    return tmp_path


def test_what_is_wrong_with_the_files_is_told_in_one_line(folder: Path) -> None:
    other = folder / "other"
    Authority(other).certify()
    (folder / "junk.pem").write_text("junk\n")
    key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    secret = serialization.BestAvailableEncryption(b"secret")
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    (folder / "secret.pem").write_bytes(written)
    for private, certificate, why in (
        ("key.pem", "other/fullchain.pem", "keys do not match"),
        ("junk.pem", "fullchain.pem", "one of them is not in PEM"),
        ("key.pem", "junk.pem", "one of them is not in PEM"),
        ("fullchain.pem", "fullchain.pem", "one of them is not in PEM"),
        ("none.pem", "fullchain.pem", "No such file"),
        ("key.pem", "none.pem", "No such file"),
        ("key.pem", "other", "Is a directory"),
        ("secret.pem", "fullchain.pem", "has a pass phrase"),
    ):
        with pytest.raises(CertificateUnusable, match=rf"\A.*{why}.*\Z"):
            Certificate.of_endpoint(described(folder, private, certificate))
        with pytest.raises(ValueError, match=rf"\Acan't listen on ssl:1:.*{why}.*\Z"):
            ListenAddress(None, described(folder, private, certificate))  # type: ignore[arg-type]


def test_one_file_may_hold_both(folder: Path) -> None:
    both = folder / "a:server.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "fullchain.pem").read_bytes())
    Certificate.of_endpoint(f"ssl:1:privateKey={str(both).replace(':', chr(92) + ':')}")


def test_the_lines_of_a_file_may_end_as_on_windows(folder: Path) -> None:
    for name in ("key.pem", "fullchain.pem"):
        file = folder / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    Certificate.of_endpoint(described(folder))


def test_while_the_new_files_are_of_no_use_the_old_certificate_is_shown(folder: Path) -> None:
    certificate = Certificate.of_endpoint(described(folder))
    (folder / "key.pem").unlink()
    failed = f"keeping the old certificate: {folder / 'key.pem'} can't be read (No such file or directory)"
    assert certificate.reload() == Reloaded(failed=(failed,))
    Authority(folder).certify()
    assert certificate.reload() == Reloaded((f"read the certificate of {described(folder)} again",))


def test_one_that_has_expired_is_told_and_when_it_will_be(folder: Path) -> None:
    now = datetime.now(UTC).timestamp()
    good, old = Certificate.of_endpoint(described(folder)), Authority(folder)
    old.certify(days=0)
    expired = Certificate.of_endpoint(described(folder))
    expiry = Expiry([good, expired], lambda: now)
    assert [name for name, _ in expiry.ends()] == [described(folder)] * 2
    assert [round((end - now) / 86_400) for _, end in expiry.ends()] == [2, -1]
    day = datetime.fromtimestamp(expired.end, UTC).strftime("%Y-%m-%d")
    told = f"the certificate of {described(folder)} expired on {day}: clients refuse it"
    assert expiry.reload() == Reloaded(failed=(told,))
    old.certify()
    expired.reload()
    assert expiry.reload() == Reloaded()


def test_files_are_looked_for_where_they_were_at_the_start(folder: Path) -> None:
    with chdir(folder):
        certificate = Certificate.of_endpoint("ssl:1:privateKey=key.pem:certKey=fullchain.pem")
    assert certificate.reload().failed == ()


def test_files_go_by_their_names(folder: Path) -> None:
    with pytest.raises(CertificateUnusable, match=r"\Afiles go by their names: .*\Z"):
        Certificate.of_endpoint(f"ssl:1:{folder}/key.pem:{folder}/fullchain.pem")


def test_what_is_not_about_the_files_is_not_blamed_on_them(folder: Path) -> None:
    for description, why in (
        ("ssl:1:privatekey=key.pem", "privatekey is no parameter of ssl; "),
        (f"{described(folder)}:backlog=tea", r"is no endpoint \(.*tea"),
    ):
        with pytest.raises(ValueError, match=rf"\A.*{why}.*\Z"):
            ListenAddress(None, description)  # type: ignore[arg-type]


def test_the_file_that_is_named_nowhere_is_named(folder: Path) -> None:
    (folder / "server.pem").write_text("junk\n")
    with chdir(folder), pytest.raises(CertificateUnusable, match=r"server\.pem can't be used"):
        Certificate.of_endpoint("ssl:1")


def test_parameters_for_the_exchange_of_keys_have_to_be_there_and_right(folder: Path) -> None:
    (folder / "junk.pem").write_text("junk\n")
    for file, why in (("none.pem", r"none\.pem can't be read \(No such file"), ("junk.pem", r"can't be used: \S")):
        with pytest.raises(CertificateUnusable, match=why):
            Certificate.of_endpoint(f"{described(folder)}:dhParameters={folder / file}")
