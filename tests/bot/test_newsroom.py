"""A draft is read with every mistake named, looked over, foreseen, launched once, and steered by who may."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dialogs
from bot import newsroom
from bot.formatting import html, plain
from bot.newsroom import CAPTION, SHELL, NewsError
from bot.store import Database, audit, broadcasts, deliveries, drafts
from bot.store.audit import Entry
from bot.store.broadcasts import Broadcast, Text
from bot.store.database import connect
from bot.words import known
from dialogs import limits, markup
from tests.bot.store.crowd import (
    CALENDAR,
    CHINESE,
    DAY,
    HELLO,
    HOUR,
    NOON,
    deliver,
    draft,
    found,
    outcomes,
    run,
    settle,
    transaction,
)

CONVERSATION = dialogs.load("@certguide_help")
WORDS = known(CONVERSATION)
MEI = 7
"""An operator."""
GOOD = """
source = "https://eur-lex.europa.eu"
before = "Open the official page first."
audience = "finished=iso9001 and active=30d"
fallback = "en"

[en]
text = \"\"\"
**A rule changes.**

- Read *this*
\"\"\"
buttons = [
  { label = "What it means", to = "iso9001" },
  { label = "Official page", to = "https://eur-lex.europa.eu/eli/reg/2024/1" },
]

[zh_Hans]
text = "**规则变了。**"
"""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A file on disk."""
    with closing(connect(tmp_path / "certguide.db", "real", "NORMAL")) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a draft and tells where."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "news.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


Write = Callable[[str | bytes], Path]


def refusal(act: Callable[..., object], *arguments: Any, **more: Any) -> str:
    """Why it is not done."""
    with pytest.raises(NewsError) as caught:
        act(*arguments, **more)
    return str(caught.value)


# Reading a draft


def test_a_draft_is_read_as_it_was_meant(file: Write) -> None:
    read = newsroom.read(file(GOOD), CONVERSATION)
    assert (read.audience, read.fallback) == ("finished=iso9001 and active=30d", "en")
    assert read.texts == {
        "en": Text(
            "en",
            "<b>A rule changes.</b>\n\n• Read <i>this</i>",
            buttons=(
                ("What it means", "iso9001"),
                ("Official page", "https://eur-lex.europa.eu/eli/reg/2024/1"),
            ),
        ),
        "zh_Hans": Text("zh_Hans", "<b>规则变了。</b>"),
    }


def test_a_text_is_enough(file: Write) -> None:
    assert newsroom.read(file('[en]\ntext = "Hello"'), CONVERSATION) == newsroom.Draft({"en": HELLO}, "", "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("audience = lang", "news.toml: this is not TOML: Invalid value (at line 1, column 12)"),
        ('[en]\ntext = "a\nb"', "this is not TOML: Illegal character '\\n' (at line 2, column 10)"),
        ('[en]\ntext = "a"\n[en]\n', "this is not TOML: Cannot declare ('en',) twice (at line 3, column 4)"),
        ('[en]\ntext = "a"\ntext = "b"\n\n', "Cannot overwrite a value (at line 3, column 11)"),
        ('[en]\ntext = "\\ud800"', "this is not TOML"),
        ('[en]\ntext = "a\0"', "this is not TOML"),
        ("a = " + "[" * 100_000, "this is not TOML"),
        ("a = " + "1" * 10_000, "this is not TOML"),
        (b'[en]\ntext = "\xff\xfe"', "news.toml is not UTF-8 text: save it again in that encoding"),
        (GOOD.encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(file: Write, content: str | bytes, says: str) -> None:
    assert says in refusal(newsroom.read, file(content), CONVERSATION)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "news.toml: there is no text: a table for a language is needed, as [en]"),
        ('audience = "lang=en"', "news.toml: there is no text"),
        ('[fr]\ntext = "Bonjour"', "news.toml: I don't speak 'fr', but en, zh_Hans\nnews.toml: there is no text"),
        ('[zh_hans]\ntext = "你好"', "news.toml: I don't speak 'zh_hans', but en, zh_Hans"),
        ("[en]", "news.toml, en: 'text' is missing"),
        ('[en]\ntext = "  "', "news.toml, en: 'text' says nothing"),
        ("[en]\ntext = 5", "news.toml, en: 'text' must be a text"),
        ('en = "Hello"', "news.toml, en: a table is needed here"),
        ('[en]\ntxt = "a"', "news.toml, en: nobody knows the key 'txt'; did you mean 'text'?"),
        ('[en]\ntext = "a"\naudience = "lang=en"', "news.toml, en: nobody knows the key 'audience'"),
        ('audiance = ""\n[en]\ntext = "a"', "nobody knows the key 'audiance'; did you mean 'audience'?"),
        ('audience = ["lang=en"]\n[en]\ntext = "a"', "news.toml: 'audience' must be a text"),
        ('fallback = "fr"\n[en]\ntext = "a"', "news.toml: 'fallback' is 'fr', which has no text here: en"),
        ('source = 5\n[en]\ntext = "a"', "news.toml: 'source' must be a text"),
        ('[en]\ntext = "a"\nbuttons = "b"', "news.toml, en: 'buttons' must be a list of tables"),
        ('[en]\ntext = "a"\nbuttons = ["b"]', "news.toml, en, buttons 1: a table is needed here"),
        ('[en]\ntext = "a"\nbuttons = [{ label = "b" }]', "news.toml, en, buttons 1: 'to' is missing"),
        (
            '[en]\ntext = "a"\nbuttons = [{ label = "b", to = "c", url = "d" }]',
            "news.toml, en, buttons 1: nobody knows the key 'url'",
        ),
    ],
)
def test_what_is_wrong_in_a_draft_is_told_with_its_place(file: Write, content: str, says: str) -> None:
    assert says in refusal(newsroom.read, file(content), CONVERSATION)


