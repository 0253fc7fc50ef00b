"""A certificate is never below the truth, and near it where its products reach."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates import testing
from polyrates.execution.inverse_norm import probe
from polyrates.execution.krylov import Operator
from polyrates.problems.data import load
from polyrates.problems.losses import Constants


def precise(problem: pr.Quadratic) -> np.ndarray:
    """∂x* = −H⁻¹(∂H x* + ∂b), x* = −H⁻¹b, in 60 digits."""
    with mpmath.workdps(60):
        H = mpmath.matrix(problem.H.tolist())
        stack = problem.dH[None] if problem.dH.ndim == 2 else problem.dH
        rows = np.atleast_2d(problem.db)
        x = mpmath.lu_solve(H, -mpmath.matrix(problem.b.tolist()))
        columns = []
        for dH, db in zip(stack, rows, strict=True):
            right = mpmath.matrix(dH.tolist()) * x + mpmath.matrix(db.tolist())
            columns.append([float(v) for v in mpmath.lu_solve(H, -right)])
    J = np.array(columns).T
    return J[:, 0] if problem.dH.ndim == 2 else J


def quadratic(seed: int, d: int, p: int, log_kappa: float) -> pr.Quadratic:
    rng = np.random.default_rng(seed)
    values = 10.0 ** np.linspace(log_kappa, 0.0, d)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    H = (Q * values) @ Q.T
    dH = rng.standard_normal((p, d, d))
    dH = (dH + np.swapaxes(dH, 1, 2)) / 2
    db = rng.standard_normal((p, d))
    if p == 1:
        return pr.Quadratic((H + H.T) / 2, rng.standard_normal(d), dH[0], db[0])
    return pr.Quadratic((H + H.T) / 2, rng.standard_normal(d), dH, db)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    d=st.integers(1, 12),
    p=st.integers(1, 4),
    log_kappa=st.floats(-7, 0),
    log_x=st.floats(-12, 1),
    log_J=st.floats(-14, 6),
    products=st.integers(1, 14),
    known=st.booleans(),
)
def test_never_below_the_truth(
    seed: int, d: int, p: int, log_kappa: float, log_x: float, log_J: float, products: int,
    known: bool,
) -> None:  # fmt: skip
    problem = quadratic(seed, d, p, log_kappa)
    rng = np.random.default_rng(seed + 1)
    truth = precise(problem)
    x = problem.solution + 10.0**log_x * rng.standard_normal(d)
    J = truth + 10.0**log_J * rng.standard_normal(truth.shape)
    lowest = float(np.linalg.eigvalsh(problem.H)[0])
    ell = None if known else lowest * 0.5
    found = pr.certify(problem, x, J, ell=ell, products=products)
    error = float(np.linalg.norm(J - truth))
    assert found.status == "certified"
    assert found.lower <= error * (1 + 1e-12) and error <= found.bound * (1 + 1e-12)


@pytest.mark.parametrize("aim", ["exact", "smallest eigenvector", "zero", "huge"])
def test_adversarial_estimates(aim: str) -> None:
    problem = quadratic(3, 20, 2, -6)
    truth = precise(problem)
    smallest = np.linalg.eigh(problem.H)[1][:, :1]
    J = {
        "exact": truth,
        "smallest eigenvector": truth + 1e-3 * smallest,
        "zero": np.zeros_like(truth),
        "huge": 1e12 * truth,
    }[aim]
    for x in (problem.solution, problem.solution + 1.0, 1e6 * np.ones(20)):
        found = pr.certify(problem, x, J, ell=0.9e-6, products=8)
        error = float(np.linalg.norm(J - truth))
        assert found.lower <= error * (1 + 1e-12) <= found.bound * (1 + 2e-12)


def test_single_precision_products_widen_the_bound() -> None:
    base = quadratic(5, 15, 1, -3)

    class Single:
        def gradient(self, x: Any) -> Any:
            return base.gradient(x).astype(np.float32)

        def hvp(self, x: Any, v: Any) -> Any:
            return (base.H.astype(np.float32) @ np.asarray(v, np.float32)).astype(np.float32)

        def cross(self, x: Any) -> Any:
            return base.cross(x).astype(np.float32)

    truth = precise(base)
    constants = Constants(0.9e-3, 1.0, 0.0, float(np.linalg.norm(base.dH, 2)))
    for shift in (1e-4, 1e-2, 1.0):
        x, J = base.solution + shift, truth * (1 + shift)
        found = pr.certify(Single(), x, J, constants=constants)
        assert found.status == "certified"
        assert found.lower <= np.linalg.norm(J - truth) <= found.bound


def test_enough_products_close_the_bracket() -> None:
    problem = quadratic(7, 25, 1, -4)
    truth = precise(problem)
    J, x = 1.1 * truth, problem.solution + 1e-3
    gaps = [
        pr.certify(problem, x, J, ell=0.5e-4, products=k).bound / np.linalg.norm(J - truth)
        for k in (4, 12, 25)
    ]
    assert gaps[0] > gaps[1] > gaps[2] and gaps[2] < 1 + 1e-4


@pytest.mark.parametrize("start", ["far", "near"])
def test_breast_cancer_within_a_fifth_from_ten_steps_on(start: str) -> None:
    """8 + 8 products, knowing only that the penalty lies below the spectrum."""
    data = load("breast-cancer")
    problem = pr.Ridge(data.X, data.y, 0.2)
    values = problem.eigensystem[0]
    rng = np.random.default_rng(0)
    away = rng.standard_normal(len(problem.solution))
    away *= (10 if start == "far" else 1) * np.linalg.norm(problem.solution) / np.linalg.norm(away)
    method = pr.Chebyshev(float(values[0]), float(values[-1]))
    run = pr.differentiate(method, problem, problem.solution + away, 120)
    for t in (10, 20, 40, 80, 120):
        found = pr.certify(problem, run.iterates[t], run.jacobians[t], ell=0.2)
        error = float(np.linalg.norm(run.jacobians[t] - problem.solution_jacobian))
        assert error <= found.bound <= 1.2 * error
        assert found.products == 2 + 8 + 1 + 8  # probe, gradient's solve, residual and its solve


@settings(max_examples=30)
@given(testing.losses(), st.integers(0, 10**6), st.floats(-8, 0), st.floats(-8, 1))
def test_losses_that_are_not_quadratic(problem: Any, seed: int, log_x: float, log_J: float) -> None:
    if not isinstance(problem, pr.Logistic):  # the others know no constants
        return
    rng = np.random.default_rng(seed)
    x = problem.solution + 10.0**log_x * rng.standard_normal(problem.dimension)
    truth = problem.solution_jacobian
    J = truth + 10.0**log_J * rng.standard_normal(truth.shape)
    found = pr.certify(problem, x, J)
    error = float(np.linalg.norm(J - truth))
    assert found.status == "certified"
    assert found.lower <= error * (1 + 1e-9) + 1e-12 and error <= found.bound * (1 + 1e-9) + 1e-12
    if log_x < -3:
        assert np.isfinite(found.bound)


def test_what_was_measured_is_said() -> None:
    base = quadratic(1, 6, 1, -1)

    class Bare:
        gradient, hvp, cross = base.gradient, base.hvp, base.cross

    found = pr.certify(Bare(), base.solution + 0.1, np.zeros(6))
    assert found.status == "predicted" and set(found.missing) == {
        "ell", "hessian_lipschitz and mixed_lipschitz",
    }  # fmt: skip
    assert "measured" in str(found) and "predicted" in found._repr_html_()
    assert pr.certify(Bare(), base.solution, np.zeros(6), ell=0.05).status == "predicted"


def test_too_far_from_the_solution_is_infinite_and_says_so() -> None:
    rng = np.random.default_rng(0)
    problem = pr.Logistic(rng.standard_normal((30, 4)) * 5, (rng.random(30) > 0.5) * 1.0, 1e-3)
    found = pr.certify(problem, problem.solution + 100.0, np.zeros(4))
    assert found.bound == np.inf and "too far" in str(found) and found.lower == 0.0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"ell": 0.0}, ValueError, "ell"),
        ({"ell": -1.0}, ValueError, "ell"),
        ({"ell": 0.5}, ValueError, "eigenvalue of at most"),
        ({"J": np.zeros(3)}, ValueError, "does not fit"),
        ({"J": np.full(6, np.nan)}, ValueError, "NaN"),
        ({"J": np.zeros(6, complex)}, TypeError, "dtype"),
        ({"x": np.full(6, np.inf)}, ValueError, "NaN or infinity"),
        ({"products": 0}, ValueError, "products"),
    ],
)
def test_bad_input(change: dict[str, Any], error: type[Exception], words: str) -> None:
    problem = quadratic(2, 6, 1, -3)
    given: dict[str, Any] = {"x": problem.solution + 1, "J": np.zeros(6), "ell": 1e-4, **change}
    with pytest.raises(error, match=words):
        pr.certify(problem, given.pop("x"), given.pop("J"), **given)


def test_what_is_no_hessian_is_refused() -> None:
    base = quadratic(2, 6, 1, -1)

    class Turned:
        gradient, cross = base.gradient, base.cross

        def hvp(self, x: Any, v: Any) -> Any:
            return base.H @ v + 0.3 * np.roll(v, 1)

    class Concave:
        gradient, cross = base.gradient, base.cross

        def hvp(self, x: Any, v: Any) -> Any:
            return base.H @ v - 0.5 * v

    with pytest.raises(ValueError, match="symmetric"):
        pr.certify(Turned(), base.solution + 1, np.zeros(6))
    with pytest.raises(ValueError, match="positive definite"):
        pr.certify(Concave(), base.solution + 1, np.zeros(6))


def test_arrays_of_other_libraries() -> None:
    torch = pytest.importorskip("torch")
    jnp = pytest.importorskip("jax.numpy")
    problem = quadratic(4, 5, 2, -2)
    x, J = problem.solution + 0.1, 1.5 * precise(problem)
    plain = pr.certify(problem, x, J)
    assert pr.certify(problem, torch.tensor(x), torch.tensor(J)) == plain
    single = pr.certify(problem, jnp.asarray(x), jnp.asarray(J))
    assert single.bound == pytest.approx(plain.bound, rel=1e-4)


@pytest.mark.parametrize("power", [-148, -100, -30, 0, 30, 100, 148])
def test_units_do_not_matter(power: int) -> None:
    """H, b and ∂H in units of 10^power: x*, ∂x* and the error are those of power = 0."""
    scale = 10.0**power
    H, b = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, -1.0])
    problem = pr.Quadratic(H * scale, b * scale, np.eye(2) * scale, np.zeros(2))
    x = -np.linalg.solve(H, b)
    truth = -np.linalg.solve(H, x)
    J = truth - 0.9 * np.linalg.solve(H, 0.5 * x)
    found = pr.certify(problem, 1.5 * x, J)
    error = float(np.linalg.norm(J - truth))
    assert found.lower <= error <= found.bound <= 1.001 * error


@pytest.mark.parametrize("power", [-150, -158, -250])
def test_small_solutions_are_not_lost(power: int) -> None:
    """b and ∂b whose squares leave the floats."""
    small = 10.0**power
    problem = pr.Quadratic(np.eye(2), [small, 0.0], np.eye(2), np.zeros(2))
    J = 0.9 * problem.solution_jacobian
    found = pr.certify(problem, problem.solution, J)
    assert found.lower <= 0.1 * small * (1 + 1e-12) and found.bound >= 0.1 * small * (1 - 1e-12)


# -- rows and hypergradients ----------------------------------------------------------------------


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6), d=st.integers(1, 12), p=st.integers(1, 3),
    log_kappa=st.floats(-5, 0), log_x=st.floats(-10, 0), products=st.integers(1, 14),
)  # fmt: skip
def test_rows_and_hypergradients_are_never_below_the_truth(
    seed: int, d: int, p: int, log_kappa: float, log_x: float, products: int
) -> None:
    problem = quadratic(seed, d, p, log_kappa)
    rng = np.random.default_rng(seed + 1)
    truth = precise(problem)
    x = problem.solution + 10.0**log_x * rng.standard_normal(d)
    v, W, a = rng.standard_normal(d), rng.standard_normal((d, d)), rng.standard_normal(d)
    W, C = W + W.T, rng.standard_normal((d, p))
    ell = float(np.linalg.eigvalsh(problem.H)[0]) * 0.7
    size = 1e-12 * np.linalg.norm(truth) / 10.0**log_kappa
    row = v @ truth * 1.01
    found = pr.certify_vjp(problem, x, v, row, ell=ell, products=products)
    error = np.linalg.norm(row - v @ truth)
    assert found.lower <= error + size and error <= found.bound + size
    outer = (lambda x, theta: W @ (x - a), lambda x, theta: C.T @ x)
    goal = (W @ (problem.solution - a)) @ (truth.reshape(d, -1)) + C.T @ problem.solution
    lipschitz = (float(np.linalg.norm(W, 2)), float(np.linalg.norm(C, 2)))
    for J in (None, truth, 0.5 * truth):
        hyper = pr.hypergradient(
            problem, outer, x, J=J, ell=ell, outer_lipschitz=lipschitz, products=products
        )
        assert hyper.status == "certified"
        scale = size * (np.linalg.norm(W) + np.linalg.norm(C)) * (1 + np.linalg.norm(x))
        assert np.linalg.norm(np.atleast_1d(hyper.value) - goal) <= hyper.bound + scale


def test_the_adjoint_error_is_of_second_order() -> None:
    """The error of the dual value is a product of two residuals: squared when both halve."""
    problem = quadratic(11, 60, 1, -2)
    truth, v = precise(problem), np.random.default_rng(0).standard_normal(60)
    outer = (lambda x, theta: v, lambda x, theta: 0.0)
    errors, jacobian = [], []
    for k in (6, 12, 24):
        found = pr.hypergradient(
            problem, outer, problem.solution, ell=0.9e-2, outer_lipschitz=0, products=k
        )
        errors.append(abs(found.value - v @ truth))
        jacobian.append(found.bound)
        assert errors[-1] <= found.bound
    assert jacobian[1] / jacobian[0] < 0.3 and jacobian[2] / jacobian[1] < 0.1


def test_an_outer_loss_of_jax_and_of_torch() -> None:
    jax = pytest.importorskip("jax")
    jnp = pytest.importorskip("jax.numpy")
    torch = pytest.importorskip("torch")
    base = quadratic(8, 5, 1, -1)
    truth = precise(base)
    for theta, g in (
        (jnp.asarray(0.3), lambda x, t: 0.5 * jnp.sum(x**2) + t * jnp.sum(x)),
        (torch.tensor(0.3, dtype=torch.float64), lambda x, t: 0.5 * (x**2).sum() + t * x.sum()),
    ):

        class Known:
            gradient, hvp, cross = base.gradient, base.hvp, base.cross

        problem: Any = Known()
        problem.theta = theta
        constants = Constants(0.09, 1.0, 0.0, float(np.linalg.norm(base.dH, 2)))
        found = pr.hypergradient(
            problem, g, base.solution + 0.01, constants=constants, outer_lipschitz=(1, 3)
        )
        goal = (base.solution + 0.3) @ truth + base.solution.sum()
        # JAX computes the outer gradient in single precision here
        assert abs(found.value - goal) <= found.bound + 1e-5 * abs(goal)
    del jax
    with pytest.raises(TypeError, match="needs θ"):
        pr.hypergradient(base, lambda x, t: 0.0, base.solution)


def test_a_stopping_test_bounds_the_implicit_jacobian() -> None:
    rng = np.random.default_rng(1)
    problem = pr.Logistic(rng.standard_normal((40, 5)), (rng.random(40) > 0.5) * 1.0, 0.1)
    for tau in (1e-1, 1e-3, 1e-6):
        promised = pr.at_tolerance(problem, tau)
        direction = rng.standard_normal(5)
        x = problem.solution + 0.0 * direction
        while np.linalg.norm(problem.gradient(x + 0.01 * promised.iterate * direction)) <= tau:
            x = x + 0.01 * promised.iterate * direction
        J = -np.linalg.solve(problem.hessian(x), problem.cross(x))
        assert np.linalg.norm(x - problem.solution) <= promised.iterate
        assert np.linalg.norm(J - problem.solution_jacobian) <= promised.jacobian
    with pytest.raises(ValueError, match="constants"):
        pr.at_tolerance(pr.NonlinearLeastSquares(problem.X, problem.y, 0.1), 1e-3)


class Scaled:
    """f = s(½‖x‖² + θΣx) in products of 32 bits."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return (self.scale * x).astype(np.float32)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return (self.scale * v).astype(np.float32)

    def cross(self, x: np.ndarray) -> np.ndarray:
        return (self.scale * np.ones(3)).astype(np.float32)


