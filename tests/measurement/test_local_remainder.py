"""Prediction ± certified remainder on real losses, and the bound of every method."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polyrates as pr
from polyrates.measurement.local_model import start_at


def logistic(seed, penalty):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 4)) * rng.uniform(0.3, 1.5, 4)
    y = (X @ rng.standard_normal(4) + rng.standard_normal(50) > 0).astype(float)
    return pr.Logistic(X, y, penalty)


def methods(problem):
    spectrum = np.linalg.eigvalsh(problem.hessian(problem.solution))
    ends = float(spectrum[0]), float(spectrum[-1])
    return [
        pr.GradientDescent.large(*ends),
        pr.HeavyBall.tuned(*ends),
        pr.Nesterov.tuned(*ends),
        pr.Chebyshev(*ends),
        pr.HarmonicSobolev(*ends, ends[0] * ends[1]),
    ]


@pytest.mark.parametrize("distance", [1e-4, 1e-2, 0.1, 0.4])
@pytest.mark.parametrize("penalty", [0.2, np.array([0.1, 0.3, 0.2, 0.5])], ids=["one", "many"])
def test_the_run_is_within_the_remainder_and_the_bound(penalty, distance):
    problem = logistic(1, penalty)
    x0 = start_at(problem, distance, seed=5)
    rng = np.random.default_rng(2)
    dx0 = rng.standard_normal(problem.solution_jacobian.shape)
    for method in methods(problem):
        found = pr.local_errors(method, problem, x0, 16, dx0=dx0)
        apart = np.linalg.norm((found.observed - found.predicted).reshape(17, -1), axis=1)
        size = np.linalg.norm(found.observed.reshape(17, -1), axis=1)
        floor = 1e-13 * size[0]
        assert np.all(apart <= found.remainder + floor), method.name
        assert np.all(size <= found.bound * (1 + 1e-9) + floor), method.name
        assert distance > 0.01 or np.all(np.isfinite(found.remainder))
        if distance == 1e-4 and not isinstance(method, pr.HarmonicSobolev):
            assert found.remainder[8] < 0.1 * size[8]  # and it says something


@pytest.mark.parametrize("loss", ["logistic", "log-cosh", "pseudo-Huber"])
def test_the_constants_are_valid_and_sharper(loss):
    problem = logistic(3, 0.1)
    third = 1 / (6 * math.sqrt(3))
    rng = np.random.default_rng(0)
    if loss != "logistic":
        make = pr.LogCosh if loss == "log-cosh" else pr.PseudoHuber
        problem = make(problem.X, rng.standard_normal(len(problem.X)), 0.1)
        third = 4 / (3 * math.sqrt(3)) if loss == "log-cosh" else 1.5 * 0.8**2.5
    M = problem.constants.hessian_lipschitz
    longest = np.max(np.linalg.norm(problem.X, axis=1))
    plain = longest * np.linalg.norm(problem.X, 2) ** 2 / len(problem.X) * third
    assert plain > M
    J = problem.solution_jacobian
    x = problem.solution

    def slope(w, v):
        """DG(w)v by the third derivatives, without what does not depend on w."""
        third = problem._slopes(problem.X @ w)[3]
        return (problem.X.T * (third * (problem.X @ J))) @ (problem.X @ v) / len(problem.X)

    worst = 0.0
    for _ in range(200):
        e = rng.standard_normal(4) * rng.choice([1e-3, 0.1, 1.0, 5.0])
        apart = problem.hessian(x + e) - problem.hessian(x)
        ratio = np.linalg.norm(apart, 2) / np.linalg.norm(e)
        assert ratio <= M
        worst = max(worst, ratio / M)
        v = rng.standard_normal(4)
        twist = np.linalg.norm(slope(x + e, v) - slope(x, v))
        assert twist <= problem.twist_lipschitz * np.linalg.norm(e) * np.linalg.norm(v)
    assert worst > 0.1


@pytest.mark.parametrize("make", [pr.LogCosh, pr.PseudoHuber])
def test_other_losses_are_certified_too(make):
    rng = np.random.default_rng(4)
    problem = make(rng.standard_normal((30, 4)), rng.standard_normal(30), 0.3)
    x0 = start_at(problem, 1e-3)
    for method in methods(problem)[:4]:
        found = pr.local_errors(method, problem, x0, 12)
        apart = np.linalg.norm(found.observed - found.predicted, axis=1)
        assert np.all(apart <= found.remainder + 1e-13) and np.all(np.isfinite(found.remainder))


def test_a_users_constants_are_used_and_verify_holds_the_run_to_them():
    """from_loss with the constants of the same loss: the same bound and remainder as the loss's."""
    jax = pytest.importorskip("jax")
    known = logistic(2, 0.3)
    X, y = known.X, known.y
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        import jax.numpy as jnp

        def loss(w, theta):
            z = X @ w
            fit = jnp.mean(jnp.logaddexp(0.0, z) - y * z)
            return fit + jnp.exp(theta) * jnp.sum(w * w) / 2

        given = {"constants": known.constants, "twist_lipschitz": known.twist_lipschitz}
        theta, start = np.log(0.3), np.zeros(X.shape[1])
        problem = pr.from_loss(loss, theta, start, **given)
        x0, method = start_at(known, 1e-3), methods(known)[3]
        ours = pr.local_errors(method, problem, x0, 10)
        theirs = pr.local_errors(method, known, x0, 10)
        assert np.all(np.isfinite(ours.bound)) and np.all(np.isfinite(ours.remainder))
        np.testing.assert_allclose(ours.bound, theirs.bound, rtol=1e-6)
        np.testing.assert_allclose(ours.remainder, theirs.remainder, rtol=1e-3)
        assert np.all(
            np.isinf(pr.local_errors(method, pr.from_loss(loss, theta, start), x0, 3).bound)
        )
        checked = pr.verify(method, problem, 10, x0=x0)
        assert checked.ok and np.all(np.isfinite(checked.bound)) and checked.within_remainder
        wrong = pr.Constants(known.constants.ell, known.constants.L, 1e-9, 1e-9)
        false = pr.from_loss(loss, theta, start, constants=wrong, twist_lipschitz=1e-9)
        assert not pr.verify(method, false, 10, x0=x0).ok
        with pytest.raises(pr.InvalidValue, match="twist_lipschitz"):
            pr.from_loss(loss, theta, start, twist_lipschitz=-1.0)


def test_where_nothing_is_known_it_is_infinite():
    problem = logistic(1, 0.2)
    method = methods(problem)[3]
    far = pr.local_errors(method, problem, start_at(problem, 30.0), 5)
    assert np.all(np.isinf(far.remainder)) and np.all(np.isinf(far.bound))
    other = pr.local_errors(method, problem, start_at(problem, 0.01), 5, pr.Truncated(2))
    assert np.all(np.isinf(other.remainder)) and np.all(np.isfinite(other.bound))
    quadratic = pr.Quadratic.random(pr.Interval(1, 10), 4, 0)
    assert np.all(pr.local_errors(method, quadratic, np.ones(4), 5).remainder == 0)
