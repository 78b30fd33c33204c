"""Audiences kept by name, and the log of what operators did."""

import re
import time

import pytest

from bot.store import audit
from bot.store.audience import KEYS
from tests.bot.broadcasting.pressroom import NEWS_TOML, broadcast, database, good, refused, text, write
from tests.bot.shell import ROOT

OPERATING = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
FILTERS = re.findall(r"`((?:[a-z-]+|answer\.[a-z.-]+)=[^`<]+)`", OPERATING)
FILTERS.remove("key=value")


@pytest.mark.usefixtures("empty")
def test_an_audience_is_kept_listed_changed_and_forgotten() -> None:
    assert good("audience", "list").startswith("no audience is kept yet: ")
    shown = good("audience", "save", "readers", "lang=en and finished=iso9001")
    assert shown == "audience 'readers' is kept: certguide broadcast draft FILE --audience 'readers'\n"
    good("audience", "save", "readers", "lang=en and active=30d")
    good("audience", "save", "中国卖家", "lang=zh_Hans")
    _, *lines = good("audience", "list").splitlines()
    assert [line.split(maxsplit=1)[0] for line in lines] == ["readers", "中国卖家"]
    assert "lang=en and active=30d" in lines[0]
    assert good("audience", "drop", "readers") == "audience 'readers' is forgotten\n"
    assert text("select name from audiences") == [("中国卖家",)]
    assert text("select action, before, after from audit where subject = 'audience readers'") == [
        ("save", "", "lang=en and finished=iso9001"),
        ("save", "lang=en and finished=iso9001", "lang=en and active=30d"),
        ("drop", "lang=en and active=30d", ""),
    ]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("filter_", "told"),
    [
        ("lang=zh_Hnas", "there is no lang 'zh_Hnas'; did you mean zh_Hans?"),
        ("langage=en", "nobody knows 'langage'; did you mean lang"),
        ("lang", "'lang' is no condition: write key=value, joined with 'and'"),
        ("active=soon", "'active=soon' needs days, as in active=30d"),
        ("lang=en or lang=zh_Hans", "there is no lang 'en or lang=zh_Hans'"),
        ("lang=en'; drop table sellers; --", "there is no lang 'en'; drop table sellers; --'"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_not_kept(filter_: str, told: str) -> None:
    assert refused("audience", "save", "us", filter_).startswith(told)
    assert text("select count(*) from audiences") == [(0,)]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("name", ["", "   ", "\x1b"])
def test_an_audience_needs_a_name(name: str) -> None:
    assert refused("audience", "save", name, "lang=en") == "an audience needs a name"


@pytest.mark.usefixtures("empty")
def test_an_audience_that_is_not_there_is_told() -> None:
    assert refused("audience", "drop", "us").startswith("there is no audience 'us': ")
    assert text("select count(*) from audit") == [(0,)]


@pytest.mark.usefixtures("empty")
def test_the_log_tells_who_did_what_the_newest_first() -> None:
    with database() as db:
        audit.note(db, 5_000_000_001, "appoint", "operator 7", time.time(), before="analyst", after="operator")
    good("draft", write("news.toml", NEWS_TOML))
    _, newest, oldest = good("audit").splitlines()
    assert newest.split()[2:] == ["shell", "draft", "broadcast", "1"]
    assert oldest.split()[2:] == ["5000000001", "appoint", "operator", "7", "analyst", "operator"]
    assert len(good("audit", "--lines", 1).splitlines()) == 2


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("lines", ["0", "-3", "many", "10001"])
def test_lines_are_a_sensible_number(lines: str) -> None:
    assert broadcast("audit", "--lines", lines).exit_code == 2


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("filter_", FILTERS)
def test_a_filter_operators_are_told_of_is_understood(filter_: str) -> None:
    good("audience", "save", "us", filter_)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained_to_operators(key: str) -> None:
    assert any(filter_.startswith(f"{key}=") for filter_ in FILTERS)
