"""Sobolev optima against general solvers, side by side in one run: python benchmarks/sobolev.py

Every pair solves the same problem to the same answer, which is checked; caches of sympy are cleared
before each timing. Run it with OMP_NUM_THREADS=1: ratios on one thread hold between machines, times
do not. ``--quick`` halves the sizes.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from side_by_side import note
from sympy.core.cache import clear_cache
from sympy.polys.matrices import DomainMatrix

from polyrates.core.measures.densities import Uniform
from polyrates.core.measures.empirical import Empirical
from polyrates.numeric import sobolev as numeric
from polyrates.symbolic import sobolev as symbolic

ELL, L, ETA = 1, 100, 1


def clock(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """(best time, result)."""
    best, result = math.inf, None
    for _ in range(repeats):
        clear_cache()
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def legendre_gram(t: int) -> tuple[list[list[Any]], list[Any]]:
    """Gram matrix and values at λ = 0 in Legendre's basis, where ⟨P_i′, P_j′⟩ = j(j+1)/2, j ≤ i."""
    rational = sympy.QQ
    scale = rational(4 * ETA, (L - ELL) ** 2)
    matrix = [[rational(0)] * (t + 1) for _ in range(t + 1)]
    for i in range(t + 1):
        matrix[i][i] += rational(1, 2 * i + 1)
        for j in range(i % 2, i + 1, 2):
            slope = scale * rational(j * (j + 1), 2)
            matrix[i][j] += slope
            if i != j:
                matrix[j][i] += slope
    x = -rational(L + ELL, L - ELL)
    values = [rational(1), x]
    for n in range(1, t):
        values.append(((2 * n + 1) * x * values[n] - n * values[n - 1]) / (n + 1))
    return matrix, values[: t + 1]


