"""Reads the topics and tables; every mistake becomes a sentence an author understands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from dialogs import moves
from dialogs.guards import GUARDS
from dialogs.sources import Source, read_evidence, read_source
from dialogs.table import Problem, Table, suggestion
from dialogs.topic import ANSWER, Choice, Page, Sentence, Topic, Typed
from dialogs.values import KINDS, parse

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
GLOSSARY = "glossary"
HOME = "home"
LISTS = ("topics", "languages", "linked", "closest")
HOME_PAGES = ("welcome", "menu", "resume", "progress", "language", "settings", "link", "closest", "help", "privacy")
"""The pages the conversation itself leads to."""
OWN_WAYS = ("back", "home", "skip", "typed", "read", "start", "helpful-yes", "helpful-no", *HOME_PAGES[1:])
"""Ids of the ways on that the conversation adds by itself."""
HOME_WAYS = ("continue", "news-on", "news-off")
"""The same, but the home pages offer them, too."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A short sentence of the bot's own; `other` is set where a number decides the form."""

    id: str
    text: str
    other: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Content:
    """Everything there is to say, in English. Read once and compared as the one thing it is."""

    topics: dict[str, Topic]
    """By id, in the order of the menu; home first, the glossary last."""
    sources: dict[str, Source]
    phrases: dict[str, Phrase]
    languages: dict[str, str]
    """Code -> the language's own name."""
    terms: dict[str, str]
    """Id of a glossary term -> the term, in English."""
    moves: dict[str, str] = field(default_factory=dict)
    """Pages that are gone -> where the people on them go."""

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every page by its full name."""
        return {page.name: page for topic in self.topics.values() for page in topic.pages.values()}

    def sentences(self) -> list[Sentence]:
        """Everything that is translated, in a stable order."""
        own = [
            Sentence(f"phrase.{phrase.id}", phrase.text, phrase.note, phrase.other) for phrase in self.phrases.values()
        ]
        terms = [Sentence(f"{GLOSSARY}.{id_}.term", term, "A glossary term.") for id_, term in self.terms.items()]
        topics = [sentence for topic in self.topics.values() for sentence in topic.sentences()]
        return own + topics + terms


class ContentError(Exception):
    """The content has grave mistakes; its text lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def read(folder: Path, languages: dict[str, str]) -> tuple[Content, list[Problem]]:
    """The content under `folder` (`topics/`, `tables/`) and what is wrong with it.

    Content with grave problems is good for checking only.
    """
    unread: list[Problem] = []
    problems: list[Problem] = []

    def table(path: Path) -> Table:
        return _table(path, unread, problems)

    sources = {name: read_source(name, inner) for name, inner in _tables(table(folder / "tables/sources.toml")).items()}
    phrases = {name: _phrase(name, inner) for name, inner in _tables(table(folder / "tables/phrases.toml")).items()}
    glossary = _tables(table(folder / "tables/glossary.toml"))
    terms = {name: inner.text("term") for name, inner in glossary.items()}
    topics = [_topic(table(path), path.stem) for path in sorted((folder / "topics").glob("*.toml"))]
    topics.append(_glossary(glossary))
    by_id = {topic.id: topic for topic in sorted(topics, key=lambda topic: (topic.order, topic.id))}
    by_id = {id_: _linked(topic, by_id, languages) for id_, topic in by_id.items()}
    if HOME in by_id:
        by_id[HOME] = _with_closest(by_id[HOME], by_id, terms)
    moved, wrong = moves.read(folder)
    content = Content(by_id, sources, phrases, languages, terms, moved)
    return content, unread or [*problems, *wrong, *_misnamed(content), *moves.problems(moved, content.pages)]


def _tables(table: Table) -> dict[str, Table]:
    """The tables of a file, each by its name."""
    return {name: table.within(name) for name in table.names()}


