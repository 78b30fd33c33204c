"""The content changes while people are inside: nobody is orphaned, answers are kept, each is told in one sentence."""

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dialogs
from dialogs import Conversation, Seller, moves
from dialogs.choices import MENU
from tests.dialogs.library import twin
from tests.stories import TODAY

SESSIONS = 10_000
LONGEST = 14
PAGES = {"t.a", "t.b", "u.c"}


@pytest.mark.parametrize(
    ("name", "table", "expected"),
    [
        ("t.a", {}, "t.a"),
        ("t.old", {"t.old": "t.a"}, "t.a"),
        ("t.older", {"t.older": "t.old", "t.old": "u.c"}, "u.c"),
        ("t.gone", {}, None),
        ("t.gone", {"t.gone": "t.nowhere"}, None),
        ("t.x", {"t.x": "t.y", "t.y": "t.x"}, None),
        ("t.a", {"t.a": "t.b"}, "t.a"),
    ],
)
def test_a_page_is_followed_over_all_its_moves(name: str, table: dict[str, str], expected: str | None) -> None:
    assert moves.follow(name, table, PAGES) == expected


def test_who_is_leaving_is_told_with_where_to() -> None:
    places = {"t.a": 3, "t.old": 2, "t.gone": 1}
    assert moves.leaving(places, {"t.old": "t.b"}, PAGES) == {"t.old": "t.b", "t.gone": None}


def test_lines_that_lead_nowhere_are_named() -> None:
    found = moves.problems({"t.a": "t.b", "t.old": "t.bb", "t.x": "t.b"}, PAGES)
    assert [str(problem) for problem in found] == [
        "moves.toml: 't.a' is still there; nobody needs to leave it",
        "moves.toml: 't.old' leads to no page: 't.bb'; did you mean 't.b'?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"t.old" = "t.a"', {"t.old": "t.a"}),
        ("# nothing yet", {}),
        ('t.old = "t.a"', {}),
        ("no toml", {}),
    ],
)
def test_moves_are_read(text: str, expected: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "moves.toml").write_text(text, encoding="utf-8")
    read, problems = moves.read(tmp_path)
    assert read == expected
    assert bool(problems) == (not expected and not text.startswith("#"))


def test_no_file_is_as_good_as_no_moves(tmp_path: Path) -> None:
    assert moves.read(tmp_path) == ({}, [])


def changed(tmp_path: Path) -> Conversation:
    """The real content after an author has been busy: pages renamed, one removed, a topic renamed."""
    folder = tmp_path / "dialogs"
    shutil.copytree(dialogs.HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "locales"))
    path = folder / "topics/auditors.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in (("claims", "heard-often"), ("kinds", "three-kinds")):
        text = text.replace(f"[page.{old}]", f"[page.{new}]").replace(f'to = "{old}"', f'to = "{new}"')
        text = text.replace(f'skip = "{old}"', f'skip = "{new}"').replace(f'read  = "{old}"', f'read  = "{new}"')
    before, _, rest = text.partition("[page.image]")
    text = (before + "[page." + rest.partition("[page.")[2]).replace('to = "image"', 'to = "check"')
    path.write_text(text, encoding="utf-8")
    other = folder / "topics/benefits.toml"
    other.rename(folder / "topics/gains.toml")
    for file in folder.glob("topics/*.toml"):
        content = file.read_text(encoding="utf-8").replace('id    = "benefits"', 'id    = "gains"')
        content = content.replace('id = "benefits"\n', 'id = "gains"\n').replace('to = "benefits', 'to = "gains')
        content = content.replace('"auditors.claims"', '"auditors.heard-often"').replace(
            '"auditors.kinds"', '"auditors.three-kinds"'
        )
        content = content.replace('"auditors.image"', '"auditors.check"')
        file.write_text(content, encoding="utf-8")
    (folder / "moves.toml").write_text(
        '"auditors.claims" = "auditors.heard-often"\n"auditors.image" = "auditors.check"\n'
        '"benefits.found" = "gains.found"\n',  # and nothing on auditors.kinds: somebody forgot
        encoding="utf-8",
    )
    return dialogs.load(folder=folder, translations=dialogs.locales())


