"""What `certguide deliver` puts together: settings, the courier, and signals."""

import asyncio
import signal
from pathlib import Path

import uvloop

from bot import courier, logs
from bot.serving import kept, owners
from bot.settings import Settings
from bot.store import StoreError
from dialogs import Conversation


class DeliveringError(Exception):
    """The courier can't work; the text says why and what to do."""


def run(settings: Settings, conversation: Conversation) -> None:
    """Deliver until SIGINT or SIGTERM. Raises DeliveringError."""
    if settings.token is None:
        raise DeliveringError(
            "there is no BOT_TOKEN, and the courier can't see a simulator of another process: "
            "`certguide serve --deliver` starts both"
        )
    token = settings.token.get_secret_value()
    logs.start(settings.log, token)
    kind, path = kept(settings)
    try:
        uvloop.run(_deliver(settings, conversation, token, kind, path, owners(settings)))
    except courier.LockedError:
        raise DeliveringError(f"another courier delivers from {path}: one is enough, and two would double") from None
    except courier.ProxyError as error:
        raise DeliveringError(f"BOT_PROXY can't be used by the courier: {error}") from error
    except courier.TokenError:
        raise DeliveringError("Telegram does not know this token: check BOT_TOKEN, @BotFather shows it") from None
    except StoreError as error:
        raise DeliveringError(str(error)) from error


async def _deliver(
    settings: Settings, conversation: Conversation, token: str, kind: str, path: Path, owners: frozenset[int]
) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await courier.deliver(
        token,
        conversation,
        path,
        stop,
        kind=kind,
        api_base=settings.api_base,
        pace=settings.pace,
        zone=settings.zone,
        proxy=settings.proxy,
        owners=owners,
    )
