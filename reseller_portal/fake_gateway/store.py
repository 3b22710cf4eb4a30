"""Everything that survives a restart, in one SQLite file: objects, answers, deliveries, clock."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.things import Thing

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS things (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, body TEXT
);
CREATE INDEX IF NOT EXISTS things_of_a_customer ON things (kind, json_extract(body, '$.customer'));
CREATE INDEX IF NOT EXISTS things_of_an_intent ON things (
    kind, json_extract(body, '$.payment_intent')
);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, endpoint TEXT, parameters TEXT, status INTEGER, body TEXT, at REAL
);
CREATE TABLE IF NOT EXISTS deliveries (
    event TEXT PRIMARY KEY, state TEXT, attempts INTEGER, due REAL, statuses TEXT
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT);
"""
TABLES = ("things", "answers", "deliveries", "notes")


class Store:
    """The file. One thread at a time is in it, and what it does is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that happens inside, or nothing; a refusal that is `saved` is written too."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except GatewayError as refusal:
                self._db.execute("COMMIT" if refusal.saved else "ROLLBACK")
                raise
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Run a statement and return its rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def put(self, thing: Thing) -> Thing:
        """Keep the object, new or changed."""
        self.rows(
            "INSERT INTO things (id, kind, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            thing["id"],
            thing["object"],
            json.dumps(thing),
        )
        return thing

    def get(self, public_id: str, kind: str | None = None) -> Thing | None:
        """Return the object of this id, of this kind."""
        rows = self.rows("SELECT kind, body FROM things WHERE id = ?", public_id)
        if not rows or kind not in {None, rows[0][0]}:
            return None
        return dict(json.loads(rows[0][1]))

    def find(self, kind: str, **equal: Any) -> list[Thing]:
        """Return the objects of a kind whose fields equal what is given, newest first."""
        wanted = "".join(f" AND json_extract(body, '$.{field}') = ?" for field in equal)
        sql = f"SELECT body FROM things WHERE kind = ?{wanted} ORDER BY number DESC"  # noqa: S608
        return [dict(json.loads(body)) for (body,) in self.rows(sql, kind, *equal.values())]

    def note(self, name: str, default: Any = None) -> Any:
        """Return a kept value."""
        rows = self.rows("SELECT value FROM notes WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else default

    def set_note(self, name: str, value: Any) -> None:
        """Keep a value."""
        self.rows("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, json.dumps(value))

    def empty(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in TABLES:
                self.rows(f"DELETE FROM {table}")  # noqa: S608 (our own names)
