"""Suprema beside the peers: closed forms, certified enclosures, grids, roots, and an SDP.

python benchmarks/rates.py
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from fractions import Fraction as F

import numpy as np
from closed_forms import (
    chebyshev_initial,
    gradient_descent_initial,
    gradient_descent_residual,
)
from numpy.polynomial import Chebyshev as Series
from side_by_side import note, row, seconds, show

import polyrates as pr
from polyrates.numeric.suprema.balls import enclosed_pairs
from polyrates.numeric.suprema.supremum import supremum


def combinations(count: int = 10_000) -> tuple[np.ndarray, ...]:
    """(h, t, ℓ, L) at random, seeded."""
    rng = np.random.default_rng(0)
    L = 10 ** rng.uniform(-2, 2, count)
    ell = L * 10 ** rng.uniform(-3, -0.1, count)
    return rng.uniform(0.5, 2, count) / L, rng.integers(1, 200, count), ell, L


def against_grid() -> None:
    """10⁴ combinations of (h, t, ℓ, L): the theorem beside a 1000-point grid each."""
    h, t, ell, L = combinations()

    def ours() -> np.ndarray:
        return gradient_descent_initial(h, t, ell, L)

    def grid() -> np.ndarray:
        best = np.zeros(len(h))
        for block in np.array_split(np.arange(len(h)), 20):  # blocks that fit the cache
            s = np.linspace(0, 1, 1000)
            u = h[block, None] * (ell[block, None] + (L - ell)[block, None] * s)
            phi = np.abs(1 - u) ** (t[block, None] - 1) * np.abs(1 + (t[block, None] - 1) * u)
            best[block] = phi.max(axis=1)
        return best

    assert np.all(ours() >= grid() * (1 - 1e-12))
    row("initial part of GD, 10⁴ combinations", ours, grid, "numpy grid of 1000", 100)


def against_pepit() -> None:
    """One supremum of P² after n = 4 steps: the theorem beside PEPit's SDP."""
    try:
        import PEPit
        from PEPit.functions import SmoothStronglyConvexQuadraticFunction
    except ImportError:
        print("one supremum beside PEPit: skipped, PEPit is not installed")
        return
    ell, L, n = 0.1, 1.0, 4
    h = 2 / (L + ell)

    def sdp() -> float:
        problem = PEPit.PEP()
        f = problem.declare_function(SmoothStronglyConvexQuadraticFunction, mu=ell, L=L)
        xs = f.stationary_point()
        x = problem.set_initial_point()
        problem.set_initial_condition((x - xs) ** 2 <= 1)
        for _ in range(n):
            x = x - h * f.gradient(x)
        problem.set_performance_metric((x - xs) ** 2)
        with redirect_stdout(io.StringIO()):
            return float(problem.solve(verbose=0))

    count = 10_000
    hs = np.full(count, h)

    def per_combination() -> float:
        return seconds(lambda: gradient_descent_residual(hs, n, ell, L)) / count

    value = float(gradient_descent_residual(np.array(h), n, ell, L)) ** 2
    peer_value = sdp()
    assert abs(value - peer_value) < 1e-5 * value  # the accuracy of the free SDP solver
    ours = min(per_combination() for _ in range(5))
    peer = min(seconds(sdp) for _ in range(3))
    note("sup P², gradient descent, n = 4, one combination", ours, peer)
    print(
        f"{'sup P², gradient descent, n = 4, one combination':58} ours {show(ours)}  PEPit "
        f"{show(peer)}  ratio {peer / ours:10.0f}  (wanted ≥ 10000: "
        f"{'yes' if peer / ours >= 1e4 else 'NO'})"
    )
    exact = pr.rate(pr.GradientDescent(F(20, 11)), (F(1, 10), 1)).residual
    row("the same as an exact number through rate()", lambda: exact(n), sdp, "PEPit", repeats=3)


def against_roots(t: int = 200) -> None:
    """Suprema at degree 200: closed form and certificate beside numpy's roots of the derivative."""
    ell, L = 0.01, 1.0
    P = Series.basis(t, domain=[ell, L])
    P = P / P(0.0)

    def roots() -> float:
        A = P - Series([(L + ell) / 2, (L - ell) / 2], domain=[ell, L]) * P.deriv()
        points = A.deriv().roots()
        real = points[np.abs(points.imag) < 1e-8].real
        inside = np.concatenate([real[(real > ell) & (real < L)], [ell, L]])
        return float(np.max(np.abs(A(inside))))

    def closed() -> float:
        return chebyshev_initial(t, ell, L)

    assert abs(closed() / roots() - 1) < 1e-9
    row(f"initial part of Chebyshev, t = {t}", closed, roots, "numpy roots", 10, repeats=3)
    part = pr.rate(pr.Chebyshev(F(1, 100), 1), (F(1, 100), 1)).initial
    row("the same, proved and rounded outward", lambda: part.enclosure(t), roots, "numpy roots", 10)
    rng = np.random.default_rng(1)
    steps = rng.uniform(0.5, 1.9, t) / L
    arbitrary = pr.Tabulated(list(steps), list(rng.uniform(0, 0.6, t)))

    def certified() -> float:
        series = enclosed_pairs(arbitrary, pr.Unrolled(), t, (ell, L), only=t)[0]["initial"]
        return supremum(series).upper

    series = pr.residual_series(arbitrary, t, (ell, L))

    def arbitrary_roots() -> float:
        A = series - Series([(L + ell) / 2, (L - ell) / 2], domain=[ell, L]) * series.deriv()
        points = A.deriv().roots()
        real = points[np.abs(points.imag) < 1e-8].real
        inside = np.concatenate([real[(real > ell) & (real < L)], [ell, L]])
        return float(np.max(np.abs(A(inside))))

    assert certified() >= arbitrary_roots() * (1 - 1e-9)
    row(
        f"an arbitrary method, t = {t}: certified supremum", certified, arbitrary_roots,
        "numpy roots, no certificate", repeats=3,
    )  # fmt: skip
    where = rng.uniform(ell, L, 100_000)
    hidden = pr.Gegenbauer(ell, L, 1.5)
    points = pr.Empirical(where)
    floats = lambda: float(np.max(np.abs(pr.residual_values(hidden, t, where)[0])))  # noqa: E731
    sure = lambda: pr.rate(hidden, points).residual.enclosure(t)[1]  # noqa: E731
    assert sure() >= floats() * (1 - 1e-9)
    row(f"10⁵ eigenvalues, t = {t}: certified", sure, floats, "floats, no certificate", repeats=3)


def main() -> None:
    against_grid()
    against_pepit()
    against_roots()


if __name__ == "__main__":
    main()
