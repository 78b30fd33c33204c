"""The content changes while people are inside: nobody is orphaned, answers are kept, each is told in one sentence."""

import random
import shutil
from copy import deepcopy
from pathlib import Path

import pytest

import dialogs
from dialogs import Conversation, Seller, moves
from dialogs.choices import MENU
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
        old = deepcopy(seller)
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


@pytest.mark.parametrize(("id_", "expected"), [("benefits", "gains"), ("auditors", "auditors"), ("nothing", "nothing")])
def test_a_topic_goes_by_its_name_of_today(id_: str, expected: str) -> None:
    assert moves.topic(id_, {"benefits.found": "gains.found", "auditors.a": "auditors.b"}) == expected
