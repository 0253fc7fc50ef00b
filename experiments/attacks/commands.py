"""Random command lines: what a command may do, whatever is asked of it.

    python experiments/attacks/commands.py [--lines N] [--seed S] [--cap SECONDS]

draws N command lines (2,000) from the options of every command, with values that are right, wrong,
huge, strange or missing, and runs each in a forked child, in a folder of its own. It asks that

- the status is 0, 1 or 2;
- a status of 2 comes with one line on stderr and nothing on stdout, and no status with more than
  one, but for notes and for the lines that say that a command is still at work;
- nothing is left behind: a status of 2 leaves the folder as it was, another one only what was asked
  for, and none leaves a hidden file;
- whatever takes over 30 seconds has said so. Past the cap (40 s) a command is stopped.

It rewrites commands.csv, one row a command, and fails where one of these does not hold.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

from polyrates.cli.entry import main
from polyrates.cli.parser import make_parser

sys.path.insert(0, str(Path(__file__).parents[1]))
from attacks.children import Ended, ended, start

TABLE = Path(__file__).with_suffix(".csv")
ALIVE, OVERDUE = "still at work after", 30.0

DATA = "a,b,y\n1,2,1\n2,3,5\n4,9,2\n3,1,0\n5,5,8\n7,2,3\n"
MODEL = """
import numpy as np
class Own:
    dimension = 2
    def gradient(self, x): return 2 * x - 1
    def hvp(self, x, v): return 2 * v
    def cross(self, x): return x
def fails(): raise ValueError("two\\nlines")
def leaves(): raise SystemExit(0)
class Wrong(Own):
    def hvp(self, x, v): return v[:1]
