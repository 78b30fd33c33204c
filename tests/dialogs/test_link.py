"""Deep links: what follows `/start`."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import Conversation, Event, Seller, show
from dialogs.choices import LINK, LINKED, MENU, RESUME
from dialogs.link import Link, parse
from dialogs.progress import unfinished
from dialogs.seller import WELCOME
from tests.dialogs.library import TODAY, arrived

PART = st.text(string.ascii_letters + string.digits + "_", max_size=20)

HOSTILE = (
    "a b",
    "auditors--en--camp--more",
    "------",
    "*bold*",
    "<b>x</b>",
    "{topic}",
    "auditors\n",
    "auditors\x00",
    "../../etc/passwd",
    "审核员",
    "\u202eauditors",
    "a" * 65,
    "a" * 4000,
)
"""Payloads that are none of ours."""


# Reading one


@pytest.mark.parametrize(
    ("payload", "link"),
    [
        ("", Link()),
        ("auditors", Link("auditors")),
        ("auditors--zh_Hans", Link("auditors", "zh_Hans")),
        ("auditors--zh-hans", Link("auditors", "zh-hans")),
        ("auditors--zh_Hans--fair", Link("auditors", "zh_Hans", "fair")),
        ("auditors----fair", Link("auditors", "", "fair")),
        ("--zh_Hans", Link("", "zh_Hans")),
        ("----fair", Link("", "", "fair")),
        ("--", Link()),
        ("a" * 64, Link("a" * 64)),
    ],
)
def test_every_part_of_a_link_may_be_left_out(payload: str, link: Link) -> None:
    assert parse(payload) == link


@pytest.mark.parametrize("payload", HOSTILE)
def test_what_telegram_would_not_let_through_is_no_link(payload: str) -> None:
    assert parse(payload) is None


@given(st.text())
def test_any_text_is_a_link_or_none(payload: str) -> None:
    link = parse(payload)
    assert link is None or set(link.topic + link.lang + link.campaign) <= set(
        string.ascii_letters + string.digits + "_-"
    )


@given(PART, PART, PART)
def test_what_is_put_together_is_taken_apart(topic: str, lang: str, campaign: str) -> None:
    assert parse(f"{topic}--{lang}--{campaign}") == Link(topic, lang, campaign)


# Following one


def _new(conversation: Conversation, payload: str, code: str = "en") -> Seller:
    seller = Seller(1)
    conversation.greet(seller, code)
    assert conversation.command(seller, "start", payload)
    return seller


def _links(seller: Seller) -> list[tuple[str, str]]:
    return [(event.question, event.detail) for event in seller.trail if event.kind == "link"]


def test_a_new_seller_comes_to_the_topic_and_is_told_whom_he_talks_to(consultant: Conversation) -> None:
    seller = _new(consultant, "auditors--zh_Hans--fair")
    assert (seller.state, seller.lang, seller.lang_chosen) == ("auditors.offer", "zh_Hans", False)
    assert seller.note == "introduction"
    assert seller.history == [WELCOME]
    assert [event.kind for event in seller.trail] == ["greeted", "link", "arrived"]
    version = consultant.pages[WELCOME].version
    assert Event("link", WELCOME, version, "fair", "auditors") in seller.trail


def test_a_link_without_a_topic_is_a_start(consultant: Conversation) -> None:
    seller = _new(consultant, "--zh_Hans--fair")
    assert (seller.state, seller.visit, seller.lang) == (WELCOME, 1, "zh_Hans")
    assert _links(seller) == [("", "fair")]
    old = arrived(consultant, "en", "begin", "open.auditors", "course")
    assert consultant.command(old, "start", "----fair")
    assert old.state == RESUME
    assert _links(old) == [("", "fair")]


def test_the_language_of_a_link_yields_to_the_one_he_chose(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "lang.zh_Hans", "lang.en")
    assert consultant.command(seller, "start", "auditors--zh_Hans")
    assert seller.lang == "en"
    other = arrived(consultant, "en")
    assert consultant.command(other, "start", "auditors--zh_Hans")
    assert (other.lang, other.lang_chosen) == ("zh_Hans", False)


@pytest.mark.parametrize("code", ["xx", "de", "tlh", "en_", "_", "a-b-c-d-e"])
def test_a_language_nobody_speaks_here_changes_nothing(consultant: Conversation, code: str) -> None:
    seller = _new(consultant, f"auditors--{code}", "zh-hans")
    assert (seller.state, seller.lang) == ("auditors.offer", "zh_Hans")


@pytest.mark.parametrize(
    ("telegram", "payload", "lang", "note"),
    [
        ("zh-hant", "--en", "en", ""),
        ("en", "--zh-hant", "zh_Hans", "other-script"),
        ("zh-hant", "----fair", "zh_Hans", "other-script"),
        ("zh-hant", "--xx", "zh_Hans", "other-script"),
    ],
)
def test_what_is_said_of_the_script_fits_the_language_of_the_link(
    consultant: Conversation, telegram: str, payload: str, lang: str, note: str
) -> None:
    seller = _new(consultant, payload, telegram)
    assert (seller.lang, seller.note) == (lang, note)


def test_in_the_middle_of_another_topic_it_is_offered(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    paths = dict(seller.paths)
    assert consultant.command(seller, "start", "iso9001----fair")
    assert (seller.state, seller.topic, seller.answers[LINK]) == (LINKED, "auditors", "iso9001")
    assert seller.paths == paths
    assert list(consultant.labels(seller).items()) == [
        ("continue", "Continue where I was"),
        ("open.iso9001", "ISO 9001: do I need it?"),
        ("back", "Back"),
        ("home", "Menu"),
    ]
    assert "*Internal or registered auditor?*" in show(consultant, seller, TODAY).text
    assert _links(seller) == [("iso9001", "fair")]


def test_what_is_offered_is_opened_and_his_place_kept(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    consultant.command(seller, "start", "iso9001")
    assert not consultant.step(seller, "open.benefits")
    assert consultant.step(seller, "open.iso9001")
    assert (seller.state, seller.topic) == ("iso9001.what", "auditors")
    assert consultant.command(seller, "start")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.compare"


def test_he_may_go_on_instead(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    consultant.command(seller, "start", "iso9001")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.compare"


def test_another_link_takes_the_place_of_the_first(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    consultant.command(seller, "start", "iso9001")
    consultant.command(seller, "start", "benefits")
    assert [id_ for id_ in consultant.labels(seller) if id_.startswith("open.")] == ["open.benefits"]
    assert seller.history.count(LINKED) == 0


def test_in_the_middle_of_the_same_topic_he_may_go_on_or_start_over(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    assert consultant.command(seller, "start", "auditors")
    assert (seller.state, seller.topic) == (RESUME, "auditors")
    assert _links(seller) == [("auditors", "")]


def test_somebody_in_no_middle_comes_straight_there(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.iso9001")
    assert consultant.command(seller, "start", "auditors")
    assert seller.state == "auditors.offer"


@pytest.mark.parametrize("payload", ["nonsense", "auditor", "home", "glossary", "AUDITORS", "link", *HOSTILE])
@pytest.mark.parametrize("way", [[], ["begin"], ["begin", "open.auditors", "course"]], ids=["new", "menu", "middle"])
def test_a_link_to_nothing_leads_to_the_menu_and_says_so(
    consultant: Conversation, payload: str, way: list[str]
) -> None:
    seller = arrived(consultant, "en", *way)
    topic, paths = seller.topic, dict(seller.paths)
    seller.trail.clear()
    assert consultant.command(seller, "start", payload)
    assert (seller.state, seller.note, seller.topic, seller.paths) == (MENU, "unknown-link", topic, paths)
    assert _links(seller) == [("", "")]
    text = show(consultant, seller, TODAY).text
    assert text.startswith("*The link you came by leads to nothing I know.")
    assert consultant.command(seller, "menu")
    assert seller.note == ""


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,64}", fullmatch=True)))
def test_no_payload_breaks_a_start_or_costs_a_place(consultant: Conversation, payload: str) -> None:
    for way in ([], ["begin", "open.auditors", "course"]):
        seller = arrived(consultant, "en", *way)
        assert consultant.command(seller, "start", payload)
        assert payload not in show(consultant, seller, TODAY).text or len(payload) < 30
        assert bool(seller.topic) == bool(way)
        assert sum(event.kind == "link" for event in seller.trail) == bool(payload)


def test_after_the_link_nothing_offers_to_go_on_with_what_was_started_over(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    consultant.command(seller, "start", "iso9001")
    assert consultant.step(seller, "open.iso9001")
    seller.state = "iso9001.end"
    for choice in ("auditors", "over"):
        assert consultant.step(seller, choice)
    assert (seller.state, seller.topic) == ("auditors.offer", "")
    while consultant.step(seller, "back"):
        assert seller.state not in (LINKED, RESUME)
        assert "{" not in show(consultant, seller, TODAY).text


def test_a_link_is_followed_in_the_middle_of_two_topics(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    seller.paths = {"auditors": seller.paths["auditors"]}
    assert unfinished(seller, "auditors", consultant.pages)
    assert consultant.command(seller, "start", "benefits")
    assert consultant.step(seller, "open.benefits")
    assert (seller.state, seller.topic) == ("benefits.found", "auditors")
