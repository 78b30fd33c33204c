"""Work beside the handling of updates ends with the bot, and is waited for as long as is said."""

import asyncio

from bot.chat.beside import Beside


async def test_nobody_waits_for_what_is_begun() -> None:
    beside, done = Beside(), asyncio.Event()

    async def work() -> None:
        done.set()

    beside.start(work())
    assert not done.is_set()
    await asyncio.wait_for(done.wait(), 1)
    await beside.close()


async def test_what_is_done_in_time_is_waited_for_and_the_rest_is_left_off() -> None:
    beside, ended = Beside(), list[str]()

    async def work(seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append("done")
        except asyncio.CancelledError:
            ended.append("left off")
            raise

    beside.start(work(0.01))
    beside.start(work(60))
    await asyncio.wait_for(beside.close(0.2), 5)
    assert ended == ["done", "left off"]


async def test_without_a_wait_all_of_it_is_left_off_at_once() -> None:
    beside = Beside()
    beside.start(asyncio.sleep(60))
    await asyncio.sleep(0)
    await asyncio.wait_for(beside.close(), 1)
    await beside.close()  # and there is nothing more to be left off


async def test_what_fails_is_nobody_elses() -> None:
    beside, done = Beside(), asyncio.Event()

    async def fail() -> None:
        raise ValueError("its own affair")

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.set()

    beside.start(fail())
    beside.start(work())
    await beside.close(1)
    assert done.is_set()
