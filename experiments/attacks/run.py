"""Mass attacks on what is claimed: thousands of seeded cases, with their results beside them.

    python experiments/attacks/run.py [name ...]

Runs the attacks (all of them without a name), writes ``<name>.csv`` and ends with status 1 where a
claim is violated. The tests hold a sample of every attack.
"""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("majorant", "horizons")
ROUNDING = 1e-9
"""By how much floats may pass a bound, relative to it."""


def recorded(name: str) -> list[dict[str, str]]:
    """The rows that were found last."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(names: Sequence[str] = ()) -> int:
    """Run, write a row as soon as it is there, and name what is violated."""
    status = 0
    for name in names or NAMES:
        module = importlib.import_module(f"attacks.{name}")
        table = None
        with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            for row in module.attack():
                if table is None:
                    table = csv.DictWriter(file, list(row), lineterminator="\n")
                    table.writeheader()
                table.writerow(
                    {key: f"{x:.6f}" if isinstance(x, float) else x for key, x in row.items()}
                )
                file.flush()
                if module.violated(row):
                    print(f"{name}: violated: {row}")
                    status = 1
    return status


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    raise SystemExit(main(sys.argv[1:]))
