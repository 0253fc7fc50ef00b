"""Run the benchmarks, keep what they measured, and compare it with an earlier run.

    python benchmarks/run.py --save new.json
    python benchmarks/run.py rates minimax --save new.csv --against old.json
    python benchmarks/run.py --compare old.json new.json
    python benchmarks/run.py waits --table waits.md  # and waits.csv: peer, limit, ours, ratio

A row holds our seconds and, where there is one, the peer's. On one machine ``new/old`` is the ratio
of our times; between machines only the ratio to the peer of the same run means anything, so it is
printed beside it. The exit status is 1 where a row is slower by more than ``--allow`` (10 %).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from side_by_side import ROWS, Measured

SCRIPTS = ("waits", "core", "rates", "minimax", "sobolev", "execution", "certify", "verdict")
Rows = dict[str, Measured]


def save(rows: Mapping[str, Measured], path: Path) -> None:
    """As JSON with the machine's name, or as CSV by the name's ending."""
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("label", "ours", "peer"))
            writer.writerows((label, row.ours, row.peer) for label, row in rows.items())
        return
    machine = {"machine": platform.processor() or platform.machine(), "python": sys.version}
    kept = {**machine, "rows": {label: asdict(row) for label, row in rows.items()}}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


HEAD = ("job", "peer", "peer's seconds", "ours", "peer/ours", "wanted", "machine")


def table(rows: Mapping[str, Measured], path: Path) -> None:
    """The rows as Markdown, and beside it as CSV: who, how long, which ratio, on what."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    lines = [
        (
            label,
            row.name,
            "" if row.peer is None else f"{row.peer:.4g}",
            f"{row.ours:.4g}",
            "" if row.peer is None else f"{row.peer / row.ours:.3g}",
            "" if row.wanted is None else f"≥ {row.wanted:.3g}",
            machine,
        )
        for label, row in rows.items()
    ]
    cells = [HEAD, ("---",) * len(HEAD), *lines]
    words = "\n".join(f"| {' | '.join(line)} |" for line in cells)
    path.write_text(words + "\n", encoding="utf-8")
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *lines])


def load(path: Path) -> Rows:
    """What :func:`save` wrote."""
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return {
                row["label"]: Measured(
                    float(row["ours"]), float(row["peer"]) if row["peer"] else None
                )
                for row in csv.DictReader(file)
            }
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return {label: Measured(**row) for label, row in rows.items()}


def compare(old: Rows, new: Rows, allow: float = 0.10) -> tuple[list[str], list[str]]:
    """(the lines of a table, the labels of the rows that are slower than allowed)."""
    lines, slower = [f"{'':62} {'new/old':>8} {'the same beside the peer':>26}"], []
    for label, row in new.items():
        before = old.get(label)
        if before is None:
            lines.append(f"{label:62} {'new':>8}")
            continue
        ratio = row.ours / before.ours
        beside = ""
        if row.peer and before.peer:
            beside = f"{ratio / (row.peer / before.peer):.2f}"
        late = ratio > 1 + allow
        lines.append(f"{label:62} {ratio:8.2f} {beside:>26}{'  SLOWER' if late else ''}")
        if late:
            slower.append(label)
    lines += [f"{label:62} {'gone':>8}" for label in old if label not in new]
    return lines, slower


def main(argv: list[str] | None = None) -> int:
    """The command line of the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("scripts", nargs="*", help=f"of {', '.join(SCRIPTS)}; default: all")
    parser.add_argument("--save", type=Path, metavar="FILE", help=".json or .csv")
    parser.add_argument("--table", type=Path, metavar="FILE.md", help="a table, also as CSV")
    parser.add_argument("--against", type=Path, metavar="FILE", help="an earlier run")
    parser.add_argument(
        "--compare", type=Path, nargs=2, metavar=("OLD", "NEW"), help="only compare"
    )
    parser.add_argument("--allow", type=float, default=0.10, help="a slowdown that passes (0.10)")
    given = parser.parse_args(argv)
    unknown = sorted(set(given.scripts) - set(SCRIPTS))
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}: give {', '.join(SCRIPTS)}")
    if given.compare:
        old, new = map(load, given.compare)
    else:
        for name in given.scripts or SCRIPTS:
            importlib.import_module(name).main()
        new, old = dict(ROWS), load(given.against) if given.against else {}
        if given.save:
            save(new, given.save)
        if given.table:
            table(new, given.table)
    if not old:
        return 0
    lines, slower = compare(old, new, given.allow)
    print("\n".join(lines))
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