def test_products_that_underflow_are_refused() -> None:
    """∂x* = −1: zeros and subnormal numbers say nothing of H, larger ones all."""
    for scale in (1e-60, 1e-44, 1e-40, 1e-36):
        with pytest.raises(ValueError, match="underflows"):
            constants = Constants(0.99 * scale, 1.01 * scale, 0.0, scale)
            pr.certify(Scaled(scale), np.zeros(3), np.zeros(3), constants=constants)
    for scale in (1e-29, 1.0, 1e30):
        constants = Constants(0.99 * scale, 1.01 * scale, 0.0, scale)
        for J in (np.zeros(3), np.full(3, -1.0001)):
            found = pr.certify(Scaled(scale), np.zeros(3), J, constants=constants)
            assert found.lower <= float(np.linalg.norm(J + 1)) <= found.bound


def test_sums_over_many_rows_in_32_bits_are_symmetric_to_their_rounding() -> None:
    """A loss that converts its products to 64 bits rounds to 32 all the same."""
    jnp = pytest.importorskip("jax.numpy")
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(20_000, 5)) + 3).astype(np.float32)
    y = (rows @ rng.normal(size=5) + 0.1 * rng.normal(size=20_000)).astype(np.float32)
    X, wide = rows.astype(float), float(np.float32(0.1))
    H = X.T @ X / len(X) + wide * np.eye(5)
    x = np.linalg.solve(H, X.T @ y.astype(float) / len(X))
    truth = -np.linalg.solve(H, x)
    values = np.linalg.eigvalsh(H)
    theirs, target = jnp.asarray(rows), jnp.asarray(y)
    problem = pr.from_loss(
        lambda w, th: jnp.mean((theirs @ w - target) ** 2) / 2 + th * jnp.sum(w * w) / 2,
        jnp.float32(0.1), jnp.zeros(5, jnp.float32),
        constants=Constants(0.999 * values[0], 1.001 * values[-1], 0.0, 1.0001),
    )  # fmt: skip
    J = truth.astype(np.float32).astype(float)
    found = pr.certify(problem, x, J)
    assert found.lower <= np.linalg.norm(J - truth) <= found.bound <= 1e-2
    row = pr.certify_vjp(problem, x, np.ones(5), float(truth.sum()))
    assert row.lower <= 1e-12 and row.bound < 0.1


def test_an_asymmetry_beyond_the_rounding_widens_it() -> None:
    """Products from differences of gradients, which are symmetric to 1e-9."""
    noise = 1e-9 * np.random.default_rng(3).standard_normal((6, 6))
    operator = Operator(lambda v: v + noise @ v, 6)
    assert 1e-12 < probe(operator).unit < 1e-8
    assert probe(Operator(lambda v: 2 * v, 6)).unit == 2.0**-53


def test_a_wide_enclosure_says_what_narrows_it() -> None:
    problem = pr.Ridge(np.random.default_rng(0).standard_normal((60, 20)), np.ones(60), 0.01)
    x, J = problem.solution, problem.solution_jacobian + 1e-3
    wide = pr.certify(problem, x, J, products=1)
    assert wide.bound > 2 * wide.lower
    assert "products=2" in wide.advice
    assert wide.advice in str(wide)
    assert wide.advice.capitalize() in wide._repr_html_()
    narrow = pr.certify(problem, x, J, products=20)
    assert narrow.bound < 2 * narrow.lower
    assert not narrow.advice
    assert not pr.certify(problem, x, problem.solution_jacobian).advice  # at its roundings
