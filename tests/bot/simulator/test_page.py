"""The chat page in a real browser: seen, pressed, typed into, attacked."""

import asyncio
import functools
import os
import re
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Download, Page, Route, async_playwright, expect

from bot.simulator import Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, Api, inline, sim
from tests.bot.simulator.test_media import png, upload

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
QUOTE = "\n".join(f"Source {number}, read 22 November 2026" for number in range(1, 7))
HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists() and not os.environ.get("CI"), reason=f"{CHROMIUM} is not installed"),
    pytest.mark.asyncio(loop_scope="module"),
]


# One browser serves all tests here, so everything that talks to it lives in the module's event loop.
fixture = functools.partial(pytest_asyncio.fixture, loop_scope="module")


@fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield launched
        await launched.close()


@fixture()
async def simulator() -> AsyncIterator[Simulator]:
    """With the real clock: a page shows real time."""
    running = Simulator()
    await running.start()
    yield running
    await running.stop()


@fixture()
async def api(simulator: Simulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession(simulator.api_base) as session:
        yield Api(session)


@fixture()
async def mei(simulator: Simulator) -> AsyncIterator[Person]:
    async with Person(simulator.api_base, MEI) as person:
        await person.say("/start")
        yield person


@fixture()
async def complaints() -> list[str]:
    """What the browser complains of; a test that expects some takes them away."""
    return []


@fixture()
async def page(browser: Browser, simulator: Simulator, complaints: list[str]) -> AsyncIterator[Page]:
    """The page as Mei; it fails on any complaint of the browser."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(5000)
    opened = await context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await opened.goto(f"{simulator.url}#{MEI}")
    await expect(opened.locator("#bot")).to_have_text("certguide")
    yield opened
    await context.close()
    assert complaints == []


def bubble(page: Page, number: int) -> Any:
    return page.locator(f'.message[data-key="{number}"]')


async def test_start_write_and_see(page: Page, api: Api) -> None:
    await api.ok("setMyDescription", description="我是顾问。", language_code="zh")
    await expect(page.locator("#welcome-text")).to_have_text("我是顾问。")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(bubble(page, 1)).to_have_class(re.compile("mine"))
    await expect(page.locator("#welcome")).to_be_hidden()
    await api.send("第一行\n第二行")
    await expect(bubble(page, 2).locator(".text")).to_have_text("第一行\n第二行")
    await page.locator("#text").fill("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(bubble(page, 3).locator(".text")).to_have_text("one\ntwo")
    await expect(page.locator("#text")).to_have_value("")
    assert [update["message"]["text"] for update in await api.updates()] == ["/start", "one\ntwo"]


async def test_tap_spinner_toast_and_edit_in_place(page: Page, api: Api, mei: Person) -> None:
    sent = await api.send("before", reply_markup=inline(["Yes", "No"]))
    button = page.get_by_role("button", name="Yes")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = (await api.updates())[-1]["callback_query"]
    assert query["data"] == "Yes"
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="saved")
    await expect(page.locator("#toast")).to_have_text("saved")
    await expect(button).to_have_attribute("aria-busy", "false")
    await api.ok("editMessageText", chat_id=MEI, message_id=sent["message_id"], text="after")
    message = bubble(page, sent["message_id"])
    await expect(message.locator(".text")).to_have_text("after")
    await expect(message).to_have_class(re.compile("changed"))
    await expect(message.locator(".meta")).to_contain_text("edited")
    await expect(message.locator(".rows")).to_have_count(0)


async def test_an_alert_waits_for_ok(page: Page, api: Api, mei: Person) -> None:
    await api.send(reply_markup=inline(["Delete"]))
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Delete")).to_have_attribute("aria-busy", "true")
    query = (await api.updates())[-1]["callback_query"]
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="Gone for ever.", show_alert=True)
    await expect(page.locator("#alert-text")).to_have_text("Gone for ever.")
    await page.locator("#alert-ok").click()
    await expect(page.locator("#alert")).to_be_hidden()


async def test_formatting_and_the_folded_quote(page: Page, api: Api, mei: Person) -> None:
    await api.send(
        "<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code> <a href='https://iso.org'>link</a> "
        f"<tg-spoiler>secret</tg-spoiler>\n<pre>p</pre>\n<blockquote expandable>{QUOTE}</blockquote>\n"
        "<blockquote expandable>short</blockquote>",
        parse_mode="HTML",
    )
    text = bubble(page, 2).locator(".text")
    for tag in ("b", "i", "u", "s", "code", "pre"):
        await expect(text.locator(tag).first).to_have_text(tag[0])
    link = text.get_by_role("link", name="link")
    await expect(link).to_have_attribute("href", "https://iso.org/")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))
    folded, short = text.locator("blockquote").nth(0), text.locator("blockquote").nth(1)
    await expect(short.get_by_role("button")).to_be_hidden()
    height = (await folded.bounding_box() or {})["height"]
    await folded.get_by_role("button", name="Show more").click()
    assert (await folded.bounding_box() or {})["height"] > height
    await folded.get_by_role("button", name="Show less").click()
    assert (await folded.bounding_box() or {})["height"] == height
    await text.get_by_role("button", name="Hidden text").click()
    await expect(text.locator(".spoiler.shown")).to_have_text("secret")


async def test_link_and_copy_buttons(page: Page, api: Api, mei: Person) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = [{"text": "Site", "url": "https://iso.org"}, {"text": "Letter", "copy_text": {"text": "Dear Sir"}}]
    await api.send(reply_markup={"inline_keyboard": [row]})
    site = page.get_by_role("link", name="Site")
    await expect(site).to_have_attribute("target", "_blank")
    await expect(site).to_have_attribute("rel", re.compile("noopener"))
    await page.get_by_role("button", name="Letter").click()
    await expect(page.locator("#toast")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "Dear Sir"


async def test_links_to_the_bot_itself_start_it(page: Page, api: Api, mei: Person) -> None:
    link = "https://t.me/certguide_bot?start=auditors--zh"
    row = [{"text": "Share", "url": "https://t.me/CERTGUIDE_BOT"}, {"text": "Other", "url": "https://t.me/other_bot"}]
    await api.send(f"<a href='{link}'>here</a>", parse_mode="HTML", reply_markup={"inline_keyboard": [row]})
    await page.get_by_role("button", name="here", exact=True).click()
    await expect(bubble(page, 3).locator(".text")).to_have_text("/start auditors--zh")
    await page.get_by_role("button", name="Share").click()
    await expect(bubble(page, 4).locator(".text")).to_have_text("/start")
    await expect(page.get_by_role("link", name="Other")).to_have_attribute("href", "https://t.me/other_bot")


async def test_hostile_names_and_texts_are_inert(page: Page, simulator: Simulator, api: Api) -> None:
    _, guest = await sim(simulator, "POST", "/sim/people", {"name": HOSTILE[:60], "language_code": '"><b>'})
    async with Person(simulator.api_base, guest["id"]) as mallory:
        await mallory.say(HOSTILE)
    await api.ok("setMyName", name=HOSTILE[:60])
    await api.ok("setMyDescription", description=HOSTILE)
    await api.ok("setMyCommands", commands=[{"command": "x", "description": HOSTILE}])
    keyboard = {"inline_keyboard": [[{"text": HOSTILE, "callback_data": '"]<b>'}]]}
    await api.send(HOSTILE, guest["id"], reply_markup=keyboard)
    await page.goto(f"{simulator.url}#{guest['id']}")
    await expect(bubble(page, 2).locator(".text")).to_have_text(HOSTILE)
    await expect(page.locator("#bot")).to_have_text(HOSTILE[:60])
    await page.locator("#commands").click()
    await expect(page.locator("#commands-menu")).to_contain_text(HOSTILE)
    await bubble(page, 2).get_by_role("button").last.click()
    assert (await api.updates())[-1]["callback_query"]["data"] == '"]<b>'
    assert await page.locator("main img, main script, nav img, nav script").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_only_harmless_addresses_become_links(page: Page) -> None:
    source = """async () => {
        const { safeLink } = await import("/bubble.js");
        const hostile = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc", "vbscript:x"];
        return [hostile.map(safeLink), ["https://a.b", "a.b", "tg://resolve?domain=x"].map(safeLink)];
    }"""
    hostile, fine = await page.evaluate(source)
    assert hostile == [""] * 5
    assert fine == ["https://a.b", "http://a.b", "tg://resolve?domain=x"]


async def test_with_the_keyboard_only(page: Page, api: Api, mei: Person) -> None:
    await api.ok("setMyCommands", commands=[{"command": "menu", "description": "Topics"}])
    await api.send("hello", reply_markup=inline(["First", "Second"]))
    await expect(bubble(page, 2)).to_be_visible()
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to the message box"
    await page.keyboard.press("Enter")
    await page.keyboard.type("typed")
    await page.keyboard.press("Enter")
    await expect(bubble(page, 3).locator(".text")).to_have_text("typed")
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "Commands"
    await page.keyboard.press("Enter")
    assert await focused(page) == "/menuTopics"
    await page.keyboard.press("Escape")
    await expect(page.locator("#commands-menu")).to_be_hidden()
    assert await focused(page) == "Commands"
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "Second"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Second")).to_have_attribute("aria-busy", "true")
    assert (await api.updates())[-1]["callback_query"]["data"] == "Second"
    await page.locator("#commands").click()
    await page.keyboard.press("Enter")
    await expect(bubble(page, 4).locator(".text")).to_have_text("/menu")


async def test_focus_follows_a_page_that_changes(page: Page, api: Api, mei: Person) -> None:
    sent = await api.send("first page", reply_markup=inline(["Next"]))
    where = {"chat_id": MEI, "message_id": sent["message_id"]}
    await page.get_by_role("button", name="Next").focus()
    await page.keyboard.press("Enter")
    await api.ok("editMessageText", text="second page", reply_markup=inline(["Last"], ["Next"]), **where)
    await expect(page.get_by_role("button", name="Next")).to_be_focused()
    await api.ok("editMessageText", text="third page", reply_markup=inline(["Back"], ["Menu"]), **where)
    await expect(page.get_by_role("button", name="Back")).to_be_focused()
    await api.ok("editMessageText", text="the end", **where)
    await expect(page.locator("#text")).to_be_focused()


async def test_a_quote_folds_when_its_page_is_left(page: Page, api: Api, mei: Person) -> None:
    quote = f"<blockquote expandable>{QUOTE}</blockquote>"
    sent = await api.send(f"one {quote}", parse_mode="HTML", reply_markup=inline(["a"]))
    where = {"chat_id": MEI, "message_id": sent["message_id"], "parse_mode": "HTML"}
    await page.get_by_role("button", name="Show more").click()
    await api.ok("editMessageText", text=f"one {quote}", reply_markup=inline(["b"]), **where)
    await expect(page.get_by_role("button", name="b", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Show less")).to_be_visible()
    await api.ok("editMessageText", text=f"two {quote}", **where)
    await expect(page.get_by_role("button", name="Show more")).to_be_visible()


async def focused(page: Page) -> str:
    source = "document.activeElement.ariaLabel || document.activeElement.textContent"
    return str(await page.evaluate(source))


async def test_menus_move_with_arrows(page: Page, api: Api, mei: Person) -> None:
    await page.locator("#more").click()
    assert await focused(page) == "Block the bot"
    await page.keyboard.press("ArrowDown")
    assert await focused(page) == "Clear the chat"
    await page.keyboard.press("Enter")
    await expect(page.locator("#welcome")).to_be_visible()
    assert await focused(page) == "Chat menu"


async def test_blocking_and_coming_back(page: Page, api: Api, mei: Person) -> None:
    await page.locator("#more").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await expect(page.locator("#composer")).to_be_hidden()
    await page.get_by_role("button", name="Unblock and restart").click()
    await expect(page.locator("#composer")).to_be_visible()
    await expect(bubble(page, 2).locator(".text")).to_have_text("/start")


async def test_people_drafts_and_the_address(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    await page.locator("#text").fill("half a thought")
    await page.get_by_role("button", name=re.compile("Sam")).click()
    await expect(page).to_have_url(f"{simulator.url}#{SAM}")
    await expect(page.locator("#text")).to_have_value("")
    await api.send("for Mei")
    await expect(page.locator(f'[data-person="{MEI}"] .unread')).to_be_visible()
    await page.get_by_role("button", name=re.compile("Mei")).click()
    await expect(page.locator("#text")).to_have_value("half a thought")
    await expect(bubble(page, 2)).to_be_visible()
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("Name").fill("Yu")
    await page.get_by_label("Language").fill("ja")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator('.person[aria-current="true"]')).to_contain_text("Yu")


async def test_scrolling(page: Page, api: Api, mei: Person) -> None:
    for number in range(30):
        await api.send(f"line {number}\nand more")
    await expect(bubble(page, 31)).to_be_in_viewport()
    await page.evaluate("document.getElementById('log').scrollTop = 0")
    await api.send("new")
    await expect(page.locator("#pill")).to_be_visible()
    await expect(bubble(page, 32)).not_to_be_in_viewport()
    await page.locator("#pill").click()
    await expect(bubble(page, 32)).to_be_in_viewport()
    await expect(page.locator("#pill")).to_be_hidden()


async def test_typing_and_the_banner(page: Page, api: Api, mei: Person) -> None:
    await expect(page.locator("#banner")).to_have_text("The consultant is starting…")
    await api.updates()
    await api.ok("sendChatAction", chat_id=MEI, action="typing")
    await expect(page.locator("#status")).to_have_text("typing…")
    await expect(page.locator("#banner")).to_be_hidden()
    await api.send("done")
    await expect(page.locator("#status")).to_have_text("bot")


async def test_a_bot_that_went_away(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    await api.updates()
    simulator.telegram.updates.polled_at = simulator.telegram.clock() - 60
    await mei.say("anybody?")
    await expect(page.locator("#banner")).to_contain_text("The consultant is away")


async def test_reply_keyboards(page: Page, api: Api, mei: Person) -> None:
    await api.send(reply_markup={"keyboard": [["Yes"]], "input_field_placeholder": "Yes or no?"})
    await expect(page.locator("#text")).to_have_attribute("placeholder", "Yes or no?")
    await page.locator("#keys").get_by_role("button", name="Yes").click()
    await expect(bubble(page, 3).locator(".text")).to_have_text("Yes")


async def test_what_is_asked_for_as_a_reply_is_sent_as_one(page: Page, api: Api, mei: Person) -> None:
    asked = await api.send("Your name?", reply_markup={"force_reply": True})
    await expect(page.locator("#replying")).to_be_visible()
    await page.locator("#text").fill("Mei")
    await page.keyboard.press("Enter")
    await expect(page.locator("#replying")).to_be_hidden()
    assert (await mei.chat())["messages"][-1]["reply_to"] == asked["message_id"]
    await api.send("And your town?", reply_markup={"force_reply": True})
    await page.get_by_role("button", name="Don't reply").click()
    await expect(page.locator("#replying")).to_be_hidden()
    await page.locator("#text").fill("no")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("no", exact=True)).to_be_visible()
    assert (await mei.chat())["messages"][-1]["reply_to"] == 0


async def test_photos_and_documents_are_tiles(page: Page, api: Api, mei: Person) -> None:
    photo, document = (
        await mei.photo("<b>mine</b>", parse_mode="HTML"),
        await mei.document(f"{HOSTILE}.pdf", size=2**21),
    )
    await api.ok(
        "sendPhoto",
        chat_id=MEI,
        photo=photo["file_id"],
        caption="<b>A rule</b> changes",
        parse_mode="HTML",
        reply_markup=inline(["Stop news"]),
        reply_parameters={"message_id": document["message_id"]},
    )
    mine, file, theirs = bubble(page, photo["message_id"]), bubble(page, document["message_id"]), bubble(page, 4)
    await expect(mine.locator(".tile.photo")).to_have_text("Photo1280 × 960")
    await expect(mine.locator(".text b")).to_have_text("mine")
    await expect(file.locator(".tile.document b")).to_have_text(re.compile(r"script>\.pdf$"))
    await expect(file.locator(".tile.document small")).to_have_text("2.0 MB")
    await expect(file.locator(".text")).to_have_count(0)
    await expect(theirs.locator(".reply")).to_contain_text("pdf")
    await expect(theirs.locator(".text")).to_have_text("A rule changes")
    await theirs.get_by_role("button", name="Stop news").click()
    query = (await api.updates())[-1]["callback_query"]
    assert query["message"]["caption"] == "A rule changes"
    await api.ok("editMessageCaption", chat_id=MEI, message_id=4, caption="Corrected")
    await expect(theirs.locator(".text")).to_have_text("Corrected")
    await expect(theirs.locator(".meta")).to_contain_text("edited")
    await api.ok("deleteMessage", chat_id=MEI, message_id=4)
    await expect(theirs).to_have_count(0)
    assert await page.evaluate("window.hacked") is None


async def test_tiles_fit_a_phone_and_a_desk(page: Page, api: Api, mei: Person) -> None:
    await mei.document("x" * 200 + ".pdf")
    for shape in ({"width": 400, "height": 4000}, {"width": 4000, "height": 400}, {"width": 1, "height": 1}):
        sent = await mei.photo("words " * 30, **shape)
    await api.ok("sendPhoto", chat_id=MEI, photo=sent["file_id"], reply_markup=inline(["a", "b"]))
    await expect(page.locator(".tile")).to_have_count(5)
    source = (
        """() => [...document.querySelectorAll(".tile, #log")].map((node) => node.scrollWidth - node.clientWidth)"""
    )
    for width in (320, 390, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(source) == [0] * 6, width
        for tile in await page.locator(".tile").all():
            box = await tile.bounding_box()
            assert box is not None
            assert 60 <= box["height"] <= 420, width
            assert box["x"] >= 0, width
            assert box["x"] + box["width"] <= width, width


# --- what the bot uploaded ---


def picture(width: int, height: int) -> bytes:
    """A grey one that can be drawn."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head, lines = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), (b"\0" + b"\x80" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


async def size(located: Any) -> tuple[int, int]:
    box = await located.bounding_box()
    return round(box["width"]), round(box["height"])


async def saved(download: Download) -> tuple[str, bytes]:
    """The name a browser proposes, and what is in the file."""
    return download.suggested_filename, await asyncio.to_thread((await download.path()).read_bytes)


async def test_a_picture_is_seen_and_opened_large(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    await upload(api, "sendPhoto", "photo", picture(1280, 640), caption="<b>Figures</b>", parse_mode="HTML")
    await upload(api, "sendPhoto", "photo", picture(640, 1280))
    first, second = bubble(page, 2).get_by_role("img"), bubble(page, 3).get_by_role("img")
    await expect(first).to_have_attribute("alt", "Figures")
    await expect(second).to_have_attribute("alt", "Photo")
    await expect(bubble(page, 2).locator(".text")).to_have_text("Figures")
    for image in (first, second):
        await expect(image).to_have_js_property("complete", True)
    assert await first.evaluate("(one) => [one.naturalWidth, one.naturalHeight]") == [1280, 640]
    assert (await size(first), await size(second)) == ((430, 215), (240, 480))
    async with page.context.expect_page() as opening:
        await bubble(page, 2).get_by_role("link").press("Enter")
    opened = await opening.value
    await opened.wait_for_load_state()
    assert opened.url == f"{simulator.url}sim/files/{(await mei.screens())[0].file_id}"
    assert await opened.evaluate("[document.contentType, document.images[0].naturalWidth, origin]") == [
        "image/png",
        1280,
        "null",
    ]


async def test_a_picture_has_its_room_before_it_comes(page: Page, api: Api, mei: Person) -> None:
    coming = asyncio.Event()

    async def late(route: Route) -> None:
        await coming.wait()
        await route.continue_()

    await page.route("**/sim/files/*", late)
    await page.emulate_media(reduced_motion="reduce")
    await upload(api, "sendPhoto", "photo", picture(1280, 640), reply_markup=inline(["x"]))
    image, button = bubble(page, 2).get_by_role("img"), page.get_by_role("button", name="x", exact=True)
    await expect(button).to_be_in_viewport()
    before = await size(image), await button.bounding_box()
    assert not await image.evaluate("(one) => one.complete")
    coming.set()
    await expect(image).to_have_js_property("complete", True)
    assert (await size(image), await button.bounding_box()) == before
    assert before[0] == (592, 296)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
async def test_a_document_is_saved_under_its_name(page: Page, api: Api, mei: Person, by: str) -> None:
    content = bytes(range(256)) * 300
    await upload(api, "sendDocument", "document", content, "清单 2026.csv", caption="c")
    link = page.get_by_role("link", name="Save 清单 2026.csv, 75 KB")
    await expect(link).to_have_text("清单 2026.csv75 KB")
    async with page.expect_download() as saving:
        await (link.click() if by == "mouse" else link.press("Enter"))
    assert await saved(await saving.value) == ("清单 2026.csv", content)
    await expect(link).to_be_visible()


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "page.xhtml"])
async def test_a_page_in_a_document_is_not_opened(
    page: Page, simulator: Simulator, api: Api, mei: Person, name: str
) -> None:
    """Not by a press, and not by its address either."""
    content = b'<svg xmlns="http://www.w3.org/2000/svg"><script>opener.hacked = 1</script></svg>'
    await upload(api, "sendDocument", "document", content, name)
    link = page.get_by_role("link", name=name)
    async with page.expect_download() as saving:
        await link.click()
    assert await saved(await saving.value) == (name, content)
    async with page.expect_download() as saving:
        await page.evaluate("(address) => { location.href = address; }", await link.get_attribute("href"))
    assert await saved(await saving.value) == (name, content)
    assert page.url == f"{simulator.url}#{MEI}"
    assert await page.evaluate("window.hacked") is None


