"""The English sentences -> catalogues for translators, merged by where a sentence stands.

Run as `make texts`. A translation whose English has changed becomes fuzzy and keeps the former English beside it;
one whose place is gone is kept as obsolete, unless it was in doubt already. Babel's own update can do neither for
sentences with a context (it matches by likeness, across pages).
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from dialogs import HERE, locales
from dialogs.content import ContentError
from dialogs.reader import read
from dialogs.topic import Sentence
from dialogs.voice import SOURCE, read_languages

PROJECT = "certguide"
BEFORE = "Before: "
"""Begins a comment: the English a fuzzy translation was made from: Babel writes `#|` lines but can't read them."""

UNWANTED = tuple(
    f'"{name}'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid",
        "Project",
    )
)
"""Lines of the header that nobody here needs."""


def template(sentences: Iterable[Sentence]) -> Catalog:
    """A catalogue of all sentences without translations."""
    return _filled(_empty(None), sentences, {})


def merge(old: Catalog, sentences: Iterable[Sentence]) -> Catalog:
    """The sentences with the translations of `old`; merging twice changes nothing."""
    new = _empty(str(old.locale))
    known = {message.context: message for message in [*old.obsolete.values(), *old] if message.context}
    _filled(new, sentences, known)
    kept = {message.context for message in new}
    for context, message in known.items():
        # Obsolete entries carry no flags: one in doubt would come back as if it were not.
        if context not in kept and any(_forms(message)) and not message.fuzzy:
            new.obsolete[message.id, context] = message
    return new


def _empty(lang: str | None) -> Catalog:
    comment = f"# The sentences of {PROJECT}{f' in {lang}' if lang else ''}."
    return Catalog(locale=lang, project=PROJECT, header_comment=comment, fuzzy=False)


def _filled(catalogue: Catalog, sentences: Iterable[Sentence], known: dict[str, Message]) -> Catalog:
    for sentence in sentences:
        english = (sentence.english, sentence.plural) if sentence.plural else sentence.english
        old = known.get(sentence.context)
        if old and _plural(old.id) != bool(sentence.plural):
            old = None
        message = catalogue.add(
            english,
            old.string if old else None,
            locations=[(_file(sentence.context), 0)],
            auto_comments=[sentence.comment] if sentence.comment else [],
            user_comments=_comments(old, english) if old else [],
            context=sentence.context,
        )
        doubted = old is not None and any(_forms(old)) and (old.fuzzy or old.id != english)
        # Babel guesses format flags from the English; ours are plain braces, which `check` compares.
        message.flags = {"fuzzy"} if doubted else set()
    return catalogue


def _comments(old: Message, english: object) -> list[str]:
    """The translator's comments, with the former English while he has not looked at the new one."""
    comments = [comment for comment in old.user_comments if old.fuzzy or not comment.startswith(BEFORE)]
    if old.id != english and any(_forms(old)) and not old.fuzzy:
        former = old.id if isinstance(old.id, str) else old.id[0]
        comments.append(BEFORE + " ".join(former.split()))
    return comments


def _plural(english: object) -> bool:
    return isinstance(english, tuple | list)


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _file(context: str) -> str:
    topic = context.partition(".")[0]
    tables = {"phrase": "phrases", "glossary": "glossary"}
    return f"dialogs/tables/{tables[topic]}.toml" if topic in tables else f"dialogs/topics/{topic}.toml"


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: in the order of the content, unwrapped, so that differences stay small."""
    file = BytesIO()
    write_po(file, catalogue, width=0, include_lineno=False)
    # Dates would make every run a change, and the repository knows who changed what when.
    lines = [line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(UNWANTED)]
    return b"".join(lines)


def files(folder: Path, translations: Path) -> dict[Path, bytes]:
    """Every catalogue as it should be on disk. Raises ContentError: half-read content would cost translations."""
    languages = read_languages(translations)
    content, problems = read(folder, {code: language.name for code, language in languages.items()})
    if problems:
        raise ContentError(problems)
    sentences = content.sentences()
    found = {translations / "messages.pot": written(template(sentences))}
    for lang in languages:
        if lang != SOURCE:
            path = translations / lang / "LC_MESSAGES" / "messages.po"
            old = Catalog(locale=lang)
            if path.exists():
                with path.open("rb") as file:
                    old = read_po(file, locale=lang)
            found[path] = written(merge(old, sentences))
    return found


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with `--check` only say whether they are up to date."""
    changed = []
    try:
        found = files(HERE, locales())
    except ContentError as error:
        print(error)  # noqa: T201
        return 1
    for path, wanted in found.items():
        if not path.exists() or path.read_bytes() != wanted:
            changed.append(path)
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(wanted)
    for path in changed:
        name = path.relative_to(locales())
        print(f"{name}: {'is not up to date; run `make texts`' if '--check' in arguments else 'written'}")  # noqa: T201
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
