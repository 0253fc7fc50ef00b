"""What a quadratic guarantee is worth on smooth strongly convex functions, in numbers.

    python experiments/beyond_quadratics.py

For n = 1, …, 4 steps of a method on [0.1, 1] the worst ‖x_n − x*‖²/‖x_0 − x*‖² over quadratics,
max P_n², and over all smooth strongly convex functions, by PEPit (Goujaud et al. 2024; a
semidefinite program with a matching dual). The package's own loop runs on PEPit's symbolic points.
Writes ``beyond_quadratics/worst_cases.csv``. Needs PEPit and clarabel.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polyrates as pr
from polyrates.core.recurrence import orbit

HERE = Path(__file__).with_suffix("")


@dataclass(frozen=True)
class Points:
    """PEPit's points and gradients as a carrier of the loop."""

    start: Any
    gradient: Any

    def number(self, value: Any) -> float:
        """The nearest float."""
        return float(value)


def by_pepit(method: pr.Method, ell: float, L: float, n: int) -> float:
    """The worst ‖x_n − x*‖² over ℓ-strongly convex, L-smooth functions, ‖x_0 − x*‖ = 1."""
    from PEPit import PEP
    from PEPit.functions import SmoothStronglyConvexFunction

    problem = PEP()
    f = problem.declare_function(SmoothStronglyConvexFunction, mu=ell, L=L)
    star, x0 = f.stationary_point(), problem.set_initial_point()
    problem.set_initial_condition((x0 - star) ** 2 <= 1)
    *_, x = orbit(method, Points(x0, f.gradient), n)
    problem.set_performance_metric((x - star) ** 2)
    return float(problem.solve(verbose=0, solver="CLARABEL"))


def main() -> None:
    """Compute, write, assert what is claimed."""
    ell, L = 0.1, 1.0
    HERE.mkdir(exist_ok=True)
    rows = []
    for method in (
        pr.GradientDescent.large(ell, L), pr.HeavyBall.tuned(ell, L), pr.Nesterov.tuned(ell, L),
        pr.Chebyshev(ell, L),
    ):  # fmt: skip
        for n in range(1, 5):
            quadratic = float(pr.rate(method, pr.Interval(ell, L)).residual(n)) ** 2
            general = by_pepit(method, ell, L, n)
            assert general >= quadratic * (1 - 1e-5)
            rows.append((method.name, n, quadratic, general, general / quadratic))
    with (HERE / "worst_cases.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(("method", "n", "quadratics", "smooth strongly convex", "ratio"))
        writer.writerows((a, n, f"{q:.6g}", f"{g:.6g}", f"{r:.4g}") for a, n, q, g, r in rows)
    for row in rows:
        print("{:18} n = {}  quadratics {:.4f}  general {:.4f}  ratio {:.2f}".format(*row))


if __name__ == "__main__":
    main()