def _table(path: Path, unread: list[Problem], problems: list[Problem]) -> Table:
    """A file; one that can't be read is empty, and then nothing else is worth saying."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        unread.append(Problem(path.name, "the file is missing"))
        content = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        unread.append(Problem(path.name, f"this is not TOML: {error}"))
        content = {}
    return Table(content, path.name, problems)


def _phrase(name: str, table: Table) -> Phrase:
    other = table.text("other", needed=False)
    text = table.text("one" if other else "text")
    phrase = Phrase(name, text, other, table.text("note", needed=False))
    table.done()
    return phrase


def _topic(table: Table, stem: str) -> Topic:
    id_ = table.text("id")
    if id_ != stem:
        table.wrong(f"the file's name and its id differ: '{id_}'")
    elif not NAME.fullmatch(id_) or id_ in (GLOSSARY, "phrase"):
        table.wrong(f"'{id_}' can't be the id of a topic: lower-case words joined by hyphens, not glossary or phrase")
    pages: dict[str, Page] = {}
    for name, inner in table.named("page").items():
        page = _page(f"{id_}.{name}", inner)
        pages[page.name] = page
    for name, inner in table.named("quiz").items():
        for page in _question(f"{id_}.{name}", inner):
            if page.name in pages:
                inner.wrong(f"there is another page '{page.name}'")
            pages[page.name] = page
    topic = Topic(
        id=id_,
        title=table.text("title"),
        start=table.text("start"),
        order=table.number("order"),
        pages=pages,
        listed=id_ != HOME,
    )
    table.done()
    return topic


def _page(name: str, table: Table) -> Page:
    talk, ask = table.flag("talk"), table.text("ask", needed=False)
    factual = not talk and (not ask or "sources" in table)
    page = Page(
        name=name,
        text=table.text("text"),
        choices=tuple(_choice(name, inner, asks=bool(ask)) for inner in table.tables("choices")),
        evidence=read_evidence(table) if factual else None,
        terms=table.texts("terms"),
        ask=ask,
        why=table.text("why", needed=bool(ask)),
        skip=table.text("skip", needed=False),
        needed=table.text("needed", needed=False),
        typed=_typed(table),
        end=table.flag("end"),
        talk=talk,
        lists=table.one_of("lists", LISTS, needed=False),
        note=table.text("note", needed=False),
    )
    if page.ask and bool(page.skip) == bool(page.needed):
        table.wrong("a page that asks needs either 'skip' (where Skip leads) or 'needed' (why there is none)")
    table.done()
    return page


def _choice(page: str, table: Table, *, asks: bool) -> Choice:
    id_ = table.text("id")
    question, setting = _setting(table)
    choice = Choice(
        id=id_,
        label=table.text("label"),
        to=table.text("to", needed=not page.startswith(f"{HOME}.")),
        when=table.one_of("when", GUARDS, needed=False),
        remember=setting or table.text("remember", needed=False) or (id_ if asks else ""),
        question=question,
        context=f"{page}.choice.{id_}",
    )
    table.done()
    return choice


def _setting(table: Table) -> tuple[str, str]:
    """What a choice sets, as in `sets = { plain = "on" }`: a name and a value; nothing for most."""
    if "sets" not in table:
        return "", ""
    inner = table.within("sets")
    names = inner.names()
    if len(names) != 1:
        inner.wrong('one name and one value are needed, as in { plain = "on" }')
        return "", ""
    return names[0], inner.text(names[0])


def _typed(table: Table) -> Typed | None:
    if "typed" not in table:
        return None
    inner = table.within("typed")
    kind = inner.one_of("kind", KINDS)
    bounded = kind != "zone"
    typed = Typed(
        kind=kind,
        least=inner.number("least") if bounded else 0,
        most=inner.number("most") if bounded else 0,
        example=inner.text("example"),
        error=inner.text("error"),
        to=inner.text("to"),
    )
    if not table.text("ask", needed=False):
        table.wrong("a page with a typed value needs 'ask': the name under which it is kept")
    elif parse(typed.example, typed) is None:
        inner.wrong(f"'example' is '{typed.example}', which the page itself would not take")
    inner.done()
    return typed


def _question(name: str, table: Table) -> tuple[Page, Page]:
    """A quiz question and the page after it that explains the chosen answer."""
    answer = name + ANSWER
    choices = tuple(_option(name, answer, inner) for inner in table.tables("choices"))
    question = Page(
        name=name,
        text=table.text("text"),
        choices=choices,
        ask=name.partition(".")[2],
        right=table.one_of("right", [choice.id for choice in choices]),
        note=table.text("note", needed=False),
    )
    explanation = Page(
        name=answer,
        text="",
        choices=(Choice("next", "", table.text("to"), context="phrase.next"),),
        evidence=read_evidence(table),
        terms=table.texts("terms"),
        explains=name,
        options=choices,
        read=table.text("read", needed=False),
    )
    table.done()
    return question, explanation


def _option(question: str, answer: str, table: Table) -> Choice:
    id_ = table.text("id")
    option = Choice(
        id=id_,
        label=table.text("label"),
        to=answer,
        remember=id_,
        explain=table.text("explain"),
        context=f"{question}.choice.{id_}",
    )
    table.done()
    return option


def _glossary(tables: dict[str, Table]) -> Topic:
    """The glossary as a topic: a page for each term, reached by side trips only."""
    pages = {}
    for id_, table in tables.items():
        name = f"{GLOSSARY}.{id_}"
        page = Page(name, table.text("text"), evidence=read_evidence(table), note=table.text("note", needed=False))
        table.done()
        pages[name] = page
    return Topic(GLOSSARY, "Glossary", next(iter(pages), ""), 10_000, pages, listed=False)


def _linked(topic: Topic, topics: dict[str, Topic], languages: dict[str, str]) -> Topic:
    """The topic with its targets as full names, and the choices that follow from what there is."""
    listed = tuple(
        Choice(f"open.{other.id}", other.title, other.id, context=f"{other.id}.title")
        for other in topics.values()
        if other.listed
    )
    spoken = tuple(Choice(f"lang.{code}", name) for code, name in languages.items())
    more = {"topics": listed, "linked": listed, "languages": spoken}

    def full(to: str) -> str:
        own = f"{topic.id}.{to}"
        return own if to and own in topic.pages else to

    def page(old: Page) -> Page:
        own = tuple(replace(choice, to=full(choice.to)) for choice in old.choices)
        return replace(
            old,
            choices=own + more.get(old.lists, ()),
            skip=full(old.skip),
            read=full(old.read),
            typed=replace(old.typed, to=full(old.typed.to)) if old.typed else None,
        )

    return replace(topic, start=full(topic.start), pages={name: page(old) for name, old in topic.pages.items()})


def _with_closest(home: Topic, topics: dict[str, Topic], terms: dict[str, str]) -> Topic:
    """The home pages with a choice for every page of facts, under the words that lead to it elsewhere."""
    named: dict[str, Choice] = {}
    for topic in topics.values():
        if topic.listed:
            named.setdefault(topic.start, Choice("", topic.title, context=f"{topic.id}.title"))
        for choice in (choice for page in topic.pages.values() for choice in page.choices if choice.label):
            named.setdefault(choice.to, choice)
    for id_, term in terms.items():
        named[f"{GLOSSARY}.{id_}"] = Choice("", term, context=f"{GLOSSARY}.{id_}.term")
    facts = [page for topic in topics.values() for page in topic.pages.values() if page.evidence and not page.explains]
    choices = tuple(
        Choice(f"page.{page.name}", named[page.name].label, page.name, context=named[page.name].context)
        for page in facts
        if page.name in named
    )
    pages = {
        name: replace(page, choices=page.choices + choices) if page.lists == "closest" else page
        for name, page in home.pages.items()
    }
    return replace(home, pages=pages)


def _misnamed(content: Content) -> Iterator[Problem]:
    """Every name that is used must exist, and every id must be a plain one."""
    for name in HOME_PAGES:
        if f"{HOME}.{name}" not in content.pages:
            yield Problem(f"{HOME}.toml", f"the page '{name}' is missing: the bot leads to it by itself")
    for topic in content.topics.values():
        short = [name.partition(".")[2] for name in topic.pages]
        if topic.start not in topic.pages and topic.id != GLOSSARY:
            near = suggestion(topic.start, short)
            yield Problem(f"{topic.id}.toml", f"no page '{topic.start}' to start with{near}")
        for page in topic.pages.values():
            yield from (Problem(page.name, what) for what in _misnamed_on(page, short, content))


def _misnamed_on(page: Page, short: list[str], content: Content) -> Iterator[str]:
    if not NAME.fullmatch(page.name.partition(".")[2]):
        yield "a page's name must be lower-case words joined by hyphens"
    for way in sorted({*page.ways, page.read} - {""}):
        if way not in content.pages and way not in content.topics:
            yield f"no page '{way}'{suggestion(way, [*short, *content.topics, *content.pages])}"
    for term in page.terms:
        if term not in content.terms:
            yield f"no term '{term}' in the glossary{suggestion(term, content.terms)}"
    for source in page.evidence.sources if page.evidence else ():
        if source not in content.sources:
            yield f"no source '{source}'{suggestion(source, content.sources)}"
    yield from _misnamed_choices(page)


def _misnamed_choices(page: Page) -> Iterator[str]:
    offered = [(choice.id, choice.when) for choice in page.choices]
    for id_, when in dict.fromkeys(offered):
        if offered.count((id_, when)) > 1:
            yield f"the choice '{id_}' stands here twice"
        if not NAME.fullmatch(id_) and not id_.startswith(("open.", "lang.", "page.")):
            yield f"'{id_}' can't be the id of a choice: lower-case words joined by hyphens"
        if id_ in OWN_WAYS or (id_ in HOME_WAYS and page.topic != HOME):
            yield f"'{id_}' can't be the id of a choice: the bot adds one of that id by itself"
