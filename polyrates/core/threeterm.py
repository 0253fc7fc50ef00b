"""Three-term coefficients of a measure: from its points, from its moments, and back.

A measure μ of mass one is, for polynomials, its monic orthogonal polynomials

    P_0 = 1,    P_{k+1}(λ) = (λ − a_k) P_k(λ) − b_k P_{k−1}(λ),    b_0 = 1 (the mass),

that is, the symmetric tridiagonal (Jacobi) matrix with diagonal a_k and off-diagonal √b_k. The
functions without "float" in their name only add, multiply and divide, so they are exact on the
elements of a field. (W. Gautschi, Orthogonal Polynomials: Computation and Approximation, 2004.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy
from scipy import linalg
from scipy.linalg import blas

from polyrates.core.transition import Scalar
from polyrates.ground.numbers import Number

__all__ = [
    "chebyshev_algorithm",
    "field_of",
    "float_gauss",
    "float_lanczos",
    "moments_of",
    "stieltjes",
]

_EPS = float(np.finfo(float).eps)


def field_of(*values: Number) -> Scalar:
    """The smallest field, as a sympy domain, that holds exact numbers: ℚ, ℚ(√2), ℚ(η, ℓ), …"""
    return sympy.construct_domain([sympy.S.One, *values], field=True, extension=True)[0]


def stieltjes(
    points: Sequence[Scalar], weights: Sequence[Scalar], n: int
) -> tuple[list[Scalar], list[Scalar]]:
    """The first n coefficients of the discrete measure Σ w_i δ(λ_i), exact on field elements.

    n is at most the number of points; the points are distinct and the weights sum to one.
    """
    current = [weights[0] * 0 + 1 for _ in points]
    previous = [value * 0 for value in current]
    a: list[Scalar] = []
    b: list[Scalar] = []
    norm: Scalar = None
    for k in range(n):
        products = [w * p * p for w, p in zip(weights, current, strict=True)]
        square = sum(products[1:], products[0])
        moment = sum(
            (x * s for x, s in zip(points[1:], products[1:], strict=True)), points[0] * products[0]
        )
        a.append(moment / square)
        b.append(square if k == 0 else square / norm)
        norm = square
        current, previous = (
            [
                (x - a[k]) * p - (b[k] * q if k else q)
                for x, p, q in zip(points, current, previous, strict=True)
            ],
            current,
        )
    return a, b


def moments_of(a: Sequence[Scalar], b: Sequence[Scalar], n: int) -> list[Scalar]:
    """The first n moments ∫λ^k dμ = e_0ᵀ J^k e_0; the first ⌈n/2⌉ coefficients are enough.

    λ^k = Σ_j c_j P_j is carried from k to k + 1, and c_0 is the moment; entries too high to come
    back to P_0 in time are dropped.
    """
    if n == 0:
        return []
    one = b[0]
    vector: list[Scalar] = [one]
    moments: list[Scalar] = [one]
    for k in range(1, n):
        size = min(len(vector) + 1, n - k)  # higher entries can no longer come back to P_0
        longer: list[Scalar] = [one * 0] * size
        for j, c in enumerate(vector):
            if j + 1 < size:
                longer[j + 1] = longer[j + 1] + c
            if j < size:
                longer[j] = longer[j] + a[j] * c
            if 0 < j <= size:
                longer[j - 1] = longer[j - 1] + b[j] * c
        vector = longer
        moments.append(vector[0])
    return moments


def chebyshev_algorithm(
    moments: Sequence[Scalar],
) -> tuple[list[Scalar], list[Scalar]]:
    """The first n coefficients from the first 2n moments (Chebyshev 1859); for exact numbers.

    In floats the map is hopeless (the condition number grows like 33^n): use
    :func:`float_lanczos` on a discretisation there.
    """
    n = len(moments) // 2
    a: list[Scalar] = [moments[1] / moments[0]]
    b: list[Scalar] = [moments[0]]
    previous = [moments[0] * 0] * (2 * n)
    current = list(moments)
    for k in range(1, n):
        following = list(current)
        for i in range(k, 2 * n - k):
            following[i] = current[i + 1] - a[k - 1] * current[i] - b[k - 1] * previous[i]
        a.append(following[k + 1] / following[k] - current[k] / current[k - 1])
        b.append(following[k] / current[k - 1])
        previous, current = current, following
    return a, b


def float_lanczos(points: np.ndarray, weights: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The first n coefficients (a, b), arrays (n,), of Σ w_i δ(λ_i) in floats, in O(N n).

    Lanczos' process on diag(λ) from √w. Rounding makes it lose orthogonality as soon as an
    isolated point is resolved, so the loss is followed by its own three-term recurrence (Simon's
    ω, Math. Comp. 42, 1984). Where it stays below √ε, as for spectra that fill an interval, three
    vectors are enough; otherwise the process starts again with all of them kept, O(N n) memory,
    and makes them orthogonal where it must. The coefficients are right to a few ε times the largest
    point.
    """
    quick = _lanczos(points, weights, n, keep=False)
    result = quick if quick is not None else _lanczos(points, weights, n, keep=True)
    assert result is not None, "with every vector kept the process runs to its end"
    return result


