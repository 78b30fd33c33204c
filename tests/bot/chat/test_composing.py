"""What an operator sends while he writes a broadcast, read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import Message
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import composing
from bot.chat.composing import MistakeError
from bot.store.broadcasts import Text
from tests import stories
from tests.bot.chat.test_screen import parsed

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


def message(**content: Any) -> Message:
    """A message as Telegram gives it to us."""
    chat = {"id": 1, "type": "private", "first_name": "Olivia"}
    return Message.model_validate({"message_id": 1, "date": 1, "chat": chat, **content})


def photo(id_: str = "big") -> list[dict[str, object]]:
    """A photo in two sizes."""
    sizes = [("small", 90), (id_, 800)]
    return [{"file_id": name, "file_unique_id": name, "width": size, "height": size} for name, size in sizes]


# Texts


def test_a_text_keeps_its_formatting() -> None:
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    assert composing.message_text(message(text="Rule & <so>", entities=bold), "en") == Text(
        "en", "<b>Rule</b> &amp; &lt;so&gt;"
    )


def test_of_a_photo_the_largest_size_is_taken_with_its_caption() -> None:
    caption = {"caption": "Look", "caption_entities": [{"type": "bold", "offset": 0, "length": 4}]}
    assert composing.message_text(message(photo=photo(), **caption)) == Text("", "<b>Look</b>", "photo", "big")
    assert composing.message_text(message(photo=photo())) == Text("", "", "photo", "big")


def test_a_document_is_taken_and_an_animation_is_not() -> None:
    file = {"file_id": "pdf", "file_unique_id": "x"}
    assert composing.message_text(message(document=file, caption="Read")) == Text("", "Read", "document", "pdf")
    moving = {"width": 1, "height": 1, "duration": 1, **file}
    with pytest.raises(MistakeError, match="bad-kind"):
        composing.message_text(message(animation=moving, document=file))


def test_a_new_text_keeps_the_buttons_of_the_one_before() -> None:
    before = Text("en", "Old", "photo", "file", (("Read", "iso9001"),))
    assert composing.message_text(message(text="New"), "en", before) == Text("en", "New", buttons=before.buttons)


def test_a_correction_changes_the_words_and_nothing_else() -> None:
    before = Text("en", "Old", "photo", "file", (("Read", "iso9001"),))
    now = composing.message_text(message(text="New"), "en", before, words_only=True)
    assert now == Text("en", "New", "photo", "file", before.buttons)
    with pytest.raises(MistakeError, match="bad-words"):
        composing.message_text(message(photo=photo(), caption="New"), "en", before, words_only=True)


def test_one_picture_of_an_album_is_none() -> None:
    with pytest.raises(MistakeError, match="bad-album"):
        composing.message_text(message(photo=photo(), media_group_id="7"))


FORMATS = ("bold", "italic", "underline", "strikethrough", "spoiler")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40), st.data())
def test_whatever_is_written_telegram_reads_back_the_same(words: str, data: st.DataObject) -> None:
    """Formats inside each other, over emoji and marks of HTML alike."""
    edges = [0]
    for char in words:
        edges.append(edges[-1] + len(char.encode("utf-16-le")) // 2)
    entities = []
    begin, end = 0, len(words)
    for kind in data.draw(st.lists(st.sampled_from(FORMATS), unique=True, max_size=3)):
        begin = data.draw(st.integers(begin, max(begin, end - 1)))
        end = data.draw(st.integers(begin, end))
        if end > begin:
            entities.append({"type": kind, "offset": edges[begin], "length": edges[end] - edges[begin]})
    html = composing.message_text(message(text=words, entities=entities)).html
    if words.strip():
        assert parsed(f".{html}.")["text"].split() == f".{words}.".split()


# Plain words


def test_plain_words_are_words() -> None:
    assert composing.plain(message(text="  lang=en ")) == "lang=en"
    for content in ({"photo": photo(), "caption": "lang=en"}, {"dice": {"emoji": "🎲", "value": 1}}):
        with pytest.raises(MistakeError, match="bad-plain"):
            composing.plain(message(**content))


# Buttons


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Read | https://gov.example", [("Read", "https://gov.example")]),
        ("Read|iso9001\n\n Go on ｜ papers ", [("Read", "iso9001"), ("Go on", "papers")]),
        ("Yes | no | iso9001", [("Yes | no", "iso9001")]),
        ("-", []),
        (" — ", []),
    ],
)
def test_buttons_are_lines(written: str, read: list[tuple[str, str]]) -> None:
    assert composing.buttons(written) == tuple(read)


@pytest.mark.parametrize("written", ["Read", "| iso9001", "Read |", "Read | two words", "Read | iso9001\nand", "- -"])
def test_a_line_that_is_no_button_is_named(written: str) -> None:
    with pytest.raises(MistakeError, match="bad-line") as caught:
        composing.buttons(written)
    assert str(caught.value.values["line"]) in written


@given(st.text(max_size=80))
def test_buttons_are_read_or_refused(written: str) -> None:
    try:
        read = composing.buttons(written)
    except MistakeError:
        return
    assert composing.buttons("\n".join(f"{label} | {to}" for label, to in read) or "-") == read


# Moments


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-27 10:00", "2026-11-27T10:00", "2026/11/27 10:00", "2026.11.27, 10.00", " 2026-11-27  10:00 ",
        "2026年11月27日 10:00", "2026年11月27日10点00分", "2026-11-27 10：00", "２０２６-11-27 10:00",
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_write_it(written: str) -> None:
    assert composing.moment(written, SHANGHAI, stories.NOW) == utc(2026, 11, 27, 2)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "bad-moment"), ("tomorrow", "bad-moment"), ("10:00", "bad-moment"), ("2026-11-27", "bad-moment"),
        ("2026-02-30 10:00", "bad-moment"), ("2026-11-27 24:00", "bad-moment"), ("2026-13-01 10:00", "bad-moment"),
        ("0000-01-01 00:00", "bad-moment"), ("2026-11-26 20:00", "bad-over"), ("2026-11-26 19:59", "bad-over"),
        ("2025-01-01 10:00", "bad-over"), ("0001-01-01 00:00", "bad-over"), ("2027-11-28 10:00", "bad-far"),
        ("9999-12-31 23:59", "bad-far"), ("2028-01-01 10:00", "bad-far"),
    ],
)  # fmt: skip
def test_what_is_no_moment_ahead_is_told(written: str, told: str) -> None:
    with pytest.raises(MistakeError, match=told):
        composing.moment(written, SHANGHAI, stories.NOW)


def test_an_hour_that_clocks_leave_out_is_no_moment() -> None:
    now = utc(2027, 3, 1)
    with pytest.raises(MistakeError, match="bad-gap"):
        composing.moment("2027-03-28 02:30", BERLIN, now)
    assert composing.moment("2027-03-28 03:00", BERLIN, now) == utc(2027, 3, 28, 1)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert composing.moment("2027-10-31 02:30", BERLIN, utc(2027, 10, 1)) == utc(2027, 10, 31, 0, 30)


def test_a_leap_day_is_a_day() -> None:
    assert composing.moment("2028-02-29 10:00", "UTC", utc(2028, 2, 1)) == utc(2028, 2, 29, 10)


@given(st.integers(2, 365 * 24 * 60), st.sampled_from([SHANGHAI, BERLIN, "America/New_York", "Asia/Kathmandu"]))
def test_whatever_is_shown_is_read_as_the_same_moment(ahead: int, zone: str) -> None:
    moment = datetime.fromtimestamp(stories.NOW, UTC).replace(second=0) + timedelta(minutes=ahead)
    shown = composing.clock(moment.timestamp(), zone).partition(" (")[0]
    read = composing.moment(shown, zone, stories.NOW)
    assert read == moment.timestamp() or datetime.fromtimestamp(moment.timestamp(), ZoneInfo(zone)).fold


@given(st.text(max_size=30), st.sampled_from([SHANGHAI, "Pacific/Kiritimati", "Pacific/Pago_Pago"]))
def test_a_moment_is_read_or_refused(written: str, zone: str) -> None:
    with pytest.raises(MistakeError):
        composing.moment(written, zone, stories.NOW)


def test_the_example_is_one() -> None:
    assert composing.moment(composing.example(SHANGHAI, stories.NOW), SHANGHAI, stories.NOW) > stories.NOW


# Names


def test_a_name_is_one_short_line() -> None:
    assert composing.name("  Chinese \n sellers ") == "Chinese sellers"
    assert composing.name("中" * 16) == "中" * 16
    for wrong in ("", " \n ", "x" * 33, "中" * 17):
        with pytest.raises(MistakeError, match="bad-name"):
            composing.name(wrong)
