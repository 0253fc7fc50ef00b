"""The optimal differentiated run after a fixed head."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.analysis.rate import rate
from polyrates.choices.choice import Choice, certified, known_sizes
from polyrates.choices.grid import Grid
from polyrates.choices.searches import best_restart, checked_budget
from polyrates.core.estimators import Truncated, Unrolled
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.restarted import Restarted
from polyrates.core.recurrence import Method, as_method, check_steps, orbit
from polyrates.core.spectra import as_spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count, floating
from polyrates.synthesis.minimax import minimax_optimal

Array = npt.NDArray[np.float64]


def optimal_tail(spectrum: object, head: Method, start: int, steps: int, **sizes: object) -> Choice:
    """The best differentiated run of ``steps`` steps after ``start`` steps of a fixed head.

    Minimizes the worst case of (Q, Q′P_s) over Q with Q(0) = 1 and deg Q ≤ k, which is convex in Q,
    with max|P_s| in the place of |P_s(λ)|: the minimax problem with the drift ‖D‖max|P_s|, solved
    with a certificate. The guarantee is the tight worst case of the true pair, so it is at most
    that optimum; :func:`tail_lower_bound` says how far it can be from the best tail.

    Parameters
    ----------
    spectrum : Spectrum
    head : Method
    start : int ≥ 0
        s.
    steps : int ≥ 1
        k.
    residual, drift : numbers ≥ 0
        ‖E‖ and ‖D‖ (or residual, hessian). The form initial/cross has no such reduction: in it
        the head multiplies part of the initial term too.
    """
    where = as_spectrum(spectrum)
    known = known_sizes(where, sizes)
    s, k = check_steps(as_method(head, "head"), start, "start"), count(steps, "steps", 1)
    second = known.drift if known.drift is not None else known.hessian
    if second is None:
        refuse_value(
            "cross",
            known.cross,
            "the tail is optimized in the form residual/drift",
            "give residual= and drift=",
        )
    scale = rate(head, where, Unrolled()).residual.enclosure(s)[1]
    optimum = minimax_optimal(
        where, k, residual=floating(known.error), drift=floating(second) * scale
    )
    tail = optimum.method
    method = Restarted(head, tail, s)
    found = {k: float(optimum.upper)}
    used = k if tail.horizon is None else min(k, tail.horizon)
    return certified(method, Truncated(s), s + used, k, where, known, found)


def best_tail(budget: int, spectrum: object, head: Method, **sizes: object) -> Choice:
    """The optimal tail of the best length k after N − 2k plain steps of the head.

    A search over k around the best length for the head's own restart, then :func:`optimal_tail`.
    """
    where = as_spectrum(spectrum)
    total = checked_budget(budget)
    known = known_sizes(where, sizes)
    middle = best_restart(total, where, head, given=known).parameter
    found: dict[int, Choice] = {}

    def look(k: int) -> None:
        if 1 <= k <= total // 2 and k not in found:
            found[k] = optimal_tail(where, head, total - 2 * k, k, given=known)

    stride = max(1, total // 24)
    for k in (middle - stride, middle, middle + stride):
        look(k)
    while True:
        best = min(found, key=lambda k: found[k].guarantee)
        before = len(found)
        look(best - stride)
        look(best + stride)
        if len(found) == before or min(found, key=lambda k: found[k].guarantee) == best:
            if stride == 1:
                break
            stride = max(1, stride // 2)
    best = min(found, key=lambda k: found[k].guarantee)
    chosen = found[best]
    scanned = np.array(sorted((k, each.guarantee) for k, each in found.items()), dtype=float)
    return Choice(
        chosen.method, chosen.estimator, chosen.t, best, chosen.guarantee, chosen.lower, scanned
    )


def tail_lower_bound(
    spectrum: object, head: Method, start: int, steps: int, rounds: int = 60, **sizes: object
) -> float:
    """A lower bound (numeric) on the guarantee of every tail of ``steps`` steps after the head.

    For a measure ω on the support and every s in (0, 1), max ≥ mean, so min over s and Q of
    ∫ a²Q²/s + d²(Q′P_s)²/(1 − s) dω ≤ V². The inner minimum is a least-squares problem; ω is moved
    towards the least favourable one by Lawson's iteration, started where it is large.
    """
    where = as_spectrum(spectrum)
    known = known_sizes(where, sizes)
    k = count(steps, "steps", 1)
    a = floating(known.error)
    d = floating(known.drift if known.drift is not None else known.hessian or 0)
    grid = Grid.of(where, 2 * k, known)
    points = grid.points
    low, high = float(points.min()), float(points.max())
    values = np.asarray(list(orbit(head, grid.ring, count(start, "start")))[-1])
    basis = [ChebyshevSeries.basis(j, domain=[low, high]) for j in range(k + 1)]
    table = np.stack([each(points) for each in basis], axis=1)
    slopes = np.stack(
        [each.deriv()(points) if j else 0 * points for j, each in enumerate(basis)], 1
    )
    at_zero = np.array([float(each(0.0)) for each in basis])
    # Q = 1/T_k(0)·T_k + combinations that vanish at 0, scaled by their values there
    fixed = np.zeros(k + 1)
    fixed[k] = 1 / at_zero[k]
    free = np.eye(k + 1)[:k] - np.outer(at_zero[:k] / at_zero[k], np.eye(k + 1)[k])

    def least(weights: Array) -> tuple[float, Array, Array]:
        root = np.sqrt(weights)[:, None]
        share, best = 0.5, (0.0, 0 * points, 0 * points)
        for _ in range(12):  # alternate Q and s: jointly convex, so this settles
            weighted = root * (slopes * values[:, None])
            A = np.vstack(
                [a / math.sqrt(share) * root * table, d / math.sqrt(1 - share) * weighted]
            )
            c = np.linalg.lstsq(A @ free.T, -A @ fixed, rcond=None)[0]
            q = fixed + free.T @ c
            first, second = a * (table @ q), d * (slopes @ q) * values
            x, y = float(weights @ first**2), float(weights @ second**2)
            best = (math.sqrt(x) + math.sqrt(y)), first, second
            share = min(max(math.sqrt(x) / (math.sqrt(x) + math.sqrt(y) + 1e-300), 1e-6), 1 - 1e-6)
        return best

    # start from the profile of the bound that optimal_tail minimizes
    weights = np.full(len(points), 1 / len(points))
    top = 0.0
    for _ in range(rounds):
        value, first, second = least(weights)
        top = max(top, value)
        x, y = float(weights @ first**2), float(weights @ second**2)
        share = math.sqrt(x) / (math.sqrt(x) + math.sqrt(y) + 1e-300)
        share = min(max(share, 1e-6), 1 - 1e-6)
        profile = np.sqrt(first**2 / share + second**2 / (1 - share))
        weights = weights * profile
        weights /= weights.sum()
    return top


def chebyshev_on(spectrum: object) -> Chebyshev:
    """Chebyshev's method on the hull, in floats."""
    ell, L = as_spectrum(spectrum).hull
    return Chebyshev(floating(ell, "ell"), floating(L, "L"))