def test_every_mistake_is_told_at_once(file: Write) -> None:
    told = refusal(newsroom.read, file("audiance = 1\n[en]\ntxt = 1\n[zh_Hans]\nbuttons = [{}]"), CONVERSATION)
    assert len(told.splitlines()) == 6


def test_a_file_that_is_not_there_or_is_none_is_named(tmp_path: Path) -> None:
    assert refusal(newsroom.read, tmp_path / "no.toml", CONVERSATION) == f"{tmp_path}/no.toml is not there"
    assert refusal(newsroom.read, tmp_path, CONVERSATION) == f"{tmp_path} can't be read: Is a directory"
    assert "this is not TOML: embedded null byte" in refusal(newsroom.read, Path("a\0b"), CONVERSATION)


@given(st.text() | st.binary())
def test_any_file_is_a_draft_or_a_sentence_about_it(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    assert refusal(newsroom.read, path, CONVERSATION)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_no_text_becomes_a_tag(words: str) -> None:
    shown = html(markup.escape(words))
    assert "<" not in shown
    assert plain(shown) == markup.plain(markup.escape(words))


def test_a_draft_that_is_kept_is_the_draft(db: sqlite3.Connection, file: Write) -> None:
    read = newsroom.read(file(GOOD), CONVERSATION)
    with transaction(db):
        id_ = newsroom.keep(db, read, MEI, NOON)
    kept = found(db, id_)
    assert (kept.state, kept.texts, kept.audience, kept.fallback, kept.by) == (
        *("draft", read.texts),
        *("finished=iso9001 and active=30d", "en", MEI),
    )
    assert audit.read(db) == [Entry(NOON, MEI, "draft", f"broadcast {id_}", "", "")]


# Looking it over


def made(*texts: Text, audience: str = "", fallback: str = "", action: str = "send", corrects: int = 0) -> Broadcast:
    """A broadcast that was never kept."""
    return Broadcast(
        *(1, "draft", action, corrects, audience, fallback, "", False, MEI, 0, 0, 0, ""),
        texts={text.lang: text for text in texts},
    )


def problems(*texts: Text, **more: Any) -> list[str]:
    return list(newsroom.problems(made(*texts, **more), CONVERSATION, WORDS, NOON))


def footer(lang: str) -> str:
    """The line that stands under everything, with what parts it from the text."""
    return f"\n\n{plain(html(CONVERSATION.voices.of(lang).phrase('news-footer')))}"


def test_what_is_fine_has_no_problems() -> None:
    fine = replace(HELLO, html="<b>Hello</b> &amp; <a href='https://a.example'>welcome</a>: 2 &gt; 1")
    buttons = (("Read", "iso9001"), ("Ask", "https://a.example/?x=1"), ("Old", "http://a.example"))
    assert problems(replace(fine, buttons=buttons), CHINESE, audience="lang=en", fallback="en") == []


def test_what_has_no_text_is_told() -> None:
    assert problems() == ["there is no text yet"]
    assert problems(replace(HELLO, html=" <b> </b>\n")) == ["en: the text says nothing"]
    assert problems(replace(HELLO, kind="photo", html="", file="abc")) == []
    assert problems(replace(HELLO, kind="photo")) == ["en: the photo is missing"]


def test_a_withdrawal_needs_no_text() -> None:
    assert problems(action="delete") == []


def test_a_language_nobody_speaks_is_told() -> None:
    assert problems(HELLO, Text("fr", "Bonjour")) == ["fr: I don't speak that language"]


def test_a_fallback_without_a_text_is_told() -> None:
    (what,) = problems(HELLO, fallback="zh_Hans")
    assert what == "people without a text in their language are to get it in zh_Hans, which has none"


def test_a_filter_that_means_nothing_is_told() -> None:
    (what,) = problems(HELLO, audience="finished=iso9002")
    assert what.startswith("there is no finished 'iso9002'; did you mean iso9001")


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
@pytest.mark.parametrize(("kind", "most"), [("text", limits.MESSAGE), ("photo", CAPTION), ("document", CAPTION)])
@pytest.mark.parametrize("letter", ["a", "内", "💥", "&amp;"])
def test_a_text_over_the_limit_in_one_language_only_is_told(lang: str, kind: str, most: int, letter: str) -> None:
    room = most - len(footer(lang))
    fitting = Text(lang, letter * (room // markup.units(plain(letter))), kind, "abc")
    others = [text for text in (HELLO, CHINESE) if text.lang != lang]
    told = [what for what in problems(fitting, *others) if "emoji" not in what]
    assert told == []
    (what,) = [what for what in problems(replace(fitting, html=f"{fitting.html}ab"), *others) if "emoji" not in what]
    assert what.startswith(f"{lang}: ")
    assert what.endswith(f" characters with its last line: {most} at most")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((Text("en", f"It is a {word} here"), word) for word in limits.PROMISES["en"]),
        *((Text("en", f"A {word.title()}"), word) for word in limits.TITLES["en"]),
        *((Text("zh_Hans", f"这是{word}。"), word) for word in limits.PROMISES["zh_Hans"]),
        *((Text("zh_Hans", f"{word}"), word) for word in limits.TITLES["zh_Hans"]),
        (Text("en", "100 % sure"), "100%"),
        (Text("en", "１００％ sure"), "100%"),
        (Text("en", "We <b>guar</b>antee it"), "guarantee"),
        (Text("en", "Hello", buttons=(("Guaranteed", "iso9001"),)), "guarantee"),
    ],
)
def test_a_promise_in_any_language_is_told(text: Text, word: str) -> None:
    other = HELLO if text.lang != "en" else CHINESE
    assert f"{text.lang}: '{word}' promises what nobody can keep; it may only be quoted, as “a claim”" in problems(
        text, other
    )


@pytest.mark.parametrize(
    "text",
    [Text("en", "Who says “guarantee” lies"), Text("en", 'They say "100%"'), Text("zh_Hans", "有人说“保证通过”，小心")],
)
def test_a_promise_may_be_quoted(text: Text) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ("a **b** c", "**"),
        ("a *b* c", "*"),
        ("a `b`", "`"),
        ("a __b__", "__"),
        ("# Title", "# "),
        ("&lt;b&gt;", "<b"),
        ("Hello {name}", "{"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_marks_that_would_show_are_told(lang: str, said: str, mark: str) -> None:
    assert problems(Text(lang, said)) == [
        f"{lang}: '{mark}' shows as it is: only **bold**, *italic*, lists and links work"
    ]


@pytest.mark.parametrize(
    ("said", "fine"), [("Hi 👍", True), ("Hi 👩🏽‍🔧", True), ("Hi 👍👍", False), ("👍 Hi 👍", False)]
)
def test_one_emoji_is_enough(said: str, fine: bool) -> None:
    assert problems(replace(HELLO, html=said)) == ([] if fine else ["en: more than one emoji"])


@pytest.mark.parametrize(
    ("label", "to", "says"),
    [
        ("Read", "iso9002", "the button 'Read' leads to 'iso9002', which is neither an address nor one of: "),
        ("Read", "home", "the button 'Read' leads to 'home', which is neither"),
        ("Read", "", "the button 'Read' leads to '', which is neither"),
        ("Read", "https://", "leads to 'https://', which is neither"),
        ("Read", "https://nowhere", "leads to 'https://nowhere', which is neither"),
        ("Read", "https://a.example/a b", "which is neither"),
        ("Read", "tg://user?id=1", "which is neither"),
        ("Read", "javascript:alert(1)", "which is neither"),
        (" ", "iso9001", "the button to 'iso9001' says nothing"),
        ("x" * 33, "iso9001", f"the button '{'x' * 33}' is too long: 33 of 32"),
        ("内" * 17, "iso9001", f"the button '{'内' * 17}' is too long: 34 of 32"),
    ],
)
def test_a_button_that_leads_nowhere_or_is_not_read_is_told(label: str, to: str, says: str) -> None:
    (what,) = problems(CHINESE, replace(HELLO, buttons=((label, to),)))
    assert what.startswith("en: the button")
    assert says in what


def test_more_buttons_than_are_read_are_told() -> None:
    five = (("Read", "iso9001"),) * 5
    assert problems(replace(HELLO, buttons=five)) == []
    assert problems(replace(HELLO, buttons=(*five, five[0]))) == ["en: 6 buttons are too many: 5 at most"]


def test_every_problem_is_told_at_once() -> None:
    wrong = replace(HELLO, html="{guarantee}", buttons=(("", "nowhere"),))
    assert len(problems(wrong, replace(CHINESE, html=""), audience="lang", fallback="ru")) == 7


# Foreseeing it


def foresee(db: sqlite3.Connection, id_: int, pace: float = 20) -> newsroom.Preview:
    return newsroom.preview(db, found(db, id_), CONVERSATION, WORDS, CALENDAR, pace, NOON)


def test_a_preview_tells_whom_how_long_and_what_is_wrong(db: sqlite3.Connection) -> None:
    for n in range(1, 41):
        settle(db, n, finished=["iso9001"] if n > 10 else [])
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "finished=iso9001")
    seen = foresee(db, id_)
    assert (seen.outlook.languages, seen.seconds, seen.problems, seen.tested) == ({"en": 30}, 1.5, (), True)
    broadcasts.write(db, id_, replace(HELLO, html="{"))
    seen = foresee(db, id_, pace=10)
    assert (seen.seconds, len(seen.problems), seen.tested) == (3.0, 1, False)


def test_a_filter_that_means_nothing_has_no_preview(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "finished=iso9002")
    assert "did you mean iso9001" in refusal(foresee, db, id_)


def test_a_withdrawal_is_tested_since_it_shows_nothing(db: sqlite3.Connection) -> None:
    settle(db, 1)
    wrong = over(db)
    id_ = broadcasts.draft(db, MEI, NOON, action="delete", corrects=wrong)
    seen = foresee(db, id_)
    assert (seen.tested, seen.problems, seen.outlook.languages) == (True, (), {"en": 1})


# Launching it


def launch(db: sqlite3.Connection, id_: int, now: float = NOON, **more: Any) -> int:
    with transaction(db):
        return newsroom.launch(db, id_, CONVERSATION, WORDS, MEI, now, **more)


def over(db: sqlite3.Connection, state: str = "done") -> int:
    """A broadcast that has reached everybody there is."""
    id_ = run(db)
    deliver(db)
    db.execute("update broadcasts set state = ? where id = ?", [state, id_])
    return id_


def everything(db: sqlite3.Connection) -> list[Any]:
    """All that a launch could change."""
    return [db.execute(f"select * from {table}").fetchall() for table in ("broadcasts", "deliveries", "audit")]


def test_what_was_tested_starts_and_goes_to_everybody_it_is_for(db: sqlite3.Connection) -> None:
    settle(db, 1, finished=["iso9001"])
    settle(db, 2)
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "finished=iso9001")
    assert launch(db, id_) == 1
    assert outcomes(db, id_) == {1: "waiting"}
    started = found(db, id_)
    assert (started.state, started.started, started.due) == ("running", NOON, 0)
    assert audit.read(db) == [Entry(NOON, MEI, "start", f"broadcast {id_}", "draft", started.digest)]


