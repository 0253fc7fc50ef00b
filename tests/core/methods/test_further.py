"""The entries of accelerated methods, schedules and wrappers run what they print."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy

import polyrates as pr
from polyrates.core.methods.named import build

ONE, NINE = sympy.Integer(1), sympy.Integer(9)
U = F(5, 18)  # hλ at λ = 5/2, h = 1/9


def values(key: str, steps: int) -> list[F]:
    method = build(key, ONE, NINE).method
    at = sympy.Rational(5, 2)
    return [F(str(pr.residual_polynomial(method, t).eval(at))) for t in range(steps)]


def test_averages_are_the_means_they_print() -> None:
    powers = [(1 - U) ** k for k in range(8)]
    assert values("averaged", 6) == [sum(powers[: t + 1], F(0)) / (t + 1) for t in range(6)]
    late = values("averaged:start=2", 6)
    assert late[3:] == [sum(powers[2 : t + 1], F(0)) / (t - 1) for t in range(3, 6)]
    ema, found = [F(1)], values("exponential-average", 6)
    for k in range(1, 6):
        ema.append(F(9, 10) * ema[-1] + F(1, 10) * powers[k])
    assert found == ema


def test_lookahead_is_the_outer_step_it_prints() -> None:
    found = values("lookahead:period=3,share=1/4", 7)
    outer = 1 - F(1, 4) + F(1, 4) * (1 - U) ** 3
    assert found[0] == 1 and found[3] == outer and found[6] == outer**2
    with pytest.raises(pr.InvalidValue, match="integer"):
        build("lookahead:period=3/2", ONE, NINE)
    with pytest.raises(pr.InvalidValue, match="integer"):
        build("lookahead:period=0", ONE, NINE)


@pytest.mark.parametrize("key, momentum", [
    ("fista:a=3", lambda t: F(t - 1, t + 3)), ("convex-nesterov", lambda t: F(t, t + 3)),
])  # fmt: skip
def test_schedules_are_those_they_print(key: str, momentum: object) -> None:
    """P_{t+1} = (1 − u)((1 + m_t)P_t − m_tP_{t−1}), with the m_t of the schedule or one step on."""
    P = values(key, 7)
    for t in range(2, 6):
        y = P[t + 1] / (1 - U)
        m = (y - P[t]) / (P[t] - P[t - 1])
        assert m in (momentum(t), momentum(t + 1), momentum(t - 1))  # type: ignore[operator]
        later = (P[t + 2] / (1 - U) - P[t + 1]) / (P[t + 1] - P[t]) if t < 5 else m
        assert later >= m


def test_step_schedules_are_products_of_their_steps() -> None:
    silver = build("silver", 1.0, 9.0).method
    steps = [2**0.5, 2.0, 2**0.5, 2 + 2**0.5, 2**0.5, 2.0, 2**0.5]
    P = 1.0
    for t, h in enumerate(steps):
        found = pr.residual_values(silver, t, np.array([2.5]))[0]
        assert found == pytest.approx([P], rel=1e-12)
        P *= 1 - h * 2.5 / 9
    arcsine = build("arcsine", 1.0, 9.0).method
    at = np.linspace(0.0, 9.0, 5)
    for t in (1, 3, 4):  # its roots lie in [ℓ, L], so P falls from 1 on [0, ℓ] and stays positive
        roots = np.roots(np.polyfit(at, pr.residual_values(arcsine, t, at)[0], t))
        assert np.all(np.abs(roots.imag) < 1e-6) and np.all((roots.real > 1) & (roots.real < 9))


def test_conjugate_gradients_on_a_density_are_its_orthogonal_polynomials() -> None:
    """α = 0 is Chebyshev's density, whose method is Chebyshev's; ⟨P_2, λ⟩ = 0 under α = 1/2."""
    found = build("conjugate-gradients:alpha=0", ONE, NINE).method
    assert (
        pr.residual_polynomial(found, 3) - pr.residual_polynomial(pr.Chebyshev(1, 9), 3)
    ).is_zero
    P = pr.residual_polynomial(build("conjugate-gradients", ONE, NINE).method, 2).as_expr()
    for k in (0, 1):
        assert sympy.integrate(P * pr.lam**k, (pr.lam, 1, 9)) == 0


def test_a_float_makes_floats_of_all() -> None:
    for key in ("schedule-free:beta=9/10", "exponential-average", "lookahead", "fista:a=3"):
        exact = build(key, ONE, NINE).method.parameters
        floats = build(key, 1.0, 9.0).method.parameters
        assert not any(isinstance(v, float) for v in exact)
        assert any(isinstance(v, float) for v in floats)
        assert not any(isinstance(v, sympy.Rational) and not v.is_Integer for v in floats)


def test_horizons_are_counts() -> None:
    assert build("optimized-gradient", ONE, NINE).method.horizon == 20
    assert build("optimized-gradient:horizon=7", ONE, NINE).method.horizon == 7
    with pytest.raises(pr.InvalidValue, match="horizon"):
        build("optimized-gradient:horizon=0", ONE, NINE)
    with pytest.raises(pr.PolyratesError):
        build("triple-momentum", 0.0, 9.0)
