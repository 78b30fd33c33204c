"""What there is, is documented: what a seller can write, the subjects, the folders."""

import re
from pathlib import Path

import pytest

import dialogs
from bot.chat.operators import RIGHTS
from bot.stats.exports import ALL, FORMATS, WHAT
from bot.stats.figures import FIGURES
from bot.stats.period import SPANS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
CONVERSATION = dialogs.load()


@pytest.mark.parametrize("command", dialogs.COMMANDS)
def test_what_a_seller_can_write_is_in_the_readme_and_in_help(command: str) -> None:
    assert f"`/{command}`" in README
    help_page = CONVERSATION.pages["home.help"].text
    assert f"/{command}" in help_page or command == "help"


@pytest.mark.parametrize("topic", [topic.id for topic in CONVERSATION.content.topics.values() if topic.listed])
def test_every_topic_is_in_the_readme(topic: str) -> None:
    assert f"| `{topic}` | {CONVERSATION.content.topics[topic].title} |" in README


@pytest.mark.parametrize("code", CONVERSATION.voices.languages)
def test_every_language_is_in_the_readme(code: str) -> None:
    assert f"`{code}`" in README


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_described(name: str) -> None:
    assert f"| {CONVERSATION.voices.of('en').button(f'figure-{name}')} | " in OPERATING


@pytest.mark.parametrize("name", [*WHAT, ALL, *FORMATS])
def test_everything_that_can_be_exported_is_described(name: str) -> None:
    assert f"`{name}`" in README
    assert name in OPERATING


@pytest.mark.parametrize("command", RIGHTS)
def test_what_an_operator_can_write_is_in_the_readme(command: str) -> None:
    assert f"`/{command}`" in README


@pytest.mark.parametrize("span", [*SPANS, "all"])
def test_every_period_that_has_a_name_is_described(span: str) -> None:
    assert f"`/stats {span}`" in OPERATING


def test_what_the_documents_point_to_is_there() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} points to {target}"


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "requirements").glob("*.lock")), ROOT / "README.md", ROOT / "Makefile"]
)
def test_no_address_of_a_package_index_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("index-url", "find-links", "pypi.org", "files.pythonhosted"):
        assert word not in text
