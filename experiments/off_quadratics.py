"""An attack on the bounds off quadratics: random problems, and none may be worse than its bound.

    nox -s attack            (or python experiments/off_quadratics.py, about half an hour)

*Losses.* 10,000 sums of log-cosh, logistic, pseudo-Huber and cosh functions along random rows with
random offsets, a ridge, a random translation Rθ and terms θ_j xᵀC_jx/2 with up to three parameters;
gradient descent, heavy ball, Chebyshev and Nesterov, tuned; starts up to the edge of the basin
M‖x_0 − x*‖ < 2ℓ (for cosh with the M of the ball in which the run stays); unrolled, truncated and
implicit.

*Cubics.* 9,000 cubics with exactly the M and c of the question, run by weights on Chebyshev's
iterates, against their bound.

Writes ``off_quadratics/losses.csv`` and ``cubics.csv``: the largest error over bound by kind and
method. At t = 0 the bound is an equality, so only steps t ≥ 1 count.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

import numpy as np

import polyrates as pr

HERE = Path(__file__).with_suffix("")
KINDS = ("log-cosh", "logistic", "pseudo-Huber", "cosh")
METHODS = ("gradient descent", "heavy ball", "Chebyshev", "Nesterov")


def logistic(z: np.ndarray) -> np.ndarray:
    """1/(1 + e^{−z})."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


