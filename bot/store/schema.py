"""The tables, and how older files become newer ones."""

import secrets

from sqlite_utils import Database, Migrations

from bot.store import tally

migrations = Migrations("certguide")

OTHER_FILE = "set BOT_DATABASE to another file"


class SchemaError(Exception):
    """This file is not for this program; the text says why and what to do."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}; {do}")
        self.what, self.do = what, do


@migrations()
def foundation(db: Database) -> None:
    """Sellers with where they are, their answers, the trail, and the updates already handled."""
    db.table("meta").create({"key": str, "value": str}, pk="key", strict=True)
    db.table("sellers").create(
        {
            "id": int,  # Telegram's number
            "who": int,  # a random number, all that the trail knows of him
            "lang": str,
            "lang_chosen": int,
            "state": str,
            "visit": int,
            "note": str,
            "topic": str,
            "history": str,  # JSON from here to finished
            "paths": str,
            "seen": str,
            "finished": str,
            "message": int,  # the live message: the one that is edited
            "debt": int,  # a page is owed while debt > paid
            "paid": int,
            "away": int,  # since when he has blocked the bot
            "since": int,
            "last": int,
        },
        pk="id",
        not_null={"who", "lang", "state", "visit", "history", "paths", "seen", "finished", "debt", "paid"},
        strict=True,
    )
    db.table("sellers").create_index(["who"], unique=True)
    db.execute("create index sellers_owed on sellers(id) where debt > paid")
    db.table("answers").create(
        {"seller": int, "question": str, "answer": str, "at": int},
        pk=("seller", "question"),
        foreign_keys=[("seller", "sellers", "id")],
        strict=True,
    )
    db.table("trail").create(
        {
            "id": int,
            "at": int,
            "who": int,
            "kind": str,
            "page": str,
            "version": str,
            "lang": str,
            "detail": str,
        },
        pk="id",
        not_null={"at", "who", "kind", "page", "version", "lang"},
        strict=True,
    )
    for change in ("update", "delete"):
        db.execute(
            f"create trigger trail_no_{change} before {change} on trail "
            "begin select raise(abort, 'the trail is append-only'); end"
        )
    db.table("handled").create({"update_id": int, "at": int}, pk="update_id", strict=True)


@migrations()
def everyday(db: Database) -> None:
    """What was offered for words we did not understand, questions for people, notices, and updates that failed."""
    for column in ("misses", "asked", "news_asked"):
        db.execute(f"alter table sellers add column {column} integer not null default 0")
    db.execute("alter table sellers add column offered text not null default '[]'")
    db.table("questions").create(
        {
            "id": int,
            "seller": int,  # who asked; null once he is forgotten
            "text": str,
            "lang": str,
            "page": str,  # where he was
            "at": int,
            "state": str,  # open, answered, page (for the authors) or closed
            "answer": str,
            "by": int,  # the operator
            "ended": int,
        },
        pk="id",
        not_null={"text", "lang", "page", "at", "state"},
        foreign_keys=[("seller", "sellers", "id")],
        strict=True,
    )
    db.execute("create index questions_open on questions(id) where state = 'open'")
    db.table("notices").create(
        {
            "id": int,
            "chat": int,
            "text": str,  # Telegram's HTML
            "once": str,  # of notices with the same word here only the first is kept
            "at": int,
            "sent": int,
        },
        pk="id",
        not_null={"chat", "text", "at"},
        strict=True,
    )
    db.execute("create unique index notices_once on notices(chat, once) where once is not null")
    db.execute("create index notices_waiting on notices(id) where sent is null")
    db.table("failed").create({"update_id": int, "kind": str, "error": str, "at": int}, pk="update_id", strict=True)


@migrations()
def broadcasts(db: Database) -> None:
    """Broadcasts with their texts and deliveries, saved audiences, operators, and what operators did."""
    db.execute("alter table sellers add column told integer")  # when a broadcast reached him last
    db.table("broadcasts").create(
        {
            "id": int,
            "state": str,  # draft, scheduled, running, paused, stopped or done
            "action": str,  # send; or edit, delete: a correction of what another one sent
            "corrects": int,  # that other one
            "audience": str,  # a filter, as it was written
            "fallback": str,  # the language of those whose own has no text; null: they are left out
            "tested": str,  # what was last sent to the operator as a test, as a hash
            "paid": int,
            "made": int,
            "by": int,
            "due": int,
            "started": int,
            "ended": int,
            "why": str,  # it was paused
        },
        pk="id",
        not_null={"state", "action", "audience", "paid", "made", "by"},
        foreign_keys=[("corrects", "broadcasts", "id")],
        strict=True,
    )
    db.table("texts").create(
        {
            "broadcast": int,
            "lang": str,
            "kind": str,  # text, photo or document
            "html": str,
            "file": str,  # Telegram's file_id
            "buttons": str,  # JSON: [[label, address or topic], …]
        },
        pk=("broadcast", "lang"),
        not_null={"kind", "html", "buttons"},
        foreign_keys=[("broadcast", "broadcasts", "id")],
        strict=True,
    )
    db.table("deliveries").create(
        {
            "broadcast": int,
            "who": int,
            "lang": str,  # of the text he gets
            "state": str,  # waiting, sending, sent, gone, failed, skipped or unsure
            "due": int,  # not before
            "at": int,
            "message": int,
            "reason": str,
        },
        pk=("broadcast", "who"),
        not_null={"lang", "state", "due"},
        foreign_keys=[("broadcast", "broadcasts", "id")],
        strict=True,
    )
    db.execute("create index deliveries_waiting on deliveries(broadcast, due) where state = 'waiting'")
    db.execute("create index deliveries_sending on deliveries(broadcast) where state = 'sending'")
    db.execute("create index deliveries_states on deliveries(broadcast, state)")
    db.table("trials").create(
        {
            "id": int,
            "broadcast": int,
            "chat": int,  # the operator who is shown exactly what goes out
            "digest": str,
            "at": int,
            "ended": int,
            "reason": str,  # why it could not be shown
        },
        pk="id",
        not_null={"broadcast", "chat", "digest", "at"},
        foreign_keys=[("broadcast", "broadcasts", "id")],
        strict=True,
    )
    db.table("audiences").create({"name": str, "filter": str}, pk="name", not_null={"filter"}, strict=True)
    db.table("operators").create(
        {"id": int, "role": str, "since": int, "by": int}, pk="id", not_null={"role", "since"}, strict=True
    )
    db.table("audit").create(
        {"id": int, "at": int, "by": int, "action": str, "subject": str, "before": str, "after": str},
        pk="id",
        not_null={"at", "by", "action", "subject"},
        strict=True,
    )
    for change in ("update", "delete"):
        db.execute(
            f"create trigger audit_no_{change} before {change} on audit "
            "begin select raise(abort, 'the audit log is append-only'); end"
        )
    # `insert or replace` would delete a line without asking the trigger that keeps it.
    db.execute(
        "create trigger audit_no_replace before insert on audit when exists (select 1 from audit where id = new.id) "
        "begin select raise(abort, 'the audit log is append-only'); end"
    )


@migrations()
def reminders(db: Database) -> None:
    """Who asked to be reminded of a topic, and when."""
    db.table("reminders").create(
        {
            "seller": int,
            "topic": str,
            "due": int,
            "state": str,  # waiting, sending, sent, over (he went on by himself) or failed
        },
        pk=("seller", "topic"),
        not_null={"due", "state"},
        foreign_keys=[("seller", "sellers", "id")],
        strict=True,
    )
    db.execute("create index reminders_waiting on reminders(due) where state = 'waiting'")


TALLY = {
    "people": """
        who integer primary key,
        first integer not null,  -- the day on which he came, since 1970, in UTC
        last integer not null,  -- and the one on which he was active last …
        nth integer not null,  -- … and his place among the people of that day
        came text not null,  -- the language in which he came
        campaign text not null  -- of the link by which he came; empty without one
    """,
    "active": """
        day integer not null,
        nth integer not null,  -- in the order in which people came: those who are there at a time stand together
        who integer not null,
        first integer not null,  -- the day on which he came
        next integer,  -- the next day on which he was active; null while there is none
        at integer not null,  -- when he was active last on that day, in milliseconds as in the trail …
        lang text not null,  -- … in which language …
        page text not null,  -- … and where …
        version text not null,
        reached integer not null,  -- … where he was for the first time then, in seconds …
        entered integer not null,  -- … and in its topic …
        finished integer not null,  -- … and whether he had finished that
        primary key (day, nth)
    """,
    "cohorts": """
        first integer not null,  -- the day on which people came …
        age integer not null,  -- … and so many days later …
        lang text not null,
        campaign text not null,
        people integer not null,  -- … those who were active then
        primary key (first, age, lang, campaign)
    """,
    "reached": """
        who integer not null,
        page text not null,  -- or a topic: any of its pages; then there is no version
        version text not null,
        at integer not null,  -- for the first time, in seconds
        lang text not null,
        answered integer not null,  -- whether he has answered what the page, or any page of the topic, asks
        took integer,  -- of a topic: seconds until he had finished it
        primary key (who, page, version)
    """,
    "tally": """
        day integer not null,
        page text not null,  -- or a topic
        version text not null,
        lang text not null,
        seen integer not null,  -- how often it was shown on that day
        people integer not null,  -- who reached it on that day for the first time; all that follows is of them
        fresh integer not null,  -- who had not reached it in another version
        answered integer not null,
        finished integer not null,  -- its topic
        primary key (day, page, version, lang)
    """,
    "said": """
        day integer not null,
        page text not null,
        version text not null,
        lang text not null,
        kind text not null,  -- answered: first answers, on the day the page was reached; helpful: votes, on their day
        detail text not null,
        n integer not null,
        primary key (day, page, version, lang, kind, detail)
    """,
    "quarters": """
        quarter integer not null,  -- of an hour, since 1970: the clocks of all zones differ by quarters
        lang text not null,
        steps integer not null,
        primary key (quarter, lang)
    """,
}
"""Rows that are found by their keys only: without a second number for each a step costs less."""


@migrations()
def statistics(db: Database) -> None:
    """What figures need of the trail beyond what happened."""
    # The steps of those who run the bot are kept, and in no figure.
    db.execute("alter table trail add column staff integer not null default 0")
    db.execute("alter table trail add column question text not null default ''")
    db.execute("create index trail_blocked on trail(at, who) where kind = 'blocked'")
    db.execute("create index trail_declined on trail(detail, who) where kind = 'declined'")


@migrations()
def tallies(db: Database) -> None:
    """What makes figures of the trail cheap and exact; `tally` keeps it, in the same transaction as the trail.

    Files made on 26 November 2026 may have them in an older shape: they are counted anew.
    """
    for table in TALLY:
        db.execute(f"drop table if exists {table}")
    for table, columns in TALLY.items():
        db.execute(f"create table {table} ({columns}) strict, without rowid")
    db.execute("create index reached_finished on reached(at, page, lang, took) where took is not null")
    tally.recount(db.conn)


def migrate(db: Database, kind: str) -> None:
    """Bring the file up to date; `kind` (real, try-out) is written into a new one and compared with an old one.

    Raises SchemaError when the file was written by a newer program, or is of another kind.
    """
    understood(db)
    migrations.apply(db)
    given = {"kind": kind, "log_key": secrets.token_hex(16)}
    for key, value in given.items():
        db.execute("insert into meta (key, value) values (?, ?) on conflict do nothing", [key, value])
    same_kind(db.execute("select value from meta where key = 'kind'").fetchone()[0], kind)


def understood(db: Database) -> None:
    """Look at the file without changing it. Raises SchemaError when this program can't use it."""
    with Database(memory=True) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    applied = {migration.name for migration in migrations.applied(db)}
    if applied - known:
        raise SchemaError("was written by a newer version of this program", "update the program, or restore a backup")
    if not applied and db.table_names():
        raise SchemaError("is a database of another program", OTHER_FILE)


def same_kind(stored: str, kind: str) -> None:
    """Raises SchemaError when the sellers of a file are not those of this bot."""
    if stored != kind:
        raise SchemaError(f"holds {stored} sellers, and this is the {kind} bot", OTHER_FILE)
