"""The courier holds: thousands of people, every kind of trouble, killed again and again, and nobody gets it twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.bot.courier.office import MEI, OLGA, SAM, Office, busiest, until
from tests.bot.courier.processes import bot_of, courier_of
from tests.bot.courier.tapper import Tapper, p95
from tests.bot.forks import killed

PEOPLE = 5000
BLOCKED, LEFT = PEOPLE // 20, PEOPLE // 100
PACE, SCALE = 250, 10
"""Time runs ten times as fast: Telegram takes 300 messages a second, and the courier sends 250."""
KILLS = 10
TROUBLES: tuple[dict[str, Any], ...] = (
    {"kind": "429", "times": 5, "seconds": 1},
    {"kind": "drop", "times": 3},
    {"kind": "502", "times": 5},
    {"kind": "drop_after", "times": 5},
    {"kind": "hang_after", "times": 2, "seconds": 0.4},
    {"kind": "hang", "times": 2, "seconds": 0.3},
    {"kind": "429", "times": 1, "seconds": 1},
    {"kind": "500", "times": 4},
    {"kind": "drop_after", "times": 3},
    {"kind": "delay", "times": 8, "seconds": 0.2},
)
"""One for each life of the courier. None fails so often in a row that the broadcast would pause by itself."""


async def test_nobody_gets_it_twice_and_everybody_is_accounted_for(office: Office) -> None:
    office.pace = PACE
    crowd = await office.crowd(PEOPLE, blocked=BLOCKED, deactivated=LEFT)
    await office.flood(SCALE)
    async with conversing(office) as tappers:
        id_ = office.send()
        await troubled_lives(office, id_)
        courier = courier_of(office)
        await pause_holds(office, id_)
        await until(lambda: office.state(id_) == "done", 90)
        await killed(courier)
    accounted_for(office, id_, {*crowd["blocked"], *crowd["deactivated"]})
    everybody = set(map(str, crowd["ids"]))
    arrivals = [call.at for call in office.calls() if call.chat in everybody]
    assert busiest(arrivals) <= PACE
    seconds = [one for tapper in tappers for one in tapper.seconds]
    assert len(seconds) > 50
    assert p95(seconds) <= 1


@asynccontextmanager
async def conversing(office: Office) -> AsyncIterator[list[Tapper]]:
    """A bot in a process of its own, on the same file, and three people who talk with it."""
    bot = bot_of(office)
    tappers = [Tapper(office, id_) for id_ in (MEI, OLGA, SAM)]
    walks = [asyncio.create_task(tapper.walk()) for tapper in tappers]
    yield tappers
    for walk in walks:
        walk.cancel()
    ended = await asyncio.gather(*walks, return_exceptions=True)
    assert all(isinstance(error, asyncio.CancelledError) for error in ended), "nobody waited for the bot in vain"
    await killed(bot)


async def troubled_lives(office: Office, id_: int) -> None:
    """Couriers that live a moment each, see one trouble, and are killed."""
    moment = random.Random(20261126)
    for trouble in TROUBLES[:KILLS]:
        courier = courier_of(office)
        await asyncio.sleep(moment.uniform(0, 1.2))
        await office.fault(**trouble)
        await asyncio.sleep(moment.uniform(0, 1.2))
        await killed(courier)
        assert office.state(id_) == "running"


async def pause_holds(office: Office, id_: int) -> None:
    """Paused in the midst of it, nothing leaves any more after two seconds, until it is resumed."""
    before = office.counts(id_)["sent"]
    await until(lambda: office.counts(id_)["sent"] > before)
    office.act(id_, "pause")
    await asyncio.sleep(2)
    quiet = len(office.calls("sendMessage"))
    await asyncio.sleep(0.5)
    assert len(office.calls("sendMessage")) == quiet
    assert office.counts(id_)["sending"] == 0
    office.act(id_, "resume")


def accounted_for(office: Office, id_: int, gone: set[int]) -> None:
    """Every delivery has ended as the chats tell."""
    ends = dict(
        office.db.execute(
            "select s.id, d.state from deliveries d join sellers s on s.who = d.who where d.broadcast = ?", [id_]
        ).fetchall()
    )
    counts = office.counts(id_)
    assert len(ends) == PEOPLE == counts.total()
    assert set(counts) == {"sent", "gone", "unsure"}
    received = {chat: office.simulator.telegram.chats[chat].received for chat in ends}
    assert max(received.values()) == 1, "nobody got it twice"
    assert all(received[chat] == 1 for chat, end in ends.items() if end == "sent")
    assert {chat for chat, end in ends.items() if end == "gone"} <= gone
    assert {chat for chat in gone if ends[chat] != "gone"} <= {chat for chat, end in ends.items() if end == "unsure"}
    lost = sum(trouble["times"] for trouble in TROUBLES if trouble["kind"] not in ("429", "delay"))
    assert counts["unsure"] <= 8 * KILLS + lost


async def test_it_keeps_its_pace_while_nothing_fails(office: Office) -> None:
    """At Telegram's own speed, with its own flood control."""
    await office.crowd(120)
    await office.flood()
    id_ = office.send()
    await office.start()
    await office.done(id_)
    assert office.counts(id_) == {"sent": 120}
    arrivals = [call.at for call in office.calls("sendMessage")]
    assert busiest(arrivals) <= office.pace
    half = len(arrivals) // 2  # what else the machine does may disturb one half of it
    quickest = min(last - first for first, last in zip(arrivals, arrivals[half:], strict=False))
    assert half / quickest >= 0.97 * office.pace