class Loss:
    """Σ_i [φ(a_i·u + b_i) − φ′(b_i)a_i·u] + ρ‖u‖²/2 + Σ_j θ_j uᵀC_ju/2, u = x − Rθ, at θ = 0."""

    def __init__(self, kind: str, rng: np.random.Generator) -> None:
        d, p, rows = int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 9))
        self.kind = kind
        self.A = rng.standard_normal((rows, d)) * rng.uniform(0.1, 1.5, d)
        self.b = rng.standard_normal(rows) * rng.choice([0.0, 0.5, 2.0])
        self.ridge = float(10.0 ** rng.uniform(-2.5, 0))
        self.R = rng.standard_normal((d, p)) * 10.0 ** rng.uniform(-1, 1)
        C = rng.standard_normal((p, d, d)) * rng.choice([0.0, 0.1, 1.0])
        self.C = (C + np.swapaxes(C, 1, 2)) / 2
        self.H = self.hessian(np.zeros(d))
        self.c = float(np.linalg.norm([np.linalg.norm(each, 2) for each in self.C]))

    def slopes(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """φ′ and φ″."""
        if self.kind == "log-cosh":
            return np.tanh(z), np.cosh(z) ** -2.0
        if self.kind == "logistic":
            s = logistic(z)
            return s, s * (1 - s)
        if self.kind == "pseudo-Huber":
            return z / np.sqrt(1 + z * z), (1 + z * z) ** -1.5
        return np.sinh(z), np.cosh(z)

    def lipschitz(self, radius: float) -> float:
        """M on the ball of that radius."""
        lengths = np.linalg.norm(self.A, axis=1)
        third = {"log-cosh": 4 / (3 * math.sqrt(3)), "logistic": 1 / (6 * math.sqrt(3))}
        third["pseudo-Huber"] = 1.5 * 0.8**2.5
        bent = third.get(self.kind, 0.0) * np.ones(len(self.A))
        if self.kind == "cosh":
            bent = np.sinh(np.abs(self.b) + lengths * radius)
        return float(np.linalg.norm((self.A.T * (bent * lengths)) @ self.A, 2)) * (1 + 1e-12)

    def rounding(self, ends: tuple[float, float], sizes: dict[str, float]) -> tuple[float, float]:
        """What floats make of the iterates and Jacobians of a run: below it nothing can be seen."""
        ell, L = ends
        pull = float(np.abs(self.A).sum(axis=1) @ np.abs(self.slopes(self.b)[0]))
        x = 1e-14 * (sizes["distance"] + pull / ell)
        size = sizes["residual"] + float(np.linalg.norm(self.R))
        moved = (sizes["hessian_lipschitz"] * size + sizes["cross_lipschitz"]) * x
        return x, 1e-13 * L / ell * size + 10 * moved / ell

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """∇²f."""
        bent = self.slopes(self.A @ x + self.b)[1]
        return np.asarray((self.A.T * bent) @ self.A + self.ridge * np.eye(len(x)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """∇f."""
        slope = self.slopes(self.A @ x + self.b)[0] - self.slopes(self.b)[0]
        return np.asarray(self.A.T @ slope + self.ridge * x)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """∇²f v."""
        return np.asarray(self.hessian(x) @ v)

    def cross(self, x: np.ndarray) -> np.ndarray:
        """∂_θ∇f."""
        return np.asarray((self.C @ x).T - self.hessian(x) @ self.R)


def tuned(ell: float, L: float) -> dict[str, pr.Method]:
    """The four methods."""
    makers = (pr.GradientDescent.large, pr.HeavyBall.tuned, pr.Chebyshev, pr.Nesterov.tuned)
    return {name: make(ell, L) for name, make in zip(METHODS, makers, strict=True)}


def losses(count: int, seed: int, steps: int = 25) -> dict[tuple[str, str], float]:
    """The largest error/bound over t ≥ 1 by kind and method; of iterates and Jacobians alike."""
    worst = {(kind, name): 0.0 for kind in KINDS for name in METHODS}
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kind = KINDS[number % len(KINDS)]
        problem = Loss(kind, rng)
        d, p = problem.R.shape
        values = np.linalg.eigvalsh(problem.H)
        ell, L = float(values[0]) * (1 - 1e-12), float(values[-1]) * (1 + 1e-12) + 1e-9
        radius = float(10.0 ** rng.uniform(-3, 0.5))
        M = problem.lipschitz(radius)
        fraction = float(rng.choice([0.01, 0.3, 0.9, 0.99, 0.9999]))
        distance = fraction * min(2 * ell / M, radius)
        direction = rng.standard_normal(d)
        x0 = distance * direction / np.linalg.norm(direction)
        if rng.random() < 0.3:  # along the softest direction
            x0 = distance * np.linalg.eigh(problem.H)[1][:, 0] * rng.choice([-1, 1])
        dx0 = problem.R + rng.standard_normal((d, p)) * 10.0 ** rng.uniform(-3, 1)
        estimator = (pr.Unrolled(), pr.Truncated(steps // 2), pr.Implicit(), pr.Unrolled())[
            int(rng.integers(4))
        ]
        sizes = {
            "hessian_lipschitz": M,
            "cross_lipschitz": problem.c * (1 + 1e-12),
            "distance": float(np.linalg.norm(x0)) * (1 + 1e-15),
            "residual": float(np.linalg.norm(dx0 - problem.R)) * (1 + 1e-15),
        }
        for name, method in tuned(ell, L).items():
            found = pr.majorant(method, (ell, L), steps, estimator=estimator, **sizes)
            run = pr.differentiate(method, problem, x0, steps, estimator, dx0)
            errors = np.linalg.norm(run.jacobians - problem.R, axis=(1, 2))
            away = np.linalg.norm(run.iterates, axis=1)
            for error, limit, floor in zip(
                (away, errors),
                (found.iterates, found.jacobians),
                problem.rounding((ell, L), sizes),
                strict=True,
            ):
                seen = np.isfinite(limit[1:])
                ratio = np.max(error[1:][seen] / (limit[1:][seen] + floor), initial=0.0)
                worst[kind, name] = max(worst[kind, name], float(ratio))
    return worst


def cubics(questions: int, each: int, seed: int) -> float:
    """The largest error/bound of weighted iterates on cubics whose constants are exactly M and c.

    f = xᵀHx/2 + Σ_k β_k(a_k·x)³/6 with orthonormal a_k and max|β| = M, so ‖∇²f(x) − H‖ ≤ M‖x‖;
    G = c·Qx with an orthogonal Q. All cubics of a question are run at once.
    """
    worst = 0.0
    for number in range(questions):
        rng = np.random.default_rng([seed, number])
        kappa = float(rng.choice([0.01, 0.05, 0.2]))
        t, m = int(rng.integers(2, 26)), float(rng.choice([0.0, 0.1, 0.5, 1.0, 1.9]))
        c = float(rng.choice([0.0, 0.02, 0.3]))
        if number % 3 == 0:
            best = pr.minimax_optimal(
                pr.Interval(kappa, 1.0), t, hessian_lipschitz=m * kappa, cross_lipschitz=c,
                distance=1.0, residual=1.0,
            )  # fmt: skip
            weights = [float(w) for w in best.method.weights]
        else:
            drawn = rng.standard_normal(t + 1) * rng.uniform(0.3, 1.0) ** np.arange(t, -1, -1)
            weights = (drawn / drawn.sum()).tolist()
        method = pr.WeightedIterates(pr.Chebyshev(kappa, 1.0), weights)
        found = pr.majorant(
            method, (kappa, 1.0), t, hessian_lipschitz=m * kappa, cross_lipschitz=c,
            distance=1.0, residual=1.0,
        )  # fmt: skip
        x, E = run_cubics(method, kappa, m * kappa, c, each, rng, t)
        for error, limit in ((x, found.iterates), (E, found.jacobians)):
            worst = max(worst, float(np.max(error[1:] / (limit[1:, None] + 1e-14))))
    return worst


def run_cubics(
    method: pr.Method, ell: float, M: float, c: float, each: int, rng: np.random.Generator, t: int
) -> tuple[np.ndarray, np.ndarray]:
    """‖e_s‖ and ‖E_s‖, s = 0, …, t, of so many random cubics, each shape (t+1, each)."""
    d = int(rng.integers(1, 7))

    def rotations() -> np.ndarray:
        return np.asarray(np.linalg.qr(rng.standard_normal((each, d, d)))[0])

    U = rotations()
    values = rng.uniform(ell, 1.0, (each, d))
    values = np.where(rng.random((each, d)) < 0.4, ell, values)
    values = np.where(rng.random((each, d)) < 0.2, 1.0, values)
    H = (U * values[:, None]) @ np.swapaxes(U, 1, 2)
    a = np.where(rng.random((each, 1, 1)) < 0.5, U, rotations())  # columns
    beta = M * np.where(rng.random((each, d)) < 0.7, rng.choice([-1.0, 1.0], (each, d)), 0.3)
    Q = np.where(rng.random((each, 1, 1)) < 0.5, rotations(), np.eye(d)) * c
    Q *= rng.choice([-1.0, 1.0], (each, 1, 1))
    x = rng.standard_normal((each, d)) * np.where(values < 2 * ell, 1.0, 0.2)
    x = np.einsum("eij,ej->ei", U, x)
    E = np.where(rng.random((each, 1)) < 0.5, x, rng.standard_normal((each, d)))
    E *= rng.choice([-1.0, 1.0], (each, 1))
    x, E = (v / np.linalg.norm(v, axis=1)[:, None] for v in (x, E))
    states: list[np.ndarray] = []
    found = [(x, E)]
    for step in method.transitions(float):
        n = len(step.gain)
        states = states or [np.stack([x, E])] * n
        y = sum((w * s for w, s in zip(step.query, states, strict=True)), np.zeros((2, each, d)))
        along = np.einsum("eik,pei->pek", a, y)
        pull = np.einsum("eij,pej->pei", H, y)
        bent = np.stack([beta * along[0] ** 2 / 2, beta * along[0] * along[1]])
        slope = pull + np.einsum("eik,pek->pei", a, bent)
        slope[1] += np.einsum("eij,ej->ei", Q, y[0])
        states = [
            sum((w * s for w, s in zip(row, states, strict=True)), np.zeros((2, each, d)))
            - g * slope
            for row, g in zip(step.mixing, step.gain, strict=True)
        ]
        out = sum((w * s for w, s in zip(step.output, states, strict=True)), np.zeros_like(y))
        found.append((out[0], out[1]))
        if len(found) == t + 1:
            break
    return tuple(np.array([np.linalg.norm(v[k], axis=1) for v in found]) for k in (0, 1))  # type: ignore[return-value]


def main(count: int = 10_000, questions: int = 300, each: int = 30) -> None:
    """Run both attacks and write their tables."""
    HERE.mkdir(exist_ok=True)
    worst = losses(count, seed=2026)
    with open(HERE / "losses.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["problems", "kind", "method", "largest error / bound, t >= 1"])
        for (kind, name), ratio in worst.items():
            writer.writerow([count // len(KINDS), kind, name, f"{ratio:.6f}"])
    ratio = cubics(questions, each, seed=2027)
    with open(HERE / "cubics.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cubics", "questions", "largest error / bound, t >= 1"])
        writer.writerow([questions * each, questions, f"{ratio:.6f}"])
    print(f"{count} losses: {max(worst.values()):.6f}; {questions * each} cubics: {ratio:.6f}")
    if max(*worst.values(), ratio) > 1 + 1e-9:
        sys.exit("a bound is violated")


if __name__ == "__main__":
    main()
