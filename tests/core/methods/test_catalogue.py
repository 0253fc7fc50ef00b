"""Every named method: what its entry prints is what it runs, in the letters of the page."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy

import polyrates as pr
from polyrates.core.methods.catalogue import NAMES
from polyrates.core.methods.named import build

ELL, L, H, M = F(1), F(9), F(1, 7), F(1, 3)
LAM = F(5, 2)


def values(method: pr.Method, steps: int, lam: F = LAM) -> list[F]:
    """P_0(λ), …, in fractions (floats where the method has roots)."""
    found = [pr.residual_polynomial(method, t).eval(sympy.Rational(str(lam))) for t in range(steps)]
    return [F(str(each)) for each in found]


def test_gradient_descents_are_the_powers_they_print() -> None:
    for key, h in (("large", 2 / (L + ELL)), ("short", 1 / L), ("gradient-descent:step=1/7", H)):
        assert values(build(key, sympy.Integer(1), sympy.Integer(9)).method, 5) == [
            (1 - h * LAM) ** t for t in range(5)
        ]
    flat = build("flat", sympy.Integer(1), sympy.Integer(9)).method
    root = sympy.sqrt(2) * sympy.Rational(5, 18)
    P = pr.residual_polynomial(flat, 3).as_expr().subs(pr.lam, sympy.Rational(5, 2))
    assert sympy.expand(P - (1 - root) ** 3) == 0


@pytest.mark.parametrize("key", ["heavy-ball", "nesterov"])
def test_momentum_methods_are_the_recurrences_they_print(key: str) -> None:
    method = build(f"{key}:step=1/7,momentum=1/3", sympy.Integer(1), sympy.Integer(9)).method
    P = values(method, 6)
    for t in range(1, 5):
        if key == "heavy-ball":
            assert P[t + 1] == (1 + M - H * LAM) * P[t] - M * P[t - 1]
        else:
            assert P[t + 1] == (1 - H * LAM) * ((1 + M) * P[t] - M * P[t - 1])
    # one of two given: the other is tuned
    half = build(f"{key}:momentum=1/3", 1.0, 9.0).method
    tuned = build(key, 1.0, 9.0).method
    assert half.momentum == pytest.approx(1 / 3) and half.step == tuned.step  # type: ignore[attr-defined]


def test_chebyshev_and_gegenbauer_are_the_quotients_they_print() -> None:
    sigma, zero = 1 - 2 * (LAM - ELL) / (L - ELL), F(5, 4)

    def gegenbauer(t: int, a: F, x: F) -> F:
        rows = [F(1), 2 * a * x]
        for n in range(2, t + 1):
            rows.append((2 * (n + a - 1) * x * rows[-1] - (n + 2 * a - 2) * rows[-2]) / n)
        return rows[t]

    for key, a in (("gegenbauer", F(1)), ("gegenbauer:alpha=5/2", F(5, 2))):
        method = build(key, sympy.Integer(1), sympy.Integer(9)).method
        for t, value in enumerate(values(method, 5)):
            assert abs(value) == abs(gegenbauer(t, a, sigma) / gegenbauer(t, a, zero))
    T = [F(1), sigma], [F(1), zero]
    for row, x in zip(T, (sigma, zero), strict=True):
        for _ in range(4):
            row.append(2 * x * row[-1] - row[-2])
    found = values(build("chebyshev", sympy.Integer(1), sympy.Integer(9)).method, 6)
    assert [abs(v) for v in found] == [abs(a / b) for a, b in zip(*T, strict=True)]


@pytest.mark.parametrize("alpha", ["0", "1/2", "3/2"])
def test_sobolev_minimizes_what_it_prints(alpha: str) -> None:
    """∫P² + η∫P′² over P(0) = 1, degree 3: no other polynomial near it has less."""
    method = build(f"sobolev:eta=2,alpha={alpha}", 1.0, 9.0).method
    nodes, weights = pr.GegenbauerDensity(1.0, 9.0, float(F(alpha))).quadrature(12)
    P = np.polynomial.Polynomial.fit(nodes, pr.residual_values(method, 3, nodes)[0], 3).convert()
    assert P(0.0) == pytest.approx(1.0, abs=1e-10)

    def size(Q: np.polynomial.Polynomial) -> float:
        return float(weights @ (Q(nodes) ** 2 + 2 * Q.deriv()(nodes) ** 2))

    for k in (1, 2, 3):
        step = np.polynomial.Polynomial([0.0] * k + [9.0**-k])
        for e in (1e-3, -1e-3):
            assert size(P + e * step) > size(P)


@pytest.mark.parametrize("key", list(NAMES))
def test_every_entry_is_whole(key: str) -> None:
    entry = NAMES[key]
    assert set(entry.defaults) <= set(entry.options)
    needed = ":step=1/9" if key == "gradient-descent" else ""
    for ends in ((0.5, 10.0), (sympy.Rational(1, 2), sympy.Integer(10))):
        method = build(key + needed, *ends).method
        assert entry.kind is None or type(method) is entry.kind
        at_zero = pr.residual_values(method, 2, np.array([0.0]))[0]
        assert at_zero == pytest.approx([1.0], abs=1e-14)
    assert entry.title and entry.label and entry.about
    assert entry.update.count("{") == entry.update.count("}")
    if entry.needs_gap and not entry.options:
        with pytest.raises(pr.PolyratesError):
            build(key, 0.0, 10.0)


def test_gradient_descent_needs_its_step() -> None:
    with pytest.raises(pr.InvalidValue, match="step"):
        build("gradient-descent", 1.0, 9.0)
