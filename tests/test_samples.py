"""The sample broadcasts: each can be sent once its official page was opened, and says what the pages say."""

import re
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

import dialogs
from bot import newsroom, words
from bot.formatting import plain
from bot.newsroom import Draft
from bot.store import audience, broadcasts, sellers
from bot.store.database import connect
from bot.store.deliveries import Calendar
from dialogs import Event, markup
from dialogs.choices import NEWS
from dialogs.limits import LABEL_WIDTH
from dialogs.literal import PLACEHOLDER, Month, Value, literal
from dialogs.topic import Page

FOLDER = Path(__file__).parent.parent / "deploy" / "broadcasts"
SAMPLES = sorted(FOLDER.glob("*.toml"))
CONVERSATION = dialogs.load("@certguide_help")
KNOWN = words.known(CONVERSATION)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
CALENDAR = Calendar("Asia/Shanghai", ())
LANGUAGES = ("en", "zh_Hans")
MONTHS = "January February March April May June July August September October November December".split()
ENGLISH_DATE = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) (\d{{4}})")
CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")
NUMBER = re.compile(r"\d+")

each = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


@cache
def sample(path: Path) -> Draft:
    """The draft as `certguide broadcast draft` reads it."""
    return newsroom.read(path, CONVERSATION)


@cache
def source(path: Path) -> dict[str, str]:
    """What stands in the file besides its texts."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in content.items() if isinstance(value, str)}


def marked(path: Path, lang: str) -> str:
    """The text in a language, as it is written."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))[lang]["text"]
    assert isinstance(text, str)
    return text.strip()


def said(path: Path, lang: str) -> str:
    """What people read."""
    return plain(sample(path).texts[lang].html)


def noted(path: Path, name: str) -> list[str]:
    """What a line of the comment at the top lists."""
    found = re.search(rf"^# {name}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"the comment says nothing about {name}"
    return found[1].split(", ")


def pages(path: Path) -> list[Page]:
    """The pages that say the same."""
    return [CONVERSATION.pages[name] for name in noted(path, "Pages that say the same")]


def dates(text: str) -> Iterator[str]:
    """Days and months of a text in either language, as 2026-07-01 or 2026-07."""
    for day, month, year in ENGLISH_DATE.findall(text):
        yield _date(year, MONTHS.index(month) + 1, day)
    for year, month, day in CHINESE_DATE.findall(text):
        yield _date(year, int(month), day)


def _date(year: str, month: int, day: str) -> str:
    return date(int(year), month, int(day or 1)).isoformat()[: 10 if day else 7]


def numbers(text: str) -> Counter[str]:
    """The numbers of a text that are no part of a date."""
    return Counter(NUMBER.findall(CHINESE_DATE.sub(" ", ENGLISH_DATE.sub(" ", text))))


def told(page: Page) -> Iterator[str]:
    """Days and months the page tells; of a day its month, too, since less may be said of it."""
    for name in PLACEHOLDER.findall(page.text):
        value: Value | None = CONVERSATION.content.drawn.get(name, literal(name))
        if isinstance(value, Month):
            yield value.first.isoformat()[:7]
        elif isinstance(value, str) and isinstance(month := literal(value), Month):
            yield month.first.isoformat()[:7]
        elif isinstance(value, date):
            yield from (value.isoformat(), value.isoformat()[:7])


# The twelve


def test_there_are_twelve_in_their_order_and_nothing_else() -> None:
    assert [path.stem[:5] for path in SAMPLES] == [f"bc-{number:02}" for number in range(1, 13)]
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(path.name for path in SAMPLES)}


