"""How long people wait at the start, and what one step of the mind costs.

    python -m bench.start [--rounds 5]

Prints the best of several rounds, since everything that disturbs a measurement makes it longer.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import timeit
import urllib.request
from collections.abc import Callable
from typing import Any

BUDGETS = {
    "import dialogs": 0.25,
    "one step of the mind": 50e-6,
    "address printed": 1.5,
    "first answer": 9.0,
}
"""Seconds."""

IMPORT = "import time; t = time.perf_counter(); import dialogs; print(time.perf_counter() - t)"


def importing() -> float:
    """Importing the mind, in a new Python."""
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return float(done.stdout)


def stepping() -> float:
    """A choice and the way back, halved."""
    import dialogs

    conversation, seller = dialogs.load(), dialogs.Seller(1)
    conversation.greet(seller, "zh")
    conversation.command(seller, "menu")
    conversation.step(seller, "open.auditors")

    def step() -> None:
        conversation.step(seller, "kinds")
        conversation.step(seller, "back")
        seller.trail.clear()

    return min(timeit.repeat(step, number=1000, repeat=3)) / 2000


def serving() -> tuple[float, float]:
    """From `certguide serve` to the printed address, and to the first answer in a chat."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BOT_TOKEN": "", "BOT_SIMULATOR_PORT": "0", "PYTHONUNBUFFERED": "1"}
        start = time.perf_counter()
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert bot.stdout is not None
        try:
            address = next(word for word in bot.stdout.readline().split() if word.startswith("http"))
            printed = time.perf_counter() - start
            person = _ask(f"{address}sim/people")["people"][0]["id"]
            _ask(f"{address}sim/people/{person}/text", {"text": "/start"})
            while not any(m["from_bot"] for m in _ask(f"{address}sim/people/{person}/chat")["messages"]):
                time.sleep(0.02)
            return printed, time.perf_counter() - start
        finally:
            bot.terminate()
            bot.wait()


def _ask(address: str, content: dict[str, Any] | None = None) -> Any:
    data = json.dumps(content).encode() if content else None
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def best(rounds: int, measure: Callable[[], float]) -> float:
    """The least of several measurements."""
    return min(measure() for _ in range(rounds))


def main() -> int:
    """Measure, print, and compare with the budgets; exit code 1 when one is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    starts = [serving() for _ in range(rounds)]
    found = {
        "import dialogs": best(rounds, importing),
        "one step of the mind": best(rounds, stepping),
        "address printed": min(printed for printed, _ in starts),
        "first answer": min(answered for _, answered in starts),
    }
    for name, seconds in found.items():
        shown = f"{seconds * 1e6:6.1f} µs" if seconds < 1e-3 else f"{seconds:6.2f} s "
        print(f"{name:22} {shown}   budget {BUDGETS[name]:g} s")
    return int(any(seconds > BUDGETS[name] for name, seconds in found.items()))


if __name__ == "__main__":
    sys.exit(main())
