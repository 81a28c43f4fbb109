"""Makes every SQLite connection of a process careless, to prove that the power cut tests find what it loses.

Python imports this at its start when the folder is on PYTHONPATH. SQLite is then told NORMAL wherever the
product says FULL: a commit returns before its write-ahead file is synced.
"""

import sqlite3
import sqlite3.dbapi2
from typing import Any


def careless(statement: str) -> str:
    return statement.replace("synchronous=FULL", "synchronous=NORMAL")


class Cursor(sqlite3.Cursor):
    def execute(self, statement: str, *values: Any) -> Any:
        return super().execute(careless(statement), *values)


class Connection(sqlite3.Connection):
    def execute(self, statement: str, *values: Any) -> Any:
        return super().execute(careless(statement), *values)

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)


def connect(*arguments: Any, **options: Any) -> Any:
    return _connect(*arguments, **{"factory": Connection, **options})


_connect = sqlite3.connect
sqlite3.connect = sqlite3.dbapi2.connect = connect