def test_what_is_scheduled_goes_to_nobody_yet(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    assert launch(db, id_, due=NOON + DAY) == 0
    scheduled = found(db, id_)
    assert (scheduled.state, scheduled.started, scheduled.due) == ("scheduled", 0, NOON + DAY)
    assert deliveries.counts(db, id_) == {}
    assert audit.read(db) == [Entry(NOON, MEI, "schedule", f"broadcast {id_}", "draft", scheduled.digest)]


def test_what_is_scheduled_can_be_started_at_once(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = draft(db, HELLO)
    launch(db, id_, due=NOON + DAY)
    assert launch(db, id_, NOON + 1) == 1
    assert [entry.before for entry in audit.read(db)] == ["scheduled", "draft"]


def _untested(db: sqlite3.Connection) -> int:
    id_ = draft(db, HELLO)
    broadcasts.tested(db, id_, "")
    return id_


def _edited(db: sqlite3.Connection) -> int:
    id_ = draft(db, HELLO)
    broadcasts.write(db, id_, replace(HELLO, html="Hello!"))
    return id_


def _too_long(db: sqlite3.Connection) -> int:
    return draft(db, HELLO, replace(CHINESE, html="内" * limits.MESSAGE))


def _for_nobody(db: sqlite3.Connection) -> int:
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "lang=zh_Hans")
    return id_


def _misspelt(db: sqlite3.Connection) -> int:
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "lang=zh_Hant")
    return id_


