"""A user's method: its numbers are read, its rows are checked, and nothing known of a parent is
said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import polyrates as pr

Row = tuple[Any, ...]
MOMENTUM: dict[str, Any] = {
    "query": (1, 0),
    "mixing": (("1.5", "-0.5"), (1, 0)),
    "gain": ("0.1", 0),
    "output": (1, 0),
    "parameters": ("0.1", F(1, 2)),
}


def method_of(**changed: Any) -> pr.Stationary:
    """Heavy ball with step 1/10 and momentum 1/2, but for what is changed."""
    rows = {**MOMENTUM, **changed}

    class Own(pr.Stationary):
        name = "own"
        parameters = rows["parameters"]

        def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
            def read(row: Row) -> Row:
                return tuple(each if type(each) is int else number(each) for each in row)

            return pr.Transition(
                read(rows["query"]),
                tuple(map(read, rows["mixing"])),
                read(rows["gain"]),
                read(rows["output"]),
            )

    return Own()


TENTH = sp.Rational(1, 10**20)
BAD = {
    "query": ("query", {"query": ("0.5", "0.6")}),
    "mixing": (r"mixing\[0\]", {"mixing": (("1.5", "-0.4"), (1, 0))}),
    "second row": (r"mixing\[1\]", {"mixing": (("1.5", "-0.5"), (1, 1))}),
    "floats": (r"mixing\[0\]", {"mixing": ((1.5, -0.5001), (1, 0)), "parameters": (0.1,)}),
    "a little": ("output", {"output": (1 + TENTH, 0)}),
    "a little beside roots": (
        r"mixing\[0\]",
        {"mixing": ((sp.sqrt(2), 1 - sp.sqrt(2) + TENTH), (1, 0)), "parameters": (sp.sqrt(2),)},
    ),
    "output": ("output", {"output": (1, 1)}),
    "gain": ("mixing", {"gain": ("0.1",)}),
    "rows": ("mixing", {"mixing": ((1, 0),)}),
    "long row": (r"mixing\[1\]", {"mixing": (("1.5", "-0.5"), (1, 0, 0))}),
    "empty": ("gain", {"query": (), "mixing": (), "gain": (), "output": ()}),
    "not a number": ("coefficient", {"gain": (float("nan"), 0)}),
    "infinite": ("gain", {"gain": (sp.oo, 0)}),
    "words": (r"parameters\[0\]", {"parameters": ("a tenth",)}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_step_is_refused_by_every_verb_and_named(name: str) -> None:
    row, changed = BAD[name]
    bad = method_of(**changed)
    verbs: list[Callable[[], object]] = [
        lambda: pr.rate(bad, (1, 10)).initial(0),
        lambda: pr.residual_polynomial(bad, 3),
        lambda: pr.residual_values(bad, 3, [1.0]),
        lambda: pr.run(bad, lambda x: x, np.ones(2), 1),
        lambda: bad.table(2),
        lambda: pr.error_polynomials(bad, 2, pr.OneStep()),
    ]
    pattern = row if name != "infinite" else "gain|number|coefficient"
    for verb in verbs:
        with pytest.raises((pr.InvalidValue, pr.InvalidType), match=pattern):
            verb()


@pytest.mark.parametrize(
    "half", [F(1, 2), "0.5", "1/2", Decimal("0.5"), sp.Rational(1, 2), 0.5, np.float64(0.5)]
)
def test_every_kind_of_number_is_read(half: Any) -> None:
    class Own(pr.Stationary):
        name = "own"

        @property
        def parameters(self) -> tuple[Any, ...]:
            return (half, 3)

        def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
            m, h = number(half), number(half) / number(3)
            return pr.Transition((1, 0), ((1 + m, -m), (1, 0)), (h, 0), (1, 0))

    truth = pr.HeavyBall(F(1, 6), F(1, 2), F(1, 6))
    value = pr.rate(Own(), (1, 10)).residual(9)
    assert float(value) == pytest.approx(float(pr.rate(truth, (1, 10)).residual(9)), rel=1e-12)
    if isinstance(half, float):
        assert Own().parameters == (0.5, 3.0)
    else:
        assert Own().parameters == (sp.Rational(1, 2), 3)
        assert pr.residual_polynomial(Own(), 4) == pr.residual_polynomial(truth, 4)


def test_bare_numbers_in_a_row_are_read() -> None:
    class Own(pr.Stationary):
        name = "own"
        parameters = ()

        def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
            mixing = ((F(3, 2), F(-1, 2)), (1, 0))
            return pr.Transition((1, 0), mixing, (F(1, 6), 0), (1, 0))

    truth = pr.residual_polynomial(pr.HeavyBall(F(1, 6), F(1, 2), F(1, 6)), 5)
    assert pr.residual_polynomial(Own(), 5) == truth


def test_a_number_that_was_not_announced_is_named() -> None:
    class Own(pr.Stationary):
        name = "own"
        parameters = (F(1, 2),)

        def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
            return pr.Transition((1,), ((1,),), (number(sp.sqrt(2)),), (1,))

    with pytest.raises(pr.InvalidValue, match="parameters"):
        pr.residual_polynomial(Own(), 2)


class Halving(pr.Method):
    """x⁺ = x − h_t∇f(x) with a mistake from some step on."""

    name = "halving"

    def __init__(self, wrong: int, stop: int = 99, horizon: int | None = None) -> None:
        self.wrong, self.stop, self.steps = wrong, stop, horizon

    @property
    def parameters(self) -> tuple[Any, ...]:
        return (F(1, 4),)

    @property
    def horizon(self) -> int | None:
        return self.steps

    def transitions(self, number: Callable[[Any], Any]) -> Iterator[pr.Transition[Any]]:
        for t in range(self.stop):
            row = (number(F(1, 4)) + number(F(3, 4) if t < self.wrong else F(2, 3)),)
            yield pr.Transition((1,), (row,), (number(F(1, 4 + t)),), (1,))


@pytest.mark.parametrize("wrong", [0, 3, 6])
def test_a_wrong_row_is_found_at_its_step(wrong: int) -> None:
    method = Halving(wrong)
    for verb in (
        lambda: pr.residual_polynomial(method, 9),
        lambda: method.table(9),
        lambda: pr.rate(method, (1, 3)).initial(9),
    ):
        with pytest.raises(pr.InvalidValue, match=rf"step {wrong}: mixing\[0\]"):
            verb()


def test_a_method_that_ends_early_is_named() -> None:
    with pytest.raises(pr.InvalidValue, match="end after 3 steps"):
        pr.residual_polynomial(Halving(99, 3), 5)
    assert pr.residual_polynomial(Halving(99, 3, 3), 3).degree() == 3


class Heavier(pr.GradientDescent):
    """Gradient descent by name and parameters, heavy ball by its steps."""

    def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
        m = number("0.5")
        return pr.Transition((1, 0), ((1 + m, -m), (1, 0)), (number(self.step), 0), (1, 0))


class Lazy(pr.Chebyshev):
    """Chebyshev's parameters, gradient descent's steps."""

    def transitions(self, number: Callable[[Any], Any]) -> Iterator[pr.Transition[Any]]:
        return pr.GradientDescent(F(1, 8)).transitions(number)


class Drifting(pr.Nesterov):
    """Stationary by type, not by its steps."""

    def transitions(self, number: Callable[[Any], Any]) -> Iterator[pr.Transition[Any]]:
        return pr.Chebyshev(1, 10).transitions(number)


@given(t=st.integers(0, 12), step=st.fractions(F(1, 50), F(1, 5), max_denominator=50))
def test_a_subclass_gets_what_its_steps_give(t: int, step: F) -> None:
    truth = pr.HeavyBall(step, F(1, 2), step)
    for part in ("initial", "cross", "residual", "drift"):
        for given_step in (step, float(step)):
            part_of = getattr(pr.rate(Heavier(given_step), (1, 10)), part)
            assert part_of.status == "certified"
            lower, upper = part_of.enclosure(t)
            other = getattr(pr.rate(truth, (1, 10)), part).enclosure(t)
            assert lower <= other[1] * (1 + 1e-9) and other[0] <= upper * (1 + 1e-9)


def test_the_rate_of_a_subclass_is_not_its_parents() -> None:
    residual = pr.rate(Heavier(F(3, 20)), (1, 10)).residual
    assert residual.status == "certified"
    assert residual(10) == pytest.approx(0.0373125245, rel=1e-8)
    points = np.linspace(1.0, 10.0, 7)
    pairs: list[tuple[pr.Method, pr.Method]] = [
        (Heavier(F(3, 20)), pr.HeavyBall(F(3, 20), F(1, 2), F(3, 20))),
        (Lazy(1, 10), pr.GradientDescent(F(1, 8))),
        (Drifting(F(1, 10), F(1, 2)), pr.Chebyshev(1, 10)),
    ]
    for own, truth in pairs:
        assert pr.residual_polynomial(own, 5) == pr.residual_polynomial(truth, 5)
        for a, b in zip(
            pr.residual_values(own, 9, points), pr.residual_values(truth, 9, points), strict=True
        ):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)
        assert pr.rate(own, (1, 10)).initial.status == "certified"
    for own in (Lazy(1, 10), Drifting(F(1, 10), F(1, 2))):
        with pytest.raises(pr.NoClosedForm):
            pr.residual_polynomial(own, pr.t)
    form = pr.residual_polynomial(Heavier(F(3, 20)), pr.t)
    for t in range(5):
        exact = pr.residual_polynomial(Heavier(F(3, 20)), t).as_expr()
        assert sp.expand(sp.expand(form.subs(pr.t, t).doit()) - exact) == 0


def test_a_method_without_a_name_goes_by_its_class() -> None:
    class Mine(pr.Stationary):
        parameters = (F(1, 5),)

        def transition(self, number: Callable[[Any], Any]) -> Any:
            return pr.GradientDescent(F(1, 5)).transition(number)

    assert Mine().name == "Mine" and repr(Mine()) == "Mine(1/5)"
    assert "Mine(1/5)" in repr(pr.rate(Mine(), pr.Interval(1, 9)))
