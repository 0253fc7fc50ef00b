"""A preconditioned certificate is never below the truth, whatever the preconditioner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.execution.inverse_norm import probe
from polyrates.execution.krylov import Operator
from polyrates.execution.preconditioner import bracket, deflated


def matrix(seed: int, d: int, log_kappa: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = 10.0 ** np.sort(np.append(rng.uniform(log_kappa, 0.0, d - 1), log_kappa))
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    A = (Q * values) @ Q.T
    return (A + A.T) / 2, values, Q


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10**6), d=st.integers(1, 30), log_kappa=st.floats(-7, -0.1),
    steps=st.integers(1, 40), products=st.integers(1, 12), share=st.floats(-2, 0),
    aim=st.sampled_from(["random", "small", "large"]),
)  # fmt: skip
def test_deflation_never_below_the_truth(
    seed: int, d: int, log_kappa: float, steps: int, products: int, share: float, aim: str
) -> None:
    A, values, Q = matrix(seed, d, log_kappa)
    ell = values[0] * 10.0**share * (1 - 1e-9)
    if ell < 1e-9:
        ell = values[0] * (1 - 1e-9)
    P = deflated(Operator(lambda v: A @ v, d), steps, ell)
    # the floor is what it says: A ⪰ floor·P
    inverse = np.stack([P.solve(e) for e in np.eye(d)])
    root = np.linalg.cholesky(A)
    spectrum = np.linalg.eigvalsh(root.T @ (inverse + inverse.T) / 2 @ root)
    assert spectrum[0] >= P.floor * (1 - 1e-9)
    rng = np.random.default_rng(seed + 1)
    e = {"random": rng.standard_normal(d), "small": Q[:, 0], "large": Q[:, -1]}[aim]
    operator = Operator(lambda v: A @ v, d)
    found = bracket(operator, A @ e, products, ell, probe(operator), P)
    size = float(np.linalg.norm(e))
    slack = 1e-15 * d / values[0]
    assert found.lower <= size * (1 + slack) and size <= found.upper * (1 + slack)
    s = A @ e - A @ found.solution
    assert np.sqrt(max(s @ np.linalg.solve(A, s), 0)) <= found.energy * (1 + 1e-6) + slack


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6), d=st.integers(2, 20), log_kappa=st.floats(-5, -0.1),
    products=st.integers(1, 12), spread=st.floats(0, 4),
)  # fmt: skip
def test_any_diagonal_never_below_the_truth(
    seed: int, d: int, log_kappa: float, products: int, spread: float
) -> None:
    A, values, _ = matrix(seed, d, log_kappa)
    rng = np.random.default_rng(seed)
    P = 10.0 ** rng.uniform(0, spread, d)
    e = rng.standard_normal((d, 3))
    operator = Operator(lambda v: (A @ v.reshape(d, 3)).reshape(-1), 3 * d)
    floor = values[0] / P.max() * (1 - 1e-9)
    pre = pr.Preconditioner(lambda v: v / P, floor)
    found = bracket(
        operator, (A @ e).reshape(-1), products, values[0] * 0.999, probe(operator), pre, 3
    )
    size = float(np.linalg.norm(e))
    assert found.lower <= size * (1 + 1e-8) and size <= found.upper * (1 + 1e-8)
    assert found.twice >= np.linalg.norm(np.linalg.solve(A, e)) * (1 - 1e-8)


def test_a_good_one_closes_the_bracket_where_products_alone_do_not() -> None:
    """Spread eigenvalues, κ = 1e-5: 8 products with 24 deflated against 8 and 16 alone."""
    d = 40
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((d, d)))[0]
    values = np.concatenate([np.linspace(1e-5, 2e-5, 20), np.geomspace(1e-2, 1, 20)])
    A = (Q * values) @ Q.T
    operator = Operator(lambda v: A @ v, d)
    e = np.random.default_rng(1).standard_normal(d)
    about, ell = probe(operator), 0.99e-5
    P = deflated(Operator(lambda v: A @ v, d), 34, ell)
    with_it = bracket(operator, A @ e, 8, ell, about, P)
    alone = bracket(operator, A @ e, 8, ell, about)
    size = float(np.linalg.norm(e))
    assert size <= with_it.upper < 1.05 * size and with_it.lower > 0.95 * size
    assert alone.upper > 20 * size


def test_off_quadratics_the_floor_holds_in_the_ball() -> None:
    rng = np.random.default_rng(0)
    problem = pr.Logistic(rng.standard_normal((60, 8)), (rng.random(60) > 0.5) * 1.0, 0.2)
    x = problem.solution + 1e-3 * rng.standard_normal(8)
    P = pr.deflation(problem, x, 8)
    inverse = np.stack([P.solve(e) for e in np.eye(8)])
    radius = np.linalg.norm(problem.gradient(x)) / problem.constants.ell
    for _ in range(20):
        u = rng.standard_normal(8)
        H = problem.hessian(x + radius * u / np.linalg.norm(u))
        values = np.linalg.eigvals(inverse @ H).real
        assert values.min() >= P.floor * (1 - 1e-9)
    J = problem.solution_jacobian * 1.01
    found = pr.certify(problem, x, J, preconditioner=P)
    error = 0.01 * np.linalg.norm(problem.solution_jacobian)
    assert found.status == "certified" and found.lower <= error <= found.bound
    with pytest.raises(ValueError, match="too far"):
        pr.deflation(problem, x + 100.0, 4)


def test_bad_preconditioners_are_refused() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 100), 6, 0)
    x, J = problem.solution + 1, np.zeros(6)
    with pytest.raises(ValueError, match="floor"):
        pr.Preconditioner(lambda v: v, 0.0)
    with pytest.raises(TypeError, match="callable"):
        pr.Preconditioner(3, 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"pr\.Preconditioner"):
        pr.certify(problem, x, J, preconditioner=lambda v: v)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="spectrum of P"):
        pr.certify(problem, x, J, preconditioner=pr.Preconditioner(lambda v: v, 50.0))
    with pytest.raises(ValueError, match="finite numbers"):
        pr.certify(problem, x, J, preconditioner=pr.Preconditioner(lambda v: v[:2], 1.0))
    with pytest.raises(ValueError, match="definite P"):
        pr.certify(problem, x, J, products=1, preconditioner=pr.Preconditioner(lambda v: -v, 1.0))
    with pytest.raises(ValueError, match="eigenvalue of at most"):
        pr.deflation(problem, x, 6, ell=5.0)
    with pytest.raises(ValueError, match="eigenvalue of at most"):
        pr.certify(problem, x, J, ell=90.0, preconditioner=pr.Preconditioner(lambda v: v, 1.0))