def _lanczos(
    points: np.ndarray, weights: np.ndarray, n: int, keep: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """The process; None where orthogonality is lost and ``keep`` is off."""
    size = len(points)
    diagonal = np.zeros(n)
    off = np.zeros(n)  # off[k] = √b_k links P_{k−1} and P_k
    basis = np.empty((max(n if keep else min(n, 3), 1), size))
    np.sqrt(weights / float(np.sum(weights)), out=basis[0])
    scale = float(np.max(np.abs(points), initial=0.0)) or 1.0
    omega_before = np.zeros(n + 1)
    omega = np.zeros(n + 1)
    omega[0] = 1.0
    twice = False
    vector = np.empty(size)
    for k in range(n):
        current = basis[k % len(basis)]
        np.multiply(points, current, out=vector)
        diagonal[k] = vector @ current
        if k + 1 == n:
            break
        blas.daxpy(current, vector, a=-diagonal[k])
        if k:
            blas.daxpy(basis[(k - 1) % len(basis)], vector, a=-off[k])
        length = float(np.sqrt(vector @ vector))
        following = np.zeros(n + 1)
        if k and length > 0.0:
            following[:k] = (
                off[1 : k + 1] * omega[1 : k + 1]
                + (diagonal[:k] - diagonal[k]) * omega[:k]
                - off[k] * omega_before[:k]
            )
            following[1:k] += off[1:k] * omega[: k - 1]
            following[:k] = following[:k] / length
            following[:k] += np.sign(following[:k]) * 2 * _EPS * scale / length
        lost = float(np.max(np.abs(following[:k]), initial=0.0))
        if twice or lost > np.sqrt(_EPS) or length < 1e-6 * scale:
            if not keep:
                return None
            for _ in range(2):
                vector -= (basis[: k + 1] @ vector) @ basis[: k + 1]
            following[: k + 1] = _EPS
            length = float(np.sqrt(vector @ vector))
            twice = not twice  # the next vector too, or the loss comes straight back
        following[k] = _EPS * scale / max(length, _EPS * scale)
        following[k + 1] = 1.0
        omega_before, omega = omega, following
        off[k + 1] = length
        np.multiply(vector, 1.0 / length if length > 0 else 0.0, out=basis[(k + 1) % len(basis)])
    squares = off**2
    if n:
        squares[0] = 1.0
    return diagonal, squares


def float_gauss(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (sum one) of the Gauss rule with len(a) nodes (Golub and Welsch 1969)."""
    nodes, vectors = linalg.eigh_tridiagonal(a, np.sqrt(b[1:]))
    weights = vectors[0] ** 2
    return nodes, weights / weights.sum()
