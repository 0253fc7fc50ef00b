"""Losses that are not quadratic: derivatives, solutions, ∂x* and the Hessian's path derivative."""

from __future__ import annotations

import importlib.util
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import require

import polyrates as pr
from polyrates.ground.errors import NegativeCurvature
from polyrates.problems.losses import Logistic, NonlinearLeastSquares


def data(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 5))
    return X, (X @ np.arange(1.0, 6.0) + rng.standard_normal(60) > 0).astype(float)


def losses(penalty: Any = 0.05) -> dict[str, Any]:
    X, labels = data()
    y = np.arcsinh(0.3 * X @ np.ones(5)) + 0.1 * np.random.default_rng(1).standard_normal(60)
    return {"logistic": Logistic(X, labels, penalty), "bent": NonlinearLeastSquares(X, y, penalty)}


PENALTIES = {"one": 0.05, "each": np.linspace(0.02, 0.1, 5)}


@pytest.mark.parametrize("name", losses())
@pytest.mark.parametrize("penalty", PENALTIES)
def test_derivatives_against_differences(name: str, penalty: str) -> None:
    f = losses(PENALTIES[penalty])[name]
    rng = np.random.default_rng(2)
    w, v, s = rng.standard_normal(5), rng.standard_normal(5), 1e-5
    slope = (f.value(w + s * v) - f.value(w - s * v)) / (2 * s)
    np.testing.assert_allclose(f.gradient(w) @ v, slope, rtol=1e-8)
    curvature = (f.gradient(w + s * v) - f.gradient(w - s * v)) / (2 * s)
    np.testing.assert_allclose(f.hvp(w, v), curvature, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(f.hessian(w) @ v, f.hvp(w, v), rtol=1e-12)
    V = rng.standard_normal((5, 5))
    np.testing.assert_allclose(f.hvp(w, V), f.hessian(w) @ V, rtol=1e-11, atol=1e-13)
    moved = lambda k, e: losses(PENALTIES[penalty] * np.exp(e * np.eye(5)[k]))[name]  # noqa: E731
    if penalty == "each":
        cross = np.stack([(moved(k, s).gradient(w) - moved(k, -s).gradient(w)) / (2 * s)
                          for k in range(5)], axis=1)  # fmt: skip
        np.testing.assert_allclose(f.cross(w), cross, atol=1e-9)


@pytest.mark.parametrize("name", losses())
@pytest.mark.parametrize("penalty", PENALTIES)
def test_solutions_and_their_path(name: str, penalty: str) -> None:
    """x* to 1e-12; ∂x* and d/dθ[∇²f(x*(θ), θ)] against differences of solutions."""
    f = losses(PENALTIES[penalty])[name]
    assert np.linalg.norm(f.gradient(f.solution)) < 1e-13
    assert f.solution_jacobian.shape == f.cross(f.solution).shape
    s = 1e-5
    for k in range(5 if penalty == "each" else 1):
        shift = np.exp(s * np.eye(5)[k]) if penalty == "each" else np.exp(s)
        up = losses(PENALTIES[penalty] * shift)[name]
        down = losses(PENALTIES[penalty] / shift)[name]
        J = f.solution_jacobian[:, k] if penalty == "each" else f.solution_jacobian
        dH = f.hessian_derivative()[k] if penalty == "each" else f.hessian_derivative()
        np.testing.assert_allclose(J, (up.solution - down.solution) / (2 * s), atol=1e-9)
        difference = (up.hessian(up.solution) - down.hessian(down.solution)) / (2 * s)
        np.testing.assert_allclose(dH, difference, atol=1e-8)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.floats(0.01, 20))
def test_the_constants_of_logistic_regression_hold(seed: int, size: float) -> None:
    """Strong convexity, smoothness and the Lipschitz constants at random points."""
    f = losses(0.05)["logistic"]
    rng = np.random.default_rng(seed)
    x, y = size * rng.standard_normal((2, 5))
    ell, L, M, N = f.constants
    values = np.linalg.eigvalsh(f.hessian(x))
    assert ell * (1 - 1e-12) <= values[0] and values[-1] <= L
    distance = np.linalg.norm(x - y)
    assert np.linalg.norm(f.hessian(x) - f.hessian(y), 2) <= M * distance * (1 + 1e-9)
    assert np.linalg.norm(f.cross(x) - f.cross(y)) <= N * distance * (1 + 1e-9)