def exact(t: int) -> None:
    print(f"\nexact, uniform density on [{ELL}, {L}], eta = {ETA}, t = {t}")
    density = Uniform(ELL, L)
    mine, (_, values) = clock(lambda: symbolic.banded_values(density, sympy.Integer(ETA), t), 3)
    print(f"  banded pass, all degrees 0..{t}        {mine * 1e3:10.1f} ms")
    from flint import fmpq, fmpq_mat

    matrix, at_zero = legendre_gram(t)
    size = t + 1
    gram = fmpq_mat(size, size, [fmpq(x.p, x.q) for row in matrix for x in row])
    right = fmpq_mat(size, 1, [fmpq(x.p, x.q) for x in at_zero])
    dense, solution = clock(lambda: gram.solve(right), 1)
    total = sum((solution[i, 0] * right[i, 0] for i in range(size)), fmpq(0))
    note(f"exact banded pass, t = {t}, beside one flint solve", mine, dense)
    assert 1 / total == values[-1], "the two must agree as rationals"
    print(f"  flint fmpq_mat.solve, one degree      {dense * 1e3:10.1f} ms   x {dense / mine:7.0f}")
    sizes, times = [t // 4, t // 3, 2 * t // 5], []
    for small in sizes:
        rows, ends = legendre_gram(small)
        left = DomainMatrix(rows, (small + 1, small + 1), sympy.QQ).to_sparse()
        column = DomainMatrix([[x] for x in ends], (small + 1, 1), sympy.QQ).to_sparse()
        taken, _ = clock(lambda a=left, b=column: a.lu_solve(b), 1)
        times.append(taken)
    power = fit(sizes, times)
    guess = times[-1] * (t / sizes[-1]) ** power
    print(
        f"  sympy DomainMatrix, sympy's own code  {guess * 1e3:10.0f} ms   x {guess / mine:7.0f}"
        f"   (extrapolated: t = {sizes[-1]} takes {times[-1]:.2f} s, t^{power:.1f})"
    )


def fit(sizes: list[int], times: list[float]) -> float:
    """The exponent p of time ~ t^p."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def floats(t: int) -> None:
    print(f"\nfloats, the same problem, t = {t}")
    density = Uniform(float(ELL), float(L))
    mine, values = clock(lambda: numeric.banded_values(density, float(ETA), t), 20)
    print(f"  banded pass, all degrees              {mine * 1e3:10.3f} ms")
    matrix, at_zero = legendre_gram(t)
    scale = np.sqrt(2 * np.arange(t + 1) + 1.0)
    gram = np.array([[float(x) for x in row] for row in matrix]) * np.outer(scale, scale)
    right = np.array([float(x) for x in at_zero]) * scale

    def cholesky() -> float:
        factor = np.linalg.cholesky(gram)
        half = np.linalg.solve(factor, right)
        return -math.log(float(half @ half))

    taken, found = clock(cholesky, 5)
    note(f"float banded pass, t = {t}, beside Cholesky", mine, taken)
    assert abs(found - values.logs[-1]) < 1e-6
    print(f"  numpy Cholesky, orthogonal basis      {taken * 1e3:10.3f} ms   x {taken / mine:7.0f}")

    def rows() -> np.ndarray:
        nodes, weights = np.polynomial.legendre.leggauss(t + 1)
        value = np.polynomial.legendre.legvander(nodes, t) * scale
        slope = np.zeros_like(value)
        for k in range(1, t + 1):
            lower = slope[:, k - 2] / scale[k - 2] if k > 1 else 0.0
            slope[:, k] = scale[k] * ((2 * k - 1) * value[:, k - 1] / scale[k - 1] + lower)
        slope *= math.sqrt(ETA) * 2 / (L - ELL)
        return np.vstack((value, slope)) * np.sqrt(np.tile(weights / 2, 2))[:, None]

    def qr(stacked: np.ndarray) -> float:
        factor = np.linalg.qr(stacked)[1]
        half = np.linalg.solve(factor.T, right)
        return -math.log(float(half @ half))

    ready = rows()
    taken, found = clock(lambda: qr(ready), 3)
    assert abs(found - values.logs[-1]) < 1e-6
    print(f"  numpy QR, matrix given                {taken * 1e3:10.3f} ms   x {taken / mine:7.0f}")
    taken, found = clock(lambda: qr(rows()), 2)
    print(f"  numpy QR, from nodes to value         {taken * 1e3:10.3f} ms   x {taken / mine:7.0f}")
    general, (result, _) = clock(lambda: numeric.optimum(density, float(ETA), t), 1)
    assert abs(result.values.logs[-1] - values.logs[-1]) < 1e-9
    print(f"  our route for any measure (Arnoldi)   {general * 1e3:10.3f} ms")


def empirical(count: int, t: int) -> None:
    print(f"\nempirical, {count} eigenvalues, t = {t}")
    points = np.random.default_rng(0).uniform(ELL, L, count)
    measure = Empirical(points)
    mine, (result, _) = clock(lambda: numeric.optimum(measure, float(ETA), t), 5)
    print(f"  Lanczos, then Arnoldi, all degrees    {mine * 1e3:10.1f} ms")

    def qr(mode: str) -> float:
        x = (2 * points - L - ELL) / (L - ELL)
        value = np.polynomial.chebyshev.chebvander(x, t)
        slope = np.zeros_like(value)
        before, current = np.zeros(count), np.ones(count)
        for k in range(1, t + 1):
            slope[:, k] = k * current
            before, current = current, 2 * x * current - before
        rows = np.vstack((value, slope * (2 * math.sqrt(ETA) / (L - ELL)))) / math.sqrt(count)
        factor = np.linalg.qr(rows, mode="r") if mode == "r" else np.linalg.qr(rows)[1]
        middle = -(L + ELL) / (L - ELL)
        right = np.array([math.cosh(k * math.acosh(-middle)) * (-1) ** k for k in range(t + 1)])
        half = np.linalg.solve(factor.T, right)
        return -math.log(float(half @ half))

    for mode in ("r", "reduced"):
        taken, found = clock(lambda mode=mode: qr(mode), 2)
        note(f"{count} eigenvalues, t = {t}, beside QR ({mode})", mine, taken)
        assert abs(found - result.values.logs[-1]) < 1e-8
        label = f"numpy QR ({mode}), one degree"
        print(f"  {label:38s}{taken * 1e3:10.1f} ms   x {taken / mine:7.0f}")


def growth(t: int) -> None:
    print("\ngrowth of the cost with t")
    density, plain = Uniform(ELL, L), Uniform(float(ELL), float(L))
    wide = Empirical(np.random.default_rng(0).uniform(ELL, L, 20_000))
    jobs: list[tuple[str, Callable[[int], Any], list[int]]] = [
        (
            "exact banded pass",
            lambda n: symbolic.banded_values(density, sympy.Integer(ETA), n),
            [t // 4, t // 2, t],
        ),
        (
            "float banded pass",
            lambda n: numeric.banded_values(plain, float(ETA), n),
            [t, 4 * t, 16 * t],
        ),
        ("20 000 eigenvalues", lambda n: numeric.optimum(wide, float(ETA), n), [25, 50, 100, 200]),
    ]
    for name, job, sizes in jobs:
        times = [clock(lambda n=n, job=job: job(n), 3)[0] for n in sizes]
        for n, taken in zip(sizes, times, strict=True):
            note(f"{name}, t = {n}", taken)
        row = "  ".join(f"{n}: {1e3 * s:.2f} ms" for n, s in zip(sizes, times, strict=True))
        print(f"  {name:22s} {row}   ~ t^{fit(sizes, times):.2f}")


def main(quick: bool = False) -> None:
    t = 250 if quick else 500
    exact(t)
    floats(t)
    empirical(100_000 if t == 500 else 20_000, 50)
    growth(t)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    main(parser.parse_args().quick)
