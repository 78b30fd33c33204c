"""Reads the topics and tables; every mistake becomes a sentence an author understands."""

import tomllib
from pathlib import Path

from dialogs import linking, moves
from dialogs.content import GLOSSARY, HOME, LISTS, NAME, Content, Phrase
from dialogs.editions import read_edition
from dialogs.guards import GUARDS
from dialogs.sources import read_evidence, read_source
from dialogs.table import Problem, Table
from dialogs.topic import ANSWER, Choice, Page, Topic, Typed
from dialogs.values import KINDS, parse


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
    editions = {
        name: read_edition(name, inner) for name, inner in _tables(table(folder / "tables/editions.toml")).items()
    }
    facts = table(folder / "tables/facts.toml")
    known = tuple(fact for sheet in facts.names() for fact in facts.texts(sheet))
    glossary = _tables(table(folder / "tables/glossary.toml"))
    terms = {name: inner.text("term") for name, inner in glossary.items()}
    topics = [_topic(table(path), path.stem) for path in sorted((folder / "topics").glob("*.toml"))]
    topics.append(_glossary(glossary))
    by_id = {topic.id: topic for topic in sorted(topics, key=lambda topic: (topic.order, topic.id))}
    by_id = {
        id_: linking.with_editions(linking.linked(topic, by_id, languages), editions) for id_, topic in by_id.items()
    }
    if HOME in by_id:
        by_id[HOME] = linking.with_closest(by_id[HOME], by_id, terms)
    moved, wrong = moves.read(folder)
    content = Content(by_id, sources, phrases, languages, terms, moved, editions, known)
    return content, unread or [*problems, *wrong, *linking.misnamed(content), *moves.problems(moved, content.pages)]


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