@pytest.mark.parametrize("which", ["breast-cancer", "digits"])
def test_real_data(which: str) -> None:
    require("sklearn", importlib.util.find_spec("sklearn") is not None)
    from sklearn import datasets

    raw = datasets.load_breast_cancer() if which == "breast-cancer" else datasets.load_digits()
    X, y = np.asarray(raw.data, dtype=float), np.asarray(raw.target)
    if which == "digits":
        keep = (y == 3) | (y == 8)
        X, y = X[keep], y[keep] == 8
    spread = X.std(0)
    X = (X - X.mean(0)) / np.where(spread > 0, spread, 1.0)
    for penalty in (1e-4, 1e-2, 1.0):
        f = Logistic(X, y.astype(float), penalty)
        assert np.linalg.norm(f.gradient(f.solution)) < 1e-12
    assert np.mean((X @ f.solution > 0) == y) > 0.9


def test_derivatives_against_jax() -> None:
    """The whole unrolled run on a non-quadratic loss, to 1e-12."""
    require("jax", importlib.util.find_spec("jax") is not None)
    import jax

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    f = losses(0.05)["logistic"]
    X, y = jnp.asarray(f.X), jnp.asarray(f.y)

    def value(w: Any, theta: Any) -> Any:
        return jnp.mean(jnp.logaddexp(0.0, X @ w) - y * (X @ w)) + 0.5 * jnp.exp(theta) * w @ w

    method = pr.Nesterov.tuned(*f.constants[:2])

    def final(theta: Any) -> Any:
        return pr.run(method, lambda w: jax.grad(value)(w, theta), jnp.ones(5), 25)

    x, dx = jax.jvp(final, (float(np.log(0.05)),), (1.0,))
    ours = pr.differentiate(method, f, np.ones(5), 25)
    np.testing.assert_allclose(ours.iterates[-1], x, atol=1e-12)
    np.testing.assert_allclose(ours.jacobians[-1], dx, atol=1e-12)


def test_a_solution_that_is_no_minimum_is_refused() -> None:
    """One sample with opposite targets: zero is a maximum along x when the penalty is small."""
    X = np.array([[3.0], [3.0]])
    f = NonlinearLeastSquares(X, [4.0, -4.0], 1e-9)
    try:
        x = f.solution
    except (NegativeCurvature, pr.InvalidValue):
        return
    assert np.linalg.eigvalsh(f.hessian(x))[0] > 0


def test_bad_input() -> None:
    X, y = data()
    for bad, argument in (((X, y[:-1], 1), "y"), ((X, y, 0), "penalty"), ((X, y, [1.0]), "penalty"),
                          ((X[0], y, 1), "X"), ((X * np.nan, y, 1), "X"), ((X, y + 1, 1), "y"),
                          ((X, y, -1), "penalty"), ((np.ones((0, 2)), [], 1), "X")):  # fmt: skip
        with pytest.raises(pr.PolyratesError, match=argument):
            Logistic(*bad)
    with pytest.raises(pr.InvalidType, match="penalty"):
        Logistic(X, y, True)


def test_pickle() -> None:
    f = losses()["logistic"]
    again = pickle.loads(pickle.dumps(f))
    np.testing.assert_array_equal(again.solution, f.solution)
    assert again != f and hash(f) == hash(f)  # by identity, as ever


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_repr_is_sizes_not_arrays(penalty: str) -> None:
    for name, f in losses(PENALTIES[penalty]).items():
        kind = {"logistic": "Logistic", "bent": "NonlinearLeastSquares"}[name]
        shown = "0.05" if penalty == "one" else "one a feature"
        assert repr(f) == f"{kind}(n=60, d=5, penalty={shown})"
