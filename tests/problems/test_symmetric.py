"""Products with a matrix that is not symmetric are refused wherever a symmetric one is assumed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import polyrates as pr
from polyrates.execution import exact_solve as solving
from polyrates.execution.exact_solve import exact_solve
from polyrates.execution.reverse import jvp, vjp
from polyrates.ground.errors import NotSymmetric
from polyrates.measurement.hypergradient import certify_vjp, hypergradient
from polyrates.problems.solved import hessian_matrix, newton
from polyrates.problems.symmetric import require_symmetric

D = 7


class FixedPoint:
    """x = Ax + Bθ, θ = 1: F(x) = x − Ax − Bθ in place of a gradient."""

    def __init__(self, A: np.ndarray, B: np.ndarray) -> None:
        self.A, self.B = A, B
        self.theta = np.ones(B.shape[1:])

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return x - self.A @ x - (self.B @ self.theta if self.B.ndim == 2 else self.B)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return v - self.A @ v

    def cross(self, x: np.ndarray) -> np.ndarray:
        return -self.B


def fixed_point(parameters: int | None, d: int = D, symmetric: bool = False) -> FixedPoint:
    rng = np.random.default_rng(1)
    A = rng.standard_normal((d, d))
    A = A + A.T if symmetric else A
    return FixedPoint(
        0.5 * A / np.linalg.norm(A, 2),
        rng.standard_normal(d if parameters is None else (d, parameters)),
    )


STEP = pr.GradientDescent(1)
USES: dict[str, Callable[[FixedPoint], object]] = {
    "reverse": lambda p: vjp(STEP, p, np.zeros(D), 40, np.ones(D)),
    "reverse, one step": lambda p: vjp(STEP, p, np.zeros(D), 40, np.ones(D), pr.OneStep()),
    "reverse, solve": lambda p: vjp(STEP, p, np.zeros(D), 40, np.ones(D), pr.Implicit()),
    "reverse, inner": lambda p: vjp(
        STEP, p, np.zeros(D), 40, np.ones(D), pr.Implicit(pr.GradientDescent(1), 30)
    ),
    "solve": lambda p: pr.differentiate(STEP, p, np.zeros(D), 3, pr.Implicit()),
    "damped solve": lambda p: pr.differentiate(STEP, p, np.zeros(D), 3, pr.Implicit(damping=1)),
    "conjugate gradients": lambda p: jvp(
        STEP, p, np.zeros(D), 3, pr.Implicit(pr.ConjugateGradient(), 5)
    ),
    "matrix": lambda p: hessian_matrix(p, np.zeros(D)),
    "Newton": lambda p: newton(p, np.ones(D), 1e-9),
    "plan": lambda p: pr.plan(p, budget=20, x0=np.zeros(D)),
    "certificate": lambda p: pr.certify(p, np.zeros(D), np.zeros(p.B.shape)),
    "certificate of a row": lambda p: certify_vjp(p, np.zeros(D), np.ones(D), p.B.T @ np.ones(D)),
    "outer gradient": lambda p: hypergradient(
        p, (lambda x, t: x, lambda x, t: np.zeros(np.shape(p.theta))), np.zeros(D)
    ),
    "spectrum": lambda p: pr.estimate_spectrum(lambda v: v - p.A @ v, D),
}


@pytest.mark.parametrize("parameters", [None, 1, 3])
@pytest.mark.parametrize("use", USES)
def test_a_fixed_point_that_is_no_minimum_is_refused(use: str, parameters: int | None) -> None:
    with pytest.raises(NotSymmetric, match="symmetric"):
        USES[use](fixed_point(parameters))
    USES[use](fixed_point(parameters, symmetric=True))  # and with A = Aᵀ there is an answer


def test_an_iterative_solve_looks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "DENSE_LIMIT", 0)
    with pytest.raises(NotSymmetric):
        exact_solve(fixed_point(3), np.zeros(D), np.ones((D, 3)))


def test_unrolling_forwards_needs_no_symmetry() -> None:
    problem = fixed_point(3)
    found = jvp(STEP, problem, np.zeros(D), 80).value
    np.testing.assert_allclose(found, np.linalg.solve(np.eye(D) - problem.A, problem.B), atol=1e-12)


@pytest.mark.parametrize("kind", ["64 bits", "32 bits", "differences"])
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e12])
def test_rounding_is_no_asymmetry(kind: str, scale: float) -> None:
    class Own(FixedPoint):
        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            if kind == "32 bits":
                return np.float32(self.H) @ v.astype(np.float32)
            if kind == "differences":
                h = 1e-8 / float(np.max(np.abs(v)))
                at = np.exp(x)[:, None]
                return np.asarray((at * (1 + h * v) - at) / h * scale)
            return np.asarray(self.H @ v)

    for seed in range(30):
        rng = np.random.default_rng(seed)
        basis = np.linalg.qr(rng.standard_normal((40, 40)))[0]
        problem = Own(np.eye(40), np.ones((40, 2)))
        problem.H = (basis * np.geomspace(1e-6, 1, 40)) @ basis.T
        problem.H = (problem.H + problem.H.T) / 2 * (scale if kind == "64 bits" else 1.0)
        require_symmetric(problem, rng.standard_normal(40), seed)


def test_one_wrong_entry_of_many_is_seen() -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        A = rng.standard_normal((120, 120)) / 20
        A = (A + A.T) / 2
        A[rng.integers(120), rng.integers(119)] += 1e-3
        if np.array_equal(A, A.T):  # it fell on the diagonal
            continue
        for B in (np.ones(120), np.ones((120, 1)), np.ones((120, 4))):
            with pytest.raises(NotSymmetric):
                require_symmetric(FixedPoint(A, B), np.zeros(120), seed)
