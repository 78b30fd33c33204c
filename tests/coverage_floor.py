"""The floors under the coverage of the two rooms: `python tests/coverage_floor.py REPORT.json`."""

import json
import sys
from collections import Counter
from pathlib import Path

FLOORS = {"dialogs": {"lines": 100.0, "branches": 98.0}, "bot": {"lines": 95.0, "branches": 0.0}}
"""Percent."""


def measured(report: dict[str, dict[str, dict[str, dict[str, int]]]], room: str) -> dict[str, float]:
    """What a report of coverage.py says of one room."""
    total: Counter[str] = Counter()
    for path, file in report["files"].items():
        if path.startswith(f"{room}/"):
            total.update({name: value for name, value in file["summary"].items() if isinstance(value, int)})
    return {
        "lines": 100 * total["covered_lines"] / total["num_statements"],
        "branches": 100 * total["covered_branches"] / total["num_branches"],
    }


def main(path: str) -> int:
    """Print both rooms; 1 when one of them is below its floor."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    low = False
    for room, floors in FLOORS.items():
        found = measured(report, room)
        for kind, floor in floors.items():
            low |= found[kind] < floor
            print(f"{room:8} {found[kind]:6.2f} % of {kind}, floor {floor:g} %")
    return int(low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
