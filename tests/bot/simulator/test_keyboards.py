"""Keyboards, as sendMessage judges them."""

import json
from typing import Any

import pytest

from bot.simulator import keyboards
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, inline

UNPARSABLE = "Bad Request: can't parse inline keyboard button: "


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x"} | fields]]}


async def refusal(api: Api, markup: Any) -> str:
    return await api.refused("sendMessage", chat_id=MEI, text="x", reply_markup=markup)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("{", "Bad Request: can't parse reply keyboard markup JSON object"),
        ("[]", "Bad Request: object expected as reply markup"),
        ({"inline_keyboard": 5}, 'Bad Request: field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": [5]},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"keyboard": [5]}, 'Bad Request: field "keyboard" must be an Array of Arrays'),
        ({"inline_keyboard": [[5]]}, UNPARSABLE + "InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [[{}]]}, UNPARSABLE + 'Can\'t find field "text"'),
        (button(text=5), UNPARSABLE + 'Field "text" must be of type String'),
        (button(url=None), UNPARSABLE + 'Field "url" must be of type String'),
        (button(), UNPARSABLE + "Text buttons are unallowed in the inline keyboard"),
        (button(callback_data=""), UNPARSABLE + "Text buttons are unallowed in the inline keyboard"),
        (button(callback_data="x", style="pink"), UNPARSABLE + "invalid button style specified"),
        (button(copy_text="x"), UNPARSABLE + 'Field "copy_text" must be of type Object'),
        (button(copy_text={}), UNPARSABLE + 'Can\'t find field "text"'),
        (button(callback_data="x" * 65), "Bad Request: BUTTON_DATA_INVALID"),
        (button(callback_data="中" * 22), "Bad Request: BUTTON_DATA_INVALID"),
        (button(copy_text={"text": "x" * 257}), "Bad Request: BUTTON_COPY_TEXT_INVALID"),
        (button(url="localhost"), "Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL"),
        (
            button(web_app={"url": "http://a.b"}),
            "Bad Request: inline keyboard button web app URL 'http://a.b' is invalid: Only HTTPS links are allowed",
        ),
        (
            button(web_app=5),
            "Bad Request: inline keyboard button web app URL '' is invalid: URL host is empty",
        ),
        (inline([str(number) for number in range(9)]), "Bad Request: reply markup is too long"),
        (inline(*[[str(number)] for number in range(101)]), "Bad Request: reply markup is too long"),
        ({"keyboard": [[5]]}, "Bad Request: can't parse keyboard button: KeyboardButton must be an Object"),
        ({"keyboard": [[{}]]}, "Bad Request: can't parse keyboard button: Can't find field \"text\""),
        (
            {"force_reply": True, "input_field_placeholder": "x" * 65},
            "Bad Request: input field placeholder is too long",
        ),
    ],
)
async def test_refused(api: Api, mei: Person, markup: Any, complaint: str) -> None:
    assert await refusal(api, markup) == complaint


@pytest.mark.parametrize(
    "markup",
    [
        button(callback_data="x" * 64),
        button(callback_data="中" * 21),
        button(url="https://a.b"),
        button(url="tg://user?id=5"),
        button(copy_text={"text": "x" * 256}),
        button(web_app={"url": "https://a.b"}),
        button(switch_inline_query=""),
        button(callback_data="x", style="danger"),
        inline([str(number) for number in range(8)]),
        inline(*[[str(number)] for number in range(100)]),
    ],
)
async def test_accepted(api: Api, mei: Person, markup: Any) -> None:
    sent = await api.send(reply_markup=markup)
    assert len(sent["reply_markup"]["inline_keyboard"]) == len(markup["inline_keyboard"])


async def test_the_first_action_counts(api: Api, mei: Person) -> None:
    sent = await api.send(reply_markup=button(url="https://a.b", callback_data="x", unheard_of=1))
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "x", "url": "https://a.b/"}]]}


async def test_empty_labels_vanish(api: Api, mei: Person) -> None:
    silent = {"text": "", "callback_data": "x"}
    sent = await api.send(reply_markup={"inline_keyboard": [[silent, {"text": "a", "callback_data": "a"}], [silent]]})
    assert sent["reply_markup"] == inline(["a"])
    assert "reply_markup" not in await api.send(reply_markup={"inline_keyboard": [[silent]]})
    assert "reply_markup" not in await api.send(reply_markup={"inline_keyboard": []})


async def test_reply_keyboards(api: Api, mei: Person) -> None:
    sent = await api.send(reply_markup={"keyboard": [["a", {"text": "b"}], [{"text": ""}]]})
    assert "reply_markup" not in sent
    assert (await mei.chat())["keys"]["keyboard"] == [[{"text": "a"}, {"text": "b"}]]
    await api.send("other")
    assert (await mei.chat())["keys"] is not None
    await api.send(reply_markup={"remove_keyboard": True})
    assert (await mei.chat())["keys"] is None
    await api.send(reply_markup={"force_reply": True, "input_field_placeholder": "why?"})
    keys = (await mei.chat())["keys"]
    assert keys["input_field_placeholder"] == "why?"
    assert keys["reply_to"] == (await mei.screen()).message_id
    await mei.say("because", reply_to=keys["reply_to"])
    assert (await mei.chat())["keys"] is None  # what was asked for has been written
    await api.send(reply_markup={"keyboard": [[{"text": ""}]]})


def test_tdlib_keeps_twelve_in_a_row_and_three_hundred_in_all() -> None:
    wide = keyboards.keep([[{"text": "x"}] * 13])
    assert [len(row) for row in wide] == [12]
    many = keyboards.keep([[{"text": "x"}] * 10] * 31)
    assert sum(map(len, many)) == 300


def test_nothing_is_nothing() -> None:
    assert keyboards.read("") is None
    assert keyboards.read("{}") is None
    assert keyboards.settle(None) is None
    assert keyboards.read(json.dumps(inline(["a"]))) == keyboards.Markup("inline", inline(["a"]))
