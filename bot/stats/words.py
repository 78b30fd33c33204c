"""Figures in words: titles, definitions, heads and values as one language writes them."""

from datetime import date
from functools import lru_cache

from babel.dates import get_day_names
from babel.numbers import format_decimal, format_percent

from bot.stats.table import KINDS, Table, Value
from dialogs import Conversation, markup
from dialogs.content import GLOSSARY, HOME

LONGEST = 46
"""Letters of a page's heading that are shown beside figures; a Chinese one counts two."""


class Words:
    """One language, for figures."""

    def __init__(self, conversation: Conversation, lang: str) -> None:
        self.voice = conversation.voices.of(lang)
        self._content = conversation.content
        self._titles = {
            topic.id: self.voice.label(f"{topic.id}.title", topic.title)
            for topic in conversation.content.topics.values()
        }
        self._titles |= {name: self.say(f"figure-{name}") for name in (HOME, GLOSSARY)}
        self._heading = lru_cache(maxsize=None)(self._headed)

    @property
    def lang(self) -> str:
        """Its code."""
        return self.voice.lang

    def say(self, name: str, /, **values: str | int) -> str:
        """One of the bot's own sentences, as plain text."""
        return self.voice.button(name, **values)

    def title(self, table: Table) -> str:
        """What a figure is called."""
        return self.say(f"figure-{table.id}")

    def means(self, table: Table) -> str:
        """What it counts, exactly."""
        return self.say(f"figure-{table.id}-means")

    def head(self, column: str) -> str:
        """What a column is called; one for an hour by its number."""
        return column[1:] if column.startswith("h") and column[1:].isdigit() else self.say(f"column-{column}")

    def value(self, column: str, value: Value) -> str:
        """What stands in a column."""
        kind = KINDS.get(column, "count")
        if value is None:
            return "–"
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, str):
            return self._text(column, kind, value)
        if kind == "share":
            return format_percent(
                value, format="#,##0%" if value >= 0.0995 or value == 0 else "#,##0.0%", locale=self.lang
            )
        return self._lasting(int(value)) if kind == "seconds" else format_decimal(value, locale=self.lang)

    def day(self, value: date) -> str:
        """A day, in short."""
        return value.isoformat()

    def topic(self, name: str) -> str:
        """The title of a topic; its name when there is none of that name any more."""
        return self._titles.get(name, name)

    def page(self, name: str) -> str:
        """The heading of a page, by which people know it; its name when it has none, or is gone."""
        return self._heading(name)

    def choice(self, name: str) -> str:
        """The words of a choice, by where they stand; nothing for one that is gone."""
        at, _, id_ = name.partition(".choice.")
        page = self._content.pages.get(at)
        choice = page.choice(id_) if page else None
        return self.voice.label(choice.context, choice.label) if choice else ""

    def language(self, lang: str) -> str:
        """What a language calls itself."""
        return self._content.languages.get(lang, lang)

    def _text(self, column: str, kind: str, value: str) -> str:
        if column == "span":
            return self.say(f"figure-span-{value}")
        if column == "weekday":
            return str(get_day_names("abbreviated", locale=self.lang)[int(value)])
        if not value and column in ("campaign", "words"):
            return self.say("figure-no-campaign" if column == "campaign" else "figure-single")
        names = {"topic": self.topic, "page": self.page, "language": self.language, "choice": self.choice}
        spoken = names.get(kind)
        return spoken(value) if spoken else value

    def _headed(self, name: str) -> str:
        page = self._content.pages.get(name)
        if page is None:
            return name
        if page.explains:
            return _cut(f"↳ {self._heading(page.explains)}")
        text = self.voice.say(f"{name}.text", page.text) if page.text else ""
        first = markup.plain(text).strip().partition("\n")[0]
        if "{" in first:  # what stands there differs from person to person
            first = f"{self.topic(page.topic)}: {name.partition('.')[2]}"
        return _cut(first) or name

    def _lasting(self, seconds: int) -> str:
        """How long something takes, in its two largest units."""
        minutes, rest = divmod(seconds, 60)
        if minutes < 60:
            return f"{minutes}:{rest:02}"
        hours, minutes = divmod(minutes, 60)
        if hours < 48:
            return f"{hours} h {minutes:02}"
        return f"{hours / 24:.1f} d"


def _cut(text: str) -> str:
    kept = text
    while markup.width(kept) >= LONGEST and len(kept) > 1:
        kept = kept[:-1]
    return text if kept == text else f"{kept.rstrip()}…"