def _in_another_language(db: sqlite3.Connection) -> int:
    return draft(db, CHINESE)


REFUSED: dict[str, tuple[Callable[[sqlite3.Connection], int], str]] = {
    "none": (lambda db: 404, "there is no broadcast 404"),
    "untested": (_untested, "has not been tested as it is now: send yourself a test first"),
    "edited": (_edited, "has not been tested as it is now"),
    "too long": (_too_long, f"zh_Hans: 4130 characters with its last line: {limits.MESSAGE} at most"),
    "nobody": (_for_nobody, "it would reach nobody: look at the preview"),
    "undecided": (_in_another_language, "some people have no text in their language: decide what they get first"),
    "misspelt": (_misspelt, "there is no lang 'zh_Hant'; did you mean zh_Hans?"),
    "textless": (lambda db: draft(db), "there is no text yet"),
    "started": (run, "broadcast 1 is running: it can't be started"),
    "over": (over, "broadcast 1 is done: it can't be started"),
    "stopped": (lambda db: over(db, "stopped"), "broadcast 1 is stopped: it can't be started"),
    "paused": (lambda db: over(db, "paused"), "broadcast 1 is paused: it can't be started"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_launched_is_told_and_nothing_is_half_done(db: sqlite3.Connection, name: str) -> None:
    """Not even outside a transaction, where nothing would be undone."""
    prepare, says = REFUSED[name]
    settle(db, 1)
    id_ = prepare(db)
    before = everything(db)
    assert says in refusal(newsroom.launch, db, id_, CONVERSATION, WORDS, MEI, NOON)
    assert everything(db) == before


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {"nobody"}))
def test_nor_is_it_scheduled(db: sqlite3.Connection, name: str) -> None:
    prepare, says = REFUSED[name]
    settle(db, 1)
    id_ = prepare(db)
    before = everything(db)
    assert says in refusal(newsroom.launch, db, id_, CONVERSATION, WORDS, MEI, NOON, due=NOON + DAY)
    assert everything(db) == before


