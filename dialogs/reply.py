"""What a page looks like for one seller on one day: text, sources, buttons; no Telegram yet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from dialogs import progress
from dialogs.content import HOME, Content
from dialogs.conversation import Conversation
from dialogs.guards import news, plain
from dialogs.literal import Value
from dialogs.markup import Markdown, escape
from dialogs.seller import Seller
from dialogs.sources import Source
from dialogs.topic import Evidence, Page, Topic
from dialogs.values import zone_name
from dialogs.voice import Voice

EMOJI = re.compile(" ?[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U0001f000-\U0001faff]+")


class Part(Enum):
    """What a button is for; it decides where it stands."""

    OWN = "own"
    """A way on, in the page's own words."""
    SIDE = "side"
    """A side trip to a term or to a page that tells more, or Skip."""
    LEAVE = "leave"
    """Back and Menu."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice as the seller sees it."""

    id: str
    label: str
    part: Part


@dataclass(frozen=True, slots=True)
class Reply:
    """A page as the seller sees it."""

    page: str
    version: str
    lang: str
    text: Markdown
    sources: Markdown
    """What the page rests on, to be folded away; empty on a page of talk."""
    buttons: tuple[Button, ...]


def show(conversation: Conversation, seller: Seller, today: date) -> Reply:
    """The seller's page on that day, in his language or else in English."""
    page, voice, shown = (
        conversation.page(seller),
        conversation.voice(seller),
        conversation.page_voice(seller),
    )
    above = [_note(conversation, seller), _step(conversation, seller)]
    below = [voice.phrase("why", why=shown.say(f"{page.name}.why", page.why))] if page.why else []
    if shown.lang != voice.lang:
        above.append(voice.phrase("untranslated"))
    if page.evidence:
        below += _cautions(page.evidence, voice, today)
    if page.end and seller.news_asked == seller.visit:
        below.append(voice.phrase("news-ask"))
    parts = [
        *map(_aside, filter(None, above)),
        _body(conversation, seller, page, shown),
        *map(_aside, below),
    ]
    return Reply(
        page=page.name,
        version=page.version,
        lang=shown.lang,
        text=_plain("\n\n".join(parts), seller),
        sources=_sources(page.evidence, conversation.content, voice) if page.evidence else Markdown(""),
        buttons=tuple(_buttons(conversation.labels(seller), seller, page)),
    )


def _buttons(labels: dict[str, str], seller: Seller, page: Page) -> Iterator[Button]:
    """The buttons, in plain mode with their numbers; not where a number is the answer."""
    numbered = plain(seller) and not (page.typed and page.typed.kind == "number")
    for number, (id_, label) in enumerate(labels.items(), 1):
        words = _plain(label, seller)
        yield Button(id_, f"{number} {words}" if numbered else words, _part(id_, page))


def _plain(text: str, seller: Seller) -> Markdown:
    """The text without emoji for whoever wants it plain."""
    return Markdown(EMOJI.sub("", text) if plain(seller) else text)


def _aside(text: str) -> str:
    """A line that is about the page and not of it."""
    return f"*{text}*"


def _part(choice: str, page: Page) -> Part:
    if choice in ("back", "home"):
        return Part.LEAVE
    aside = choice in ("read", "skip") or choice.startswith(("term.", "helpful-"))
    return Part.SIDE if aside or (page.end and choice.startswith("news-")) else Part.OWN


def _note(conversation: Conversation, seller: Seller) -> Markdown:
    page, voice = conversation.page(seller), conversation.voice(seller)
    if seller.note == "typed-error" and page.typed:
        shown = conversation.page_voice(seller)
        return shown.say(f"{page.name}.error", page.typed.error, example=page.typed.example)
    if not seller.note:
        return Markdown("")
    example = page.typed.example if page.typed else ""
    return voice.phrase(seller.note, example=example, contact=_contact(conversation, voice))


def _step(conversation: Conversation, seller: Seller) -> Markdown:
    """Where in its topic the page stands; nothing on its first page, where the way is not chosen yet."""
    topic = conversation.content.topics[conversation.page(seller).topic]
    if topic.id not in seller.paths:
        return Markdown("")
    step, steps = progress.steps(seller, topic.id, conversation.pages, conversation.longest, seller.state)
    if step == 1:
        return Markdown("")
    voice = conversation.voice(seller)
    return voice.phrase("step", topic=conversation.title(seller, topic), step=step, steps=steps)


