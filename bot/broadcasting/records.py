"""What is kept beside broadcasts: audiences by name, and the log of what operators did."""

from rich.table import Table

from bot.broadcasting.press import Press, clean, say
from bot.newsroom import SHELL, NewsError
from bot.store import audience, audit
from bot.store.audience import AudienceError


def save(press: Press, name: str, text: str) -> None:
    """Keep a filter under a name. Raises NewsError when it can't be understood, with the nearest words."""
    now, name, text = press.clock(), clean(name).strip(), text.strip()
    if not name:
        raise NewsError("an audience needs a name")
    try:
        audience.parse(text, press.words, now)
    except AudienceError as error:
        raise NewsError(str(error)) from error
    with press.writing() as db:
        before = audience.saved(db).get(name, "")
        audience.save(db, name, text)
        audit.note(db, SHELL, "save", f"audience {name}", now, before=before, after=text)
    say(f"audience '{name}' is kept: certguide broadcast draft FILE --audience '{name}'")


def saved(press: Press) -> None:
    """Every audience that is kept."""
    with press.reading() as db:
        found = audience.saved(db)
    if not found:
        say("no audience is kept yet: `certguide broadcast audience save NAME FILTER` keeps one")
        return
    table = Table("Name", "Filter", box=None, pad_edge=False)
    for name, text in found.items():
        table.add_row(clean(name), clean(text))
    press.console.print(table)


def drop(press: Press, name: str) -> None:
    """Forget an audience. Raises NewsError when there is none of that name."""
    with press.writing() as db:
        before = audience.saved(db).get(name, "")
        if not audience.drop(db, name):
            raise NewsError(f"there is no audience '{name}': `certguide broadcast audience list` shows those there are")
        audit.note(db, SHELL, "drop", f"audience {name}", press.clock(), before=before)
    say(f"audience '{name}' is forgotten")


def log(press: Press, most: int) -> None:
    """The latest that operators did, the newest first."""
    with press.reading() as db:
        entries = audit.read(db, most)
    table = Table("When", "Who", "Did", "To", "Before", "After", box=None, pad_edge=False)
    for entry in entries:
        who = str(entry.by) if entry.by != SHELL else "shell"
        words = (entry.action, entry.subject, entry.before, entry.after)
        table.add_row(press.time(entry.at), who, *(clean(word or "") for word in words))
    press.console.print(table)
