"""The files of the web page: what a browser gets of them, and when they are read again."""

from __future__ import annotations

from gzip import decompress
from pathlib import Path

from chatroom.services.assets import Assets


def test_those_of_the_package_are_all_there_and_small() -> None:
    found = Assets().found
    assert {"index.html", "app.js", "chat.css", "app.webmanifest"} <= {*found}
    assert all(decompress(asset.packed) == asset.body for asset in found.values())
    page = found["index.html"].body.decode()
    assert all(name in page for name in ("app.js", "chat.css"))


def test_what_is_said_to_readers_stays_at_home(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(
        "// @ts-check\n/** What it does.\n * And how. */\n"
        "let a = /** @type {b} */ (c); // so\n  // why\nlet d = '//';\n"
    )
    (tmp_path / "chat.css").write_text("/* All. */\na { b: c } /* d */\n")
    found = Assets(tmp_path).found
    assert found["app.js"].body == b"let a = /** @type {b} */ (c); // so\nlet d = '//';\n"
    assert found["chat.css"].body == b"a { b: c } /* d */\n"


def test_they_stay_as_they_were_until_they_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("1")
    (tmp_path / "README").write_text("no part of the page")
    assets = Assets(tmp_path)
    first = assets.found["app.js"]
    assert {*assets.found} == {"app.js"}
    assert assets.reload().changed == ()
    (tmp_path / "app.js").write_text("2")
    assert assets.found["app.js"] == first
    assert assets.reload().changed == ("read the web page again",)
    assert assets.found["app.js"].body == b"2"
    assert assets.found["app.js"].etag != first.etag


def test_files_that_are_gone_leave_the_old_page(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "app.js").write_text("1")
    assets = Assets(folder)
    (folder / "app.js").unlink()
    folder.rmdir()
    [complaint] = assets.reload().failed
    assert complaint.startswith("keeping the old web page: ")
    assert assets.found["app.js"].body == b"1"
