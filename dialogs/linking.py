"""Targets and lists: from the names authors write to full ones, and what is wrong with them."""

from collections.abc import Iterator
from dataclasses import replace

from dialogs.content import GLOSSARY, HOME, HOME_PAGES, HOME_WAYS, NAME, OWN_WAYS, Content
from dialogs.editions import Edition, resting
from dialogs.limits import LISTED_CHOICES
from dialogs.literal import PLACEHOLDER
from dialogs.table import Problem, suggestion
from dialogs.topic import Choice, Page, Topic


def linked(topic: Topic, topics: dict[str, Topic], languages: dict[str, str]) -> Topic:
    """The topic with its targets as full names, and the choices that follow from what there is."""
    listed = tuple(
        Choice(f"open.{other.id}", other.title, other.id, context=f"{other.id}.title")
        for other in topics.values()
        if other.listed
    )
    spoken = tuple(Choice(f"lang.{code}", name) for code, name in languages.items())
    first, others = _menu(listed)
    more = {"topics": first, "more": others, "linked": listed, "languages": spoken}

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


def _menu(listed: tuple[Choice, ...]) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The menu, and the page behind its last choice when there are more topics than a menu is read for."""
    if len(listed) <= LISTED_CHOICES:
        return listed, ()
    more = Choice("more", "", f"{HOME}.more", context="phrase.more")
    return (*listed[: LISTED_CHOICES - 1], more), listed[LISTED_CHOICES - 1 :]


def with_editions(topic: Topic, editions: dict[str, Edition]) -> Topic:
    """The topic with its pages resting on the editions they draw on, too."""
    by_name = {name: edition for edition in editions.values() for name in edition.values}

    def page(old: Page) -> Page:
        said = " ".join(sentence.english for sentence in old.sentences())
        names = sorted({name for name in PLACEHOLDER.findall(said) if name in by_name})
        drawn = tuple((name, str(by_name[name].values[name])) for name in names)
        evidence = old.evidence and resting(old.evidence, [by_name[name] for name in names])
        return replace(old, drawn=drawn, evidence=evidence)

    return replace(topic, pages={name: page(old) for name, old in topic.pages.items()})


def with_closest(home: Topic, topics: dict[str, Topic], terms: dict[str, str]) -> Topic:
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


def misnamed(content: Content) -> Iterator[Problem]:
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
