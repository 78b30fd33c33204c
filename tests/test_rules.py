"""The list of rules names only what exists, and the document is a fresh copy of it."""

import ast
from functools import cache
from itertools import chain

import pytest

from dialogs import check
from tests import rules
from tests.rules import BEHAVIOUR, CONTENT, ROOT, Rule


@cache
def functions(path: str) -> set[str]:
    """What a file of tests defines."""
    found = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("of", [BEHAVIOUR, CONTENT], ids=["behaviour", "content"])
def test_all_thirty_are_there_in_their_order(of: tuple[Rule, ...]) -> None:
    assert [rule.number for rule in of] == list(range(1, 31))
    assert len({rule.says for rule in of}) == len(of)


@pytest.mark.parametrize("proof", sorted({*chain.from_iterable(rule.proofs for rule in BEHAVIOUR + CONTENT)}))
def test_what_proves_a_rule_exists(proof: str) -> None:
    path, test, name = proof.partition("::")
    if test:
        assert name.startswith("test_")
        assert name in functions(path)
        return
    _, refusal, sentence = proof.partition("reader: ")
    if refusal:
        assert any(sentence in path.read_text(encoding="utf-8") for path in (ROOT / "dialogs").glob("*.py"))
    else:
        assert proof in {f"check.{rule.__name__}" for rule in check.RULES}


@pytest.mark.parametrize("rule", BEHAVIOUR + CONTENT, ids=lambda rule: "-".join(rule.says.split()[:4]))
def test_a_rule_is_proved_or_says_what_it_waits_for(rule: Rule) -> None:
    assert rule.proofs or rule.later
    assert len(rule.proofs) == len(set(rule.proofs))


def test_every_rule_of_the_check_about_people_is_in_the_list() -> None:
    named = {proof for rule in BEHAVIOUR + CONTENT for proof in rule.proofs}
    forgotten = {f"check.{rule.__name__}" for rule in check.RULES} - named
    assert forgotten <= {"check.sources_used"}


def test_the_document_is_up_to_date() -> None:
    assert rules.DOCUMENT.read_text(encoding="utf-8") == rules.written(), "python -m tests.rules writes it anew"
