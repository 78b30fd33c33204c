"""Judges `reply_markup` (telegram_limits sections 1, 3.1 and 6)."""

import json
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import bad
from bot.simulator.links import LinkError, check, mentioned_user

Button = dict[str, Any]
Rows = list[list[Button]]
LONGEST_DATA = 64  # bytes
LONGEST_COPY = 256
# Undocumented, but what the core server accepts in practice.
MOST_INLINE_ROW, MOST_INLINE = 8, 100
# What TDLib keeps; it drops the rest without a word.
KEPT_ROW, KEPT_ALL = 12, 300
PASSIVE = ("callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat",
           "switch_inline_query_current_chat", "login_url", "web_app")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Markup:
    """One of the four kinds: inline, keyboard, remove or force_reply."""

    kind: str
    content: dict[str, Any]

    @property
    def inline(self) -> bool:
        return self.kind == "inline"


def read(raw: str) -> Markup | None:
    """The first look: is it a keyboard at all?"""
    if not raw:
        return None
    try:
        value = json.loads(raw)
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    keyboard = rows(value, "keyboard", "", key_button)
    inline = rows(value, "inline_keyboard", " of the InlineKeyboardMarkup", inline_button)
    if keyboard:
        return Markup("keyboard", value | {"keyboard": keyboard})
    if inline:
        return Markup("inline", {"inline_keyboard": inline})
    for kind, flag in (("remove", "remove_keyboard"), ("force_reply", "force_reply")):
        if value.get(flag):
            return Markup(kind, value)
    return None


def rows(value: dict[str, Any], key: str, where: str, button: Any) -> Rows:
    listed = value.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise bad(f'field "{key}" must be of type Array')
    if not all(isinstance(row, list) for row in listed):
        raise bad(f'field "{key}"{where} must be an Array of Arrays')
    return [[button(one) for one in row] for row in listed]


def key_button(value: Any) -> Button:
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict):
        raise bad("can't parse keyboard button: KeyboardButton must be an Object")
    if not isinstance(value.get("text"), str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    return value


def inline_button(value: Any) -> Button:
    if not isinstance(value, dict):
        raise unparsable("InlineKeyboardButton must be an Object")
    if "text" not in value:
        raise unparsable('Can\'t find field "text"')
    for key in ("text", "url", "callback_data"):
        if not isinstance(value.get(key, ""), str):
            raise unparsable(f'Field "{key}" must be of type String')
    if value.get("style") not in (None, "", "danger", "success", "primary"):
        raise unparsable("invalid button style specified")
    looks = {key: value[key] for key in ("style", "icon_custom_emoji_id") if value.get(key)}
    return {"text": value["text"]} | looks | action(value)


def action(value: Button) -> Button:
    """The first action counts, others are ignored (telegram_limits 6)."""
    for key in ("url", "callback_data"):
        if value.get(key):
            return {key: value[key]}
    for key in PASSIVE:
        if key in value:
            return {key: value[key]}
    if "copy_text" not in value:
        raise unparsable("Text buttons are unallowed in the inline keyboard")
    copied = value["copy_text"]
    if not isinstance(copied, dict):
        raise unparsable('Field "copy_text" must be of type Object')
    if not isinstance(copied.get("text"), str):
        raise unparsable('Can\'t find field "text"')
    return {"copy_text": {"text": copied["text"]}}


def unparsable(text: str) -> Exception:
    return bad(f"can't parse inline keyboard button: {text}")


def settle(markup: Markup | None, *, inline_only: bool = False) -> Markup | None:
    """The second look: is every button usable?"""
    if markup is None:
        return None
    if not markup.inline:
        if inline_only:
            raise bad("inline keyboard expected")
        return settle_keys(markup)
    kept = keep(markup.content["inline_keyboard"])
    for row in kept:
        for button in row:
            check_button(button)
    if any(len(row) > MOST_INLINE_ROW for row in kept) or sum(map(len, kept)) > MOST_INLINE:
        raise bad("reply markup is too long")
    return Markup("inline", {"inline_keyboard": kept}) if kept else None


def settle_keys(markup: Markup) -> Markup | None:
    if len(markup.content.get("input_field_placeholder", "")) > 64:
        raise bad("input field placeholder is too long")
    if markup.kind != "keyboard":
        return markup
    kept = keep(markup.content["keyboard"])
    return Markup("keyboard", markup.content | {"keyboard": kept}) if kept else None


def keep(listed: Rows) -> Rows:
    """Drops buttons without a label and those past TDLib's limits, and rows that become empty."""
    left = KEPT_ALL
    kept: Rows = []
    for row in listed:
        labelled = [button for button in row if button["text"]][:KEPT_ROW][:left]
        left -= len(labelled)
        if labelled:
            kept.append(labelled)
    return kept


def check_button(button: Button) -> None:
    if len(button.get("callback_data", "").encode()) > LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not mentioned_user(button["url"]):
        button["url"] = checked(button["url"], "inline keyboard button URL")
    if "web_app" in button:
        checked_app(button["web_app"])
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= LONGEST_COPY:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def checked(url: str, what: str) -> str:
    try:
        return check(url).url
    except LinkError as error:
        raise bad(f"{what} '{url}' is invalid: {error}") from None


def checked_app(app: Any) -> None:
    url = str(app.get("url", "")) if isinstance(app, dict) else ""
    what = "inline keyboard button web app URL"
    if not checked(url, what).startswith("https://"):
        raise bad(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
