"""How close one short recurrence stays to the certified optimum of every horizon.

The running Sobolev method of the Chebyshev density (α = 0) needs one gradient a step and O(1)
memory, and no horizon; V*(t), the smallest tight worst case of any method at t, is reached only by
a method built for that t. The ratio of the two is the price of not knowing the horizon:

    ratio(κ, t, g) = min over η of V(Sobolev(GegenbauerDensity(1, 1/κ, 0), η), t) / V*(t),

both in initial/cross on [1, 1/κ] with ‖E‖ ≤ 1, ‖G‖ ≤ g. A second ratio fixes one η for all horizons
of the table: the η whose largest ratio is smallest. The denominators are certified, the minimum
over η is numeric, so every ratio is an upper bound of the price.

The other companion, :func:`polyrates.near_minimax`, is the Sobolev method of harmonic measure with
one closed-form η: its ratio is the last column.

Measured for α = 0 with g = 1: at most 1.44 at κ = 0.1, 3.52 at 0.01, 10.4 at 0.001, at the horizons
tried (up to 210) and with one η. So the price settles as t grows, at about κ^{−1/2}/3 for small κ
(numeric, not proved).
For harmonic measure: at most 1.16 for the same, and 1.001, 1.004, 1.046 at t = 100. With g = 0 at
most 1.09 at κ = 0.1 and 0.01, and 1.009, 1.030 at t = 80.

    python experiments/anytime.py --kappa 0.1 0.01 --horizons 5 10 20 40 80 --cross 0.1 1 10
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from polyrates.analysis.rate import rate
from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import count, floating, nonnegative, positive
from polyrates.synthesis.minimax import minimax_optimal
from polyrates.synthesis.near_minimax import best_eta, near_minimax

__all__ = ["AnytimeRow", "anytime_rows", "anytime_table"]

# Powers of √10 from which one η for all horizons is chosen, in units of L².
_GRID = np.arange(-4.0, 2.25, 0.5)


@dataclass(frozen=True)
class AnytimeRow:
    """One κ, t and g.

    Attributes
    ----------
    kappa, cross : float
        ℓ/L, and g = ‖G‖/‖E‖ in units of ℓ (the interval is [1, 1/κ]).
    t : int
    eta : float
        The best η for this t, in units of ℓ².
    value, optimum : float
        The Sobolev method's worst case with it, and V*(t).
    ratio : float
        value/optimum ≥ 1.
    common_eta, common_ratio : float
        One η for all horizons of the same κ and g, and the ratio with it.
    harmonic_eta, harmonic_ratio : float
        The η of :func:`polyrates.near_minimax`, and its ratio.
    """

    kappa: float
    t: int
    cross: float
    eta: float
    value: float
    optimum: float
    ratio: float
    common_eta: float
    common_ratio: float
    harmonic_eta: float
    harmonic_ratio: float


def anytime_rows(
    kappa: float, cross: float, horizons: Sequence[int], etas: Sequence[float] | None = None
) -> list[AnytimeRow]:
    """The rows of one κ and g.

    Parameters
    ----------
    kappa : float
        0 < κ < 1.
    cross : float ≥ 0
        g.
    horizons : sequence of int ≥ 1
    etas : sequence of float, optional
        Choose η among these, for one horizon and for all; None searches (``best_eta``).
    """
    ratio = float(positive(kappa, "kappa"))
    size = float(nonnegative(cross, "cross"))
    if ratio >= 1:
        refuse_value("kappa", kappa, "must be < 1", "κ = ℓ/L is the inverse condition number")
    steps = [count(t, "horizons", 1) for t in horizons]
    if not steps:
        refuse_value("horizons", horizons, "must not be empty", "give for instance [10, 20]")
    density = GegenbauerDensity(1.0, 1.0 / ratio, 0)
    optima = [minimax_optimal(density, t, initial=1.0, cross=size).value for t in steps]

    def worst(eta: float, t: int) -> float:
        return float(rate(Sobolev(density, eta), density).worst_case(t, initial=1.0, cross=size))

    choices = list(etas) if etas is not None else list(10.0**_GRID / ratio**2)
    table = np.array(
        [[worst(e, t) / v for e in choices] for t, v in zip(steps, optima, strict=True)]
    )
    common = int(np.argmin(np.max(table, axis=0)))
    near = near_minimax(density, initial=1.0, cross=size)
    harmonic = rate(near, density)
    rows = []
    for i, (t, optimum) in enumerate(zip(steps, optima, strict=True)):
        if etas is not None:
            eta = choices[int(np.argmin(table[i]))]
        else:
            eta = best_eta(density, t, initial=1.0, cross=size)
        value = worst(eta, t)
        other = float(harmonic.worst_case(t, initial=1.0, cross=size)) / optimum
        rows.append(
            AnytimeRow(
                ratio, t, size, eta, value, optimum, value / optimum,
                choices[common], float(table[i, common]),
                floating(getattr(near, "eta", 0)), other,
            )
        )  # fmt: skip
    return rows


def anytime_table(
    kappas: Sequence[float] = (0.1, 0.01),
    crosses: Sequence[float] = (0.1, 1.0, 10.0),
    horizons: Sequence[int] = (5, 10, 20, 40, 80),
    etas: Sequence[float] | None = None,
) -> Iterator[AnytimeRow]:
    """All rows, κ by κ and g by g; see :func:`anytime_rows`."""
    for kappa in kappas:
        for cross in crosses:
            yield from anytime_rows(kappa, cross, horizons, etas)


def _line(row: AnytimeRow) -> str:
    return (
        f"{row.kappa:<8g}{row.cross:<8g}{row.t:<6d}{row.optimum:<12.4e}{row.value:<12.4e}"
        f"{row.ratio:<8.3f}{row.eta:<11.3g}{row.common_ratio:<8.3f}{row.common_eta:<11.3g}"
        f"{row.harmonic_ratio:<8.3f}{row.harmonic_eta:.3g}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit code 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog="python experiments/anytime.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kappa", type=float, nargs="+", default=[0.1, 0.01])
    parser.add_argument("--cross", type=float, nargs="+", default=[0.1, 1.0, 10.0])
    parser.add_argument("--horizons", type=int, nargs="+", default=[5, 10, 20, 40, 80])
    given = parser.parse_args(arguments)
    print(
        f"{'kappa':8}{'g':8}{'t':6}{'V*':12}{'Sobolev':12}{'ratio':8}{'best eta':11}"
        f"{'ratio':8}{'one eta':11}"
        f"{'ratio':8}eta of harmonic measure"
    )
    largest = harmonic = 0.0
    try:
        for row in anytime_table(given.kappa, given.cross, given.horizons):
            print(_line(row), flush=True)
            largest = max(largest, row.common_ratio)
            harmonic = max(harmonic, row.harmonic_ratio)
    except PolyratesError as error:
        parser.error(str(error))
    if math.isfinite(largest):
        print(f"one eta for all horizons costs at most a factor {largest:.2f}")
        print(f"near_minimax, on harmonic measure, costs at most a factor {harmonic:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
