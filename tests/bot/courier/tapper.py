"""Somebody who talks with the bot while broadcasts go out."""

import asyncio
import random
import time

from tests.bot.courier.office import Office, until


class Tapper:
    """Taps one button after the other, and takes the time until each is answered and his page has changed."""

    def __init__(self, office: Office, id_: int) -> None:
        self.telegram = office.simulator.telegram
        self.messages = self.telegram.chats[id_].messages
        self.id = id_
        self.random = random.Random(id_)
        self.seconds: list[float] = []

    async def walk(self) -> None:
        """From the moment the bot is there, until cancelled."""
        await until(lambda: self.telegram.updates.idle is not None, 60)
        self.telegram.say(self.id, "/start")
        await until(lambda: any(message.from_bot for message in self.messages.values()), 60)
        while True:
            await self.tap()
            await asyncio.sleep(0.3)

    async def tap(self) -> None:
        """One of the buttons of the newest page."""
        page = [message for message in self.messages.values() if message.inline_keyboard][-1]
        rows = (page.markup or {})["inline_keyboard"]
        choice = self.random.choice([button["callback_data"] for row in rows for button in row])
        begun, before = time.monotonic(), page.content()
        press, _ = self.telegram.tap(self.id, page.message_id, choice)
        await until(lambda: self.telegram.presses[press].answer is not None and page.content() != before, 60)
        self.seconds.append(time.monotonic() - begun)


def p95(seconds: list[float]) -> float:
    """What all but the slowest twentieth stay under."""
    return sorted(seconds)[int(len(seconds) * 0.95)]
