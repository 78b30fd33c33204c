"""Every page in every language as static HTML, to be read through: one file a topic, languages side by side."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

from dialogs import HERE
from dialogs.check.sizes import visitors
from dialogs.check.summary import Row, Summary, summarize
from dialogs.content import HOME
from dialogs.conversation import Conversation
from dialogs.markup import html, plain
from dialogs.reply import Button, Part, Reply, show
from dialogs.seller import Seller
from dialogs.sources import CONFIDENCES
from dialogs.topic import Page, Topic

STYLE = HERE / "gallery.css"


def write(conversation: Conversation, out: Path, today: date) -> list[Path]:
    """Write the gallery into the folder, which is made; returns its files, the first to be opened first.

    Raises OSError when the folder can't be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    files = {"gallery.css": STYLE.read_text(encoding="utf-8"), "index.html": _index(conversation, today)}
    for topic in conversation.content.topics.values():
        if topic.pages:
            files[f"{topic.id}.html"] = _topic(conversation, topic, today)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / "index.html", *(out / name for name in files if name != "index.html")]


def _document(conversation: Conversation, title: str, body: str) -> str:
    links = [f'<a href="{topic.id}.html">{escape(_title(topic))}</a>' for topic in _topics(conversation)]
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<link rel="stylesheet" href="gallery.css">\n'
        f'<nav><a href="index.html">Overview</a> {" ".join(links)}</nav>\n<main>\n{body}\n</main>\n</html>\n'
    )


def _topics(conversation: Conversation) -> list[Topic]:
    return [topic for topic in conversation.content.topics.values() if topic.pages]


def _title(topic: Topic) -> str:
    return "Pages everybody has" if topic.id == HOME else topic.title


# The overview


def _index(conversation: Conversation, today: date) -> str:
    summary = summarize(conversation)
    rows = "\n".join(map(_row, summary.rows))
    heads = "".join(f"<th>{head}</th>" for head in ("Subject", "Pages", "Questions", "Words", "Sources", "Confidence"))
    return _document(
        conversation,
        "All pages",
        f"<h1>All pages</h1>\n<p>{escape(str(summary))}. Shown as on {today}. {_languages(summary)}</p>\n"
        f"<table>\n<tr>{heads}</tr>\n{rows}\n</table>",
    )


def _languages(summary: Summary) -> str:
    return escape(", ".join(f"{lang} {share:.0%}" for lang, share in summary.languages.items()) + " translated.")


def _row(row: Row) -> str:
    bars = "".join(
        f'<i class="{name}" style="flex: {row.confidence[name]}" title="{name}">{row.confidence[name]}</i>'
        for name in CONFIDENCES
        if row.confidence[name]
    )
    numbers = "".join(f"<td>{number}</td>" for number in (row.pages, row.questions, row.words, len(row.sources)))
    return f'<tr><td><a href="{row.topic}.html">{escape(row.title)}</a></td>{numbers}<td class="bars">{bars}</td></tr>'


# A topic


def _topic(conversation: Conversation, topic: Topic, today: date) -> str:
    pages = "\n".join(_page(conversation, page, today) for page in topic.pages.values())
    return _document(conversation, _title(topic), f"<h1>{escape(_title(topic))}</h1>\n{pages}")


def _page(conversation: Conversation, page: Page, today: date) -> str:
    columns = "\n".join(
        f'<div lang="{lang.replace("_", "-")}">{_column(conversation, page, lang, today)}</div>'
        for lang in conversation.content.languages
    )
    return f'<section id="{page.name}"><h2>{page.name} {_badges(page)}</h2>\n<div class="row">{columns}</div></section>'


def _badges(page: Page) -> str:
    found = page.evidence
    words = [found.confidence, found.status, f"checked {found.checked}", *found.facts] if found else []
    return "".join(f'<span class="badge {word}">{word}</span>' for word in words)


def _column(conversation: Conversation, page: Page, lang: str, today: date) -> str:
    """The page as each of its visitors sees it; what looks the same to several is there once."""
    cards = (
        _card(conversation, seller, show(conversation, seller, today)) for seller in _visitors(conversation, page, lang)
    )
    return "\n".join(dict.fromkeys(cards))


def _visitors(conversation: Conversation, page: Page, lang: str) -> Iterator[Seller]:
    """People on the page who together see all of it: every answer to a question, every choice."""
    for seller in visitors(conversation, page, lang):
        for option in page.options or (None,):
            answer = {f"{page.topic}.{page.explains.partition('.')[2]}": option.id} if option else {}
            # Without a path no step of a way is claimed that nobody has gone.
            paths = seller.paths if page.topic == HOME else {}
            yield replace(seller, note="", paths=paths, answers=seller.answers | answer)


def _card(conversation: Conversation, seller: Seller, reply: Reply) -> str:
    targets = {choice.id: choice.to for choice in conversation.choices(seller)}
    buttons = "".join(_button(conversation, button, targets.get(button.id, "")) for button in reply.buttons)
    head, _, named = reply.sources.partition("\n")
    sources = f"<details><summary>{escape(plain(head))}</summary>{html(named)}</details>" if named else ""
    return f'<article>{html(reply.text)}{sources}<p class="buttons">{buttons}</p></article>'


def _button(conversation: Conversation, button: Button, to: str) -> str:
    topics = conversation.content.topics
    page = topics[to].start if to in topics else to
    label, css = escape(button.label), button.part.value
    if not page or button.part is Part.LEAVE or button.id.startswith("helpful-"):
        return f'<span class="{css}">{label}</span>'
    return f'<a class="{css}" href="{page.partition(".")[0]}.html#{page}">{label}</a>'
