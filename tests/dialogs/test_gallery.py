"""The gallery: every page in every language, as files that a browser opens without anything else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dialogs import Conversation
from dialogs.gallery import write
from dialogs.markup import html
from tests.dialogs.library import TODAY, Library


class Reader(HTMLParser):
    """What a browser finds: names, links, open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.langs: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.names += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if "href" in found else []
        self.langs += [str(found["lang"])] if "lang" in found and tag == "div" else []
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def files(consultant: Conversation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The gallery of the real content."""
    written = write(consultant, tmp_path_factory.mktemp("gallery") / "deep" / "down", TODAY)
    assert written[0].name == "index.html"
    return {path.name: path for path in written}


def test_there_is_a_file_for_each_topic(consultant: Conversation, files: dict[str, Path]) -> None:
    assert set(files) == {"index.html", "gallery.css", *(f"{topic}.html" for topic in consultant.content.topics)}


def test_every_page_is_there_once_in_every_language(consultant: Conversation, files: dict[str, Path]) -> None:
    for topic in consultant.content.topics.values():
        reader = read(files[f"{topic.id}.html"])
        assert reader.names == list(topic.pages)
        assert reader.langs == [lang.replace("_", "-") for lang in consultant.content.languages] * len(topic.pages)


def test_every_button_leads_to_a_page_that_is_there(files: dict[str, Path]) -> None:
    readers = {name: read(path) for name, path in files.items() if name.endswith(".html")}
    places = {f"{name}#{page}" for name, reader in readers.items() for page in reader.names}
    links = [link for reader in readers.values() for link in reader.links if not link.startswith("http")]
    assert len(links) > 1000
    for link in links:
        assert link in places if "#" in link else link in files


def test_it_loads_nothing_from_elsewhere(files: dict[str, Path]) -> None:
    for path in files.values():
        assert not re.search(r"<script|<img|@import|url\(|src=", path.read_text(encoding="utf-8"))


def test_every_answer_to_a_question_is_explained(consultant: Conversation, files: dict[str, Path]) -> None:
    text = files["auditors.html"].read_text(encoding="utf-8")
    question = consultant.pages["auditors.q1-answer"]
    for lang in consultant.content.languages:
        voice = consultant.voices.of(lang)
        for option in question.options:
            said = voice.say(f"{question.name}.{option.id}", option.explain)
            assert html(said).strip().removeprefix("<p>").removesuffix("</p>") in text


def test_choices_only_some_people_see_are_there(files: dict[str, Path]) -> None:
    reader = read(files["auditors.html"])
    assert {f"auditors.html#auditors.{name}" for name in ("alone", "small", "larger")} <= set(reader.links)


def test_the_overview_counts(consultant: Conversation, files: dict[str, Path]) -> None:
    text = read(files["index.html"]).text
    assert "en 100%, zh_Hans 100% translated." in text
    for topic in consultant.content.topics.values():
        assert topic.id == "home" or topic.title in text


def test_hostile_text_shows_as_it_is(library: Library, tmp_path: Path) -> None:
    library.tea('title = "Tea"', 'title = "<b>Tea & \\"co\\"</b>"')
    library.tea("A pot for {cups} cups.", "Tea <script>alert(1)</script> & [more](https://example.org/?a=1&b=2)")
    library.tea('label = "No quiz"', 'label = "<i>No</i>"')
    write(library.load(), tmp_path, TODAY)
    text = (tmp_path / "tea.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<i>" not in text
    assert "<b>" not in text
    assert "Tea <script>alert(1)</script> & more" in read(tmp_path / "tea.html").text


def test_a_topic_without_pages_has_no_file(library: Library, tmp_path: Path) -> None:
    library.tea('terms = ["leaf"]', "")
    library.write("tables/glossary.toml", "")
    names = {path.name for path in write(library.load(), tmp_path, TODAY)}
    assert names == {"index.html", "gallery.css", "home.html", "tea.html"}


def test_it_is_written_over_the_former_one(library: Library, tmp_path: Path) -> None:
    write(library.load(), tmp_path, TODAY)
    library.tea("A pot for", "One pot for")
    write(library.load(), tmp_path, TODAY)
    assert "One pot for" in (tmp_path / "tea.html").read_text(encoding="utf-8")
