r"""‖A⁻¹r‖ between two numbers, from k products with A and a number ℓ below its spectrum.

Lanczos' process from r gives the Jacobi matrix T_k of the measure that weighs eigenvalue λ_i of A
with ⟨r, u_i⟩². Gauss' rule for f(λ) = λ⁻², whose even derivatives are positive, is a lower bound of
‖A⁻¹r‖² = ∫λ⁻²; Gauss and Radau's with a node fixed at ℓ, whose error has the sign of the odd
derivatives, which are negative, is an upper bound:

    ‖r‖ ‖T_k⁻¹e_1‖ ≤ ‖A⁻¹r‖ ≤ ‖r‖ ‖T̂⁻¹e_1‖,

T̂ = T_{k+1} with the last entry ℓ + β_k² e_kᵀ(T_k − ℓ)⁻¹e_k

(Golub and Meurant, *Matrices, Moments and Quadrature*). λ⁻⁴ gives ‖A⁻²r‖ and λ⁻¹ the energy norm
√(rᵀA⁻¹r) in the same way.

Rounding: with full reorthogonalization T_k is that of a symmetric A + E, ‖E‖ ≤ δ, δ the ``margin``
of the products, what symmetry should have made zero, and what was dropped. So the node is ℓ − δ,
and since A⁻¹ = (I + A⁻¹E)(A + E)⁻¹ each inverse costs a factor 1 + δ/(ℓ − δ).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_banded

from polyrates.execution.krylov import Operator, lanczos, margin
from polyrates.ground.arrays import Array, euclidean
from polyrates.ground.errors import NegativeCurvature, described, refuse_value
from polyrates.ground.outward import at_least, at_most
from polyrates.problems.symmetric import refuse_asymmetry, symmetric_tolerance

__all__ = ["InverseNorms", "Probe", "inverse_norms", "probe", "underflow"]

_UNIT = 2.0**-53


@dataclass(frozen=True)
class Probe:
    """How large A seems, and what rounding may do to it."""

    size: float
    unit: float

    def slip(self, *lengths: float) -> float:
        """A bound for the rounding of A applied to vectors of these lengths."""
        return 8.0 * self.unit * self.size * float(sum(lengths))


def underflow(unit: float) -> float:
    """The smallest normal number of the precision with this unit roundoff: below it 0 may stand."""
    return 2.0**-1022 if unit < 2.0**-24 else 2.0**-14 if unit == 2.0**-11 else 2.0**-126


def probe(operator: Operator, seed: int = 0, ell: float | None = None) -> Probe:
    """Two random products: the size of A, and whether uᵀAv = vᵀAu.

    Sums over many terms round by more than the unit: what they leave of uᵀAv − vᵀAu widens it.
    """
    u, v = np.random.default_rng(seed).standard_normal((2, operator.dim))
    Au, Av = operator(u), operator(v)
    left, right = float(u @ Av), float(v @ Au)
    lengths = [float(euclidean(each)) for each in (u, v, Au, Av)]
    scale = lengths[0] * lengths[3] + lengths[1] * lengths[2]
    largest = max(float(np.max(np.abs(each))) for each in (Au, Av))
    if largest < underflow(operator.unit) / operator.unit and (largest > 0 or ell is not None):
        refuse_value(
            "problem",
            described(f"a Hessian-vector product of size {largest:.3g}"),
            "underflows in the precision of the products, so it says nothing of the Hessian",
            "scale the loss, or compute the products in 64 bits",
        )
    if abs(left - right) > symmetric_tolerance(operator.unit) * scale:
        refuse_asymmetry(f"uᵀHv = {left:.6g}, vᵀHu = {right:.6g}")
    if abs(left - right) > 8 * operator.unit * scale:
        operator.unit = abs(left - right) / scale
    # a random vector sees at least a tenth of the largest eigenvalue's share, or ten times its own
    seen = max(lengths[2] / lengths[0], lengths[3] / lengths[1])
    return Probe(seen * min(np.sqrt(operator.dim), 10.0), operator.unit)


@dataclass(frozen=True, eq=False)
class InverseNorms:
    """What k products tell of A⁻¹r.

    Attributes
    ----------
    lower, upper : float
        Of ‖A⁻¹r‖.
    twice : float
        At least ‖A⁻²r‖.
    energy : float
        At least √(sᵀA⁻¹s) for the residual s = r − Az of ``solution``.
    solution : array (d,)
        z, the conjugate gradients' approximation of A⁻¹r.
    ritz : (float, float)
        The smallest and the largest Ritz value.
    """

    lower: float
    upper: float
    twice: float
    energy: float
    solution: Array
    ritz: tuple[float, float]


def _tridiagonal_solve(alpha: Array, beta: Array, right: Array) -> Array:
    bands = np.zeros((3, len(alpha)))
    bands[1] = alpha
    bands[0, 1:], bands[2, :-1] = beta, beta
    return np.asarray(solve_banded((1, 1), bands, right))


def _radau(alpha: Array, beta: Array, last: float, node: float) -> tuple[Array, Array]:
    """The diagonals of T̂: T_k itself where the space is invariant."""
    if last == 0.0:
        return alpha, beta
    unit = np.zeros(len(alpha))
    unit[-1] = 1.0
    tail = float(_tridiagonal_solve(alpha - node, beta, unit)[-1])
    return np.append(alpha, node + last**2 * tail), np.append(beta, last)


def inverse_norms(
    operator: Operator, r: Array, steps: int, ell: float | None, about: Probe
) -> InverseNorms:
    """The bounds of this module; ``ell`` None takes the smallest Ritz value, and proves nothing.

    Raises
    ------
    InvalidValue
        ``ell`` lies above a Ritz value, so it is not below the spectrum.
    NegativeCurvature
        A Ritz value is not positive.
    """
    d, size = len(r), float(euclidean(r))
    if size == 0.0:
        return InverseNorms(0.0, 0.0, 0.0, 0.0, np.zeros(d), (np.inf, 0.0))
    run = lanczos(operator, r / size, steps, keep=True)
    values = run.ritz[0]
    low, high = float(values[0]), float(values[-1])
    delta = margin(operator, max(about.size, high)) + run.noise
    if low <= -delta:
        raise NegativeCurvature(
            "problem",
            described(f"an eigenvalue of at most {at_most(low, 6)}"),
            "its Hessian must be positive definite",
            "certify at a minimum, or add a penalty",
        )
    if ell is not None and low < ell - delta:
        refuse_value(
            "ell",
            ell,
            f"must lie below the spectrum, which has an eigenvalue of at most {at_most(low, 9)}",
            f"give ell ≤ {at_least(low, 6)}",
        )
    floor = low if ell is None else ell
    assert run.basis is not None
    unit = 2.0 ** np.floor(np.log2(high))  # T in units of A, so that nothing under- or overflows
    alpha, beta, last = run.alpha / unit, run.beta / unit, run.last / unit
    first = np.zeros(len(alpha))
    first[0] = 1.0
    inner = _tridiagonal_solve(alpha, beta, first)
    solution = (size / unit) * (inner @ run.basis)
    node = (floor - delta if ell is not None else floor * (1 - 1e-9)) / unit
    if node <= 0.0:  # rounding hides ℓ: what is left is ‖A⁻¹‖ ≤ 1/ℓ
        top = size / floor if floor > 0.0 else np.inf
        return InverseNorms(0.0, top, top / floor, np.inf, solution, (low, high))
    alpha, beta = _radau(alpha, beta, last, node)
    wide = np.zeros(len(alpha))
    wide[0] = 1.0
    once = _tridiagonal_solve(alpha, beta, wide)
    twice = _tridiagonal_solve(alpha, beta, once)
    # tridiagonal solves lose the condition number; each inverse the perturbation
    loss = 1 + 16 * len(alpha) * _UNIT * max(high, about.size) / unit / node
    factor = (1 + delta / unit / node) * loss
    gap = max(float(once[0]) * factor - float(inner[0]) / loss, 0.0)
    size /= unit
    return InverseNorms(
        size * euclidean(inner) / factor,
        size * euclidean(once) * factor,
        size * euclidean(twice) * factor**2 / unit,
        size * float(np.sqrt(gap)) * float(np.sqrt(unit)),
        solution,
        (low, high),
    )