def _body(conversation: Conversation, seller: Seller, page: Page, voice: Voice) -> Markdown:
    if not page.explains:
        return voice.say(f"{page.name}.text", page.text, **_values(conversation, seller, page))
    question = conversation.pages[page.explains]
    answer = seller.answers.get(f"{page.topic}.{question.ask}", "")
    option = question.choice(answer) or question.choices[0]
    label = voice.label(option.context, option.label)
    verdict = "answer-right" if option.id == question.right else "answer-wrong"
    chose = voice.phrase("you-chose", label=label)
    return Markdown(
        f"{chose}\n\n" + voice.phrase(verdict, explain=voice.say(f"{page.name}.{option.id}", option.explain))
    )


def _values(conversation: Conversation, seller: Seller, page: Page) -> dict[str, Value]:
    """What the placeholders of a page stand for."""
    if "{" not in page.text:
        return {}
    topic, voice = conversation.content.topics[page.topic], conversation.voice(seller)
    right, asked = progress.quiz(seller, topic)
    found: dict[str, Value] = {
        "contact": _contact(conversation, voice),
        "right": right,
        "asked": asked,
    }
    for other in topic.pages.values():
        answer = seller.answers.get(f"{topic.id}.{other.ask}")
        if answer is not None and other.ask:
            found[other.ask] = int(answer) if other.typed and answer.isdecimal() else answer
    if page.topic == HOME:
        found |= _home_values(conversation, seller)
    return found


def _contact(conversation: Conversation, voice: Voice) -> Value:
    return conversation.contact or voice.phrase("contact-none")


def _home_values(conversation: Conversation, seller: Seller) -> dict[str, Value]:
    voice = conversation.voice(seller)
    found: dict[str, Value] = {
        "progress": _progress(conversation, seller),
        "language": conversation.content.languages.get(seller.lang, seller.lang),
        "news": voice.phrase("on" if news(seller) else "off"),
        "plain": voice.phrase("on" if plain(seller) else "off"),
        "zone": zone_name(seller.answers.get(f"{HOME}.zone", "")) or voice.phrase("zone-none"),
    }
    if seller.topic:
        topic = conversation.content.topics[seller.topic]
        step, steps = progress.steps(seller, topic.id, conversation.pages, conversation.longest)
        found |= {"topic": conversation.title(seller, topic), "step": step, "steps": steps}
    return found


def _progress(conversation: Conversation, seller: Seller) -> Markdown:
    """One line for each topic he has opened: his place, the pages he has seen, his quiz."""
    opened = [topic for topic in conversation.content.topics.values() if topic.id in seller.paths]
    lines = [f"- {' · '.join(_of_topic(conversation, seller, topic))}" for topic in opened]
    return Markdown("\n".join(lines)) if lines else conversation.voice(seller).phrase("progress-none")


def _of_topic(conversation: Conversation, seller: Seller, topic: Topic) -> Iterator[Markdown]:
    voice, title = conversation.voice(seller), conversation.title(seller, topic)
    if progress.unfinished(seller, topic.id, conversation.pages) or topic.id not in seller.finished:
        step, steps = progress.steps(seller, topic.id, conversation.pages, conversation.longest)
        yield voice.phrase("step", topic=title, step=step, steps=steps)
    else:
        yield voice.phrase("progress-finished", topic=title)
    yield voice.phrase("progress-seen", n=len(seller.seen & topic.pages.keys()))
    right, asked = progress.quiz(seller, topic)
    if asked:
        yield voice.phrase("progress-quiz", right=right, asked=asked)


def _cautions(evidence: Evidence, voice: Voice, today: date) -> Iterator[Markdown]:
    """What a seller must know before he relies on the page."""
    if evidence.status != "in force":
        yield voice.phrase(f"status-{evidence.status}")
    if today > evidence.review_by:
        yield voice.phrase("overdue", review_by=evidence.review_by)


@lru_cache(maxsize=4096)
def _sources(evidence: Evidence, content: Content, voice: Voice) -> Markdown:
    """The sources of a page; kept, because they are half of the work of showing it and never change."""
    named = [f"- {_source(content.sources[name], voice)}" for name in evidence.sources]
    confidence = voice.phrase(f"confidence-{evidence.confidence}")
    checked = voice.phrase("checked", checked=evidence.checked, confidence=confidence)
    return Markdown("\n".join([f"**{voice.phrase('sources')}** · {checked}", *named]))


def _source(source: Source, voice: Voice) -> str:
    how = voice.phrase("read-on", read=source.read) if source.read else voice.phrase("via", via=source.via)
    return f"[{escape(source.title)}](<{source.address}>), {how}"
