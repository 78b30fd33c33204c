"""What the file says of itself: whose sellers it holds, and the key of the logs."""

import sqlite3


def read(db: sqlite3.Connection, key: str) -> str:
    """A value that every file has: `kind` or `log_key`."""
    (value,) = db.execute("select value from meta where key = ?", [key]).fetchone()
    return str(value)
