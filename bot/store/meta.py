"""What the file says of itself, and the few things that need no table of their own: a value for each key."""

import sqlite3


def read(db: sqlite3.Connection, key: str) -> str:
    """A value that every file has: `kind` or `log_key`."""
    value = find(db, key)
    assert value is not None  # noqa: S101  written when the file was made
    return value


def find(db: sqlite3.Connection, key: str) -> str | None:
    """The value under that key; None when there is none."""
    row = db.execute("select value from meta where key = ?", [key]).fetchone()
    return str(row[0]) if row else None


def every(db: sqlite3.Connection, prefix: str) -> list[tuple[str, str]]:
    """All whose key begins with these letters, the oldest first: the rest of the key, and the value."""
    rows = db.execute("select key, value from meta where key glob ? order by rowid", [f"{prefix}*"])
    return [(key.removeprefix(prefix), value) for key, value in rows]


def put(db: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a value under that key, instead of the one that was there."""
    db.execute(
        "insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
        [key, value],
    )


def drop(db: sqlite3.Connection, key: str) -> None:
    """Keep nothing under that key."""
    db.execute("delete from meta where key = ?", [key])
