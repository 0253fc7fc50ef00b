"""Running and differentiating: against predictions, JAX, finite differences and the textbook."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import float_methods

import polyrates as pr
from polyrates.measurement.verify import predicted_errors

ESTIMATORS = {
    "unrolled": pr.Unrolled(),
    "truncated, start": pr.Truncated(40),
    "truncated, last": pr.Truncated(last=15),
    "one step": pr.OneStep(),
    "implicit, exact": pr.Implicit(),
    "implicit, inner": pr.Implicit(pr.Chebyshev(1e-3, 1.0), 30),
}


def homogeneous(problem: pr.Quadratic) -> pr.Quadratic:
    """b = 0, db = 0: the solution and its Jacobian are zero, and no cancellation hides digits."""
    return pr.Quadratic(problem.H, 0 * problem.b, problem.dH, 0 * problem.db)


@pytest.mark.parametrize("name", float_methods(1e-3, 1.0))
@pytest.mark.parametrize("commuting", [True, False])
def test_observed_equals_predicted(name: str, commuting: bool) -> None:
    """1e-10 of the initial error at t = 200, κ = 1e-3, with and without commutation."""
    method = float_methods(1e-3, 1.0)[name]
    for seed, steps in enumerate((200, 60, 20)):
        dim = 15 if commuting else 8  # two variables cost its square
        problem = pr.Quadratic.random(pr.Interval(1e-3, 1.0), dim, seed, commuting=commuting)
        check = pr.verify(method, problem, steps)
        # the product form is limited by its partial products, which Leja order keeps below 1e3
        # and the fractal order of the arcsine steps below 2e5
        products = {"Richardson, Leja": 1e-7, "gradient descent, arcsine steps": 1e-6}
        assert check.gap <= (products | {"harmonic Sobolev": 1e-9}).get(name, 1e-10)
        assert check.within_bound and check.formula
        assert check.formula == ("commuting" if commuting else "two-variable")


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", ["heavy ball", "Nesterov", "Chebyshev", "Richardson, Leja"])
def test_every_estimator_is_predicted(name: str, estimator: str) -> None:
    method = float_methods(1e-3, 1.0)[name]
    for commuting in (True, False):
        problem = pr.Quadratic.random(pr.Interval(1e-3, 1.0), 8, 5, commuting=commuting)
        check = pr.verify(method, problem, 60, ESTIMATORS[estimator])
        assert check.gap <= (1e-7 if name == "Richardson, Leja" else 1e-10)


@pytest.mark.parametrize("name", float_methods(1e-3, 1.0))
def test_homogeneous_problems_are_predicted_relative_to_the_value(name: str) -> None:
    """b = 0, db = 0: the error itself is reproduced to nearly all digits at t = 200.

    Floats allow about t²·1e-16 near λ = L (the polynomial's own condition number there), so 1e-10
    of the value at each step is asked of the named methods; the product form loses more where its
    partial products grow (Leja order at κ = 1e-3: by a factor of 220), and is asked 1e-7. The
    harmonic method sums points that partly cancel, and is asked 1e-9.
    """
    tolerance = {"Richardson, Leja": 1e-7, "harmonic Sobolev": 1e-9}.get(name, 1e-10)
    method = float_methods(1e-3, 1.0)[name]
    problem = homogeneous(pr.Quadratic.random(pr.Interval(1e-3, 1.0), 12, 3))
    rng = np.random.default_rng(0)
    x0, dx0 = rng.standard_normal((2, 12))
    observed = pr.differentiate(method, problem, x0, 200, dx0=dx0).jacobians
    predicted = predicted_errors(method, problem, x0, dx0, 200, pr.Unrolled(), "commuting")
    gap = np.linalg.norm(observed - predicted, axis=1) / np.linalg.norm(predicted, axis=1)
    assert np.max(gap) < tolerance


def test_the_commuting_formula_fails_without_commutation() -> None:
    """Falsification: R(H)E + C(H)D is off by more than 1 % on a non-commuting family."""
    for seed in range(5):
        problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), 8, seed, commuting=False)
        assert not problem.commutes
        x0, dx0 = np.random.default_rng(seed).standard_normal((2, 8))
        method = pr.Chebyshev(0.05, 1.0)
        observed = pr.differentiate(method, problem, x0, 12, dx0=dx0).jacobians
        observed = observed - problem.solution_jacobian
        wrong = predicted_errors(method, problem, x0, dx0, 12, pr.Unrolled(), "commuting")
        right = predicted_errors(method, problem, x0, dx0, 12, pr.Unrolled(), "two-variable")
        size = np.linalg.norm(observed[12])
        assert np.linalg.norm(observed[12] - wrong[12]) > 0.01 * size
        assert np.linalg.norm(observed[12] - right[12]) < 1e-10 * np.linalg.norm(observed[0])
        with pytest.raises(pr.NotCommuting, match="two-variable"):
            pr.verify(method, problem, 12, formula="commuting")


def test_two_variable_multipliers_reduce_to_the_formula_where_it_holds() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), 7, 0)
    x0, dx0 = np.random.default_rng(1).standard_normal((2, 7))
    for estimator in ESTIMATORS.values():
        args = (pr.HeavyBall.tuned(0.05, 1.0), problem, x0, dx0, 30, estimator)
        one, two = predicted_errors(*args, "commuting"), predicted_errors(*args, "two-variable")
        np.testing.assert_allclose(one, two, atol=1e-12 * np.max(np.abs(one)))


@pytest.mark.parametrize("data", ["breast-cancer", "diabetes"])
@pytest.mark.parametrize("name", ["gradient descent, large", "heavy ball", "Nesterov", "Chebyshev"])
def test_real_data(data: str, name: str) -> None:
    """Ridge on the two data sets, one penalty (commuting) and one a feature (not)."""
    sklearn = pytest.importorskip("sklearn.datasets")
    load = sklearn.load_breast_cancer if data == "breast-cancer" else sklearn.load_diabetes
    raw, target = load(return_X_y=True)
    X = (raw - raw.mean(0)) / raw.std(0)
    y = (target - target.mean()) / target.std()
    shared = pr.Ridge(X, y, 1e-2)
    assert shared.commutes
    values = shared.eigensystem[0]
    ell, L = float(values[0]), float(values[-1])
    method = float_methods(ell, L)[name]
    check = pr.verify(method, shared, 200)
    assert check.gap <= 1e-10 and check.ok
    split = pr.Ridge(X, y, np.linspace(0.01, 0.1, X.shape[1]))
    assert not split.commutes
    values = split.eigensystem[0]
    method = float_methods(float(values[0]), float(values[-1]))[name]
    check = pr.verify(method, split, 100)
    assert check.formula == "two-variable" and check.gap <= 1e-10 and check.ok
    assert check.observed.shape == (101, X.shape[1], X.shape[1])


def test_solutions_against_finite_differences() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    theta, step = np.log(0.3), 1e-5
    up, down = (pr.Ridge(X, y, np.exp(theta + s)).solution for s in (step, -step))
    jacobian = pr.Ridge(X, y, 0.3).solution_jacobian
    np.testing.assert_allclose(jacobian, (up - down) / (2 * step), atol=1e-9)
    penalties = np.linspace(0.1, 1, 5)
    jacobian = pr.Ridge(X, y, penalties).solution_jacobian
    for k in range(5):
        shift = np.exp(step * np.eye(5)[k])
        up = pr.Ridge(X, y, penalties * shift).solution
        down = pr.Ridge(X, y, penalties / shift).solution
        np.testing.assert_allclose(jacobian[:, k], (up - down) / (2 * step), atol=1e-9)


def test_differentiate_against_jax_forward_mode() -> None:
    """JAX's jvp through ``run``, to 1e-12."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    problem = pr.Quadratic.random(pr.Interval(0.01, 1.0), 9, 2, commuting=False)
    x0, dx0 = np.random.default_rng(3).standard_normal((2, 9))
    for name, method in float_methods(0.01, 1.0, 40).items():

        def final(theta, x0=x0, dx0=dx0, method=method):  # type: ignore[no-untyped-def]
            H = jnp.asarray(problem.H) + theta * jnp.asarray(problem.dH)
            b = jnp.asarray(problem.b) + theta * jnp.asarray(problem.db)
            start = jnp.asarray(x0) + theta * jnp.asarray(dx0)
            gradient = lambda x: H @ x + b  # noqa: E731, B023
            return pr.run(method, gradient, start, 40)

        x, dx = jax.jvp(final, (0.0,), (1.0,))
        ours = pr.differentiate(method, problem, x0, 40, dx0=dx0)
        size = np.max(np.abs(ours.jacobians))
        np.testing.assert_allclose(ours.iterates[-1], x, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(ours.jacobians[-1], dx, atol=1e-12 * size, err_msg=name)


def test_truncation_is_jax_stop_gradient() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    problem = pr.Quadratic.random(pr.Interval(0.1, 1.0), 6, 2, commuting=False)
    x0 = np.random.default_rng(3).standard_normal(6)
    h, m, start, steps = 0.9, 0.3, 5, 12

    def final(theta):  # type: ignore[no-untyped-def]
        H = jnp.asarray(problem.H) + theta * jnp.asarray(problem.dH)
        b = jnp.asarray(problem.b) + theta * jnp.asarray(problem.db)
        x = before = jnp.asarray(x0)
        for k in range(steps):
            if k == start:
                x, before = jax.lax.stop_gradient(x), jax.lax.stop_gradient(before)
            y = x + m * (x - before)
            before, x = x, y - h * (H @ y + b)
        return x

    dx = jax.jvp(final, (0.0,), (1.0,))[1]
    ours = pr.differentiate(pr.Nesterov(h, m), problem, x0, steps, pr.Truncated(start))
    np.testing.assert_allclose(ours.jacobians[-1], dx, atol=1e-13)
    last = pr.differentiate(pr.Nesterov(h, m), problem, x0, steps, pr.Truncated(last=steps - start))
    np.testing.assert_allclose(last.jacobians[-1], dx, atol=1e-13)


def test_run_on_torch() -> None:
    torch = pytest.importorskip("torch")
    H = torch.diag(torch.tensor([1.0, 3.0, 10.0], dtype=torch.float64))
    x0 = torch.ones(3, dtype=torch.float64)
    ours = pr.run(pr.Chebyshev(1, 10), lambda x: H @ x, x0, 8, history=True)
    theirs = pr.run(pr.Chebyshev(1, 10), lambda x: H.numpy() @ x, np.ones(3), 8, history=True)
    assert ours.shape == (9, 3)
    # torch rounds c p + s once, numpy twice: each of 8 steps differs by units of its terms, whose
    # sizes fall from 1; an entry in which they cancel has no digits of its own to compare
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=0, atol=8 * 2.0**-53)


def test_shapes_and_products() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 10), 4, 0)
    x0 = np.ones(4)
    run = pr.differentiate(pr.Chebyshev(1, 10), problem, x0, 9)
    assert run.iterates.shape == run.jacobians.shape == (10, 4)
    assert run.products == (9, 9) and run.products.total == 18
    assert pr.differentiate(pr.Chebyshev(1, 10), problem, x0, 9, pr.Truncated(4)).products == (9, 5)
    inner = pr.Implicit(pr.Chebyshev(1, 10), 7)
    assert pr.differentiate(pr.Chebyshev(1, 10), problem, x0, 9, inner).products == (9, 7)
    many = pr.Ridge(np.eye(4) * 2, np.ones(4), np.ones(4))
    assert pr.differentiate(pr.Chebyshev(1, 10), many, x0, 9).jacobians.shape == (10, 4, 4)
    single = pr.run(pr.Chebyshev(1, 10), problem.gradient, x0, 9)
    stacked = pr.run(pr.Chebyshev(1, 10), problem.gradient, x0, 9, history=True)
    np.testing.assert_array_equal(stacked[-1], single)
    # each of 9 steps rounds sums of d + 3 products of size at most ‖x‖, in either run in its own
    # order (processors differ in how they fuse and group them)
    unit = np.finfo(float).eps * np.abs(stacked).max()
    np.testing.assert_allclose(stacked, run.iterates, rtol=0, atol=2 * 9 * (4 + 3) * unit)
    assert pr.run(pr.Chebyshev(1, 10), problem.gradient, x0, 0) is x0


