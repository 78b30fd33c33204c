"""Telegram as this machine reaches it: the way there, the token, who else fetches the updates, the clock."""

import asyncio
import json
import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError

from bot.doctor.finding import Examined, Finding, Level, printable
from bot.settings import Settings
from bot.store.inspection import in_use

WAY, TOKEN, UPDATES, POLLER, CLOCK = "Telegram", "Token", "Updates", "Poller", "Clock"
PUBLIC = "https://api.telegram.org"
SECONDS = 10
"""In which Telegram has to answer; it does in well under one."""

POLL_SECONDS = 8
"""To wait for another program to ask: those we interrupt come back after a second or a few."""

MANY = 100
"""Updates that wait before it is worth a word."""

SKEW = 60
"""Seconds by which the clock may be wrong."""

PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: Telegram's own words in JSON, or whatever else answers there."""

    status: int
    body: dict[str, Any]
    seconds: float
    off: float | None
    """Seconds by which our clock is ahead of the one there."""

    @property
    def result(self) -> dict[str, Any]:
        result = self.body.get("result")
        return result if isinstance(result, dict) else {}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing came back."""

    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Asked:
    """All that was asked of Telegram."""

    me: Answer | Trouble
    webhook: Answer | Trouble | None = None
    updates: Answer | Trouble | None = None


def connection(seen: Examined) -> Iterator[Finding]:
    """Everything that only Telegram can tell."""
    settings = seen.settings
    ignored = next((name for name in PROXIES if os.environ.get(name)), None)
    if ignored and not settings.proxy:
        do = "set BOT_PROXY if the bot needs a proxy"
        yield Finding(Level.LOOK, WAY, f"{ignored} is set, but the bot goes only through BOT_PROXY", do)
    asked = asyncio.run(_ask(seen))
    if isinstance(asked.me, Trouble):
        # In try-out mode nothing depends on it yet.
        level = Level.BAD if settings.token else Level.LOOK
        yield Finding(level, WAY, asked.me.what, asked.me.do)
        return
    through = f" through the proxy {_host(settings.proxy)}" if settings.proxy else ""
    yield Finding(Level.FINE, WAY, f"{_host(settings.api_base)} answers{through} in {asked.me.seconds:.1f} s")
    yield from _clock(asked.me)
    yield from _token(asked.me, settings)
    if isinstance(asked.webhook, Answer) and asked.webhook.status == 200:
        yield from _updates(asked.webhook, settings)
    if asked.updates:
        yield from _poller(asked.updates, seen)


def _clock(me: Answer) -> Iterator[Finding]:
    if me.off is None:
        return
    if abs(me.off) > SKEW:
        what = f"{abs(me.off):.0f} seconds {'ahead of' if me.off > 0 else 'behind'} Telegram's"
        yield Finding(Level.LOOK, CLOCK, what, "let the machine set its clock: timedatectl set-ntp true")
    else:
        yield Finding(Level.FINE, CLOCK, "right")


def _token(me: Answer, settings: Settings) -> Iterator[Finding]:
    base = f"BOT_API_BASE, {settings.api_base},"
    if not settings.token:
        do = "to go live ask @BotFather for one and set BOT_TOKEN"
        yield Finding(Level.LOOK, TOKEN, "none, so `certguide serve` runs in try-out mode", do)
    elif me.status == 200 and "username" in me.result:
        yield Finding(Level.FINE, TOKEN, f"that of @{printable(me.result['username'])}")
    elif me.status in (401, 404) and me.body:
        do = "was it revoked, or cut short when it was copied? @BotFather gives a new one"
        yield Finding(Level.BAD, TOKEN, "Telegram refuses BOT_TOKEN", do)
    elif me.status == 429 or me.status >= 500:
        what = f"not known: Telegram is in trouble or wants a pause ({me.status})"
        yield Finding(Level.LOOK, TOKEN, what, "ask again in some minutes; there is nothing to mend here")
    else:
        what = f"not known: {base} answers, but not as a Bot API server does ({me.status})"
        yield Finding(Level.BAD, TOKEN, what, "set it to a Bot API server, or drop it")


def _updates(webhook: Answer, settings: Settings) -> Iterator[Finding]:
    url, count = webhook.result.get("url"), int(webhook.result.get("pending_update_count", 0))
    if url:
        what = f"a webhook is set: Telegram sends them to {_host(str(url))} and gives this bot none"
        if reason := webhook.result.get("last_error_message"):
            what += f" (the last try failed: {printable(reason)})"
        do = f"if that is not wanted open {settings.api_base}/bot<your token>/deleteWebhook once in a browser"
        yield Finding(Level.BAD, UPDATES, what, do)
    elif count > MANY:
        yield Finding(
            Level.LOOK, UPDATES, f"{count} wait at Telegram", "is the bot running? Its log says what keeps it"
        )
    else:
        yield Finding(Level.FINE, UPDATES, f"{count or 'none'} waiting at Telegram")


def _poller(updates: Answer | Trouble, seen: Examined) -> Iterator[Finding]:
    if isinstance(updates, Trouble) or updates.status not in (200, 409):
        yield Finding(Level.LOOK, POLLER, "not known: Telegram did not answer", "ask again")
    elif updates.status == 409 and in_use(seen.database):
        what = "a program fetches the updates, most likely the bot that runs here; it was interrupted once by this look"
        yield Finding(Level.LOOK, POLLER, what, "to be sure stop it and look again")
    elif updates.status == 409:
        what = "another program fetches this bot's updates, and none that runs here"
        yield Finding(Level.BAD, POLLER, what, "stop it; if you can't find it, /revoke at @BotFather gives a new token")
    elif updates.body.get("result"):
        yield Finding(Level.FINE, POLLER, "updates wait at Telegram, so nobody seems to fetch them")
    else:
        yield Finding(Level.FINE, POLLER, f"nobody else fetched updates for {POLL_SECONDS} seconds")


async def _ask(seen: Examined) -> Asked:
    settings = seen.settings
    try:
        connector = ProxyConnector.from_url(settings.proxy) if settings.proxy else aiohttp.TCPConnector()
    except ValueError:
        return Asked(Trouble("BOT_PROXY can't be understood", "it is like socks5://name:password@host:1080"))
    async with aiohttp.ClientSession(connector=connector) as session:
        ask = _Line(session, settings, seen.clock).ask
        if not settings.token:
            return Asked(await ask(""))
        me = await ask("getMe")
        if isinstance(me, Trouble) or not me.result:
            return Asked(me)
        webhook = await ask("getWebhookInfo")
        # No offset: nothing is confirmed, so nothing is taken from the bot that is to have it.
        updates = await ask("getUpdates", limit=1, timeout=POLL_SECONDS) if seen.poller else None
        return Asked(me, webhook, updates)


@dataclass(frozen=True, slots=True)
class _Line:
    """The way to Telegram."""

    session: aiohttp.ClientSession
    settings: Settings
    clock: Callable[[], datetime]

    async def ask(self, method: str, **arguments: int) -> Answer | Trouble:
        """Make a call; without a method only see whether anybody answers."""
        token = self.settings.token.get_secret_value() if self.settings.token else ""
        url = f"{self.settings.api_base}/bot{token}/{method}" if method else f"{self.settings.api_base}/"
        limit = aiohttp.ClientTimeout(total=SECONDS + arguments.get("timeout", 0))
        began = asyncio.get_running_loop().time()
        try:
            async with self.session.get(url, params=arguments, timeout=limit, allow_redirects=False) as response:
                content = await response.read()
        except (aiohttp.ClientError, OSError, ProxyError, ProxyConnectionError, ProxyTimeoutError, ValueError) as error:
            return _trouble(error, self.settings)
        seconds = asyncio.get_running_loop().time() - began
        return Answer(response.status, _object(content), seconds, self._off(response.headers.get("Date", "")))

    def _off(self, date: str) -> float | None:
        try:
            there = parsedate_to_datetime(date)
        except ValueError:
            return None
        return (self.clock() - (there if there.tzinfo else there.replace(tzinfo=UTC))).total_seconds()


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _trouble(error: Exception, settings: Settings) -> Trouble:
    """In words, without the address, in which the token is."""
    host = _host(settings.api_base)
    if isinstance(error, ProxyError | ProxyConnectionError | ProxyTimeoutError):
        what = f"the proxy {_host(settings.proxy)} does not connect to {host}"
        return Trouble(what, "is it running, does it ask for a name and password, may it reach Telegram?")
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return Trouble(f"BOT_API_BASE, {settings.api_base}, is not an address", f"it is like {PUBLIC}")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        what = f"{host} can't prove who it is (TLS)"
        return Trouble(what, "is the clock right, are ca-certificates installed, does something read along on the way?")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Trouble(f"the name {host} is not found (DNS)", _way_out(settings))
    if isinstance(error, TimeoutError):
        return Trouble(f"{host} does not answer within {SECONDS} seconds", _way_out(settings))
    if isinstance(getattr(error, "os_error", error), ConnectionRefusedError):
        return Trouble(f"{host} refuses the connection", _way_out(settings))
    return Trouble(f"the connection to {host} breaks ({type(error).__name__})", _way_out(settings))


def _way_out(settings: Settings) -> str:
    if settings.proxy:
        return f"is the proxy {_host(settings.proxy)} allowed to reach it?"
    if settings.api_base != PUBLIC:
        return "is your Bot API server running there? BOT_API_BASE says where it is"
    return (
        "is this machine online? In some networks, as in mainland China, Telegram is blocked: "
        "set BOT_PROXY or run the bot elsewhere, see docs/OPERATING.md"
    )


def _host(url: str | None) -> str:
    """Host and port of an address, never a name or password in it."""
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        return "?"
    return f"{parts.hostname or '?'}{f':{port}' if port else ''}"
