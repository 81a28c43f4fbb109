"""Whoever speaks with the journal's server beside it reaches the same one, whatever form its URL has."""

import pytest

from scorewire.journal.dialect import locate
from scorewire.journal.libpq import conninfo

psycopg = pytest.importorskip("psycopg")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://ann:p%40ss@db:5433/scores", "user=ann password=p@ss host=db port=5433 dbname=scores"),
        ("postgres://ann@a,b/scores?sslmode=require", "user=ann host=a,b dbname=scores sslmode=require"),
        ("postgresql://ann@/scores?host=a:1&host=b:2", "user=ann host=a,b port=1,2 dbname=scores"),
        ("postgresql://ann@/scores?host=a&host=b", "user=ann host=a,b port=, dbname=scores"),
        ("postgresql://ann@/scores?host=a,b&port=1,2", "user=ann host=a,b port=1,2 dbname=scores"),
        ("postgresql://ann@/scores?host=/run/postgresql", "user=ann host=/run/postgresql dbname=scores"),
        ("postgresql://ann@[::1]:5/scores?connect_timeout=3",
         "user=ann host=::1 port=5 dbname=scores connect_timeout=3"),
    ],
)  # fmt: skip
def test_a_url_in_words(url: str, words: str) -> None:
    said = psycopg.conninfo.conninfo_to_dict(conninfo(locate(url)))
    assert {name: value for name, value in said.items() if value is not None} == dict(
        word.split("=", 1) for word in words.split()
    )