def test_a_problem_of_the_user_s_own() -> None:
    """Three methods are enough; an exact implicit solve works without a known Hessian."""

    class Softplus:
        def gradient(self, x):  # type: ignore[no-untyped-def]
            return np.tanh(x) + 0.3 * x - 0.2

        def hvp(self, x, v):  # type: ignore[no-untyped-def]
            return v / np.cosh(x) ** 2 + 0.3 * v

        def cross(self, x):  # type: ignore[no-untyped-def]
            return 0.3 * x

    run = pr.differentiate(pr.GradientDescent(0.9), Softplus(), np.full(3, 2.0), 300)
    implicit = pr.differentiate(
        pr.GradientDescent(0.9), Softplus(), np.full(3, 2.0), 300, pr.Implicit()
    )
    np.testing.assert_allclose(run.jacobians[-1], implicit.jacobians[-1], rtol=1e-12)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    log_kappa=st.floats(-4, -0.01),
    log_scale=st.floats(-8, 8),
    t=st.integers(0, 40),
    data=st.data(),
)
def test_no_run_exceeds_its_bound(
    seed: int, log_kappa: float, log_scale: float, t: int, data: st.DataObject
) -> None:
    """Random problems in any units: observed ≤ certified bound, prediction to rounding."""
    L = 10.0**log_scale
    ell = L * 10.0**log_kappa
    name = data.draw(st.sampled_from(sorted(float_methods(ell, L, 40))))
    commuting = data.draw(st.booleans())
    problem = pr.Quadratic.random(pr.Interval(ell, L), 5, seed, commuting=commuting)
    check = pr.verify(float_methods(ell, L, 40)[name], problem, t)
    assert check.within_bound and check.ok


