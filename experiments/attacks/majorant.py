"""The majorant against random problems off quadratics: its bound over what is found, never under 1.

Sums of log-cosh, pseudo-Huber or cubic functions along random rows with a ridge, in 1 to 5
dimensions with 1 to 3 parameters, started at 0.01 to 0.999 of the largest distance that the bound
allows; every fourth problem by the truncated, every fourth by the implicit estimator. The worst
ratio is that of an observed error of ∂x_t to its bound, t = 0 … 30, where the bound is finite: at
t = 0 the two are equal.

    python experiments/attacks/run.py majorant
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

import polyrates as pr

Function = Callable[[np.ndarray], np.ndarray]
KINDS = ("log-cosh", "pseudo-Huber", "cubic")
PROBLEMS = 2600


def hyperbolic(kind: str) -> tuple[Function, Function, float]:
    """f = Σ over rows of φ(aᵢᵀ(x − Rθ)): φ′, φ″ at z, and a bound of |φ‴|; x* = 0 at θ = 0."""
    if kind == "log-cosh":  # φ = log cosh z
        return np.tanh, lambda z: 1 / np.cosh(z) ** 2, 4 / (3 * math.sqrt(3))
    if kind == "pseudo-Huber":
        return (
            lambda z: z / np.sqrt(1 + z * z),
            lambda z: (1 + z * z) ** -1.5,
            3 * 0.5 * (1.25) ** -2.5,
        )
    return lambda z: z + z * z / 2, lambda z: 1 + z, 1.0  # a cubic, curved downward


class Translated:
    """A sum of one-dimensional functions along rows and a ridge, translated by Rθ."""

    def __init__(self, kind: str, d: int, p: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.A = rng.standard_normal((d + 2, d)) * rng.uniform(0.2, 1.0, d)
        self.first, self.second, third = hyperbolic(kind)
        self.ridge = rng.uniform(0.05, 0.5)
        self.R = rng.standard_normal((d, p))
        self.H = self.hessian(np.zeros(d))
        lengths = np.linalg.norm(self.A, axis=1)
        self.M = third * np.linalg.norm((self.A.T * lengths) @ self.A, 2)
        self.twist = rng.standard_normal((d, p)) * rng.uniform(0, 0.3)

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """∇²f(x), positive definite within the distances that are tried."""
        return (self.A.T * self.second(self.A @ x)) @ self.A + self.ridge * np.eye(len(x))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """∇f(x)."""
        return self.A.T @ self.first(self.A @ x) + self.ridge * x

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """∇²f(x) v."""
        return self.hessian(x) @ v

    def cross(self, x: np.ndarray) -> np.ndarray:
        """That of the translation, and something of size c‖x‖ in Frobenius norm."""
        return -self.hessian(x) @ self.R + self.twist * np.linalg.norm(x)


def tuned(ell: float, L: float) -> dict[str, pr.Method]:
    """The methods attacked; the last one's bound is by kernels."""
    return {
        "gradient descent": pr.GradientDescent.large(ell, L),
        "heavy ball": pr.HeavyBall.tuned(ell, L),
        "Chebyshev": pr.Chebyshev(ell, L),
        "Nesterov": pr.Nesterov.tuned(ell, L),
        "heavy ball from equal points": pr.HeavyBall(
            *pr.HeavyBall.tuned(ell, L).parameters[:2], pr.HeavyBall.tuned(ell, L).step
        ),
    }


def attack(seeds: Iterable[int] = range(PROBLEMS), steps: int = 30) -> list[dict[str, object]]:
    """A row a kind of function and a method: how many problems, and the worst ratio."""
    worst: dict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in seeds:
        for name, ratio in ratios(seed, steps).items():
            worst[KINDS[seed % 3], name].append(ratio)
    return [
        {"functions": kind, "method": name, "problems": len(found), "worst ratio": max(found)}
        for (kind, name), found in sorted(worst.items())
    ]


def violated(row: dict[str, object]) -> bool:
    """Whether a bound was passed."""
    ratio = row["worst ratio"]
    return not (isinstance(ratio, float) and ratio <= 1 + 1e-9)


def ratios(seed: int, steps: int) -> dict[str, float]:
    """Observed over bound on one problem, by method; iterates are held to their bound too."""
    rng = np.random.default_rng(10_000 + seed)
    d, p = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    problem = Translated(KINDS[seed % 3], d, p, seed)
    spectrum = np.linalg.eigvalsh(problem.H)
    ell, high = float(spectrum[0]) * (1 - 1e-12), float(spectrum[-1]) * (1 + 1e-12) + 1e-9
    fraction = rng.choice([0.01, 0.1, 0.5, 0.9, 0.999])
    distance = fraction * 2 * ell / problem.M
    direction = rng.standard_normal(d)
    x0 = distance * direction / np.linalg.norm(direction)
    dx0 = rng.standard_normal((d, p)) * rng.uniform(0, 1)
    sizes = {
        "hessian_lipschitz": problem.M,
        "cross_lipschitz": float(np.linalg.norm(problem.twist)),
        "distance": float(np.linalg.norm(x0)),
        "residual": float(np.linalg.norm(dx0 - problem.R)),
    }
    estimator = [None, pr.Truncated(steps // 2), pr.Implicit(), None][seed % 4]
    if isinstance(estimator, pr.Implicit):
        dx0 = np.zeros((d, p))
    found = {}
    for name, method in tuned(ell, high).items():
        bound = pr.majorant(method, (ell, high), steps, estimator=estimator, **sizes)
        run = pr.differentiate(method, problem, x0, steps, estimator or pr.Unrolled(), dx0)
        errors = np.linalg.norm(run.jacobians - problem.R, axis=(1, 2))
        away = np.linalg.norm(run.iterates, axis=1)
        floor = 1e-13 * (1 + np.linalg.norm(problem.R))  # what floats leave of either
        errors, away = np.maximum(errors - 100 * floor, 0), np.maximum(away - floor, 0)
        both = [(errors, bound.jacobians), (away, bound.iterates)]
        finite = [(seen[np.isfinite(top)], top[np.isfinite(top)]) for seen, top in both]
        assert np.all(finite[1][0] <= finite[1][1] * (1 + 1e-9)), (seed, name)
        found[name] = float(np.max(finite[0][0] / finite[0][1], initial=0.0))
    return found
