"""Reports and figures stopped at random moments: the folder is the old one or the new one, whole.

    python experiments/attacks/kills.py [--kills N] [--seed S]

starts `polyrates report` and `polyrates figures` by turns in forked children, over a folder that an
earlier run wrote, and sends one of SIGKILL, SIGTERM, SIGINT and SIGHUP after a random time: 500 in
all. Half of the moments are anywhere in the run, half in its second half, where the folder is
written. After each, the folder must be there, with the content of one of the two runs, file by
file; after the beginning of the next run, which sweeps, nothing else may be. Pictures come from a
cache, or a random moment would meet nothing but their drawing.

It rewrites kills.csv and fails where a folder is lost, half-written or leaves a stray.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import polyrates.gallery.figures as figures
import polyrates.report.write as write
from polyrates.cli.entry import main
from polyrates.report.folder import check_target

sys.path.insert(0, str(Path(__file__).parents[1]))
from attacks.children import ended, start

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("kills", "ended before", "old", "new", "lost", "half-written", "strays")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
DATA = "a,b,y\n1,2,1\n2,3,5\n4,9,2\n3,1,0\n5,5,8\n7,2,3\n"
REPORT = ["report", "--data", "data.csv", "--column", "y", "--methods", "large", "--out", "out"]


class Small:
    """A figure of a few files whose content says which run wrote it."""

    about = "files"

    def __init__(self, run: str) -> None:
        self.run = run

    def compute(self, folder: Path) -> list[Path]:
        """Numbers, of the size that figures have."""
        for i in range(12):
            (folder / f"{self.run}{i % 9}-{i}.csv").write_text(f"{self.run}\n" * 4000)
        return []

    def draw(self, folder: Path) -> list[Path]:
        """A picture."""
        (folder / "picture.svg").write_text(self.run * 10**5)
        return []

    def check(self, folder: Path) -> None:
        """Nothing is claimed."""


@contextmanager
def cached() -> Iterator[None]:
    """Reports take their pages from a cache, and there are two small figures, "old" and "new"."""
    known: dict[int, dict[str, bytes]] = {}
    real = write.files

    def files(analysis: object, progress: Callable[[str], None]) -> dict[str, bytes]:
        steps = len(analysis.methods[0].jacobian)  # type: ignore[attr-defined]
        if steps not in known:
            known[steps] = real(analysis, progress)  # type: ignore[arg-type]
        return known[steps]

    both = {name: Small(name) for name in ("old", "new")}
    with patch.object(write, "files", files), patch.dict(figures.FIGURES, both):
        yield


def argv(command: str, run: str) -> list[str]:
    """What writes the old folder, or the new one."""
    if command == "figures":
        return ["figures", run, "--out", "out"]
    return [*REPORT, "--steps", {"old": "3", "new": "4"}[run]]


def digest(folder: Path) -> dict[str, str]:
    """Every file of a folder and the hash of what is in it."""
    return {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


class Place:
    """A folder with the old run in it, and what both runs write."""

    def __init__(self, command: str, folder: Path) -> None:
        self.command, self.folder, self.printed = command, folder / "here", folder / "printed"
        self.folder.mkdir()
        self.printed.mkdir()
        (self.folder / "data.csv").write_text(DATA, encoding="utf-8")
        self.out = self.folder / "out"
        self.whole = {}
        for run in ("new", "old"):
            self.run(run)  # loads what it needs
            began = time.monotonic()
            self.run(run)
            self.length = time.monotonic() - began
            self.whole[run] = digest(self.out)
        if self.whole["old"] == self.whole["new"]:
            raise RuntimeError("the two runs write the same")

    def run(self, run: str) -> None:
        """A whole run, in this process."""
        with chdir(self.folder), redirect_stdout(io.StringIO()):
            if main(argv(self.command, run)):
                raise RuntimeError(f"{self.command} does not run")

    def kill(self, run: str, number: int, after: float) -> tuple[str, bool, bool]:
        """(which run's folder is there, whether the run ended before, whether a stray is left)."""
        child = start(argv(self.command, run), self.folder, self.printed)
        time.sleep(after)
        os.kill(child, number)
        found = ended(child, self.printed, 60.0)
        if found.status is None or "Traceback" in found.err:
            raise RuntimeError(f"signal {number} was not heeded: {found.err[-300:]}")
        check_target(self.out)  # how the next run begins
        content = digest(self.out) if self.out.is_dir() else None
        names = [name for name, whole in self.whole.items() if content == whole]
        there = names[0] if names else ("lost" if not content else "half-written")
        strays = {each.name for each in self.folder.iterdir()} != {"data.csv", "out"}
        return there, found.status == 0, strays


def attack(kills: int, seed: int) -> dict[tuple[str, str], Counter[str]]:
    """Counts of what was found, by command and signal."""
    chance = random.Random(seed)
    counts: dict[tuple[str, str], Counter[str]] = {}
    with cached(), tempfile.TemporaryDirectory() as name:
        for command in ("report", "figures"):
            Path(name, command).mkdir()
            place = Place(command, Path(name, command))
            for i in range(kills // 2):
                number = SIGNALS[i % len(SIGNALS)]
                begin = 0.5 if i % 8 >= 4 else 0.0
                run = "new" if digest(place.out) == place.whole["old"] else "old"
                moment = chance.uniform(begin, 1.2) * place.length
                there, whole, stray = place.kill(run, int(number), moment)
                row = counts.setdefault((command, number.name), Counter())
                if there in place.whole:  # as seen from this run
                    there = "new" if there == run else "old"
                row.update(["kills", there, *["ended before"] * whole, *["strays"] * stray])
                if there in ("lost", "half-written"):
                    place.run("old")
    return counts


def rows(counts: dict[tuple[str, str], Counter[str]]) -> list[list[object]]:
    """The table, with the sum of its rows."""
    total = sum(counts.values(), Counter())
    found: list[list[object]] = [["command", "signal", *COLUMNS]]
    found += [[*key, *(row[column] for column in COLUMNS)] for key, row in counts.items()]
    return [*found, ["all", "", *(total[column] for column in COLUMNS)]]


def run() -> int:
    """The whole attack, and its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    table = rows(attack(given.kills, given.seed))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    print(TABLE.read_text(encoding="utf-8"), end="")
    return 1 if any(table[-1][2 + COLUMNS.index(bad)] for bad in COLUMNS[-3:]) else 0


if __name__ == "__main__":
    sys.exit(run())