def test_it_is_launched_once_that_is_decided(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2, lang="zh_Hans")
    id_ = draft(db, HELLO)
    drafts.give_others(db, id_, "")
    assert launch(db, id_) == 1


@pytest.mark.parametrize("due", [0, NOON - 1, NOON])
def test_a_moment_that_is_over_is_refused(db: sqlite3.Connection, due: int) -> None:
    settle(db, 1)
    assert refusal(launch, db, draft(db, HELLO), due=due) == "that moment is over"


def test_what_is_scheduled_is_not_scheduled_twice(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    launch(db, id_, due=NOON + DAY)
    assert refusal(launch, db, id_, due=NOON + 2 * DAY) == f"broadcast {id_} is scheduled: it can't be started"
    assert found(db, id_).due == NOON + DAY


def test_of_many_who_start_it_at_once_one_does(tmp_path: Path, db: sqlite3.Connection) -> None:
    with transaction(db):
        for n in range(1, 201):
            settle(db, n)
        id_ = draft(db, HELLO)

    def start(_: int) -> str:
        with closing(connect(tmp_path / "certguide.db", "real", "NORMAL")) as own:
            try:
                return f"{launch(own, id_)} people"
            except NewsError as error:
                return str(error)

    with ThreadPoolExecutor(6) as pool:
        said = Counter(pool.map(start, range(6)))
    assert said == {"200 people": 1, f"broadcast {id_} is running: it can't be started": 5}
    assert deliveries.counts(db, id_) == {"waiting": 200}
    assert len(audit.read(db)) == 1


async def test_a_launch_that_is_refused_leaves_what_shares_its_transaction_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "certguide.db")
    await database.run(settle, 1)
    good, bad = await database.run(draft, HELLO), await database.run(_untested)
    with pytest.raises(NewsError, match="not been tested"):
        await database.run(newsroom.launch, bad, CONVERSATION, WORDS, MEI, NOON)
    assert await database.run(newsroom.launch, good, CONVERSATION, WORDS, MEI, NOON) == 1
    assert [entry.subject for entry in await database.run(audit.read)] == [f"broadcast {good}"]
    database.close()


