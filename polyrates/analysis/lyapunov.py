"""A quadratic Lyapunov function as exact rationals: a proof of a rate that can be checked by hand.

With A(λ) = M − λgq, P > 0 and ρ²P − A(λ)ᵀPA(λ) ≥ 0 at λ = ℓ and λ = L, the states of tangents
under any symmetric Hessians in [ℓ, L], which may change at every step, obey

    ‖E_t‖ ≤ ρ^t [C₁‖E_0‖ + (t/ρ) c C₂ ‖e_0‖],    C₁² = (oᵀP⁻¹o)(1ᵀP1),
    C₂² = (oᵀP⁻¹o)(gᵀPg)(qᵀP⁻¹q)(1ᵀP1).

A(λ)ᵀPA(λ) is convex in λ, so the two ends imply all of [ℓ, L]; P⊗I serves every dimension. The
certificate is checked by the elimination of ``check.py`` on fractions; how P was found does not
matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from polyrates.core.recurrence import Stationary
from polyrates.ground.certificates import ProofFile
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, fraction_of

__all__ = ["LyapunovCertificate", "lyapunov_certificate"]

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]

MARGIN = Fraction(1, 10_000)
"""The claimed rate exceeds the exact one by this, relatively."""


@dataclass(frozen=True)
class LyapunovCertificate:
    """The data of the inequality, all fractions; ``rate`` is ρ and ``P`` the matrix."""

    ell: Fraction
    L: Fraction
    rate: Fraction
    mixing: Matrix
    gain: Vector
    query: Vector
    output: Vector
    P: Matrix

    def check(self) -> bool:
        """Whether the checker of saved certificates proves it, in fractions."""
        try:
            return self.proof.check().ok
        except (ZeroDivisionError, ValueError):  # P is singular: there are no constants
            return False

    @property
    def proof(self) -> ProofFile:
        """What travels: the data, and C₁ and C₂ rounded upward, as strings."""
        first, second = self.constants
        content: dict[str, object] = {"kind": "switching"}
        for name in ("ell", "L", "rate"):
            content[name] = str(getattr(self, name))
        for name in ("gain", "query", "output"):
            content[name] = [str(value) for value in getattr(self, name)]
        for name in ("mixing", "P"):
            content[name] = [[str(value) for value in row] for row in getattr(self, name)]
        content |= {"residual": str(Fraction(first)), "drift": str(Fraction(second))}
        return ProofFile(content)

    @property
    def constants(self) -> tuple[float, float]:
        """C₁ and C₂, rounded upward."""
        ones = (Fraction(1),) * len(self.P)
        first = _root_above(_inverse_form(self.P, self.output) * _form(self.P, ones))
        pull = _form(self.P, self.gain) * _inverse_form(self.P, self.query)
        return first, _root_above(Fraction(first) ** 2 * pull)

    def bound(
        self, t: int, residual: float, cross_lipschitz: float = 0.0, distance: float = 0.0
    ) -> float:
        """ρ^t[C₁‖E_0‖ + (t/ρ)cC₂‖e_0‖] for a method whose first step is like the others."""
        first, second = self.constants
        rate = float(self.rate) * (1 + 2.0**-52)
        drift = t / float(self.rate) * cross_lipschitz * second * distance
        return rate**t * (first * residual + drift) * (1 + (t + 8) * 2.0**-52)

    def save(self, path: str | Path) -> None:
        """Write the file that :func:`polyrates.check_certificate` and ``check.py`` prove anew."""
        self.proof.save(path)


def _form(P: Matrix, v: Vector) -> Fraction:
    return sum((v[i] * P[i][j] * v[j] for i in range(len(v)) for j in range(len(v))), Fraction(0))


def _inverse_form(P: Matrix, v: Vector) -> Fraction:
    """vᵀP⁻¹v for a definite P, by elimination on (P | v)."""
    rows = [[*row, x] for row, x in zip(P, v, strict=True)]
    n, total = len(rows), Fraction(0)
    for k in range(n):
        total += rows[k][n] ** 2 / rows[k][k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return total


def _root_above(value: Fraction) -> float:
    return math.nextafter(math.sqrt(float(value) * (1 + 2.0**-51)), math.inf)


def lyapunov_certificate(
    method: Stationary, interval: tuple[Number, Number], radius: float
) -> LyapunovCertificate:
    """A checked certificate of the rate radius·(1 + 1e-4).

    P minimizes 1ᵀP1 under oᵀP⁻¹o ≤ 1, hence C₁, at a slightly smaller rate, by a barrier method,
    and is rounded to six digits.
    """
    try:
        step = method.transition(fraction_of)
        ell, L = (fraction_of(end) for end in interval)
    except ValueError:
        refuse_value(
            "method",
            method,
            "its coefficients are not rational, and a certificate is made of fractions",
            "give floats or fractions",
        )
    data = [np.array(part, dtype=float) for part in (step.mixing, step.gain, step.query)]
    target = radius * (1 + 0.75 * float(MARGIN))
    ends = [data[0] - float(end) * np.outer(data[1], data[2]) for end in (ell, L)]
    found = _least_constant(ends, target, np.array(step.output, dtype=float))
    P = _rounded(found)
    certificate = LyapunovCertificate(
        ell,
        L,
        Fraction(radius * (1 + float(MARGIN))).limit_denominator(10**12) + Fraction(1, 10**11),
        tuple(tuple(map(Fraction, row)) for row in step.mixing),
        tuple(map(Fraction, step.gain)),
        tuple(map(Fraction, step.query)),
        tuple(map(Fraction, step.output)),
        P,
    )
    if not certificate.check():
        refuse_value("method", method, "no certificate was found", "use the certified enclosure")
    return certificate


def _rounded(P: np.ndarray) -> Matrix:
    unit = 10 ** (math.floor(math.log10(float(np.max(np.abs(P))))) - 9)
    scale = Fraction(unit) if unit >= 1 else 1 / Fraction(round(1 / unit))
    rows = np.round((P + P.T) / 2 / float(scale))
    return tuple(tuple(int(value) * scale for value in row) for row in rows)


def _least_constant(ends: Sequence[np.ndarray], rate: float, output: np.ndarray) -> np.ndarray:
    """P minimizing 1ᵀP1 under the two inequalities and [[P, o], [oᵀ, 1]] ≥ 0."""
    n = len(output)
    basis = [
        (np.outer(e, f) + np.outer(f, e)) / (2 if i == j else 1)
        for i, e in enumerate(np.eye(n))
        for j, f in enumerate(np.eye(n))
        if i <= j
    ]

    def decrease(P: np.ndarray, A: np.ndarray) -> np.ndarray:
        return np.asarray(rate**2 * P - A.T @ P @ A)

    # first a feasible P ≥ I: minimize s with (ρ²P − AᵀPA) + sI ≥ 0, P ≥ I, 1e6·I ≥ P
    eye, zero = np.eye(n), np.zeros((n, n))
    start = [
        *([decrease(B, A) for B in basis] + [eye] for A in ends),
        [*basis, zero],
        [*(-B for B in basis), zero],
    ]
    shifts = [*(zero for _ in ends), -eye, 1e6 * eye]
    x = np.zeros(len(basis) + 1)
    x[: len(basis)] = [2.0 if np.trace(B) else 0.0 for B in basis]
    worst = max(float(np.linalg.eigvalsh(-decrease(2 * eye, A))[-1]) for A in ends)
    x[-1] = max(worst, 0.0) + 1.0
    aim = np.zeros_like(x)
    aim[-1] = 1.0
    x = _barrier(x, aim, shifts, start, until=lambda y: y[-1] < -1e-9)
    feasible = sum(value * B for value, B in zip(x[:-1], basis, strict=True))
    scale = 2 * float(output @ np.linalg.solve(feasible, output))
    bordered = [np.pad(B, (0, 1)) for B in basis]
    corner = np.pad(output[:, None], ((0, 1), (n, 0)))
    corner = corner + corner.T
    corner[-1, -1] = 1.0
    cost = np.array([float(np.sum(B)) for B in basis])
    y = _barrier(
        x[:-1] * scale,
        cost,
        [*(zero for _ in ends), corner],
        [*([decrease(B, A) for B in basis] for A in ends), bordered],
    )
    return np.asarray(sum(value * B for value, B in zip(y, basis, strict=True)))


def _barrier(
    x: np.ndarray,
    cost: np.ndarray,
    shifts: Sequence[np.ndarray],
    linear: Sequence[Sequence[np.ndarray]],
    until: object = None,
) -> np.ndarray:
    """Minimize cost·x under shift + Σ x_j F_j ≥ 0 (definite at the start), Newton on a barrier."""
    stacks = [np.stack(list(each)) for each in linear]
    size = sum(len(shift) for shift in shifts)
    weight = size / (abs(float(cost @ x)) + 1e-12)

    def blocks(y: np.ndarray) -> list[np.ndarray]:
        return [s + np.tensordot(y, F, axes=1) for s, F in zip(shifts, stacks, strict=True)]

    def inside(y: np.ndarray) -> bool:
        return all(np.linalg.eigvalsh(block)[0] > 0 for block in blocks(y))

    for _ in range(60):
        for _ in range(40):
            gradient, hessian = weight * cost, np.zeros((len(x), len(x)))
            for block, F in zip(blocks(x), stacks, strict=True):
                solved = np.linalg.solve(block, F)
                gradient = gradient - np.trace(solved, axis1=1, axis2=2)
                hessian += np.einsum("jab,kba->jk", solved, solved)
            step = -np.linalg.lstsq(hessian, gradient, rcond=None)[0]
            decrement = -float(gradient @ step)
            length = 1.0 / (1.0 + math.sqrt(max(decrement, 0.0)))
            while length > 1e-12 and not inside(x + length * step):
                length /= 2
            x = x + length * step
            if callable(until) and until(x):
                return x
            if decrement < 1e-8 or length <= 1e-12:
                break
        if size / weight < 1e-7 * abs(float(cost @ x)):
            break
        weight *= 4
    return x
