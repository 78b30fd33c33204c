"""Recorded consultations once more, through aiogram, HTTP, the store and the simulator."""

import pytest

from dialogs import markup
from tests import stories
from tests.bot.chat.house import ANA, LIN, MEI, SAM, House
from tests.bot.person import Person, Screen

PEOPLE = {"zh-hans": MEI, "zh": MEI, "zh-hant": LIN, "pt-br": ANA, "en": SAM}


@pytest.mark.parametrize("name", stories.names())
async def test_the_story_is_told_word_for_word_in_the_chat(name: str, house: House) -> None:
    story = stories.read(stories.FOLDER / name)
    someone = await house.person(PEOPLE[story.telegram])
    for exchange in story.exchanges:
        await act(someone, exchange)
        text, labels = shown(exchange.seen)
        try:
            await someone.until(lambda screen, text=text, labels=labels: same(screen, text, labels))  # type: ignore[misc]
        except AssertionError:
            screen = await someone.screen()
            assert (screen.text, screen.labels) == (text, labels), f"{name}, after {exchange.act}"
    assert not await house.refused()


async def act(someone: Person, exchange: stories.Exchange) -> None:
    if exchange.tap:
        await someone.tap(exchange.tap)
    else:
        await someone.say(exchange.act)


def same(screen: Screen, text: str, labels: list[str]) -> bool:
    return screen.text == text and screen.labels == labels


def shown(seen: str) -> tuple[str, list[str]]:
    """What a story writes down, as the simulator shows it: plain text, and labels."""
    *lines, buttons = seen.splitlines()
    text = markup.plain("\n".join(line for line in lines if not line.startswith("| ")))
    sources = markup.plain("\n".join(line.removeprefix("| ") for line in lines if line.startswith("| ")))
    return f"{text}\n\n{sources}".strip(), buttons[1:-1].split("] [")
