"""Recorded consultations through the mind alone, the seller turned into plain data and back between any two acts."""

import json
from dataclasses import asdict

import pytest

import dialogs
from dialogs import Conversation, Seller
from tests import stories


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return dialogs.load("@certguide_help")


@pytest.mark.parametrize("name", stories.names())
def test_the_story_is_told_word_for_word(name: str, conversation: Conversation, update: bool) -> None:
    story = stories.read(stories.FOLDER / name)
    seller = Seller(7)
    conversation.greet(seller, story.telegram)
    for exchange in story.exchanges:
        act(conversation, seller, exchange)
        seller = through_plain_data(seller)
        seen = stories.written(dialogs.show(conversation, seller, stories.TODAY))
        if update:
            exchange.seen = seen
        assert exchange.seen == seen, f"{name}, after {exchange.act}"
    if update:
        story.path.write_text(str(story), encoding="utf-8")


def test_a_story_that_is_read_and_written_stays_the_same() -> None:
    for name in stories.names():
        path = stories.FOLDER / name
        assert str(stories.read(path)) == path.read_text(encoding="utf-8")


def test_every_topic_is_told_in_every_language(conversation: Conversation) -> None:
    told = "".join((stories.FOLDER / name).read_text(encoding="utf-8") for name in stories.names())
    for lang in conversation.voices.languages:
        for topic in conversation.content.topics.values():
            title = conversation.voices.of(lang).label(f"{topic.id}.title", topic.title)
            assert f"> [{title}]" in told or not topic.listed, f"no story opens {topic.id} in {lang}"


def act(conversation: Conversation, seller: Seller, exchange: stories.Exchange) -> None:
    """Do what the story says he does."""
    if exchange.tap:
        buttons = dialogs.show(conversation, seller, stories.TODAY).buttons
        labels = {button.label: button.id for button in buttons}
        assert exchange.tap in labels, f"no button [{exchange.tap}]; there are {list(labels)}"
        assert conversation.step(seller, labels[exchange.tap])
    elif exchange.act.startswith("/"):
        name, _, argument = exchange.act[1:].partition(" ")
        conversation.command(seller, name, argument)
    else:
        conversation.type(seller, exchange.act)


def through_plain_data(seller: Seller) -> Seller:
    """The seller as the store would give him back."""
    plain = asdict(seller) | {"seen": sorted(seller.seen), "finished": sorted(seller.finished), "trail": []}
    back = Seller(**json.loads(json.dumps(plain)))
    back.seen, back.finished = set(back.seen), set(back.finished)
    return back
