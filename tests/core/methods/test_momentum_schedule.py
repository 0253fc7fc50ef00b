"""Momentum with a rate of its own for every step: torch's rule, whatever the rates."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy

import polyrates as pr


def test_one_schedule_in_two_forms() -> None:
    """With the velocity kept or rescaled, the polynomials are the same, exactly."""
    rates, momenta = ["1/2", "1/4", "1/8", "1/3"], ["1/2", "2/3", "3/4", "1/5"]
    for damp in (0, "1/4"):
        table = pr.Tabulated.torch(rates, momenta, damp)
        assert isinstance(table, pr.Tabulated)
        kept = pr.MomentumSchedule(rates, momenta, damp)
        for t in range(5):
            P = pr.residual_polynomial(kept, t)
            assert (P - pr.residual_polynomial(table, t)).is_zero
    a, b, m = sympy.symbols("a b m", positive=True)
    kept = pr.residual_polynomial(pr.MomentumSchedule([a, b], m), 2).as_expr()
    assert sympy.simplify(kept - ((1 - a * pr.lam) * (1 - b * pr.lam) - m * b * pr.lam)) == 0
    still = pr.MomentumSchedule([0, 0], "1/2")  # no rate at all: nothing moves
    assert pr.residual_polynomial(still, 2).as_expr() == 1
    assert isinstance(pr.Tabulated.torch([0.0, 0.1], 0), pr.Tabulated)
    assert pr.latex(kept) and "v_{t+1}" in pr.latex(pr.MomentumSchedule([0.1], 0.5, 0.1))
    assert pr.cite(still) and "scheduled" in still.name


def by_the_rule(
    rates: list[F], momenta: list[F], damp: F, nesterov: bool, lam: F
) -> list[tuple[F, F]]:
    """(P_t, P_t′) at λ: torch's rule on ½λx² and its derivative, in fractions."""
    x, dx, v, dv, found = F(1), F(0), F(0), F(0), [(F(1), F(0))]
    for t, (h, m) in enumerate(zip(rates, momenta, strict=True)):
        g, dg = lam * x, x + lam * dx
        share = 1 if t == 0 or m == 0 else 1 - damp
        v, dv = (m * v, m * dv) if t else (F(0), F(0))
        v, dv = v + share * g, dv + share * dg
        step, dstep = (g + m * v, dg + m * dv) if nesterov else (v, dv)
        x, dx = x - h * step, dx - h * dstep
        found.append((x, dx))
    return found


@pytest.mark.parametrize("damp, nesterov", [(F(0), False), (F(1, 4), False), (F(0), True)])
@pytest.mark.parametrize(
    "rates",
    [["1/2", "1/4", "1/8", "1/3"], [0, 0, "1/4", "1/3"], ["1/2", 0, 0, "1/7"], [0, "1/9", 0, 0]],
)
def test_polynomials_are_those_of_the_rule_with_any_rates(
    rates: list[object], damp: F, nesterov: bool
) -> None:
    """Zeros at the start, inside and at the end: the velocity is kept through them."""
    momenta = ["1/2", "2/3", "3/4", "1/5"]
    method = pr.MomentumSchedule(rates, momenta, damp, nesterov)
    assert method.horizon == 4
    for lam in (F(0), F(2, 3), F(5)):
        wanted = by_the_rule([*map(F, rates)], [*map(F, momenta)], damp, nesterov, lam)  # type: ignore[arg-type]
        for t, (value, slope) in enumerate(wanted):
            P, at = pr.residual_polynomial(method, t), sympy.Rational(str(lam))
            assert (P.eval(at), P.diff().eval(at)) == (value, slope)


@pytest.mark.parametrize(
    "arguments, word",
    [
        (([], "1/2"), "empty"), ((["1/2"], ["1/2", "1/3"]), "entries"),
        ((["1/2", "1/3"], ["1/2", 0]), "skips the velocity"),
        ((["1/2"], "1/2", "1/4", True), "nesterov has none"),
        ((["1/2"], "1/2", 0, 1), "True or False"),
    ],
)  # fmt: skip
def test_what_torch_has_no_meaning_for_is_refused(arguments: tuple[object, ...], word: str) -> None:
    with pytest.raises(pr.PolyratesError, match=word):
        pr.MomentumSchedule(*arguments)
