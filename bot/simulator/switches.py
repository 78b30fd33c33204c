"""What whoever plays with the simulator may turn and read: `/sim/…`, apart from what people do.

Endpoints are listed in `server`.
"""

from dataclasses import asdict, dataclass

from aiohttp import web

from bot.simulator import crowd
from bot.simulator.bot_side import BotSide
from bot.simulator.errors import ImpossibleError
from bot.simulator.requests import read_object
from bot.simulator.telegram import Telegram


@dataclass(slots=True)
class Switches:
    """Faults, flood control, crowds; and the records of what the bot did."""

    telegram: Telegram
    bot: BotSide

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/state", self.state),
            web.get("/sim/calls", self.list_calls),
            web.get("/sim/arrivals", self.list_arrivals),
            web.get("/sim/faults", self.list_faults),
            web.post("/sim/faults", self.order_fault),
            web.delete("/sim/faults", self.clear_faults),
            web.post("/sim/flood", self.switch_flood),
            web.post("/sim/crowd", self.gather_crowd),
            web.get("/sim/crowd", self.count_received),
            web.post("/sim/repeat", self.repeat),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """What the page shows outside a chat."""
        updates = self.telegram.updates
        return web.json_response(
            {
                "idle": updates.idle,
                "pending": len(updates.queue),
                "flood": self.bot.flood.on,
                "scale": self.bot.flood.scale,
                "faults": self.bot.faults.listed(),
            }
        )

    async def list_calls(self, request: web.Request) -> web.Response:
        since, last = int(request.query.get("since", "0")), int(request.query.get("last", "0"))
        calls = [asdict(call) for call in self.bot.whole if call.n > since]
        return web.json_response({"calls": calls[-last:] if last else calls})

    async def list_arrivals(self, request: web.Request) -> web.Response:
        """Briefly, and many: when each call came, for which chat, and how it ended."""
        since = int(request.query.get("since", "0"))
        calls = [call for call in self.bot.calls if call.n > since]
        return web.json_response(
            {"arrivals": [[call.n, call.method, call.chat, call.at, call.status] for call in calls]}
        )

    async def list_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self.bot.faults.listed()})

    async def order_fault(self, request: web.Request) -> web.Response:
        fault = self.bot.faults.order(await read_object(request))
        self.telegram.tell("switches")
        return web.json_response(asdict(fault))

    async def clear_faults(self, request: web.Request) -> web.Response:
        self.bot.faults.open.clear()
        self.telegram.tell("switches")
        return web.json_response({})

    async def switch_flood(self, request: web.Request) -> web.Response:
        given, flood = await read_object(request), self.bot.flood
        flood.switch(on=given.get("on") is True, scale=float(given.get("scale", 1)))
        self.telegram.tell("switches")
        return web.json_response({"on": flood.on, "scale": flood.scale})

    async def gather_crowd(self, request: web.Request) -> web.Response:
        given = await read_object(request)
        languages = given.get("languages", ["en"])
        if not isinstance(languages, list):
            raise ImpossibleError("languages are a list")
        gone = {name: int(given.get(name, 0)) for name in ("blocked", "deactivated")}
        return web.json_response(crowd.gather(self.telegram, int(given.get("count", 0)), languages, **gone))

    async def count_received(self, request: web.Request) -> web.Response:
        return web.json_response(crowd.received(self.telegram, request.query.get("text", "")))

    async def repeat(self, request: web.Request) -> web.Response:
        update = int((await read_object(request)).get("update_id") or 0)
        if not self.telegram.updates.repeat(update):
            raise ImpossibleError(f"there is no recent update {update}")
        return web.json_response({"update_id": update})
