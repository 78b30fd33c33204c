"""Troubles to order: the next calls of a method go wrong in a chosen way.

kinds: 429, 500, 502 (with a page instead of JSON), 409, 401; `hang` and `drop` before anything was done;
`hang_after` and `drop_after` when it has been done and only the answer is lost; `delay` is late but fine.
"""

from dataclasses import asdict, dataclass
from typing import Any

from bot.simulator.errors import ApiError, too_many
from bot.simulator.updates import CONFLICT

REFUSALS = {
    "500": ApiError(500, "Internal Server Error: restart"),
    "409": ApiError(409, CONFLICT),
    "401": ApiError(401, "Unauthorized"),
}
KINDS = {*REFUSALS, "429", "502", "hang", "hang_after", "drop", "drop_after", "delay"}


@dataclass(slots=True)
class Fault:
    """One order. `method` is a name in any capitals or "*"; `seconds` is the wait of 429, hang and delay."""

    kind: str
    method: str = "*"
    times: int = 1
    seconds: float = 5.0

    def meets(self, method: str) -> bool:
        return self.method == "*" or self.method.lower() == method.lower()

    def refuse(self) -> None:
        """Raises what the method is to answer, if the fault is of that sort."""
        if self.kind == "429":
            raise too_many(max(1, int(self.seconds)))
        if self.kind in REFUSALS:
            known = REFUSALS[self.kind]
            raise ApiError(known.code, known.description)


class Faults:
    """The orders that are still open, oldest first."""

    def __init__(self) -> None:
        self.open: list[Fault] = []

    def order(self, given: dict[str, Any]) -> Fault:
        kind = str(given.get("kind", ""))
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(sorted(KINDS))}")
        times, seconds = int(given.get("times", 1)), float(given.get("seconds", 5))
        fault = Fault(kind, str(given.get("method") or "*"), times, seconds)
        if fault.times < 1 or not 0 <= fault.seconds <= 3600:
            raise ValueError("times is at least 1 and seconds between 0 and 3600")
        self.open.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """The fault this call falls to, used up by one."""
        for fault in self.open:
            if fault.meets(method):
                fault.times -= 1
                if not fault.times:
                    self.open.remove(fault)
                return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.open]