async def test_a_document_that_is_gone_becomes_a_tile(
    page: Page, simulator: Simulator, api: Api, mei: Person, complaints: list[str]
) -> None:
    await upload(api, "sendDocument", "document", b"x" * 2048, f"{HOSTILE}.csv")
    link = bubble(page, 2).get_by_role("link")
    await expect(link).to_be_visible()
    simulator.telegram.files.contents.clear()
    await link.press("Enter")
    await expect(page.locator("#toast")).to_have_text("This file is no longer kept.")
    await expect(link).to_have_count(0)
    tile = bubble(page, 2).locator(".tile.document")
    await expect(tile).to_be_focused()
    await expect(tile.locator("b")).to_have_text(re.compile(r"script>\.csv$"))
    await expect(tile.locator("small")).to_have_text("2 KB")
    assert await page.evaluate("window.hacked") is None
    assert [("404" in complaint) for complaint in complaints] == [True]
    complaints.clear()


async def test_a_picture_that_does_not_come_becomes_a_tile(
    page: Page, api: Api, mei: Person, complaints: list[str]
) -> None:
    await upload(api, "sendPhoto", "photo", png(800, 600))
    await expect(bubble(page, 2).locator(".tile.photo")).to_have_text("Photo800 × 600")
    assert complaints == []
    await page.route("**/sim/files/*", lambda route: route.fulfill(status=404, json={"error": "gone"}))
    await upload(api, "sendPhoto", "photo", picture(80, 60), caption="c")
    await expect(bubble(page, 3).locator(".tile.photo")).to_have_text("Photo80 × 60")
    await expect(bubble(page, 3).locator(".text")).to_have_text("c")
    assert await page.get_by_role("img").count() == 0
    assert [("404" in complaint) for complaint in complaints] == [True]
    complaints.clear()


