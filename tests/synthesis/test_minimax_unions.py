"""Optima on unions: the two ends meet, beside isolated points and where A alone counts too."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
from support import ROOT

import polyrates as pr
from polyrates.core.estimators import Unrolled
from polyrates.core.parts import PointRing


@pytest.fixture(scope="module")
def question() -> Callable[[int], Any]:
    """The seeded questions of ``benchmarks/unions.py``."""
    spec = importlib.util.spec_from_file_location("unions", ROOT / "benchmarks" / "unions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.question  # type: ignore[no-any-return]


def as_mpf(value: Any) -> Any:
    return (
        mpmath.mpf(value) if isinstance(value, float) else mpmath.mpf(int(value.p)) / int(value.q)
    )


def seen_at(optimum: pr.Optimum, pieces: list[tuple[float, float]], sizes: dict[str, float]) -> Any:
    """The worst case of the method over some eigenvalues of the support, by mpmath alone."""
    (kind, a), (_, g) = sizes.items()
    rng = np.random.default_rng(0)
    inner = [x for low, high in pieces if low < high for x in rng.uniform(low, high, 40).tolist()]
    spots = sorted({*inner, *(end for piece in pieces for end in piece)})
    with mpmath.workdps(400):
        points = np.array([mpmath.mpf(x) for x in spots])
        pair = Unrolled().pair(optimum.method, optimum.degree, PointRing(points**0, as_mpf, points))
        first = pair.residual - (points * pair.drift if kind == "initial" else 0)
        rows = [
            np.array([float(abs(x) / optimum.upper) for x in row]) for row in (first, pair.drift)
        ]
    x, y = (a * rows[0]) ** 2, (g * rows[1]) ** 2

    def height(s: float) -> float:
        return float(np.max(x / s + (y / (1 - s) if g else 0)))

    if not g:
        return math.sqrt(height(1.0))
    low, high = 1e-14, 1 - 1e-14
    for _ in range(200):  # convex in s
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if height(left) < height(right) else (left, high)
    return math.sqrt(height((low + high) / 2))


@pytest.mark.parametrize("seed", [3, 9, 12, 16, 47, 54, 58])
def test_the_ends_meet_on_random_unions(seed: int, question: Callable[[int], Any]) -> None:
    pieces, t, sizes = question(seed)
    best = pr.minimax_optimal(pr.Union(pieces), t, **sizes)
    assert 0 <= best.upper - best.lower <= 1e-9 * best.upper
    if best.upper > 0:
        assert seen_at(best, pieces, sizes) <= 1 + 1e-9


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 1}, {"residual": 1, "drift": 1}])
@pytest.mark.parametrize("t", [10, 20])
def test_the_ends_meet_beside_an_outlier(t: int, sizes: dict[str, float]) -> None:
    """Its weight in the worst measure is below 1e-18: it decides nothing but two zeros of P."""
    pieces = [(1.0, 10.0), (100.0, 100.0)]
    best = pr.minimax_optimal(pr.Union(pieces), t, **sizes)
    assert best.upper - best.lower <= 1e-9 * best.upper
    proof = best.certificate
    assert proof.upper - proof.lower <= proof.upper / 10**9
    assert proof.lower <= best.upper and best.lower <= proof.upper
    assert 0.9 < seen_at(best, pieces, sizes) < 1 + 1e-9


def test_a_bracket_that_says_little_says_so() -> None:
    wide = replace(pr.minimax_optimal(pr.Interval(1, 100), 5, initial=1, cross=1), lower=0.1)
    assert "far apart" in repr(wide) and "far apart" in wide._repr_html_()