def test_the_readme_lists_them_in_the_same_order() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)` \|", readme, re.MULTILINE) == [path.stem for path in SAMPLES]


def test_the_readme_says_how_to_use_one() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = re.search(r"certguide broadcast draft (\S+\.toml)", readme)
    assert named
    assert (FOLDER.parent.parent / named[1]) in SAMPLES
    assert readme.index("`source`") < readme.index(named[0])


@each
def test_it_is_read_without_a_mistake_and_speaks_both_languages(path: Path) -> None:
    assert tuple(sorted(sample(path).texts)) == LANGUAGES


@each
def test_the_comment_names_its_sheet_and_facts_that_exist(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    id_ = path.stem[:5].upper()
    assert first == f"# {id_} of market.md §4.1"
    assert {id_, *noted(path, "Facts")} <= set(CONVERSATION.content.facts)


# Before it is sent


@each
def test_it_says_what_is_to_be_opened_first_and_until_when_it_makes_sense(path: Path) -> None:
    assert re.fullmatch(r"https?://[^\s/]+\.[^\s/]+/\S*", source(path)["source"])
    assert source(path)["before"].startswith("Open the official page first")
    assert "Makes sense " in source(path)["before"]


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("bc-05-eu-packaging", "sources differ", "各来源说法不一"),
        ("bc-05-eu-packaging", "not confirmed", "尚未得到确认"),
        ("bc-08-russia-platforms", "not confirmed", "尚未得到确认"),
    ],
)
def test_what_could_not_be_confirmed_is_said_so(name: str, english: str, chinese: str) -> None:
    path = FOLDER / f"{name}.toml"
    assert english in said(path, "en")
    assert chinese in said(path, "zh_Hans")


# What is sent


@each
def test_the_newsroom_finds_nothing_wrong_with_it(path: Path, tmp_path: Path) -> None:
    with closing(connect(tmp_path / "news.db", "real", "FULL")) as db:
        id_ = newsroom.keep(db, sample(path), newsroom.SHELL, NOW)
        broadcast = broadcasts.load(db, id_)
        assert broadcast is not None
        assert list(newsroom.problems(broadcast, CONVERSATION, KNOWN, NOW)) == []
        assert broadcast.texts == sample(path).texts


def somebody(db: sqlite3.Connection, id_: int, lang: str, page: str, news: str) -> None:
    """A seller who has seen a page and was asked about news."""
    guest = sellers.arrive(id_)
    guest.seller.lang = lang
    guest.seller.answers[NEWS] = news
    guest.seller.trail += [Event("shown", page), Event("answered", "home.news", detail=news, question=NEWS)]
    sellers.save(db, guest, NOW)


@each
def test_it_reaches_who_has_seen_what_it_is_about_and_wants_news(path: Path, tmp_path: Path) -> None:
    page = pages(path)[0].name
    if (only := sample(path).audience).startswith("page="):
        page = only.removeprefix("page=")
    with closing(connect(tmp_path / "news.db", "real", "FULL")) as db:
        somebody(db, 1, "zh_Hans", page, "on")
        somebody(db, 2, "en", page, "off")
        somebody(db, 3, "en", "home.menu", "on")
        broadcast = broadcasts.load(db, newsroom.keep(db, sample(path), newsroom.SHELL, NOW))
        assert broadcast is not None
        preview = newsroom.preview(db, broadcast, CONVERSATION, KNOWN, CALENDAR, 20, NOW)
        assert (preview.outlook.languages, preview.outlook.unwanted) == (Counter({"zh_Hans": 1}), 1)
        assert (preview.problems, preview.tested) == ((), False)


@each
def test_whom_it_is_for_are_those_the_pages_are_for(path: Path) -> None:
    name, _, value = sample(path).audience.partition("=")
    assert audience.parse(sample(path).audience, KNOWN, NOW).values == (value,)
    topics = {page.topic for page in pages(path)}
    assert (value if name == "topic" else value.partition(".")[0]) in topics


@each
@each_language
def test_it_begins_with_a_line_in_bold(path: Path, lang: str) -> None:
    first, empty, *rest = marked(path, lang).splitlines()
    assert re.fullmatch(r"\*\*[^*]+\*\*", first)
    assert empty == ""
    assert rest


@each
def test_it_is_short_enough_to_be_read_and_long_enough_to_help(path: Path) -> None:
    assert 40 <= len(said(path, "en").split()) <= 90
    assert 70 <= len(re.findall(r"[\u4e00-\u9fff]", said(path, "zh_Hans"))) <= 160


@each
def test_it_promises_nothing_and_needs_no_calendar(path: Path) -> None:
    assert not re.search(r"\b(will|tomorrow|yesterday|next week|soon)\b", said(path, "en"))
    assert not re.search(r"将会|必将|明天|昨天|下周|即将", said(path, "zh_Hans"))


@each
@each_language
def test_an_amount_stands_with_its_year(path: Path, lang: str) -> None:
    text = said(path, lang)
    if re.search(r"\d (euros|US dollars|dollars)|\d(欧元|美元)", text):
        assert re.search(r"\b20\d\d|20\d\d年", text)


@each
@each_language
def test_a_button_fits_and_leads_to_a_topic_or_to_the_official_page(path: Path, lang: str) -> None:
    buttons = sample(path).texts[lang].buttons
    assert buttons
    for label, to in buttons:
        assert markup.width(label) <= LABEL_WIDTH
        assert lang == "en" or len(label) <= LABEL_WIDTH // 2
        assert to == source(path)["source"] or to in KNOWN.topics


@each
@each_language
def test_a_button_to_a_topic_bears_its_title(path: Path, lang: str) -> None:
    for label, to in sample(path).texts[lang].buttons:
        if to in KNOWN.topics:
            title = CONVERSATION.content.topics[to].title
            assert label == markup.plain(CONVERSATION.voices.of(lang).say(f"{to}.title", title))


# Both languages say the same


@each
def test_both_languages_have_the_same_shape(path: Path) -> None:
    assert markup.shape(marked(path, "en")) == markup.shape(marked(path, "zh_Hans"))
    english, chinese = (sample(path).texts[lang].buttons for lang in LANGUAGES)
    assert [to for _, to in english] == [to for _, to in chinese]


@each
def test_both_languages_name_the_same_days(path: Path) -> None:
    assert list(dates(said(path, "en"))) == list(dates(said(path, "zh_Hans")))
    assert list(dates(said(path, "en"))) != []


@each
def test_both_languages_have_the_same_numbers(path: Path) -> None:
    assert numbers(said(path, "en")) == numbers(said(path, "zh_Hans"))


def test_dates_are_understood_in_both_languages() -> None:
    assert list(dates("to 1 July 2028, and in May 2026")) == ["2028-07-01", "2026-05"]
    assert list(dates("到2028年7月1日，2026年5月")) == ["2028-07-01", "2026-05"]
    assert numbers("3 euros since 1 July 2026, twice 3") == Counter({"3": 2})
    assert numbers("自2026年7月1日起3欧元，两次3") == Counter({"3": 2})


# The pages say the same


@each
def test_the_pages_it_names_rest_on_the_same_facts(path: Path) -> None:
    evidence = [page.evidence for page in pages(path)]
    rested = {fact for found in evidence if found for fact in found.facts}
    assert set(noted(path, "Facts")) <= rested


@each
def test_every_day_it_names_is_told_by_those_pages(path: Path) -> None:
    known = {day for page in pages(path) for day in told(page)}
    assert set(dates(said(path, "en"))) <= known