def wandered(conversation: Conversation, chance: random.Random) -> Seller:
    """Somebody somewhere."""
    seller = Seller(1)
    conversation.greet(seller, chance.choice(["zh", "en"]))
    for _ in range(chance.randrange(LONGEST)):
        if chance.random() < 0.15:
            conversation.command(seller, chance.choice(["menu", "start", "progress", "settings"]))
        elif chance.random() < 0.1:
            conversation.type(seller, chance.choice(["12", "certificate audit", "?"]))
        else:
            conversation.step(seller, chance.choice(list(conversation.labels(seller))))
    seller.trail.clear()
    return seller


def test_ten_thousand_people_and_nobody_is_orphaned(tmp_path: Path) -> None:
    before, after, chance = dialogs.load(), changed(tmp_path), random.Random(1)
    moved = 0
    for _ in range(SESSIONS):
        seller = wandered(before, chance)
        old = twin(seller)
        after.settle(seller)
        assert seller.state in after.pages
        assert seller.answers == old.answers
        assert set(seller.history) <= after.pages.keys()
        assert all(name in after.pages for path in seller.paths.values() for name in path)
        if old.state in after.pages:
            assert seller.state == old.state or not seller.topic
            assert (seller.note == "moved") == (seller.state != old.state)
        else:
            moved += 1
            assert seller.note == "moved"
            assert seller.visit == old.visit + 1
        reply = dialogs.show(after, seller, TODAY)
        assert "{" not in reply.text
        assert reply.buttons
        if chance.random() < 0.1:
            assert after.step(seller, chance.choice([button.id for button in reply.buttons]))
    assert moved > SESSIONS / 50


def test_where_nobody_has_said_the_topics_start_is_nearest(tmp_path: Path) -> None:
    after = changed(tmp_path)
    seller = Seller(1, state="auditors.kinds", paths={"auditors": ["auditors.offer", "auditors.kinds"]})
    after.settle(seller)
    assert (seller.state, seller.note) == ("auditors.offer", "moved")
    nowhere = Seller(1, state="never.was")
    after.settle(nowhere)
    assert nowhere.state == MENU


def test_whoever_was_moved_is_told_in_one_sentence(tmp_path: Path) -> None:
    after = changed(tmp_path)
    seller = Seller(1, lang="en", state="auditors.claims")
    after.settle(seller)
    assert seller.state == "auditors.heard-often"
    text = dialogs.show(after, seller, TODAY).text
    assert text.count("has changed, so I brought you to the nearest one") == 1


def test_a_link_to_a_renamed_topic_stays_good(tmp_path: Path) -> None:
    after = changed(tmp_path)
    seller = Seller(1)
    after.greet(seller, "en")
    assert after.command(seller, "start", "benefits----fair")
    assert seller.state == "gains.found"


def test_a_link_to_a_topic_stays_good_when_one_of_its_pages_went_to_another(tmp_path: Path) -> None:
    folder = tmp_path / "dialogs"
    shutil.copytree(dialogs.HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "locales"))
    (folder / "moves.toml").write_text('"auditors.claims-old" = "benefits.found"\n', encoding="utf-8")
    after = dialogs.load(folder=folder, translations=dialogs.locales())
    seller = Seller(1)
    after.greet(seller, "en")
    assert after.command(seller, "start", "auditors----fair")
    assert seller.state == after.content.topics["auditors"].start


@pytest.mark.parametrize(("id_", "expected"), [("benefits", "gains"), ("auditors", "auditors"), ("nothing", "nothing")])
def test_a_topic_goes_by_its_name_of_today(id_: str, expected: str) -> None:
    assert moves.topic(id_, {"benefits.found": "gains.found", "auditors.a": "auditors.b"}) == expected


# What pages were called before

