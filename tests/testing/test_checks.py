"""The checks pass what is right, and name the fault of what is wrong."""

from __future__ import annotations

import itertools
import pickle
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from support import ESTIMATORS, exact_methods, finished, float_methods

import polyrates as pr
from polyrates import testing

METHODS = {**exact_methods(), **{f"{k}, floats": m for k, m in float_methods(1.0, 10.0).items()}}


@pytest.mark.parametrize("name", METHODS)
def test_every_method_of_the_package_passes(name: str) -> None:
    testing.check_method(METHODS[name])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_of_the_package_passes(name: str) -> None:
    testing.check_estimator(ESTIMATORS[name])


@settings(max_examples=20)
@given(testing.methods())
def test_every_drawn_method_passes(method: pr.Method) -> None:
    testing.check_method(method, steps=4)


@settings(max_examples=20)
@given(testing.estimators(), testing.methods(kinds=["nesterov", "own", "chebyshev"]))
def test_every_drawn_estimator_passes(estimator: pr.Estimator, method: pr.Method) -> None:
    testing.check_estimator(estimator, method, steps=4)


@settings(max_examples=25)
@given(testing.problems(), st.integers(0, 99))
def test_every_drawn_problem_passes(problem: pr.Problem, seed: int) -> None:
    start = np.random.default_rng(seed).standard_normal(problem.dimension)  # type: ignore[attr-defined]
    found = testing.check_problem(problem, start, seed)
    assert not found.open and len(found.held) >= 4


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(testing.methods(kinds=["heavy-ball", "nesterov", "own"]), testing.spectra())
def test_our_rates_withstand_the_attack(method: pr.Method, spectrum: pr.Spectrum) -> None:
    testing.check_bound(pr.rate(method, spectrum), steps=6)


# -- what is wrong is named -----------------------------------------------------------------------


@dataclass(frozen=True)
class Wrong(pr.Stationary):
    """Gradient descent with one coefficient turned."""

    query: tuple[Any, ...] = (1,)
    mixing: tuple[Any, ...] = ((1,),)
    gain: tuple[Any, ...] = (F(1, 10),)
    output: tuple[Any, ...] = (1,)
    name = "wrong"
    parameters = (F(1, 10),)

    def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
        return pr.Transition(self.query, self.mixing, tuple(map(number, self.gain)), self.output)


class Forgetful(Wrong):
    """Its steps change from call to call."""

    def transitions(self, number: Callable[[Any], Any]) -> Iterator[pr.Transition[Any]]:
        rng = np.random.default_rng()
        while True:
            yield pr.Transition((1,), ((1,),), (float(rng.random()),), (1,))


class Short(Wrong):
    """Promises more steps than it has."""

    horizon = 5

    def transitions(self, number: Callable[[Any], Any]) -> Iterator[pr.Transition[Any]]:
        return itertools.islice(super().transitions(number), 3)


class Untypeset(Wrong):
    """Its LaTeX does not close."""

    def _latex(self) -> str:
        return r"x_{t+1} = \frac{1}{2"


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        (Wrong(mixing=((F(11, 10),),)), "mixing"),
        (Wrong(query=(F(9, 10),)), "query"),
        (Wrong(output=(2,)), "output"),
        (Wrong(gain=(0.1, 0.2)), "(mixing|query|gain|entries|points)"),
        (Wrong(gain=(float("nan"),)), "(gain|finite)"),
        (Forgetful(), "two calls"),
        (Short(), "horizon"),
        (Untypeset(), "brace"),
    ],
    ids=["mixing", "query", "output", "lengths", "gain", "two-calls", "horizon", "latex"],
)
def test_a_wrong_method_is_named(method: pr.Method, fault: str) -> None:
    with pytest.raises(AssertionError, match=f"check_method.*{fault}"):
        testing.check_method(method)


@dataclass
class Bent:
    """A correct problem with one call replaced."""

    base: Any
    call: str
    change: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        if name == self.call:
            return lambda *given: self.change(getattr(self.base, name)(*given), *given)
        return getattr(self.base, name)


GOOD = pr.Quadratic.random(pr.Interval(1, 10), 4, 0, commuting=False)
TURN = np.array([[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0.0]])
DRIFT = itertools.count()


