"""The largest root of a pencil over a support: by hand, and against eigenvalues on a grid."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.symbolic.root_locus import largest_root

PARTS = ("residual", "drift", "cross", "initial")


def on_a_grid(method: pr.Stationary, ell: float, L: float, n: int = 2001) -> float:
    step = method.transition(float)
    M, g, q = (np.array(part, dtype=float) for part in (step.mixing, step.gain, step.query))
    lams = np.linspace(ell, L, n)
    return float(np.abs(np.linalg.eigvals(M - lams[:, None, None] * np.outer(g, q))).max())


@pytest.mark.parametrize("part", PARTS)
def test_gradient_descent_is_the_larger_end(part: str) -> None:
    for h, ell, L in ((F(1, 9), 1, 9), (F(2, 9), 1, 9), (F(1, 5), 1, 9)):
        wanted = max(abs(1 - h * ell), abs(1 - h * L))
        assert largest_root(pr.GradientDescent(h), [(ell, L)], part) == (wanted, True)


def test_two_roots_by_the_quadratic_formula() -> None:
    """z² − (1 + m − hλ)z + m: √m for a pair, else the larger real root, at an end of [ℓ, L]."""
    h, m = sp.Rational(1, 5), sp.Rational(1, 4)
    for ell, L in ((1, 9), (2, 3), (F(1, 100), 4)):
        found, exact = largest_root(pr.HeavyBall(h, m), [(ell, L)], "residual")
        sizes = []
        for lam in map(sp.Rational, (ell, L)):
            z = sp.Symbol("z")
            sizes.append(max(abs(r) for r in sp.roots(z**2 - (1 + m - h * lam) * z + m)))
        assert exact and abs(sp.N(found - max(sizes), 40)) < sp.Float(10) ** -35


def test_symbols_keep_the_cases_apart() -> None:
    h, m = sp.symbols("h m", positive=True)
    found, exact = largest_root(pr.HeavyBall(h, m), [(2, 2)], "residual")
    assert exact
    for at in ({h: F(1, 5), m: F(1, 4)}, {h: F(1, 100), m: F(1, 4)}, {h: F(3, 2), m: F(1, 9)}):
        numbers = pr.HeavyBall(at[h], at[m])
        wanted = largest_root(numbers, [(2, 2)], "residual")[0]
        assert abs(sp.N(found.subs(at) - wanted, 30)) < 1e-25


class Cubic(pr.Stationary):
    """x⁺ = a x + b x₋ + c x₌ − h∇f(x): three roots that move."""

    name = "cubic"

    def __init__(self, a: F, b: F, c: F, h: F) -> None:
        self.numbers = tuple(map(sp.Rational, map(str, (a, b, c, h))))

    @property
    def parameters(self) -> tuple[sp.Expr, ...]:
        return self.numbers

    def transition(self, number: object) -> pr.Transition:
        a, b, c, h = map(number, self.numbers)  # type: ignore[arg-type]
        zero, one = number(sp.Integer(0)), number(sp.Integer(1))  # type: ignore[operator]
        rows = ((a, b, c), (one, zero, zero), (zero, one, zero))
        return pr.Transition((one, zero, zero), rows, (h, zero, zero), (one, zero, zero))


@pytest.mark.parametrize(
    "numbers",
    [(F(5, 4), F(-3, 8), F(1, 8), F(9, 10)), (F(2), F(-3, 2), F(1, 2), F(1, 4)),
     (F(1, 2), F(1, 4), F(1, 4), F(1)), (F(9, 4), F(-7, 4), F(1, 2), F(1, 3))],
)  # fmt: skip
def test_three_roots_are_those_of_a_grid(numbers: tuple[F, ...]) -> None:
    method = Cubic(*numbers)
    found, exact = largest_root(method, [(F(1, 10), 2)], "residual")
    grid = on_a_grid(method, 0.1, 2.0)
    assert exact and not found.has(sp.Float)
    assert grid * (1 - 1e-12) <= float(found) <= grid * (1 + 1e-5)


def test_a_union_takes_the_largest_piece_and_a_dead_point_counts_zero() -> None:
    method = pr.GradientDescent(F(1, 3))
    assert largest_root(method, [(3, 3)], "residual") == (0, True)
    assert largest_root(method, [(3, 3), (F(7, 2), 4)], "residual") == (sp.Rational(1, 3), True)
    with pytest.raises(pr.NoClosedForm):
        a = sp.Symbol("a", positive=True)
        open_ = Cubic(F(1), F(0), F(0), F(1))
        open_.numbers = (a, sp.Rational(1, 4), sp.Rational(3, 4) - a, sp.Integer(1))
        largest_root(open_, [(1, 2)], "residual")
