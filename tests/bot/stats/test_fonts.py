"""Fonts of our own making, so that it doesn't matter what this machine has: which is chosen, what can be drawn."""

import time
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from bot.stats import fonts
from bot.stats.fonts import Face, choose, drawable
from bot.stats.snapshot import StatsError
from tests.bot.stats.sample import LATIN, write_font

FACE = Face("Ours", Path("ours.ttf"), frozenset("abc审? "))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where fonts are, in a folder inside."""
    inside = tmp_path / "truetype"
    inside.mkdir()
    return inside


def dejavu(folder: Path) -> Path:
    return write_font(folder / "DejaVuSans.ttf", "DejaVu Sans", LATIN)


def wenquanyi(folder: Path) -> Path:
    return write_font(folder / "wqy-microhei.ttf", "WenQuanYi Micro Hei", f"{LATIN}审核")


def test_the_best_family_that_has_all_signs(folder: Path) -> None:
    dejavu(folder)
    wenquanyi(folder)
    assert choose("abc", among=[folder]).family == "WenQuanYi Micro Hei"
    assert choose("审核", among=[folder]).family == "WenQuanYi Micro Hei"


def test_latin_alone_does_not_need_a_chinese_font(folder: Path) -> None:
    dejavu(folder)
    chosen = choose("People", "简体中文", among=[folder])
    assert (chosen.family, chosen.file) == ("DejaVu Sans", folder / "DejaVuSans.ttf")


def test_among_those_that_have_all_needed_signs_the_one_with_most_wanted(folder: Path) -> None:
    wenquanyi(folder)
    write_font(folder / "DejaVuSans.ttf", "DejaVu Sans", f"{LATIN}ŁŻ")
    assert choose("abc", "ŁŻ", among=[folder]).family == "DejaVu Sans"
    assert choose("abc", "ŁŻ审核", among=[folder]).family == "WenQuanYi Micro Hei"  # the same number: the better one


def test_a_missing_sign_is_named_with_its_package(folder: Path) -> None:
    dejavu(folder)
    with pytest.raises(StatsError) as caught:
        choose("Topic 审核员", among=[folder])
    assert str(caught.value) == (
        "no font here has 员 (and 2 more): install one, on Debian `apt install fonts-noto-cjk`"
    )
    with pytest.raises(StatsError, match=r"has 审: install one, on Debian `apt install fonts-noto-cjk`$"):
        choose("审 a 审", among=[folder])


def test_of_several_fonts_the_nearest_is_told_about(folder: Path) -> None:
    dejavu(folder)
    wenquanyi(folder)
    with pytest.raises(StatsError, match=r"no font here has 员: install"):
        choose("审核员", among=[folder])


def test_signs_that_are_not_chinese_are_in_another_package(folder: Path) -> None:
    dejavu(folder)
    with pytest.raises(StatsError, match=r"has ש: install one, on Debian `apt install fonts-noto-core`$"):
        choose("ש", among=[folder])


@pytest.mark.parametrize("among", [[], ["nowhere"], ["empty"]])
def test_without_any_font(tmp_path: Path, among: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StatsError, match=r"no font here has 审 \(and \d+ more\): install .*fonts-noto-cjk"):
        choose("审", among=[tmp_path / name for name in among])
    with pytest.raises(StatsError, match=r"install one, on Debian `apt install fonts-noto-core`"):
        choose("", among=[tmp_path / name for name in among])


def test_digits_are_always_needed(folder: Path) -> None:
    write_font(folder / "DejaVuSans.ttf", "DejaVu Sans", "abc")
    with pytest.raises(StatsError, match="no font here has"):
        choose("abc", among=[folder])


def test_a_font_inside_a_collection(folder: Path) -> None:
    collection = TTCollection()
    collection.fonts = [
        TTFont(write_font(folder / "a.x", "Noto Sans CJK JP", LATIN)),
        TTFont(write_font(folder / "b.x", "Noto Sans CJK SC", f"{LATIN}审")),
    ]
    collection.save(folder / "NotoSansCJK-Regular.ttc")
    chosen = choose("审", among=[folder])
    assert (chosen.family, chosen.file.name) == ("Noto Sans CJK SC", "NotoSansCJK-Regular.ttc")


def test_broken_files_are_no_fonts(folder: Path) -> None:
    whole = wenquanyi(folder).read_bytes()
    (folder / "NotoSansCJK-Regular.ttc").write_bytes(b"ttcf" + bytes(40))
    (folder / "NotoSansSC-Regular.otf").write_bytes(b"")
    (folder / "NotoSans-Regular.ttf").write_bytes(whole[:200])
    (folder / "PingFang.ttc").mkdir()
    (folder / "msyh.ttf").write_text("no font")
    assert choose("审", among=[folder]).family == "WenQuanYi Micro Hei"


def test_a_file_is_what_it_says_inside(folder: Path) -> None:
    write_font(folder / "NotoSansCJK-Regular.ttf", "Something Else", f"{LATIN}审")
    with pytest.raises(StatsError, match="no font here has"):
        choose("审", among=[folder])


def test_the_regular_font_before_the_bold(folder: Path) -> None:
    write_font(folder / "DejaVuSans-Bold.ttf", "DejaVu Sans", LATIN)
    dejavu(folder)
    assert choose("a", among=[folder]).file.name == "DejaVuSans.ttf"


def test_elsewhere_other_faces_stand_in() -> None:
    assert FACE.stack == "Ours, PingFang SC, Microsoft YaHei, Arial, sans-serif"
    arial = Face("Arial", Path("arial.ttf"), frozenset())
    assert arial.stack.count("Arial") == 1


def test_this_machine_is_looked_through_in_a_second() -> None:
    before = time.monotonic()
    try:
        choose("审核", "\U00010fff")
    except StatsError as error:
        assert "fonts-noto-cjk" in str(error)  # noqa: PT017  it may have no Chinese font
    assert time.monotonic() - before < 3  # a second where nothing else runs


def test_folders_of_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WINDIR", str(tmp_path))
    assert tmp_path / "Fonts" in fonts.folders()
    monkeypatch.delenv("WINDIR")
    assert tmp_path / "Fonts" not in fonts.folders()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc 审", "abc 审"),
        ("🔥ab", "?ab"),
        ("ab👩‍👩‍👧🔥ab", "ab?ab"),
        ("a\x00b\x1b\nc", "ab c"),
        ("\u202eabc", "abc"),
        ("", ""),
    ],
)
def test_a_label_in_signs_the_face_has(text: str, shown: str) -> None:
    assert FACE.label(text) == shown


def test_a_label_of_which_little_is_left_gives_way_to_its_name() -> None:
    assert FACE.label("简体", "abc") == "abc"
    assert FACE.label("简a", "简") == "?a"
    assert FACE.label("简体", "简体") == "?"
    assert FACE.label("审核", "abc") == "审?"


def test_an_arrow_of_ours_has_a_stand_in() -> None:
    assert Face("Ours", Path("ours.ttf"), frozenset("a →")).label("↳ a") == "→ a"
    assert Face("Ours", Path("ours.ttf"), frozenset("a →↳")).label("↳ a") == "↳ a"
    assert FACE.label("↳ ab") == "? ab"


def test_accents_are_joined_to_their_letters() -> None:
    assert drawable("e\u0301") == "é"


@given(st.text(), st.text(max_size=5))
def test_whatever_it_is_called_it_can_be_drawn(text: str, name: str) -> None:
    label = FACE.label(text, name)
    assert not FACE.lacks(label)
    assert not [sign for sign in label if unicodedata.category(sign).startswith("C") or sign in "\n\t"]


@given(st.text())
def test_nothing_that_can_be_drawn_is_lost(text: str) -> None:
    once = drawable(text)
    assert drawable(once) == once
    seen = [sign for sign in unicodedata.normalize("NFC", text) if sign.isalnum()]
    assert [sign for sign in once if sign.isalnum()] == seen
