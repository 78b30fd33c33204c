"""The arguments of a Bot API method, however they were sent (telegram_limits 8)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.simulator.errors import bad
from bot.simulator.media import Upload


class Arguments:
    """Everything is text, as in a form; nested values are JSON. Files stand beside."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        self.files = files or {}
        self.values = {name: as_text(value) for name, value in values.items()}
        for text in [*self.values, *self.values.values(), *(file.name for file in self.files.values())]:
            if not sound(text):
                raise bad("strings must be encoded in UTF-8")

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63 - 1) -> int:
        """A whole number, clamped. As with Telegram, anything else counts as 0."""
        raw = self.text(name)
        if not raw:
            return default
        found = re.match(r"\s*(-?\d{1,18})", raw, re.ASCII)
        return min(max(int(found[1]) if found else 0, low), high)

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def object(self, name: str, what: str) -> dict[str, Any]:
        """A JSON object, or an empty one if the argument is missing."""
        raw = self.text(name)
        try:
            value = json.loads(raw) if raw else {}
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None
        if not isinstance(value, dict):
            raise bad(f"object expected as {what}")
        return value


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
