"""The public face of the mind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dialogs
from dialogs import ContentError, Conversation, load
from dialogs.choices import COMMANDS
from tests.dialogs.library import Library

ROOT = Path(dialogs.__file__).parent.parent


def test_everything_public_is_there() -> None:
    assert sorted(dialogs.__all__) == sorted(set(dialogs.__all__))
    assert all(hasattr(dialogs, name) for name in dialogs.__all__)


def test_the_real_content_loads(consultant: Conversation) -> None:
    assert len(consultant.content.topics) > 5
    assert consultant.contact == "@helper"
    assert load().contact == ""


def test_content_with_mistakes_does_not_load(library: Library) -> None:
    library.tea('title = "Tea"', "")
    with pytest.raises(ContentError, match=r"tea.toml: 'title' is missing"):
        library.load()


def test_catalogues_stand_beside_the_topics_in_the_wheel_and_above_them_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dialogs.locales() == ROOT / "locales"
    inside = tmp_path / "dialogs" / "locales"
    monkeypatch.setattr(dialogs, "HERE", tmp_path / "dialogs")
    assert dialogs.locales() == tmp_path / "locales"
    inside.mkdir(parents=True)
    assert dialogs.locales() == inside


def _phrases_in_code() -> set[str]:
    """Every phrase that the code says by name."""
    found = set()
    for path in (*ROOT.glob("dialogs/*.py"), *ROOT.glob("bot/*.py"), *ROOT.glob("bot/chat/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                said = node.args[0]
                if node.func.attr in ("phrase", "button") and isinstance(said, ast.Constant):
                    found.add(str(said.value))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^phrase\.([a-z-]*[a-z])$", node.value))
    return found


def test_every_phrase_the_code_says_is_written_down(consultant: Conversation) -> None:
    said = _phrases_in_code()
    assert len(said) > 15
    assert said <= set(consultant.content.phrases)
    assert {f"command-{name}" for name in COMMANDS} <= set(consultant.content.phrases)


def test_every_note_above_a_page_is_written_down(consultant: Conversation) -> None:
    tree = ast.parse((ROOT / "dialogs" / "conversation.py").read_text(encoding="utf-8"))
    notes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "seller.note" in ast.unparse(node.targets[0]):
            notes |= {str(leaf.value) for leaf in _said(node.value)} - {""}
    assert {"other-script", "typed-error", "unclear-contact", "thanks", "unknown-link"} <= notes
    assert notes <= set(consultant.content.phrases)


def _said(value: ast.expr) -> Iterator[ast.Constant]:
    """The texts an expression may come to."""
    if isinstance(value, ast.Constant):
        yield value
    elif isinstance(value, ast.IfExp):
        yield from (*_said(value.body), *_said(value.orelse))
    elif isinstance(value, ast.Tuple):
        for part in value.elts:
            yield from _said(part)
