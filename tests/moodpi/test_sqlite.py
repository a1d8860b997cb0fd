"""SQLite files with a hostile schema, and statements that do not end."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest

from moodpi.sqlite import restrict, time_limit

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

SHORT = ENDLESS.replace("FROM n)", "FROM n LIMIT 50000)")


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE VIEW v AS {ENDLESS}",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE v USING fts5(x)",
    ],
)
def test_a_schema_that_runs_code_is_refused(statement) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE a (x)")
        database.execute(statement)
        with pytest.raises(sqlite3.DatabaseError, match="a view, a trigger or a virtual table"):
            restrict(database)


def test_tables_and_indexes_are_accepted() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE a (x, y UNIQUE)")
        database.execute("CREATE INDEX i ON a (x)")
        restrict(database)
        assert database.execute("SELECT count(*) FROM a").fetchone() == (0,)


def test_an_endless_statement_is_interrupted() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        with (
            time_limit(database, 0.05),
            pytest.raises(sqlite3.OperationalError, match="interrupted"),
        ):
            database.execute(ENDLESS)
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_waiting_does_not_count() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.create_function("wait", 1, time.sleep)
        with time_limit(database, 0.2):
            rows = database.execute(
                f"SELECT wait(0.5) UNION ALL SELECT * FROM ({SHORT})"  # noqa: S608
            ).fetchall()
        assert rows == [(None,), (50_000,)]


def test_a_huge_value_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        restrict(database)
        with pytest.raises(sqlite3.DataError):
            database.execute("SELECT hex(zeroblob(400000000))")
