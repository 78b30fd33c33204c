"""The pretend user that other tests rely on."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.person import Person, Screen, WaitedError, busiest, to_html
from tests.bot.simulator.api import MEI, Api, inline
from tests.bot.simulator.test_media import upload


async def test_nothing_on_the_screen_yet(mei: Person) -> None:
    assert await mei.screen() == Screen()


async def test_a_screen(api: Api, mei: Person) -> None:
    await api.send("<b>a</b> &lt;", parse_mode="HTML", reply_markup=inline(["x", "y"], ["z"]))
    screen = await mei.screen()
    assert screen.rows == [["x", "y"], ["z"]]
    assert screen.labels == ["x", "y", "z"]
    assert screen.html == "<b>a</b> &lt;"
    assert screen.button("nope") is None


async def test_the_newest_message_with_the_label_is_tapped(api: Api, mei: Person) -> None:
    old = await api.send(reply_markup=inline(["x"]))
    new = await api.send(reply_markup=inline(["x"]))
    await api.send("without buttons")
    await mei.tap("x")
    await mei.tap("x", old["message_id"])
    tapped = [update["callback_query"]["message"]["message_id"] for update in (await api.updates())[1:]]
    assert tapped == [new["message_id"], old["message_id"]]


async def test_a_missing_button_shows_the_chat(api: Api, mei: Person) -> None:
    await api.send("look", reply_markup=inline(["x", "y"]))
    with pytest.raises(WaitedError, match="no button 'z'") as caught:
        await mei.tap("z")
    assert "me  1: /start" in str(caught.value)
    assert "[x]  [y]" in str(caught.value)
    assert "call sendMessage -> 200" in str(caught.value)


async def test_waiting_for_a_screen(api: Api, mei: Person) -> None:
    waiting = asyncio.create_task(mei.until(lambda screen: screen.text == "now"))
    await asyncio.sleep(0.03)
    await api.send("now")
    assert (await waiting).text == "now"


async def test_waiting_in_vain(api: Api, mei: Person) -> None:
    with pytest.raises(WaitedError, match=f"the screen never came for {MEI}"):
        await mei.until(lambda screen: False, deadline=0.03)
    await api.send(reply_markup=inline(["x"]))
    await mei.tap("x")
    with pytest.raises(WaitedError, match="the press was never answered"):
        await mei.toast(deadline=0.03)


async def test_a_press_answered_without_words(api: Api, mei: Person) -> None:
    await api.send(reply_markup=inline(["x"]))
    first = await mei.tap("x")
    await api.ok("answerCallbackQuery", callback_query_id=first["press"], text="words")
    assert await mei.toast() == "words"
    second = await mei.tap("x")
    await api.ok("answerCallbackQuery", callback_query_id=second["press"])
    assert await mei.toast() == ""


async def test_an_impossible_act_is_a_failure(mei: Person) -> None:
    with pytest.raises(AssertionError, match="write something first"):
        await mei.say("")


async def test_a_download(api: Api, mei: Person) -> None:
    await upload(api, "sendDocument", "document", b"a,b", "a.csv")
    assert await mei.download((await mei.screen()).file_id) == b"a,b"
    with pytest.raises(WaitedError, match="there is no such file"):
        await mei.download("nothing")


async def test_a_silent_chat(sam: Person) -> None:
    assert await sam.transcript() == "(nothing was said)"


def test_html_of_nested_entities() -> None:
    entities = (
        {"type": "expandable_blockquote", "offset": 0, "length": 5},
        {"type": "text_link", "offset": 2, "length": 3, "url": "http://a.b/?x&y"},
        {"type": "bold", "offset": 2, "length": 3},
        {"type": "url", "offset": 5, "length": 1},
    )
    assert to_html("😀abc.", entities) == (
        '<blockquote expandable>😀<a href="http://a.b/?x&amp;y"><b>abc</b></a></blockquote>.'
    )


async def test_an_alert_is_told_from_a_toast(api: Api, mei: Person) -> None:
    await api.send(reply_markup=inline(["x"]))
    for text, show_alert, alert in [("Gone for ever.", True, "Gone for ever."), ("saved", False, ""), ("", True, "")]:
        pressed = await mei.tap("x")
        await api.ok("answerCallbackQuery", callback_query_id=pressed["press"], text=text, show_alert=show_alert)
        assert (await mei.toast(), await mei.alert()) == (text, alert)


async def test_an_alert_that_never_comes(api: Api, mei: Person) -> None:
    await api.send(reply_markup=inline(["x"]))
    await mei.tap("x")
    with pytest.raises(WaitedError, match="the press was never answered"):
        await mei.alert(deadline=0.03)


def test_nobody_is_busy() -> None:
    assert busiest([]) == 0
    assert busiest([5.0]) == 1
    assert busiest([1.0, 2.0, 2.5, 2.999]) == 3
    assert busiest([1.0, 1.0, 1.0]) == 3
    assert busiest([0.0, 0.4, 0.8, 1.2], seconds=0.5) == 2


@given(st.lists(st.integers(0, 60), max_size=40))
def test_the_busiest_second_as_one_would_count_it(ticks: list[int]) -> None:
    counted = [sum(begin <= tick < begin + 10 for tick in ticks) for begin in range(61)]
    assert busiest(ticks, seconds=10) == max(counted)