async def test_a_full_disk_leaves_nothing_half_done(tmp_path: Path) -> None:
    def crowd(db: sqlite3.Connection) -> int:
        for n in range(1, 2000):
            settle(db, n)
        return draft(db, HELLO)

    def fill(db: sqlite3.Connection) -> None:
        (pages,) = db.execute("pragma page_count").fetchone()
        db.execute(f"pragma max_page_count = {pages + 5}").fetchall()

    database = Database(tmp_path / "certguide.db")
    id_ = await database.run(crowd)
    await database.run(fill)
    before = await database.run(everything)
    with pytest.raises(Exception, match="the disk is full: free some space"):
        await database.run(newsroom.launch, id_, CONVERSATION, WORDS, MEI, NOON)
    assert await database.run(everything) == before
    await database.run(lambda db: db.execute("pragma max_page_count = 1000000").fetchall())
    assert await database.run(newsroom.launch, id_, CONVERSATION, WORDS, MEI, NOON) == 1999
    database.close()


# Corrections


def correction(db: sqlite3.Connection, wrong: int, *texts: Text, action: str = "edit") -> int:
    return draft(db, *texts, action=action, corrects=wrong)


@pytest.mark.parametrize("state", ["done", "stopped"])
@pytest.mark.parametrize("action", ["edit", "delete"])
def test_what_is_over_can_be_corrected(db: sqlite3.Connection, state: str, action: str) -> None:
    settle(db, 1)
    wrong = over(db, state)
    settle(db, 2)
    id_ = correction(db, wrong, *([HELLO] if action == "edit" else []), action=action)
    assert launch(db, id_, NOON + HOUR) == 1
    assert outcomes(db, id_) == {1: "waiting"}


@pytest.mark.parametrize("state", ["running", "paused", "scheduled", "draft"])
def test_what_is_not_over_is_not_corrected_yet(db: sqlite3.Connection, state: str) -> None:
    """Whoever gets it after the correction would keep what is wrong."""
    settle(db, 1)
    wrong = over(db, state)
    says = f"broadcast {wrong} is {state}: stop it first, or whoever gets it yet keeps what is wrong"
    assert refusal(launch, db, correction(db, wrong, HELLO)) == says
    assert refusal(launch, db, correction(db, wrong, action="delete")) == says


def test_what_is_still_on_its_way_to_some_is_not_corrected_yet(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2)
    wrong = run(db)
    one, other = deliveries.claim(db, CALENDAR, NOON, 2)
    deliveries.sent(db, one, 5, NOON)
    broadcasts.move(db, wrong, "stop", NOON)
    id_ = correction(db, wrong, HELLO)
    assert refusal(launch, db, id_) == f"broadcast {wrong} is still on its way to some: try again in a moment"
    deliveries.sent(db, other, 6, NOON)
    assert launch(db, id_) == 2


def test_a_correction_is_not_corrected_itself(db: sqlite3.Connection) -> None:
    settle(db, 1)
    wrong = over(db)
    first = run(db, action="edit", corrects=wrong)
    deliver(db)
    broadcasts.move(db, first, "finish", NOON)
    says = f"broadcast {first} itself changes broadcast {wrong}: correct that one"
    assert refusal(launch, db, correction(db, first, HELLO)) == says
    assert launch(db, correction(db, wrong, HELLO)) == 1


