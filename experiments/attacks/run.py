"""Mass attacks on bounds: thousands of seeded problems each, with their results beside them.

    python experiments/attacks/run.py [name ...]

Runs the attacks (all of them without a name), writes ``<name>.csv`` and ends with status 1 where a
bound is passed. The tests hold a sample of every attack.
"""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "__init__"))
ROUNDING = 1e-9
"""By how much floats may pass a bound, relative to it."""


def recorded(name: str) -> list[dict[str, str]]:
    """The rows that were found last."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(names: Sequence[str] = ()) -> int:
    """Run, write, and say the worst of each."""
    status = 0
    for name in names or NAMES:
        rows = importlib.import_module(f"attacks.{name}").attack()
        with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
            for row in rows:
                table.writerow({**row, "worst ratio": f"{row['worst ratio']:.6f}"})
        worst = max(row["worst ratio"] for row in rows)
        problems = sum(row["problems"] for row in rows)
        print(f"{name}: worst ratio {worst:.6f} of {problems} runs")
        status |= worst > 1 + ROUNDING
    return int(status)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    raise SystemExit(main(sys.argv[1:]))
