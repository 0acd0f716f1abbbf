"""The secret of cloaks: made once for each store, and the same ever after."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from chatroom.admin.main import main
from chatroom.core.ports import CloakStore
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile
from tests.engine import Engine
from tests.logs.scribe import Scribe, postgres, sqlite


def secret(scribe: Scribe) -> bytes:
    return cast("CloakStore", scribe.log).cloak_key


def test_every_store_has_one(scribe: Scribe) -> None:
    assert len(secret(scribe)) >= 16


def test_in_memory_each_process_has_its_own() -> None:
    assert MemoryLog().cloak_key != MemoryLog().cloak_key


def test_it_outlives_the_process_and_is_copied(tmp_path: Path) -> None:
    path, there, other = tmp_path / "chatroom.sqlite", tmp_path / "copy.sqlite", tmp_path / "other.sqlite"
    with sqlite(path) as scribe:
        made = secret(scribe)
    with sqlite(path) as scribe:
        assert secret(scribe) == made
    for command in ("copy", "backup"):
        assert main(["--store", str(path), command, str(there)]) == 0
        with sqlite(there) as scribe:
            assert secret(scribe) == made
        there.unlink()
    with sqlite(other) as scribe:
        assert secret(scribe) != made


def test_a_file_from_before_gets_one(tmp_path: Path) -> None:
    before, path = tmp_path / "before", tmp_path / "chatroom.sqlite"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql")):
        if step.name < "0011.sql":
            (before / step.name).write_text(step.read_text())
    SQLiteFile(path, schema=before).close()
    with sqlite(path) as scribe:
        assert len(secret(scribe)) == 32


@pytest.mark.engines
def test_all_nodes_have_the_same_and_it_is_copied(tmp_path: Path, postgresql: Engine) -> None:
    path, back, where = tmp_path / "chatroom.sqlite", tmp_path / "back.sqlite", postgresql.database()
    with sqlite(path) as scribe:
        made = secret(scribe)
    assert main(["--store", str(path), "copy", where]) == 0
    with postgres(where) as one, postgres(where) as another:
        assert secret(one) == secret(another) == made
    assert main(["--store", where, "copy", str(back)]) == 0
    with sqlite(back) as scribe:
        assert secret(scribe) == made
