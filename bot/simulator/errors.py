"""A refusal: Telegram's to the bot, in its words, and ours to a person."""

from typing import Any


class ApiError(Exception):
    """What a method answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        answer = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


class ImpossibleError(ValueError):
    """Something a person can't do here; the text says why."""


def bad(text: str) -> ApiError:
    """Telegram lower-cases the first letter of its own texts, but not of constants (telegram_limits 3)."""
    constant = text[1:2] == "_" or "A" <= text[1:2] <= "Z"
    return ApiError(400, "Bad Request: " + (text if constant else text[:1].lower() + text[1:]))


def forbidden(text: str) -> ApiError:
    return ApiError(403, f"Forbidden: {text}")


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
