"""Updates are acknowledged once they are saved, and nothing stops the queue."""

import asyncio
from pathlib import Path

import pytest

from bot import chat
from bot.chat import TokenError
from bot.chat.desk import Desk
from bot.store import Database
from tests.bot.chat.house import CONVERSATION, SAM, House
from tests.bot.chat.test_desk import in_the_menu


async def test_a_refused_token_ends_it_with_a_word_on_what_to_do(house: House, tmp_path: Path) -> None:
    database = Database(tmp_path / "other.db")
    with pytest.raises(TokenError, match="@BotFather"):
        await chat.serve("1:wrong-token", CONVERSATION, database, asyncio.Event(), api_base=house.simulator.api_base)
    database.close()


async def test_a_second_poller_is_complained_of_and_outlived(capsys: pytest.CaptureFixture[str], house: House) -> None:
    sam = await house.person(SAM)
    await house.fault("409", "getUpdates")
    await in_the_menu(sam)
    await in_the_menu(sam)
    assert "another program uses this token" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["500", "502", "drop", "429"])
async def test_trouble_while_polling_is_outlived(house: House, kind: str) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.fault(kind, "getUpdates", seconds=1)
    await sam.say("/help")
    await sam.say("/progress")
    await sam.until(lambda screen: "Where you are" in screen.text)


async def test_what_could_not_be_saved_comes_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    limit = await house.database.run(lambda db: db.execute("pragma page_count").fetchone()[0])
    await house.database.run(lambda db: db.execute("create table filler (x)"))
    await house.database.run(lambda db: db.execute(f"pragma max_page_count = {limit + 1}"))
    await sam.tap("Internal or registered auditor?")
    for n in range(30):
        await sam.say(f"/help {n}")
    await asyncio.sleep(0.5)
    await house.database.run(lambda db: db.execute("pragma max_page_count = 1000000"))
    # Pages of those that have come again may be paid for before the others have come.
    await house.found("select 1 from trail where kind = 'arrived' and page = 'home.help'", lambda rows: len(rows) >= 30)
    await sam.until(lambda screen: "How this works" in screen.text, deadline=20)
    await house.settled()
    trail = await house.trail()
    assert trail.count("auditors.offer") == 1
    assert trail.count("home.help") == 30


async def test_an_update_that_fails_twice_is_let_go(
    capsys: pytest.CaptureFixture[str], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)

    async def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr(Desk, "write", fail)
        await sam.say("my secret words")
        for _ in range(100):
            await asyncio.sleep(0.02)
            if "let go" in (printed := capsys.readouterr().err):
                break
    assert "a mistake of ours" in printed
    assert "my secret words" not in printed
    page = await sam.until(lambda screen: "Something went wrong on my side" in screen.text)
    assert "ISO 9001: do I need it?" in page.labels  # his place is kept, and there is a way on
    failed = await house.database.run(lambda db: db.execute("select kind, error from failed").fetchall())
    assert failed == [("message", "RuntimeError")]
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text)


async def test_stopping_confirms_what_was_saved(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    before = await house.trail()
    await house.stop()
    await house.start()
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text)
    assert await house.trail() == [*before, "home.help"]


async def test_what_came_while_the_bot_was_away_is_answered(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.stop()
    await sam.say("4")
    await sam.say("1")
    await house.start()
    await sam.until(lambda screen: "step 2 of" in screen.text)
