"""What exports hold: every table and column with its meaning; all formats and definitions are drawn from it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.store.deliveries import GETS_NEWS


class Kind(StrEnum):
    """What stands in a column; the word is what people read in the definitions."""

    SELLER = "made-up name of a seller"
    OPERATOR = "made-up name of an operator"
    TEXT = "text"
    WORDS = "list of words"
    WHOLE = "whole number"
    FLAG = "true or false"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sql` is read from the bot's file: a seller by his random number, a time in milliseconds."""

    name: str
    kind: Kind
    sql: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table, a row for each of what it is named after."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    source: str
    """What is read, in SQL."""
    moment: str
    """The time by which a row belongs to a period, in milliseconds; a row without one belongs to every period."""
    order: str
    telegram: str = ""
    """The Telegram number of the seller, for an owner who has asked for it; empty where a row is about nobody."""


SECONDS, MILLISECONDS = "UTC, to the second", "UTC, to the millisecond"


def _seller(sql: str, meaning: str = "Who: the same name is the same person in the whole export") -> Column:
    return Column("seller", Kind.SELLER, sql, meaning)


def _time(name: str, sql: str, meaning: str) -> Column:
    """What is kept in seconds."""
    return Column(name, Kind.TIME, f"{sql} * 1000", meaning, SECONDS)


def _text(name: str, sql: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, sql, meaning)


EVENTS = Table(
    "events",
    "Everything that happened, in the order in which it happened",
    (
        Column("time", Kind.TIME, "t.at", "When", MILLISECONDS),
        _seller("t.who"),
        Column("operator", Kind.FLAG, "t.staff", "Whether it is somebody who runs the bot, and no seller"),
        _text("kind", "t.kind", "What happened: arrived, answered, finished, back, link, blocked …"),
        _text("page", "t.page", "On which page, as topic.page"),
        _text("version", "t.version", "Which text of the page it was: another text, another version"),
        _text("language", "t.lang", "Of the page, as its catalogue is named"),
        _text("detail", "t.detail", "What was chosen or answered; of a link the campaign"),
        _text("question", "t.question", "Of an answer: the name it is kept under, as in the table of answers"),
    ),
    source="trail t",
    moment="t.at",
    order="t.id",
    telegram="(select s.id from sellers s where s.who = t.who)",
)

SELLERS = Table(
    "sellers",
    "Everybody who is known, in the order in which they came; of the period are those who came in it",
    (
        _seller("s.who"),
        _text("language", "s.lang", "In which he reads"),
        Column("language_chosen", Kind.FLAG, "s.lang_chosen", "Whether he chose it, instead of Telegram's setting"),
        _time("since", "s.since", "When he came first"),
        _time("last", "s.last", "When he did something last"),
        _text("page", "s.state", "Where he is"),
        _text("topic", "s.topic", "What he is in the middle of; empty when that is nothing"),
        Column("pages_seen", Kind.WHOLE, "json_array_length(s.seen)", "How many pages he has seen", "pages"),
        Column("topics_finished", Kind.WHOLE, "json_array_length(s.finished)", "How many he has finished", "topics"),
        Column("finished", Kind.WORDS, "s.finished", "Which topics he has finished"),
        _time("away", "s.away", "Since when he has blocked the bot; empty when he has not"),
        Column("wants_news", Kind.FLAG, GETS_NEWS, "Whether he wants broadcasts"),
        _time("told", "s.told", "When a broadcast reached him last"),
    ),
    source="sellers s",
    moment="coalesce(s.since, s.last) * 1000",
    order="s.since, s.who",
    telegram="s.id",
)

ANSWERS = Table(
    "answers",
    "What sellers who are known answer, each question's latest answer only",
    (
        _seller("s.who"),
        _text("question", "a.question", "The name it is kept under, as topic.question"),
        _text("answer", "a.answer", "The choice, or what was typed where a value is asked for"),
        _time("time", "a.at", "When he answered so"),
    ),
    source="answers a join sellers s on s.id = a.seller",
    moment="a.at * 1000",
    order="a.at, s.who, a.question",
    telegram="s.id",
)

QUESTIONS = Table(
    "questions",
    "What the pages could not answer, and what people answered",
    (
        _time("time", "q.at", "When he asked"),
        _seller("s.who"),
        _text("language", "q.lang", "In which he reads"),
        _text("page", "q.page", "Where he was"),
        _text("state", "q.state", "open, answered, page (noted for the authors) or closed"),
        _text("text", "q.text", "In his own words: it may name people"),
        _text("answer", "q.answer", "In the operator's words"),
        Column("by", Kind.OPERATOR, "q.by", "Who ended it"),
        _time("ended", "q.ended", "When it was ended"),
    ),
    source="questions q left join sellers s on s.id = q.seller",
    moment="q.at * 1000",
    order="q.id",
    telegram="s.id",
)

DELIVERIES = Table(
    "deliveries",
    "Broadcasts, a row for each person it was to reach; of the period by when that ended, or else when it started",
    (
        Column("broadcast", Kind.WHOLE, "d.broadcast", "Its number"),
        _seller("d.who"),
        _text("language", "d.lang", "Of the text he gets"),
        _text("state", "d.state", "waiting, sending, sent, gone, failed, skipped, or unsure whether it arrived"),
        _text("reason", "d.reason", "Why it did not arrive"),
        _time("time", "d.at", "When it ended; empty while it waits"),
    ),
    source="deliveries d join broadcasts b on b.id = d.broadcast",
    moment="coalesce(d.at, b.started, b.made) * 1000",
    order="d.broadcast, d.at, d.who",
    telegram="(select s.id from sellers s where s.who = d.who)",
)

BROADCASTS = Table(
    "broadcasts",
    "What was to be told, a row for each broadcast",
    (
        Column("broadcast", Kind.WHOLE, "b.id", "Its number"),
        _text("state", "b.state", "draft, scheduled, running, paused, stopped or done"),
        _text("action", "b.action", "send; or edit, delete: a correction of another one"),
        Column("corrects", Kind.WHOLE, "b.corrects", "The number of that other one"),
        _text("audience", "b.audience", "Whom it is for: a filter, as it was written; empty is everybody"),
        Column(
            "languages",
            Kind.WORDS,
            "(select json_group_array(lang) from (select lang from texts where broadcast = b.id order by lang))",
            "In which it is written",
        ),
        _text("fallback", "b.fallback", "What those get whose own language has no text; empty: nothing"),
        Column("paid", Kind.FLAG, "b.paid", "Whether it was sent for Telegram's Stars"),
        Column("by", Kind.OPERATOR, "b.by", "Who made it"),
        _time("made", "b.made", "When it was made"),
        _time("due", "b.due", "For when it is scheduled"),
        _time("started", "b.started", "When it started"),
        _time("ended", "b.ended", "When it was done or stopped"),
        _text("why", "b.why", "Why it is paused"),
    ),
    source="broadcasts b",
    moment="coalesce(b.started, b.made) * 1000",
    order="b.id",
)

WHAT = {
    "events": (EVENTS,),
    "sellers": (SELLERS,),
    "answers": (ANSWERS,),
    "questions": (QUESTIONS,),
    "broadcasts": (DELIVERIES, BROADCASTS),
}
"""What can be asked for. A file that holds one table only gets the first."""

ALL = "all"
"""Everything together, for a file that holds many tables."""


def tables(what: str) -> tuple[Table, ...]:
    """The tables of what was asked for."""
    if what == ALL:
        return tuple(table for some in WHAT.values() for table in some)
    return WHAT[what]