@pytest.mark.parametrize(
    ("call", "change", "fault"),
    [
        ("hvp", lambda Hv, x, v: Hv + TURN @ v, "not symmetric"),
        ("hvp", lambda Hv, x, v: 1.01 * Hv, "not the derivative of the gradient"),
        ("hvp", lambda Hv, x, v: Hv * np.linalg.norm(v), "not linear"),
        ("hvp", lambda Hv, x, v: Hv[:-1], "shape"),
        ("gradient", lambda g, x: g.astype(complex), "not floats"),
        ("gradient", lambda g, x: g * np.nan, "NaN"),
        ("gradient", lambda g, x: g + 1e-3 * next(DRIFT), "not deterministic"),
        ("gradient", lambda g, x: g[:, None], "shape"),
        ("cross", lambda B, x: -B, "solution_jacobian is wrong"),
        ("cross", lambda B, x: B[:2], "shape"),
    ],
)
def test_a_wrong_problem_is_named(call: str, change: Callable[..., Any], fault: str) -> None:
    testing.check_problem(GOOD, np.arange(4.0))
    with pytest.raises(AssertionError, match=f"check_problem.*{fault}"):
        testing.check_problem(Bent(GOOD, call, change), np.arange(4.0))


def test_what_cannot_be_checked_is_said() -> None:
    class Bare:
        gradient, hvp, cross = GOOD.gradient, GOOD.hvp, GOOD.cross

    found = testing.check_problem(Bare(), np.arange(4.0))
    assert "not checked: cross" in str(found) and len(found.open) == 1


def test_single_precision_is_judged_by_its_own_unit() -> None:
    class Single:
        solution, solution_jacobian = GOOD.solution, GOOD.solution_jacobian

        def gradient(self, x: Any) -> Any:
            return GOOD.gradient(x).astype(np.float32)

        def hvp(self, x: Any, v: Any) -> Any:
            return GOOD.hvp(x, v).astype(np.float32)

        def cross(self, x: Any) -> Any:
            return GOOD.cross(x).astype(np.float32)

    testing.check_problem(Single(), np.arange(4.0))


# -- bounds ---------------------------------------------------------------------------------------


def test_a_bound_that_is_too_small_is_refuted_by_a_problem() -> None:
    method, where = pr.Nesterov(F(1, 10), F(1, 2)), pr.Interval(1, 10)
    truth = pr.rate(method, where).initial
    testing.check_bound(truth, steps=12)
    testing.check_bound(lambda t: truth(t), where, method=method, steps=12)
    with pytest.raises(testing.BoundViolated, match="initial part of Nesterov") as caught:
        testing.check_bound(lambda t: 0.999 * truth(t), where, method=method, steps=12)
    bad = caught.value
    run = pr.differentiate(method, bad.problem, bad.x0, bad.t, dx0=bad.dx0)
    assert abs(run.jacobians[-1][0]) == pytest.approx(bad.observed, rel=1e-9)
    assert bad.observed > bad.bound


def test_the_isolated_point_is_attacked() -> None:
    """A bound that holds on the interval and fails on the point beside it."""
    method, where = pr.GradientDescent(F(1, 6)), pr.Union([(1, 2), 15])
    inner = pr.rate(method, pr.Interval(1, 2)).residual
    with pytest.raises(testing.BoundViolated, match="λ = 15"):
        testing.check_bound(lambda t: inner(t), where, method=method, part="residual", steps=4)


def test_the_single_maximum_of_the_sum_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """max(a|A| + g|B|) is no bound of the joint worst case: two eigenvalues exceed it."""
    truth = pr.rate(pr.Nesterov.tuned(1, 100), pr.Interval(1, 100))
    testing.check_bound(truth, steps=9)
    fair = type(truth).worst_case
    monkeypatch.setattr(
        type(truth), "worst_case", lambda self, t, **s: 0.99 * float(fair(self, t, **s))
    )
    with pytest.raises(testing.BoundViolated, match="above worst_case"):
        testing.check_bound(truth, steps=9)


def test_a_callable_needs_its_subject() -> None:
    with pytest.raises(TypeError, match="the spectrum and the method"):
        testing.check_bound(lambda t: 1.0)


