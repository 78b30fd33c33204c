"""Deep links: what follows `/start` when somebody comes by `t.me/bot?start=topic--lang--campaign`."""

import re
from dataclasses import dataclass

LINK = re.compile(r"[A-Za-z0-9_-]{0,64}")
"""What Telegram lets through."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads; every part may be empty."""

    topic: str = ""
    lang: str = ""
    campaign: str = ""
    """Where the link was put up, for the operators' figures."""


def parse(payload: str) -> Link | None:
    """The link, or None when it is none of ours: other characters, too long, or more than three parts."""
    parts = payload.split("--")
    if not LINK.fullmatch(payload) or len(parts) > 3:
        return None
    return Link(*parts)