NOW = ("t.a", "t.b", "u.c")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, {}),
        ({"t.old": "t.a"}, {"t.a": ("t.old",)}),
        # a chain: all its names, in the order of the table
        ({"t.older": "t.old", "t.old": "t.a"}, {"t.a": ("t.older", "t.old")}),
        ({"t.old": "t.a", "t.older": "t.old"}, {"t.a": ("t.old", "t.older")}),
        # pages that became one
        ({"t.x": "t.a", "t.y": "t.a"}, {"t.a": ("t.x", "t.y")}),
        # to another topic, while the first is still there: only that page changes its name
        ({"t.x": "u.c"}, {"u.c": ("t.x",)}),
        # a topic that was renamed: all its pages were in it, those that kept their names, too, and new ones
        ({"old.a": "t.a"}, {"t.a": ("old.a", "old"), "t.b": ("old",)}),
        ({"old.a": "t.a", "old.z": "t.b"}, {"t.a": ("old.a", "old"), "t.b": ("old.z", "old")}),
        # a topic that came into another one
        ({"old.c": "u.c"}, {"u.c": ("old.c", "old")}),
        # leading nowhere, or round and round
        ({"t.x": "t.nowhere"}, {}),
        ({"t.x": "t.x"}, {}),
        ({"t.x": "t.y", "t.y": "t.x"}, {}),
        ({"x.x": "y.y", "y.y": "x.x"}, {}),
        ({"t.x": "t.y", "t.y": "t.x", "t.z": "t.a"}, {"t.a": ("t.z",)}),
    ],
)
def test_a_page_knows_what_it_and_its_topic_were_called(
    table: dict[str, str], expected: dict[str, tuple[str, ...]]
) -> None:
    assert moves.former(table, NOW) == expected


def test_a_topic_that_was_renamed_twice_is_known_by_both_names() -> None:
    table = {"old.a": "newer.a", "newer.a": "t.a"}
    assert moves.former(table, NOW) == {"t.a": ("old.a", "newer.a", "newer", "old"), "t.b": ("newer", "old")}
    assert moves.topic("newer", table) == "t"
    assert moves.topic("old", table) == "t"


def test_where_topics_lead_round_and_round_it_ends() -> None:
    table = {"x.a": "y.a", "y.a": "x.a"}
    assert moves.topic("x", table) in ("x", "y")
    assert moves.topic("y", table) in ("x", "y")


NAMES = [f"{topic}.{page}" for topic in "tuvw" for page in "abc"]

tables = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=8)
pages = st.sets(st.sampled_from(NAMES), max_size=6)


@given(tables, pages)
def test_former_names_are_those_from_which_a_page_is_reached(table: dict[str, str], there: set[str]) -> None:
    table = {old: new for old, new in table.items() if old not in there}  # the linter refuses to move what is there
    found = moves.former(table, there)
    assert set(found) <= there
    for page, names in found.items():
        assert len(set(names)) == len(names)
        assert page not in names
        assert names
    by_name = {name: page for page, names in found.items() for name in names if "." in name}
    assert by_name == {old: now for old in table if (now := moves.follow(old, table, there))}


@given(tables, pages)
def test_a_former_topic_is_gone_and_that_of_all_pages_of_a_topic_or_of_none(
    table: dict[str, str], there: set[str]
) -> None:
    table = {old: new for old, new in table.items() if old not in there}
    found = moves.former(table, there)
    topics = {page.partition(".")[0] for page in there}
    before = {
        topic: {
            frozenset(name for name in found.get(page, ()) if "." not in name)
            for page in there
            if page.partition(".")[0] == topic
        }
        for topic in topics
    }
    for names in before.values():
        assert len(names) == 1
        assert not next(iter(names)) & topics


def test_the_real_content_knows_its_former_names(tmp_path: Path) -> None:
    after = changed(tmp_path)
    former = after.content.former
    assert former["auditors.heard-often"] == ("auditors.claims",)
    assert former["auditors.check"] == ("auditors.image",)
    assert former["gains.found"] == ("benefits.found", "benefits")
    gains = [page for page in after.pages if page.startswith("gains.")]
    assert [former[page] for page in gains if page != "gains.found"] == [("benefits",)] * (len(gains) - 1)
    assert set(former) == {"auditors.heard-often", "auditors.check", *gains}


def test_what_happens_on_a_page_is_told_with_its_former_names(tmp_path: Path) -> None:
    after = changed(tmp_path)
    seller = Seller(1)
    after.greet(seller, "en")
    assert after.command(seller, "start", "benefits----fair")
    arrived = [event for event in seller.trail if event.page == "gains.found"]
    assert arrived
    assert {event.former for event in arrived} == {("benefits.found", "benefits")}
