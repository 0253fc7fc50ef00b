"""The problem that attains the tight worst case: one or two eigenvalues, written out."""

from __future__ import annotations

import numpy as np

from polyrates.analysis.worst_case import WorstCase, enclose
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import as_spectrum
from polyrates.ground.numbers import floating
from polyrates.numeric.ring import ValueRing
from polyrates.problems.quadratic import Quadratic
from polyrates.problems.sizes import joint_sizes

__all__ = ["worst_case_problem"]


def worst_case_problem(
    method: Method,
    spectrum: object,
    t: int,
    estimator: Estimator | None = None,
    **sizes: object,
) -> tuple[Quadratic, np.ndarray, np.ndarray]:
    """The explicit quadratic, x_0 and ∂x_0 whose Jacobian error at t attains the worst case.

    H = diag(λ_i) with the one or two eigenvalues of the least favourable mixture, b = 0, ∂b = 0,
    so x* = 0, ∂x* = 0 and all error sits in x_0 and ∂x_0; ∂H is diagonal, hence commutes.
    From equality in Cauchy–Schwarz, E_i ∝ √w_i a²A_i/s and G_i ∝ √w_i g²B_i/(1 − s).

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
    t : int ≥ 0
    estimator : Estimator, default ``pr.Unrolled()``
    initial, cross (or residual, drift) : numbers ≥ 0

    Returns
    -------
    problem : Quadratic, x0 : array (d,), dx0 : array (d,), d = 1 or 2

    Examples
    --------
    >>> import numpy as np
    >>> import polyrates as pr
    >>> method, where = pr.Chebyshev(1, 100), pr.Interval(1, 100)
    >>> problem, x0, dx0 = pr.worst_case_problem(method, where, 20, initial=1, cross=1)
    >>> error = pr.differentiate(method, problem, x0, 20, dx0=dx0).jacobians[-1]  # ∂x* = 0
    >>> worst = pr.rate(method, where).worst_case(20, initial=1, cross=1)
    >>> print(f"{np.linalg.norm(error):.9f} = {float(worst):.9f}")
    29.452922398 = 29.452922398
    """
    as_method(method)
    where = as_spectrum(spectrum)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    t = check_steps(method, t, "t")
    joint = joint_sizes(sizes)
    a, g = floating(joint.first), floating(joint.second)
    worst = enclose(method, where, chosen, t, joint)
    points = worst.points
    if np.any(points <= 0):
        # x* is not unique at λ = 0; the supremum over λ > 0 is approached next to it
        points = np.maximum(points, 1e-12 * floating(where.hull[1], "L"))
    pair = chosen.pair(method, t, ValueRing(points))
    A = pair.residual - points * pair.drift if joint.form == "initial/cross" else pair.residual
    B = np.broadcast_to(pair.drift, points.shape)
    first, second = _attaining(A, B, a, g, worst)
    D = second - points * first if joint.form == "initial/cross" else second
    size = len(points)
    problem = Quadratic(np.diag(points), np.zeros(size), np.diag(D), np.zeros(size))
    return problem, np.ones(size), first


def _attaining(
    A: np.ndarray, B: np.ndarray, a: float, g: float, worst: WorstCase
) -> tuple[np.ndarray, np.ndarray]:
    """(E, G) of norms a and g that maximize ‖AE + BG‖ for the mixture's share."""
    s = worst.share
    if len(A) == 1 or s in (0.0, 1.0):
        best = int(np.argmax(a * np.abs(A) + g * np.abs(B)))
        unit = np.zeros(len(A))
        unit[best] = 1.0
        return a * unit * _sign(A), g * unit * _sign(B)
    root = np.sqrt(worst.weights)
    E, G = root * A / s, root * B / (1 - s)
    sizes = float(np.linalg.norm(E)), float(np.linalg.norm(G))
    return (
        E * (a / sizes[0]) if sizes[0] > 0 else np.append(a, np.zeros(len(A) - 1)),
        G * (g / sizes[1]) if sizes[1] > 0 else np.append(g, np.zeros(len(A) - 1)),
    )


def _sign(values: np.ndarray) -> np.ndarray:
    return np.where(values < 0, -1.0, 1.0)
