"""A leaner way for aiogram's `Bot` to talk HTTP: the same calls and errors for about half the work.

aiogram's own session builds a multipart form field by field and validates the whole answer into models. Of an
edited message we need nothing and of a sent one its number, and those two calls and the answer to a tap are nearly
all we make. So: one JSON body, and for the calls in `BRIEF` an answer read no further than needed. Everything else,
files and errors included, goes the way aiogram goes. `bench/step.py` measures what it brings.
"""

from collections.abc import Callable
from typing import Any

import orjson
from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramServerError
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import InputFile, Message, TelegramObject
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from yarl import URL

CONNECTIONS = 1000
"""Open at once: one slow seller each must not keep the others waiting."""

SECONDS = 20
"""After which a call counts as lost; Telegram answers in well under one."""


NO_ANSWER = (ClientError, ProxyError, ProxyConnectionError, ProxyTimeoutError, OSError, EOFError)
"""What can go wrong on the way; the proxy's errors are none of aiohttp's."""


def _nothing(_: Any) -> bool:
    return True


def _sent(result: Any) -> Message:
    return Message.model_construct(message_id=result["message_id"])


BRIEF: dict[type, Callable[[Any], Any]] = {
    AnswerCallbackQuery: _nothing,
    DeleteMessage: _nothing,
    EditMessageReplyMarkup: _nothing,
    EditMessageText: _nothing,
    SendMessage: _sent,
}
"""How much is read of the answer to a call."""


class LeanSession(AiohttpSession):
    """The session our bot uses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=CONNECTIONS, timeout=SECONDS, **kwargs)
        self._urls: dict[tuple[str, str], URL] = {}

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109  aiogram's signature
        """Make one call. Raises what aiogram raises."""
        body = _body(method, bot)
        if body is None:  # a file goes along
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self._url(bot.token, method.__api_method__)
        limit = ClientTimeout(total=timeout or self.timeout)
        try:
            async with session.post(url, data=body, headers=JSON, timeout=limit) as response:
                content = await response.read()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        except NO_ANSWER as error:
            raise TelegramNetworkError(method=method, message=type(error).__name__) from error
        return self._result(bot, method, response.status, content)

    async def create_session(self) -> ClientSession:
        """The connections, without what a bot never needs: cookies."""
        if self._session is None or self._session.closed:
            connector = self._connector_type(**self._connector_init)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session

    def _url(self, token: str, method: str) -> URL:
        key = (token, method)
        if key not in self._urls:
            self._urls[key] = URL(self.api.api_url(token=token, method=method))
        return self._urls[key]

    def _result(self, bot: Bot, method: TelegramMethod[Any], status: int, content: bytes) -> Any:
        brief = BRIEF.get(type(method))
        if brief and status == 200:
            try:
                return brief(orjson.loads(content)["result"])
            except (ValueError, LookupError, TypeError) as error:  # something in between has answered
                raise TelegramServerError(method=method, message="HTTP 200 without a result") from error
        try:
            return self.check_response(bot, method, status, content.decode(errors="replace")).result
        except ClientDecodeError as error:
            if status < 500:
                raise
            # The front end answers in HTML when Telegram itself is in trouble.
            raise TelegramServerError(method=method, message=f"HTTP {status}") from error


JSON = {"Content-Type": "application/json"}


def _body(method: TelegramMethod[Any], bot: Bot) -> bytes | None:
    """The call as JSON; None when it carries a file, which JSON can't."""

    def plain(value: Any) -> Any:
        if isinstance(value, InputFile):
            raise _FileInsideError
        if isinstance(value, TelegramObject):
            return _given(value, bot)
        raise TypeError(f"no way to send {type(value).__name__}")

    try:
        return orjson.dumps(_given(method, bot), plain)
    except orjson.JSONEncodeError as error:
        if isinstance(error.__cause__, _FileInsideError):
            return None
        raise


def _given(model: Any, bot: Bot) -> dict[str, Any]:
    """The fields that say something; a default of the bot's stands for itself until now."""
    fields = {
        key: bot.default[value.name] if isinstance(value, Default) else value
        for key, value in model.__dict__.items()
        if value is not None
    }
    return {key: value for key, value in fields.items() if value is not None}


class _FileInsideError(Exception):
    """The call carries a file."""