"""
FILES = {
    "data.csv": DATA, "bad.csv": "a,y\n1,x\n2,3\n", "mine.py": MODEL, "x.txt": "0.5 0.5\n",
    "empty": "", "half.json": '{"kind": "minimax"', "noise.bin": "\x00\xff\x07",
}  # fmt: skip

STRANGE = (
    "", " ", "nan", "inf", "-inf", "-1", "0", "1e999", "1e-999", "1/0", "0x10", "1_000", "١٢",
    "‖κ‖", "漢", "\udcff", "9" * 5000, "1e60", "1e-60", "-0", "+1", "--", "-", ",", ",,", ":", "=",
    "a=b:c", "../x", "/", "/dev/null", "no/such/place", "true", "None", "__import__('os')", "%s",
    "\t1\n", "*",
)  # fmt: skip

POOL: dict[str, tuple[str, ...]] = {
    "--ell": ("1", "1/10", "0", "0.01", "1e-3", "2"),
    "--L": ("10", "100", "1", "3", "1e3", "9"),
    "--t": ("1", "3", "6", "10", "40"),
    "--steps": ("1", "3", "8", "20"),
    "--budget": ("1", "6", "9", "30"),
    "--target": ("0.1", "1e-6"),
    "--method": ("large", "short", "chebyshev", "heavy-ball", "nesterov", "gradient-descent",
                 "sobolev", "gegenbauer", "cg", "leja"),
    "--methods": ("large", "chebyshev", "large,chebyshev", "heavy-ball:step=1/20,momentum=1/2"),
    "--estimator": ("unrolled", "one-step", "implicit", "truncated:2", "truncated:-1", "implict"),
    "--density": ("uniform", "chebyshev", "gegenbauer", "unifrom"),
    "--data": ("data.csv", "bad.csv", "empty", "noise.bin", "absent.csv"),
    "--model": ("mine.py:Own", "mine.py:fails", "mine.py:leaves", "mine.py:Wrong", "mine:Own",
                "ridge", "logistic", "absent.py:make", "mine.py"),
    "--column": ("y", "a", "z"), "--drop": ("a", "b", "y"), "--features": ("a", "a,b"),
    "--x0": ("zero", "far", "x.txt", "empty"), "--x": ("x.txt", "empty", "absent"),
    "--jacobian": ("x.txt", "noise.bin", "data.csv"),
    "--seed": ("0", "7"), "--trials": ("1", "2"), "--dim": ("2", "5"), "--penalty": ("1", "0.1"),
    "--out": ("out", "data.csv", "no/such/place", "/proc/x"),
    "--plot": ("plot.svg", "plot.png", "plot"), "--latex": ("page.tex", "-"),
    "--certificate": ("proof.json",), "--at-most": ("1", "1e-6"), "--products": ("1", "8"),
    "--step": ("1/20", "0.1", "1"), "--momentum": ("1/2", "0", "2"), "--first-step": ("1/10",),
    "--alpha": ("1", "1/2", "-1/2"), "--eta": ("1", "0", "10"),
}  # fmt: skip
SIZES = ("0", "1", "1/3", "0.1", "10")
WRITES = ("--out", "--latex", "--plot", "--certificate", "--checker")
COMMON = {
    "report": ["--data", "data.csv", "--column", "y", "--steps", "3", "--methods", "large"],
    "rate": ["--method", "chebyshev", "--ell", "1", "--L", "10", "--steps", "5"],
    "optimal": ["--ell", "1", "--L", "10", "--t", "3"],
    "plan": ["--ell", "1", "--L", "10", "--budget", "6", "--residual", "1", "--drift", "1"],
    "verify": ["--trials", "1", "--steps", "5"],
    "certify": ["--model", "mine.py:Own", "--x", "x.txt", "--jacobian", "x.txt"],
    "figures": ["--list"],
    "examples": ["--list"],
    "certificate": ["half.json"],
}
WEIGHTS = {
    "report": 1, "rate": 10, "optimal": 8, "plan": 6, "verify": 2, "certify": 6, "figures": 2,
    "examples": 3, "certificate": 4,
}  # fmt: skip


@cache
def options() -> dict[str, list[tuple[str, object]]]:
    """The options of every command, and how many values they take."""
    return {
        name: [
            (each.option_strings[-1], each.nargs)
            for each in parser._actions
            if each.option_strings and each.option_strings[-1] != "--help"
        ]
        for name, parser in make_parser()[1].items()
    }


def command_line(chance: random.Random) -> list[str]:
    """A command with what it needs, then a few things changed, added or taken away."""
    name = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    known = options()[name]
    words = list(COMMON[name])
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5))):
        option, count = chance.choice(known)
        values = {0: 0, 2: 2, "?": chance.choice((0, 1))}.get(count, 1)  # type: ignore[arg-type]
        words += [option, *(value(chance, option) for _ in range(values))]
    if chance.random() < 0.3 and words:
        place = chance.randrange(len(words))
        words[place] = chance.choice((chance.choice(STRANGE), spoiled(words[place], chance)))
    if chance.random() < 0.1 and words:
        del words[chance.randrange(len(words))]
    if chance.random() < 0.05:
        words.insert(chance.randrange(len(words) + 1), chance.choice((*STRANGE, "--help", "-x")))
    if chance.random() < 0.03:
        name = spoiled(name, chance)
    if name == "figures" and "--list" not in words:
        words.append("no-such-figure")  # a real one takes minutes; they are drawn elsewhere
    return [name, *words]


def value(chance: random.Random, option: str) -> str:
    """A value for an option: mostly right."""
    if chance.random() < 0.2:
        return chance.choice(STRANGE)
    return chance.choice(POOL.get(option, SIZES))


def spoiled(word: str, chance: random.Random) -> str:
    """A word with one letter doubled, gone or changed."""
    place = chance.randrange(len(word) + 1)
    return word[:place] + chance.choice(("", "x", "e", "-", "9", "=")) + word[place + 1 :]


def faults(argv: list[str], found: Ended, before: set[str], after: set[str]) -> Iterator[str]:
    """What a command did that none may."""
    lines = [line for line in found.err.splitlines() if ALIVE not in line]
    complaints = [line for line in lines if not line.startswith("note: ")]
    if found.seconds > OVERDUE and ALIVE not in found.err:
        yield f"{found.seconds:.0f} s without a word"
    if found.status is None:
        return
    if found.status not in (0, 1, 2):
        yield f"status {found.status}"
    if len(complaints) > 1 or "Traceback" in found.err:
        yield f"{len(complaints)} lines on stderr"
    if found.status == 2 and (len(complaints) != 1 or found.out):
        yield f"status 2 with {len(complaints)} lines on stderr, {len(found.out)} on stdout"
    if found.status == 0 and complaints:
        yield "a complaint, and status 0"
    left = after - before - {"__pycache__"}
    asked = set(argv) | {word.partition("=")[2] for word in argv if "=" in word}
    allowed = {"polyrates-report", "polyrates-figures", "polyrates-examples", "check.py"}
    if found.status == 2 and left:
        yield f"status 2 leaves {sorted(left)}"
    if any(name.startswith(".") or name not in asked | allowed for name in left):
        yield f"leaves {sorted(left)}"
    if before - after:
        yield f"took {sorted(before - after)}"


def tried(argv: list[str], cap: float) -> tuple[Ended, list[str]]:
    """A command in a fresh folder: how it ended, and its faults."""
    with tempfile.TemporaryDirectory() as name:
        folder, printed = Path(name, "here"), Path(name, "printed")
        folder.mkdir()
        printed.mkdir()
        for file, content in FILES.items():
            (folder / file).write_text(content, encoding="latin-1" if "bin" in file else "utf-8")
        before = {each.name for each in folder.iterdir()}
        found = ended(start(argv, folder, printed), printed, cap)
        after = {each.name for each in folder.iterdir()}
        strange = {each.name for each in Path(name).iterdir()} - {"here", "printed", "x"}
        bad = list(faults(argv, found, before, after))
        return found, [*bad, *(f"wrote beside its folder: {each}" for each in strange)]


def attack(lines: int, seed: int, cap: float) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts of what happened, by command, and every violation."""
    chance = random.Random(seed)
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for i in range(lines):
        argv = command_line(chance)
        found, bad = tried(argv, cap)
        known = argv[0] if argv[0] in WEIGHTS else "(misspelt)"
        status = "stopped" if found.status is None else f"exit {found.status}"
        counts.setdefault(known, Counter()).update(["lines", status, *["faults"] * bool(bad)])
        if bad:
            wrong.append(f"line {i}: {argv!r:.300}: {'; '.join(bad)}: {found.err[-200:]!r}")
            print(wrong[-1], flush=True)
    return counts, wrong


def warm() -> None:
    """Load what commands load, so that children need not."""
    with tempfile.TemporaryDirectory() as name, chdir(name):
        for file, content in FILES.items():
            Path(file).write_text(content, encoding="latin-1" if "bin" in file else "utf-8")
        for command, words in COMMON.items():
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                main([command, *words])
    for thread in threading.enumerate():  # one that a fork cuts may leave a lock behind
        if thread is not threading.main_thread():
            thread.join(timeout=25)


def run() -> int:
    """The whole attack, and its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cap", type=float, default=40.0)
    given = parser.parse_args()
    warm()
    counts, wrong = attack(given.lines, given.seed, given.cap)
    columns = ("lines", "exit 0", "exit 1", "exit 2", "stopped", "faults")
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["command", *columns])
        for name in sorted(counts):
            writer.writerow([name, *(counts[name][column] for column in columns)])
        total = sum(counts.values(), Counter())
        writer.writerow(["all", *(total[column] for column in columns)])
    print(TABLE.read_text(encoding="utf-8"), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run())
