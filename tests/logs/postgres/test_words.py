"""The index of PostgreSQL finds all that a search is to find: what it finds besides is looked at again."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.core.ports import LogId
from chatroom.core.search.query import matcher, phrases
from chatroom.core.values.errors import QueryInvalid
from chatroom.logs.postgres.database import Connection
from chatroom.logs.postgres.words import query as asked
from chatroom.logs.postgres.words import vector
from tests.engine import Engine
from tests.examples import examples
from tests.logs.scribe import postgres, seqs

pytestmark = pytest.mark.engines

LOG = LogId(12)

parts = st.sampled_from(["tea", "teapot", "Tea!", "of", "喝茶", "茶", "☕☕", "-", "'", "\\", ":*", "a", "e\u0301"])
spoken = st.lists(parts | st.text(max_size=4), min_size=1, max_size=8).map(" ".join)
queries = st.lists(parts | parts.map(lambda word: f"{word}*"), min_size=1, max_size=3).map(" ".join)
quoted = queries.map(lambda words: f'"{words}"')


@pytest.fixture
def connection(postgresql: Engine) -> Iterator[Connection]:
    with psycopg.connect(postgresql.uri("postgres"), autocommit=True) as connection:
        yield connection


def test_the_index_misses_nothing(connection: Connection) -> None:
    @examples(500)
    @given(spoken.filter(lambda text: "\x00" not in text and text.isprintable()), queries | quoted)
    @example("a " * 400 + "b", '"a b"')
    @example("x" * 4000, "x" * 100 + "*")
    @example("x" * 4000, "x" * 300)
    @example("ﷺ" * 1000, "صلى")
    def finds(text: str, query: str) -> None:
        try:
            wanted = matcher(query)(text)
        except QueryInvalid:
            return
        [(found,)] = connection.execute(
            "SELECT %s::tsvector @@ %s::tsquery", (vector(LOG, text), asked(LOG, phrases(query)))
        )
        assert found or not wanted

    finds()


def test_what_the_index_finds_besides_is_not_shown(postgresql: Engine) -> None:
    with postgres(postgresql.database()) as scribe:
        tea, pond = scribe.opened().log, scribe.opened("pond").log
        scribe.say(tea, "a " * 400 + "b", "x" * 600, "b a")
        scribe.say(pond, "b a")
        assert seqs(scribe.search(tea, '"a b"')) == [1]
        assert seqs(scribe.search(tea, '"b a"')) == [3]
        assert seqs(scribe.search(tea, "x" * 299 + "*")) == [2]
        assert seqs(scribe.search(tea, "x" * 299)) == []


def test_a_search_goes_on_where_the_index_finds_too_much(postgresql: Engine) -> None:
    with postgres(postgresql.database()) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["b a", *["a " * 300 + "b"] * 401])
        assert seqs(scribe.search(tea, '"b a"')) == [1]