@pytest.mark.parametrize("other", [{"kind": "photo", "file": "abc"}, {"kind": "document", "file": "abc"}])
def test_words_do_not_become_a_picture(db: sqlite3.Connection, other: dict[str, str]) -> None:
    settle(db, 1)
    wrong = over(db)
    says = f"en: only words and buttons can be corrected, not a text become another {other['kind']}"
    assert refusal(launch, db, correction(db, wrong, replace(HELLO, **other))) == says  # type: ignore[arg-type]


def test_a_language_nobody_got_it_in_is_not_corrected(db: sqlite3.Connection) -> None:
    settle(db, 1)
    wrong = over(db)
    says = f"zh_Hans: nobody got broadcast {wrong} in that language"
    assert refusal(launch, db, correction(db, wrong, HELLO, CHINESE)) == says


def test_a_correction_is_tested_like_anything_else(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = correction(db, over(db), HELLO)
    broadcasts.tested(db, id_, "")
    assert "has not been tested" in refusal(launch, db, id_)


def test_what_nobody_got_is_not_corrected(db: sqlite3.Connection) -> None:
    settle(db, 1)
    wrong = run(db)
    broadcasts.move(db, wrong, "stop", NOON)
    assert "it would reach nobody" in refusal(launch, db, correction(db, wrong, HELLO))


def test_what_is_too_old_is_not_withdrawn(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = correction(db, over(db), action="delete")
    assert "it would reach nobody" in refusal(launch, db, id_, NOON + 2 * DAY)
    assert launch(db, id_, NOON + 2 * DAY - 1) == 1


# Steering it


def act(db: sqlite3.Connection, id_: int, name: str, **more: Any) -> None:
    with transaction(db):
        newsroom.act(db, id_, name, MEI, NOON, **more)


@pytest.mark.parametrize("state", broadcasts.STATES)
@pytest.mark.parametrize("name", newsroom.ACTS)
def test_each_act_is_done_where_it_may_and_told(db: sqlite3.Connection, state: str, name: str) -> None:
    id_ = draft(db, HELLO)
    db.execute("update broadcasts set state = ?", [state])
    if state in broadcasts.MOVES[name]:
        act(db, id_, name, why="because")
        after = broadcasts.LEADS[name]
        assert (found(db, id_).state, found(db, id_).why) == (after, "because")
        assert audit.read(db) == [Entry(NOON, MEI, name, f"broadcast {id_}", state, after)]
    else:
        assert refusal(act, db, id_, name) == f"broadcast {id_} is {state}: it can't be asked to {name}"
        assert found(db, id_).state == state
        assert audit.read(db) == []


@pytest.mark.parametrize("name", ["start", "schedule", "finish", "resend", "explode", ""])
def test_nothing_else_is_an_act_and_no_way_round_the_test(db: sqlite3.Connection, name: str) -> None:
    settle(db, 1)
    for id_ in (draft(db, HELLO), run(db), over(db)):
        before = everything(db)
        assert f"it can't be asked to {name}" in refusal(act, db, id_, name)
        assert everything(db) == before


def test_a_broadcast_that_never_was_is_not_steered(db: sqlite3.Connection) -> None:
    assert refusal(act, db, 404, "stop") == "there is no broadcast 404"


# Once more


def test_what_is_unsure_is_sent_again_by_a_decision_that_is_told(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    deliveries.claim(db, CALENDAR, NOON, 1)
    deliveries.sweep(db, NOON)
    broadcasts.move(db, id_, "finish", NOON)
    assert newsroom.resend(db, id_, SHELL, NOON) == 1
    assert audit.read(db) == [Entry(NOON, SHELL, "resend", f"broadcast {id_}", "done", "1")]
    assert deliver(db) == [1]


def test_what_must_not_be_sent_again_is_not(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    assert refusal(newsroom.resend, db, 404, SHELL, NOON) == "there is no broadcast 404"
    nothing = f"broadcast {id_}: nothing is unsure, so there is nothing to send again"
    assert refusal(newsroom.resend, db, id_, SHELL, NOON) == nothing
    deliveries.claim(db, CALENDAR, NOON, 1)
    deliveries.sweep(db, NOON)
    broadcasts.move(db, id_, "stop", NOON)
    before = everything(db)
    says = f"broadcast {id_} was stopped or corrected: nothing of it is sent any more"
    assert refusal(newsroom.resend, db, id_, SHELL, NOON) == says
    assert everything(db) == before
