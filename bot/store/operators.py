"""Those who run the bot: what each is, and the word about it in the audit log.

Owners named in the settings need no row to be owners. Whoever ever was something keeps a row, without a role once he
is nothing, so that his menu of commands can be put right at the next start.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from bot.store import audit

ROLES = ("owner", "operator", "analyst")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who is or was one."""

    id: int
    role: str
    """Empty for one who is nothing any more, or an owner by the settings only."""
    since: int


def role(db: sqlite3.Connection, id_: int) -> str:
    """What somebody was appointed to; empty when he is not, or not any more."""
    row = db.execute("select role from operators where id = ?", [id_]).fetchone()
    return row[0] if row else ""


def ever(db: sqlite3.Connection, id_: int) -> bool:
    """Whether somebody is or once was one, or is named in the settings as an owner: then he is no seller to count."""
    return db.execute("select 1 from operators where id = ?", [id_]).fetchone() is not None


def known(db: sqlite3.Connection) -> list[Operator]:
    """Everybody who is something or once was, those of longest standing first."""
    return [Operator(*row) for row in db.execute("select id, role, since from operators order by since, id")]


def appointed(db: sqlite3.Connection) -> list[Operator]:
    """Those who are something now, by appointment."""
    return [operator for operator in known(db) if operator.role]


def owners(db: sqlite3.Connection, named: frozenset[int]) -> frozenset[int]:
    """All owners: those the settings name, and those appointed."""
    return named | {operator.id for operator in appointed(db) if operator.role == "owner"}


def remember(db: sqlite3.Connection, named: Iterable[int], now: float) -> None:
    """Keep in mind whom the settings name, so that it is noticed when they no longer do."""
    rows = [(owner, int(now)) for owner in named]
    db.executemany("insert into operators (id, role, since, by) values (?, '', ?, 0) on conflict do nothing", rows)


def appoint(db: sqlite3.Connection, id_: int, role_: str, by: int, now: float) -> bool:
    """Make somebody something; False when he never was here, or is that already."""
    before = role(db, id_)
    here = db.execute("select 1 from sellers where id = ?", [id_]).fetchone()
    if not here or before == role_:
        return False
    _set(db, id_, role_, by, now)
    audit.note(db, by, "appoint", f"operator {id_}", now, before=before, after=role_)
    return True


def remove(db: sqlite3.Connection, id_: int, by: int, now: float) -> str:
    """Make him nothing; what he was, empty when that was nothing already."""
    before = role(db, id_)
    if before:
        _set(db, id_, "", by, now)
        audit.note(db, by, "remove", f"operator {id_}", now, before=before)
    return before


def _set(db: sqlite3.Connection, id_: int, role_: str, by: int, now: float) -> None:
    db.execute(
        "insert into operators (id, role, since, by) values (?, ?, ?, ?) on conflict do update set "
        "role = excluded.role, since = excluded.since, by = excluded.by",
        [id_, role_, int(now), by],
    )
