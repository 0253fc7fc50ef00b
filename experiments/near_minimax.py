"""near_minimax over the certified optimum V*(t): a table, and the worst of random questions.

V/V* for both pairs of sizes, on [κ, 1], a = 1, the second size g or d in units of aℓ; each V is a
rigorous upper bound and each V* a certified lower end, so every ratio is an upper bound. Figures
are documented for second sizes up to aℓ: above, V leaves a for a while where V* = a still.

    python experiments/near_minimax.py                       # the table
    python experiments/near_minimax.py --random 10000        # 10,000 random questions
    python experiments/near_minimax.py --random 500 --seed 3 --kappa 0.01

The exit status is 1 where a ratio exceeds the figure documented for its κ.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import polyrates as pr

__all__ = ["FIGURES", "Question", "documented", "questions", "table"]

FORMS = ("residual/drift", "initial/cross")
FIGURES = {"residual/drift": 1.4, "initial/cross": 1.2}
"""The largest ratios, by pair of sizes, for κ ≥ .001 and a second size of at most aℓ."""


@dataclass(frozen=True)
class Question:
    """[κ, 1], a = 1, the second size, t."""

    form: str
    kappa: float
    second: float
    t: int

    @property
    def sizes(self) -> dict[str, float]:
        """As keywords."""
        first, second = ("residual", "drift") if self.form == FORMS[0] else ("initial", "cross")
        return {first: 1.0, second: self.second}

    def ratio(self) -> float:
        """V/V*, from above."""
        where = pr.Interval(self.kappa, 1.0)
        least = pr.minimax_optimal(where, self.t, **self.sizes).lower
        method = pr.near_minimax(where, **self.sizes)
        return float(pr.rate(method, where).worst_case(self.t, **self.sizes)) / least


def documented(question: Question) -> float:
    """The figure of its sizes; infinite where there is none."""
    held = question.kappa >= 0.001 and question.second <= question.kappa * (1 + 1e-9)
    return FIGURES[question.form] if held else math.inf


def questions(number: int, seed: int, lowest: float = 0.001) -> Iterator[Question]:
    """Random ones: log κ, log of the second size and log t uniform."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        form = FORMS[int(rng.integers(2))]
        kappa = float(np.exp(rng.uniform(math.log(lowest), math.log(0.9))))
        second = kappa * float(10 ** rng.uniform(-4, 0))
        longest = math.log(min(30 / math.sqrt(kappa), 160))
        yield Question(form, kappa, second, max(1, round(math.exp(rng.uniform(0, longest)))))


def table(
    kappas: Sequence[float], units: Sequence[float], horizons: Sequence[int]
) -> Iterator[tuple[Question, float]]:
    """(question, ratio), form by form, κ by κ."""
    for form in FORMS:
        for kappa in kappas:
            for unit in units:
                for t in horizons:
                    asked = Question(form, kappa, unit * kappa, t)
                    yield asked, asked.ratio()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kappa", type=float, nargs="+", default=[0.1, 0.01, 0.001])
    parser.add_argument("--units", type=float, nargs="+", default=[0.01, 0.1, 1, 10, 100])
    parser.add_argument("--horizons", type=int, nargs="+", default=[5, 10, 20, 40, 80, 160])
    parser.add_argument("--random", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    rows: Iterator[tuple[Question, float]] = table(given.kappa, given.units, given.horizons)
    if given.random:
        asked = questions(given.random, given.seed, min(given.kappa))
        rows = ((question, question.ratio()) for question in asked)
    worst: dict[str, tuple[float, Question]] = {}
    broken = 0
    for question, ratio in rows:
        broken += ratio > documented(question)
        if ratio > worst.get(question.form, (0.0,))[0]:
            worst[question.form] = ratio, question
        if not given.random:
            print(
                f"{question.form:16}κ = {question.kappa:<8g}second = {question.second:<10.3g}"
                f"t = {question.t:<5d}V/V* = {ratio:.4f}"
            )
    for form, (ratio, question) in worst.items():
        print(
            f"largest in {form}: {ratio:.4f} at κ = {question.kappa:.3g}, "
            f"second = {question.second:.3g}, t = {question.t}"
        )
    print(f"{broken} above the documented figures")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
