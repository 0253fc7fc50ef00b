r"""‖A⁻¹r‖ between two numbers with a preconditioner: A ⪰ φP, and P⁻¹v is cheap.

Conjugate gradients with P give z ≈ A⁻¹r in k − 1 products, one more the residual s = r − Az itself,
and since A⁻¹ ⪯ P⁻¹/φ and A⁻¹ ⪯ 1/ℓ,

    | ‖A⁻¹r‖ − ‖z‖ | ≤ ‖A⁻¹s‖ ≤ √(sᵀA⁻¹s/ℓ) ≤ √(sᵀP⁻¹s/(φℓ)).                           (1)

Nothing is asked of z, so neither the accuracy of the recurrence nor of P⁻¹ enters: the bound is in
the norm of P and is mapped back by ℓ.

*Deflation.* For any orthonormal V (d, m) let Θ = VᵀAV be diagonal, R = AV − VΘ and
P = VΘVᵀ + ℓ(I − VVᵀ). Completing the square with the Schur complement S of Θ, which A ⪰ ℓ bounds
by S ⪰ ℓ (its inverse is a block of A⁻¹), u = Va + b with Vᵀb = 0 has

    uᵀAu = ‖Θ^{1/2}a + Θ^{−1/2}Rᵀb‖² + bᵀSb ≥ φ(aᵀΘa + ℓ‖b‖²),                          (2)

φ the smaller eigenvalue of [[1, ψ], [ψ, 1 + ψ²]], ψ² = ‖RΘ^{−1/2}‖₂²/ℓ. So a subspace whose
residual is small beside √(θℓ) is taken out of the spectrum whole; Lanczos' process supplies it, R
is then of rank one, and Ritz vectors are taken, best first, while ψ ≤ 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from polyrates.execution.inverse_norm import InverseNorms, Probe, inverse_norms
from polyrates.execution.krylov import Operator, lanczos, margin
from polyrates.ground.arrays import Array, euclidean
from polyrates.ground.errors import NegativeCurvature, described, refuse_type, refuse_value
from polyrates.ground.numbers import floating, positive
from polyrates.ground.outward import at_least, at_most

__all__ = ["Preconditioner", "bracket", "deflated"]

_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class Preconditioner:
    """A symmetric P > 0 with ∇²f(y) ⪰ ``floor``·P for every y in the ball B(x, ‖∇f(x)‖/ℓ).

    Attributes
    ----------
    solve : callable
        v ↦ P⁻¹v for v of shape (d,).
    floor : number > 0
        Like ``ell`` it is the user's to know: a wrong one makes a wrong bound, and one above a
        Ritz value of P⁻¹∇²f is refused.
    products : int
        What it cost to make.
    """

    solve: Callable[[Array], Array]
    floor: float
    products: int = 0

    def __post_init__(self) -> None:
        if not callable(self.solve):
            refuse_type("solve", self.solve, "must be callable", "give v -> P⁻¹v")
        object.__setattr__(self, "floor", floating(positive(self.floor, "floor"), "floor"))

    def __repr__(self) -> str:
        return f"Preconditioner(floor {self.floor:.3g}, {self.products} products)"

    def apply(self, v: Array, columns: int = 1) -> Array:
        """P⁻¹ on each of the ``columns`` of a flat (d, p) block."""
        block = v.reshape(-1, columns)
        parts = [np.asarray(self.solve(np.ascontiguousarray(each)), float) for each in block.T]
        if any(part.shape != block.shape[:1] or not np.all(np.isfinite(part)) for part in parts):
            refuse_value(
                "preconditioner",
                described("solve"),
                f"must return {len(block)} finite numbers",
                "check it",
            )
        return np.ascontiguousarray(np.stack(parts, axis=1)).reshape(-1)


def bracket(
    operator: Operator,
    r: Array,
    steps: int,
    ell: float | None,
    about: Probe,
    preconditioner: Preconditioner | None = None,
    columns: int = 1,
) -> InverseNorms:
    """‖A⁻¹r‖ by (1), or by Gauss and Radau's rules where there is no preconditioner.

    ``operator`` is A on each of the columns of a flat (d, columns) block.
    """
    if preconditioner is None:
        return inverse_norms(operator, r, steps, ell, about)
    size = float(euclidean(r))
    if size == 0.0:
        return InverseNorms(0.0, 0.0, 0.0, 0.0, np.zeros(len(r)), (np.inf, 0.0))
    z, lowest, highest = _conjugate_gradients(operator, r / size, steps, preconditioner, columns)
    delta = margin(operator, max(about.size, highest))
    if ell is not None and lowest < ell - delta:
        refuse_value(
            "ell",
            ell,
            f"must lie below the spectrum, which has an eigenvalue of at most {at_most(lowest, 9)}",
            f"give ell ≤ {at_least(lowest, 6)}",
        )
    floor = lowest if ell is None else ell
    s = r / size - (operator(z) if np.any(z) else 0.0 * z)
    y = preconditioner.apply(s, columns)
    form = float(s @ y) + 64 * _UNIT * np.sqrt(len(s)) * float(euclidean(s) * euclidean(y))
    if not form >= 0.0:
        refuse_value("preconditioner", form, "sᵀP⁻¹s must not be negative", "give a definite P")
    # what rounding in the product and the difference can have hidden of s
    slip = about.slip(float(euclidean(z))) + 8 * operator.unit
    energy = (np.sqrt(form / preconditioner.floor) + slip / np.sqrt(floor)) * (1 + 64 * _UNIT)
    length, rest = float(euclidean(z)), float(energy) / np.sqrt(floor) * (1 + 8 * _UNIT)
    upper = size * (length + rest) * (1 + 8 * _UNIT)
    lower = max(size * (length - rest) * (1 - 8 * _UNIT), 0.0)
    return InverseNorms(
        lower, upper, upper / floor, size * float(energy), size * z, (lowest, highest)
    )


def _conjugate_gradients(
    operator: Operator, r: Array, steps: int, preconditioner: Preconditioner, columns: int
) -> tuple[Array, float, float]:
    """z ≈ A⁻¹r, and the smallest and the largest Rayleigh quotient of A that was met."""
    z, s = np.zeros(len(r)), r.copy()
    y = preconditioner.apply(s, columns)
    p, rho = y.copy(), float(s @ y)
    lowest, highest = np.inf, 0.0
    alphas: list[float] = []
    betas: list[float] = []
    start = rho
    for _ in range(max(steps - 1, 1)):
        if not rho > 1e-30 * start:
            break
        q = operator(p)
        curve, square = float(p @ q), float(p @ p)
        lowest, highest = min(lowest, curve / square), max(highest, euclidean(q) / np.sqrt(square))
        if curve <= -64 * operator.unit * highest * square:
            raise NegativeCurvature(
                "problem",
                described(f"an eigenvalue of at most {at_most(curve / square, 6)}"),
                "its Hessian must be positive definite",
                "certify at a minimum, or add a penalty",
            )
        if curve <= 0.0:
            break
        alphas.append(rho / curve)
        z, s = z + alphas[-1] * p, s - alphas[-1] * q
        y = preconditioner.apply(s, columns)
        ahead = float(s @ y)
        betas.append(ahead / rho)
        p, rho = y + betas[-1] * p, ahead
    _check_floor(alphas, betas, preconditioner.floor, operator.unit)
    return z, float(lowest), float(highest)


def _check_floor(alphas: list[float], betas: list[float], floor: float, unit: float) -> None:
    """No Ritz value of P⁻¹A, which the coefficients hold, lies below the floor."""
    if not alphas:
        return
    a, b = np.array(alphas), np.maximum(np.array(betas), 0.0)
    diagonal = 1 / a
    diagonal[1:] += b[:-1] / a[:-1]
    beside = np.sqrt(b[:-1]) / a[:-1]
    lowest = float(linalg.eigvalsh_tridiagonal(diagonal, beside)[0]) if len(a) > 1 else diagonal[0]
    if lowest < floor * (1 - 1e-6) - 1e3 * unit * float(np.max(diagonal)):
        refuse_value(
            "preconditioner",
            floor,
            f"its floor must lie below the spectrum of P⁻¹∇²f, which reaches {at_most(lowest, 6)}",
            f"give a floor ≤ {at_least(lowest, 6)}",
        )


def deflated(
    operator: Operator, steps: int, ell: float, start: Array | None = None
) -> Preconditioner:
    """(2) with the Ritz vectors of ``steps`` steps of Lanczos' process.

    ``start`` None is a seeded random vector. The floor holds for A, whose smallest eigenvalue is at
    least ``ell``; rounding of the products, and of V, is taken off it.
    """
    d = operator.dim
    begin = np.random.default_rng(0).standard_normal(d) if start is None else start
    run = lanczos(operator, begin, steps, keep=True)
    assert run.basis is not None
    if len(run.alpha) == 1:
        theta, S = run.alpha.copy(), np.ones((1, 1))
    else:
        theta, S = linalg.eigh_tridiagonal(run.alpha, run.beta)
    size = float(theta[-1]) + run.last
    delta = margin(operator, size) + run.noise
    if float(theta[0]) < ell - delta:
        refuse_value(
            "ell",
            ell,
            "must lie below the spectrum, which has an eigenvalue of at most "
            f"{at_most(theta[0], 9)}",
            f"give ell ≤ {at_least(theta[0], 6)}",
        )
    if delta >= ell / 4:
        refuse_value("ell", ell, "drowns in the rounding of the products", "use 64 bits")
    # A stands within delta of a matrix of which the blocks are exactly Θ and R
    low = ell - delta
    price = (run.last * S[-1]) ** 2 / (theta * low)
    order = np.argsort(price)
    kept = order[np.cumsum(price[order]) <= 1.0]
    V, theta = run.basis.T @ S[:, kept], theta[kept]
    psi = float(np.sqrt(np.sum(price[kept])))
    floor = (2 + psi**2 - psi * np.sqrt(4 + psi**2)) / 2
    floor *= (1 - delta / low) * (1 - delta / low)

    def solve(v: Array) -> Array:
        inside = V.T @ v
        return np.asarray(V @ (inside / theta) + (v - V @ inside) / low)

    return Preconditioner(solve, float(floor), operator.products)