@pytest.mark.parametrize("steps", [40, 250])  # from about 160 on the squares overflow
def test_a_run_that_diverges_as_predicted_is_ok_and_said_to_diverge(steps: int) -> None:
    for commuting in (True, False):
        problem = pr.Quadratic.random(pr.Interval(1, 10), 4, 0, commuting=commuting)
        check = pr.verify(pr.GradientDescent(1), problem, steps)
        assert check.ok and check.growing and 1e30 < check.growth < np.inf
        assert check.gap > 1e10 and check.gap <= check.tolerance == 1e-10 * check.growth
        assert "tolerance=" in repr(check)
        assert repr(check).endswith(
            "; the error still grows at the end: the run diverges, or ends before its peak)"
        )
        calm = pr.verify(pr.Chebyshev(1, 10), problem, steps)
        assert calm.ok and not calm.growing and calm.tolerance == 1e-10 * max(1, calm.growth)
        assert "diverges" not in repr(calm)
    start = pr.verify(pr.GradientDescent(1), problem, 0)
    assert start.ok and not start.growing


def test_everything_pickles() -> None:
    problem = pr.Ridge(np.eye(3), np.ones(3), 0.5)
    for value in [
        problem,
        pr.Quadratic.random(pr.Interval(1, 2), 3, 0),
        pr.verify(pr.Chebyshev(0.5, 1.0), problem, 3),
        pr.differentiate(pr.Chebyshev(0.5, 1.0), problem, np.ones(3), 3),
        pr.error_polynomials(pr.HeavyBall.tuned(1, 10), 3),
        pr.rate(pr.Chebyshev(1, 10), (1, 10)),
        *float_methods(0.1, 1.0, 8).values(),
        *ESTIMATORS.values(),
    ]:
        again = pickle.loads(pickle.dumps(value))
        assert type(again) is type(value)
    with pytest.raises(pr.InvalidValue) as caught:
        pr.Interval(3, 1)
    error = caught.value
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.argument == "ell"
