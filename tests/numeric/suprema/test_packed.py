"""Packed series against exact rational ones, and their error bounds against the truth."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.numeric.suprema import balls
from polyrates.numeric.suprema.packed import packed_pairs

F = Fraction
KINDS = ("residual", "drift", "initial")
METHODS = {
    "gradient descent": pr.GradientDescent(F(1, 6)),
    "too long steps": pr.GradientDescent(F(3, 4)),
    "heavy ball": pr.HeavyBall(F(1, 5), F(1, 3), first_step=F(1, 7)),
    "Nesterov": pr.Nesterov(F(1, 10), F(1, 2)),
    "Chebyshev": pr.Chebyshev(1, 10),
    "Gegenbauer": pr.Gegenbauer(1, 10, F(3, 2)),
    "Sobolev": pr.Sobolev(pr.Uniform(1, 10), F(1, 2)),
    "averaged": pr.AveragedIterates(pr.GradientDescent(F(1, 10)), 2),
    "weighted": pr.WeightedIterates(pr.Chebyshev(1, 10), [F(1, 13)] * 13),
    "schedule-free": pr.ScheduleFree(F(1, 10), F(1, 2)),
    "Richardson": pr.Richardson([F(1, k + 1) for k in range(12)]),
}
R = sp.Rational
SEGMENTS = [(R(a), R(b)) for a, b in ((1, 10), (0, 10), (R(19, 2), 10), (R(1, 1000), 2), (6, 10))]


def exact_series(
    method: pr.Method, t: int, segment: tuple[sp.Rational, sp.Rational]
) -> dict[str, list[F]]:
    """Chebyshev coefficients of P, P′, P − λP′ in rationals: the recurrence on the power basis."""
    coefficients = pr.residual_polynomial(method, t).all_coeffs()[::-1]
    P = [F(int(c.p), int(c.q)) for c in coefficients]
    D = [k * c for k, c in enumerate(P)][1:] or [F(0)]
    initial = [c - k * c for k, c in enumerate(P)]
    low, high = (F(int(end.p), int(end.q)) for end in segment)

    def chebyshev(power: list[F]) -> list[F]:
        result = [F(0)]
        half, middle = (high - low) / 2, (high + low) / 2
        for c in power[::-1]:  # Horner: multiply by λ = middle + half x, add c
            longer = [middle * r for r in result] + [F(0)]
            for k, r in enumerate(result):
                if k == 0:
                    longer[1] += half * r
                else:
                    longer[k + 1] += half * r / 2
                    longer[k - 1] += half * r / 2
            longer[0] += c
            result = longer
        return result

    return {"residual": chebyshev(P), "drift": chebyshev(D), "initial": chebyshev(initial)}


@pytest.mark.parametrize("name", METHODS)
def test_series_are_true_to_their_errors(name: str) -> None:
    method = METHODS[name]
    for segment in SEGMENTS:
        for t in (1, 2, 12):
            found = packed_pairs(method, t, segment, (t,), KINDS)
            if found is None:  # a short segment is left to the balls
                assert segment[0] > 0.6 * segment[1]
                continue
            for kind, truth in exact_series(method, t, segment).items():
                mine = found[0][kind]
                wide = [F(float(c)) for c in mine.coefficients]
                wide += [F(0)] * (len(truth) - len(wide))
                truth += [F(0)] * (len(wide) - len(truth))
                rounding = sum(map(abs, truth)) / 2**53 + len(truth) * F(2) ** -1074
                off = sum((abs(a - b) for a, b in zip(wide, truth, strict=True)), F(0))
                assert off <= F(mine.error) + rounding


def test_all_steps_are_those_of_one() -> None:
    method = METHODS["Gegenbauer"]
    every = packed_pairs(method, 9, (1, 10), range(10), KINDS)
    assert every is not None and len(every) == 10
    for t in (1, 4, 9):
        (one,) = packed_pairs(method, t, (1, 10), (t,), KINDS) or ()
        for kind in KINDS:
            a, b = every[t][kind], one[kind]
            np.testing.assert_allclose(a.coefficients, b.coefficients, rtol=1e-15, atol=0)


@pytest.mark.parametrize("kappa", [0.5, 1e-2, 1e-6])
def test_sharp_on_long_runs_and_as_the_balls(kappa: float) -> None:
    for method in (pr.Chebyshev(kappa, 1.0), pr.Nesterov.tuned(kappa, 1.0)):
        t = 120
        quick = balls.enclosed_pairs(method, pr.Unrolled(), t, (kappa, 1.0), only=t)[0]
        with flint.ctx.workprec(80 + 4 * t):
            slow = balls._pairs(method, pr.Unrolled(), t, (kappa, 1.0), t)[0]
        for kind in ("residual", "drift", "initial", "cross"):
            a, b = quick[kind], slow[kind]
            assert a.error <= 1.01 * b.error  # both mostly that of rounding to floats
            n = min(len(a.coefficients), len(b.coefficients))
            off = np.abs(a.coefficients[:n] - b.coefficients[:n]).sum()
            assert off <= a.error + b.error


def test_what_leaves_the_floats_is_left_to_the_balls() -> None:
    assert packed_pairs(pr.GradientDescent(1e9), 200, (1, 10), (200,), KINDS) is None
    assert packed_pairs(pr.Nesterov.tuned(1, 10), 10**6, (1, 10), (5,), KINDS) is None  # at once
    with pytest.raises(pr.InvalidValue, match="range of floats"):
        balls.enclosed_pairs(pr.GradientDescent(1e9), pr.Unrolled(), 50, (1.0, 10.0), only=50)