async def test_after_a_restart_there_are_tiles(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    await upload(api, "sendPhoto", "photo", picture(80, 60))
    await upload(api, "sendDocument", "document", b"a,b", "a.csv")
    await expect(page.get_by_role("link", name="Save a.csv, 1 KB")).to_be_visible()
    await expect(page.get_by_role("img")).to_be_visible()
    simulator.telegram.files.contents.clear()
    await page.reload()
    await expect(page.locator(".tile")).to_have_count(2)
    await expect(page.locator("#messages a, #messages img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_uploads_fit_a_phone_and_a_desk(page: Page, api: Api, mei: Person, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme)
    for shape in ((60, 1200), (1200, 60), (1, 1), (1280, 1070)):
        await upload(api, "sendPhoto", "photo", picture(*shape))
    await upload(api, "sendPhoto", "photo", picture(60, 1200), reply_markup=inline(["a", "b"]), caption="words " * 30)
    await upload(api, "sendDocument", "document", b"x", "x" * 200 + ".csv")
    await upload(api, "sendDocument", "document", b"x", "清单" * 40 + ".csv", reply_markup=inline(["a"]))
    await expect(page.locator("a.tile, .picture")).to_have_count(7)
    source = """() => [...document.querySelectorAll(".tile, .picture, .bubble, #log")].map(
        (node) => node.scrollWidth - node.clientWidth)"""
    for width in (320, 390, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(source) == [0] * 16, width
        for item in await page.locator("a.tile, .picture, .tile .save").all():
            box = await item.bounding_box()
            assert box is not None
            assert 30 <= box["height"] <= 480, width
            assert box["x"] >= 0, width
            assert box["x"] + box["width"] <= width, width


async def test_a_person_attaches_and_formats_in_the_page(page: Page, api: Api, mei: Person) -> None:
    await page.locator("#text").fill("**A rule** changes, `x` and 2 ** 3")
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name="A photo").click()
    await expect(bubble(page, 2).locator(".tile.photo")).to_be_visible()
    await expect(page.locator("#text")).to_have_value("")
    await page.get_by_role("button", name="Attach").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(bubble(page, 3).locator(".tile.document")).to_be_visible()
    await page.locator("#text").fill("😀 __it__")
    await page.keyboard.press("Enter")
    await expect(bubble(page, 4).locator("i")).to_have_text("it")
    photo, document, text = [update["message"] for update in (await api.updates())[1:]]
    assert photo["caption"] == "A rule changes, x and 2 ** 3"
    assert [(one["type"], one["offset"]) for one in photo["caption_entities"]] == [("bold", 0), ("code", 16)]
    assert document["document"]["file_name"] == "document.pdf"
    assert text["entities"] == [{"type": "italic", "offset": 3, "length": 2}]


async def test_a_caption_that_is_too_long_stays(page: Page, mei: Person) -> None:
    await page.locator("#text").fill("x" * 1025)
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name="A document").click()
    await expect(page.locator("#toast")).to_have_text("A caption has at most 1024 characters.")
    await expect(page.locator("#text")).to_have_value("x" * 1025)
    assert len((await mei.chat())["messages"]) == 1


async def test_the_developer_drawer(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    await page.locator("#more").click()
    await page.get_by_role("menuitem", name="Developer drawer").click()
    await page.locator(".switch").click()
    await expect(page.locator("#flood")).to_be_checked()
    await page.get_by_label("Trouble").select_option("500")
    await page.get_by_label("Method").select_option("sendMessage")
    await page.get_by_role("button", name="Order").click()
    await expect(page.locator("#faults")).to_contain_text("1 × 500 for sendMessage")
    assert simulator.bot_side.flood.on
    await page.get_by_role("button", name="Cancel all").click()
    await expect(page.locator("#faults li")).to_have_count(0)
    await api.send("x")
    await expect(page.locator("#calls")).to_contain_text("sendMessage 200")
    await page.keyboard.press("Escape")
    await expect(page.locator("#drawer")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_overflows(page: Page, api: Api, mei: Person, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme)
    endless = "x" * 300
    await api.send(
        f"{endless}\n<pre>{endless}</pre><code>{endless}</code><blockquote expandable>{QUOTE}{endless}</blockquote>",
        parse_mode="HTML",
        reply_markup=inline([endless[:40]] * 3, ["很长的按钮文字很长的按钮文字很长的按钮文字"] * 2),
    )
    await mei.say(endless)
    await expect(bubble(page, 3)).to_be_visible()
    source = """() => [document.documentElement, document.getElementById("log")].map(
        (node) => node.scrollWidth - node.clientWidth)"""
    for width, height in [(390, 844), (320, 640), (768, 1024), (1280, 800)]:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate(source) == [0, 0], width
        box = await page.locator("#send").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


async def test_calm_for_those_who_ask(page: Page, api: Api, mei: Person) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await api.send("still")
    duration = await bubble(page, 2).evaluate("(node) => getComputedStyle(node).animationDuration")
    assert float(duration.removesuffix("s")) < 0.001


async def test_the_stream_comes_back(page: Page, simulator: Simulator, api: Api, mei: Person) -> None:
    simulator.person_side.close()
    await api.send("while the page was deaf")
    await expect(bubble(page, 2)).to_be_visible()
