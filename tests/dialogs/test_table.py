"""Reading a table key by key."""

import tomllib
from datetime import date

import pytest

from dialogs.table import Problem, Table, suggestion


def _table(text: str) -> tuple[Table, list[Problem]]:
    problems: list[Problem] = []
    return Table(tomllib.loads(text), "tea.toml", problems), problems


def test_each_kind_of_value_is_read() -> None:
    table, problems = _table(
        """
        text = "  words \\n"
        flag = true
        number = 3
        day = 2026-11-22
        texts = ["a", "b"]
        kind = "law"
        inner = { text = "inside" }
        list = [{ text = "one" }, { text = "two" }]
        [named.first]
        text = "x"
        """
    )
    assert table.text("text") == "words"
    assert table.flag("flag")
    assert table.number("number") == 3
    assert table.day("day") == date(2026, 11, 22)
    assert table.texts("texts") == ("a", "b")
    assert table.one_of("kind", ["law", "study"]) == "law"
    assert table.within("inner").text("text") == "inside"
    assert [inner.text("text") for inner in table.tables("list")] == ["one", "two"]
    assert {name: inner.text("text") for name, inner in table.named("named").items()} == {"first": "x"}
    table.done()
    assert problems == []


def test_what_may_be_missing_is_empty() -> None:
    table, problems = _table("")
    assert table.text("a", needed=False) == ""
    assert not table.flag("b")
    assert table.day("c", needed=False) is None
    assert table.texts("d") == ()
    assert table.tables("e") == []
    assert table.named("f") == {}
    assert table.one_of("g", ["x"], needed=False) == ""
    assert "a" not in table
    assert problems == []


def test_what_must_not_be_missing_is_named_and_reading_goes_on() -> None:
    table, problems = _table("")
    assert table.text("a") == ""
    assert table.number("b") == 0
    assert table.day("c") is None
    assert table.texts("d", needed=True) == ()
    assert table.one_of("e", ["x"]) == ""
    assert list(map(str, problems)) == [f"tea.toml: '{key}' is missing" for key in "abcde"]


@pytest.mark.parametrize(
    ("value", "method", "name"),
    [
        ("3", "text", "a text"),
        ("true", "text", "a text"),
        ('"yes"', "flag", "true or false"),
        ("1", "flag", "true or false"),
        ('"3"', "number", "a whole number"),
        ("3.0", "number", "a whole number"),
        ("true", "number", "a whole number"),
        ('"2026-11-22"', "day", "a day like 2026-11-22"),
        ("2026-11-22T10:00:00", "day", "a day like 2026-11-22"),
        ('"a"', "texts", "a list of texts"),
        ('["a", 3]', "texts", "a list of texts"),
        ('"a"', "tables", "a list of tables"),
        ('"a"', "named", "a table"),
    ],
)
def test_a_value_of_another_kind_is_named(value: str, method: str, name: str) -> None:
    table, problems = _table(f"key = {value}")
    getattr(table, method)("key")
    assert list(map(str, problems)) == [f"tea.toml: 'key' must be {name}"]


def test_the_good_texts_of_a_list_are_kept() -> None:
    table, _ = _table('key = ["a", 3, "b"]')
    assert table.texts("key") == ("a", "b")


@pytest.mark.parametrize("value", ['""', '"  "', '"\\n"'])
def test_a_text_must_say_something(value: str) -> None:
    table, problems = _table(f"key = {value}")
    assert table.text("key", needed=False) == ""
    assert list(map(str, problems)) == ["tea.toml: 'key' says nothing"]


def test_a_list_that_is_needed_must_say_something() -> None:
    table, problems = _table("key = []")
    assert table.texts("key", needed=True) == ()
    assert list(map(str, problems)) == ["tea.toml: 'key' says nothing"]
    table, problems = _table("key = []")
    assert table.texts("key") == ()
    assert problems == []


def test_only_some_texts_are_allowed() -> None:
    table, problems = _table('kind = "blog"')
    assert table.one_of("kind", ["law", "study"]) == "blog"
    assert list(map(str, problems)) == ["tea.toml: 'kind' is 'blog', but may only be one of: law, study"]


def test_a_table_is_needed_where_one_is_asked_for() -> None:
    table, problems = _table('inner = "x"\nlist = ["x"]\n[named]\nfirst = 3')
    table.within("inner")
    table.tables("list")
    table.named("named")
    table.within("nothing")
    assert list(map(str, problems)) == [
        "tea.toml, inner: a table is needed here",
        "tea.toml, list 1: a table is needed here",
        "tea.toml, named 'first': a table is needed here",
        "tea.toml, nothing: a table is needed here",
    ]


def test_a_key_nobody_asked_for_is_named_with_the_nearest() -> None:
    table, problems = _table('txet = "x"\nzzz = 1')
    table.text("text", needed=False)
    table.done()
    assert sorted(map(str, problems)) == [
        "tea.toml: nobody knows the key 'txet'; did you mean 'text'?",
        "tea.toml: nobody knows the key 'zzz'",
    ]


def test_all_names_can_be_asked_for_at_once() -> None:
    table, problems = _table("[a]\n[b]")
    assert table.names() == ("a", "b")
    table.done()
    assert problems == []


def test_a_suggestion_is_near_or_not_made() -> None:
    assert suggestion("registred", ["internal", "registered"]) == "; did you mean 'registered'?"
    assert suggestion("xyz", ["internal", "registered"]) == ""
    assert suggestion("xyz", []) == ""


def test_a_problem_is_grave_unless_it_says_otherwise() -> None:
    assert Problem("a", "b").grave
    assert str(Problem("tea.toml", "it is cold", grave=False)) == "tea.toml: it is cold"