def test_a_wrong_jacobian_is_refuted() -> None:
    testing.check_jacobian(GOOD, GOOD.solution, GOOD.solution_jacobian)
    with pytest.raises(AssertionError, match="J is not"):
        testing.check_jacobian(GOOD, GOOD.solution, 1.001 * GOOD.solution_jacobian)
    with pytest.raises(AssertionError, match="x is not the solution"):
        testing.check_jacobian(GOOD, GOOD.solution + 0.1, GOOD.solution_jacobian)
    with pytest.raises(AssertionError, match="shape"):
        testing.check_jacobian(GOOD, GOOD.solution, GOOD.solution_jacobian[:2])


# -- the strategies find planted bugs -------------------------------------------------------------

T = 3


def parts(method: pr.Method) -> Any:
    return pr.error_polynomials(method, T)


BUGS: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "momentum forgotten in the query": (
        testing.methods(kinds=["nesterov"], exact=True),
        lambda m: parts(m).residual != parts(pr.HeavyBall(m.step, m.momentum, m.step)).residual,
    ),
    "the first step of heavy ball": (
        testing.methods(kinds=["heavy-ball"], exact=True),
        lambda m: parts(m).residual != parts(pr.HeavyBall(m.step, m.momentum)).residual,
    ),
    "drift without its sign": (
        testing.methods(exact=True),
        lambda m: m.horizon in (None, T) and parts(m).drift != -parts(m).drift,
    ),
    "gaps are ignored": (
        testing.unions(exact=True),
        lambda u: len(u.support) > 1,
    ),
    "points are dropped": (
        testing.unions(exact=True),
        lambda u: any(a == b for a, b in u.support),
    ),
    "the commuting formula used where it fails": (
        testing.quadratics(commuting=False),
        lambda q: not q.commutes,
    ),
    "equal eigenvalues": (
        testing.quadratics(),
        lambda q: (
            (q.dimension > 1 and bool(np.any(np.diff(q.spectrum.atoms()[0]) == 0)))
            or len(q.spectrum.atoms()[0]) < q.dimension
        ),
    ),
    "one size zero": (
        testing.sizes(),
        lambda s: 0 in s.values(),
    ),
    "a state of three points": (
        testing.own_methods(),
        lambda m: len(m.gain) == 3,
    ),
    "several penalties": (
        testing.ridge_problems(several=True),
        lambda r: r.parameters is not None and r.parameters > 1,
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_the_strategies_reach_what_bugs_need(name: str) -> None:
    """Each planted bug is met within 200 examples, whatever the seed of the day."""
    strategy, shows = BUGS[name]
    try:
        met = find(
            strategy,
            shows,
            settings=settings(
                max_examples=200,
                phases=[Phase.generate],
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except NoSuchExample:
        pytest.fail(f"{name}: not met within 200 examples")
    assert shows(met)


def test_unknown_kinds_are_answered() -> None:
    with pytest.raises(ValueError, match="kinds"):
        testing.methods(kinds=["newton"], exact=True)


def test_drawn_values_are_shown_and_pickled() -> None:
    once = settings(max_examples=100, phases=[Phase.generate])  # not the smallest there is
    method = find(testing.own_methods(exact=True), lambda m: len(m.gain) == 2, settings=once)
    assert pickle.loads(pickle.dumps(method)) == method
    assert "OwnMethod" in repr(method)


def test_checks_need_no_hypothesis() -> None:
    program = (
        "import sys; from polyrates import testing\n"
        "testing.check_bound\nassert 'hypothesis' not in sys.modules\n"
        "testing.spectra\nassert 'hypothesis' in sys.modules\n"
    )
    done = finished([sys.executable, "-c", program])
    assert done.returncode == 0, done.stderr


def test_an_irrational_contraction_stays_exact() -> None:
    """ξ of [1, 10] is algebraic: the harmonic method's polynomial holds no float."""
    for form in ("residual/drift", "initial/cross"):
        exact = pr.residual_polynomial(pr.HarmonicSobolev(1, 10, F(5, 2), form), 5)
        floats = pr.HarmonicSobolev(1.0, 10.0, 2.5, form)
        assert exact.eval(0) == 1 and not exact.as_expr().atoms(sp.Float)
        for point in (1, 4, 10):
            value = pr.residual_values(floats, 5, [float(point)])[0][0]
            assert abs(float(exact.eval(point)) - value) < 1e-13
