"""Puts a backup in the place of the database, after a look at both; what was there is kept."""

import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bot.backup import STAMP, copy, part
from bot.store import SchemaError, StoreError
from bot.store.inspection import BESIDE, Holdings, alone, in_use, look, whole

MAGIC = b"SQLite format 3\0"


class RestoreError(Exception):
    """Nothing was restored or changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be put where."""

    file: Path
    database: Path
    comes: Holdings
    goes: str
    """What the database holds now, in words; empty when there is none."""

    def told(self) -> str:
        """The two beside each other, for somebody who is to decide."""
        older = ", from an older version: the next start brings it up to date" if self.comes.older else ""
        goes = f"{self.database}: {self.goes}" if self.goes else f"nothing: there is no {self.database} yet"
        return f"Backup    {self.file}: {self.comes.told()}{older}\nReplaces  {goes}"


def plan(file: Path, database: Path, kind: str) -> Plan:
    """Look at both. Raises RestoreError when the backup can't be used or a bot is running."""
    try:
        with file.open("rb") as opened:
            if opened.read(len(MAGIC)) != MAGIC:
                raise RestoreError(f"{file} is no backup of this program: name another file")
        if database.exists() and file.samefile(database):
            raise RestoreError(f"{file} is the database itself: name a backup of it")
        whole(file)
        comes = look(file, kind)
    except OSError as error:
        raise RestoreError(f"{file} can't be read: {error.strerror}") from error
    except SchemaError as error:
        raise RestoreError(f"{file} {error.what}: it can't be restored here") from error
    except StoreError as error:
        raise RestoreError(f"{file} can't be restored: {error}") from error
    if database.exists() and in_use(database):
        raise RestoreError(f"{database} is in use: stop the bot first, then restore")
    return Plan(file, database, comes, _now(database))


def carry_out(plan: Plan, now: datetime, console: Console) -> Path | None:
    """Replace the database; tells where the former one is kept. Raises RestoreError."""
    database = plan.database.resolve()
    kept = database.with_name(f"{database.name}.before-restore-{now.strftime(STAMP)}") if database.exists() else None
    try:
        with ExitStack() as until:
            written = until.enter_context(part(database.parent))
            copy(plan.file, written, console)
            _belongs_like(written.path, database if kept else database.parent)
            if kept:
                # Held until the other file stands in its place, so that no bot begins on the old one.
                until.enter_context(alone(database))
                _keep(database, kept)
                written.path.chmod(database.stat().st_mode & 0o777)
            written.path.replace(database)
    except (SchemaError, StoreError) as error:
        raise RestoreError(str(error)) from error
    except OSError as error:
        raise RestoreError(f"{database} can't be replaced: {error.strerror}") from error
    return kept


def _keep(database: Path, kept: Path) -> None:
    """The former file under another name too, so that at no moment there is none."""
    try:
        kept.hardlink_to(database)
    except OSError:  # not every disk can do that
        shutil.copy2(database, kept)
    # Only of a damaged file: beside the new one they would damage that as well.
    for end in BESIDE:
        beside = database.with_name(database.name + end)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + end))


def _belongs_like(path: Path, model: Path) -> None:
    """Whoever can use that one can use this one: root restores, and the bot has to open it."""
    if os.geteuid() == 0:
        status = model.stat()
        os.chown(path, status.st_uid, status.st_gid)


def _now(database: Path) -> str:
    if not database.exists():
        return ""
    try:
        return look(database).told()
    except (SchemaError, StoreError):
        return "can't be read"
