r"""The dual functional of a certificate: multipliers with F(N_k) = c N_k(0) for every degree.

.. math:: F(P) = \sum_j u_j A(y_j) + v_j B(y_j)

Those of the optimality conditions of P, corrected by least squares in balls of high precision until
nothing is left of the equations; then rounded to integers. What rounding leaves is bounded by the
checker (:mod:`polyrates.ground.check`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat

from polyrates.ground.precision import ball_bits
from polyrates.ground.rounding import rounded_decimal
from polyrates.numeric.minimax.newton_form import Basis, Rows
from polyrates.numeric.minimax.rational import (
    Ball,
    RationalQuestion,
    ball,
    log10,
    rounded,
)

_ROUNDS = 6
_ENOUGH = 1e-60  # what may be left of the equations, relative to the multipliers
_SOLVING = 320  # bits


def multipliers(
    question: RationalQuestion,
    basis: Basis,
    rows: Rows,
    omega: list[float],
    share: float,
    values: list[tuple[Ball, Ball]] | None,
) -> tuple[list[Ball], list[Ball], Ball] | None:
    """(u, v, c) with F(N_k) = c N_k(0) for all k; ``values`` are A and dP/dx of P at the points.

    Those of the optimality conditions, u = w a²A/s and v = w g²B/(1 − s), moved as little as can be
    in the metric of w. For P = 1 (None) u = w, and v alone moves.
    """
    n, count = len(rows), len(basis.nodes)
    a, g = ball(question.first), ball(question.second / question.width)
    at_zero, slopes_at_zero = basis.jets(question.origin, count)
    w = [arb(x) for x in omega]
    u, v, c = _unmoved(w, (a, g), share, values)
    # what may move, its row of the functional, and its weight
    moves: list[tuple[int, int, Ball]] = []
    if values is not None or question.second == 0:
        moves += [(0, j, w[j] * a * a) for j in range(n)]
    if question.second > 0:
        moves += [(1, j, w[j] * g * g) for j in range(n)]
    keep = list(range(1 if values is None else 0, count))
    if not keep:
        return u, v, c
    held = arb_mat([[pair[side][k] for pair in rows for side in (0, 1)] for k in keep])
    table = [[rows[j][side][k] for side, j, _ in moves] for k in keep]
    factors = [arb(0)] * len(keep)
    if question.plain and count > 1:
        # the multiplier of A'(0) is free: its equation goes
        one = keep.index(1)
        factors = [slopes_at_zero[k] / slopes_at_zero[1] for k in keep]
        top_row = table[one]
        table = [
            [x - f * y for x, y in zip(row, top_row, strict=True)]
            for row, f in zip(table, factors, strict=True)
        ]
    scales = [max((abs(x).mid() for x in row), default=arb(0)) for row in table]
    used = [i for i, k in enumerate(keep) if not (question.plain and k == 1)]
    if any(scales[i] == 0 for i in used):
        return None
    solve = _solver([[x / scales[i] for x in table[i]] for i in used], [m[2] for m in moves])
    for _ in range(_ROUNDS):
        made = held * arb_mat([[x] for pair in zip(u, v, strict=True) for x in pair])
        missing = [c * at_zero[k] - made[i, 0] for i, k in enumerate(keep)]
        if question.plain and count > 1:
            missing = [x - f * missing[one] for x, f in zip(missing, factors, strict=True)]
        left = [(missing[i] / scales[i]).mid() for i in used]
        largest = max((abs(x) for x in (*u, *v)), default=arb(0)).mid()
        if all(abs(x) <= _ENOUGH * largest for x in left):
            break
        try:
            step = solve(left)
        except ZeroDivisionError:
            return None
        for (side, j, _), move in zip(moves, step, strict=True):
            row = v if side else u
            row[j] = (row[j] + move).mid()
    return u, v, c


def _unmoved(
    w: list[Ball], sizes: tuple[Ball, Ball], share: float, values: list[tuple[Ball, Ball]] | None
) -> tuple[list[Ball], list[Ball], Ball]:
    """The multipliers of the optimality conditions as the floats have them."""
    a, g = sizes
    if values is None:
        u = [x * a * a for x in w]
        return u, [arb(0)] * len(w), sum(u, arb(0))
    rest = 1 / (1 - arb(share)) if g > 0 else arb(0)
    u = [x * a * a * first / arb(share) for x, (first, _) in zip(w, values, strict=True)]
    v = [x * g * g * second * rest for x, (_, second) in zip(w, values, strict=True)]
    return u, v, sum((p * x + q * y for p, q, (x, y) in zip(u, v, values, strict=True)), arb(0))


def _solver(table: list[list[Ball]], weights: list[Ball]) -> Callable[[list[Ball]], list[Ball]]:
    """The least δ in the metric of the weights with table δ = what is missing, to some digits."""
    with ball_bits(_SOLVING):
        matrix = arb_mat([[(+x).mid() for x in row] for row in table])
        heavy = arb_mat(
            [[(x * w).mid() for x, w in zip(row, weights, strict=True)] for row in table]
        )
        gram = heavy * matrix.transpose()
        turned = heavy.transpose()

    def solve(missing: list[Ball]) -> list[Ball]:
        with ball_bits(_SOLVING):
            right = arb_mat([[+x] for x in missing])
            found = turned * gram.solve(right, algorithm="approx")
            return [found[i, 0].mid() for i in range(len(weights))]

    return solve


def measure(u: list[float], v: list[float]) -> list[float]:
    """w ∝ √(s u² + (1 − s) v²) at the s that maximises its sum: then |u| = |v|, or s is an end."""
    a2, b2 = np.array(u) ** 2, np.array(v) ** 2
    low, high = 0.0, 1.0
    for _ in range(80):
        s = (low + high) / 2
        root = np.sqrt(s * a2 + (1 - s) * b2)
        rise = float(np.sum((a2 - b2) / np.where(root > 0, root, 1.0)))
        low, high = (s, high) if rise > 0 else (low, s)
    s = (low + high) / 2
    root = np.sqrt(s * a2 + (1 - s) * b2)
    return [float(x) for x in root / np.max(root)]


def dual(
    question: RationalQuestion,
    basis: Basis,
    points: list[Fraction],
    found: tuple[list[Ball], list[Ball], Ball],
    digits: int,
) -> dict[str, object]:
    """The fields of the certificate."""
    u, v, c = found
    a, g = ball(question.first), ball(question.second / question.width)
    top = max(log10(x) for x in (*u, *v))
    power = math.ceil(digits - top)
    shift = arb(10) ** power
    U, V = ([rounded(x, power) for x in row] for row in (u, v))
    unit = arb(10) ** digits
    weights = measure(
        [float((x * shift / unit / a).mid()) for x in u],
        [float((x * shift / unit / g).mid()) if question.second > 0 else 0.0 for x in v],
    )
    heavy = [max(1, round(x * 10**16)) for x in weights]
    mantissa, exponent = (int(part) for part in (c * shift).mid().man_exp())
    constant = Fraction(mantissa) * Fraction(2) ** exponent
    kept = [j for j in range(len(points)) if U[j] or V[j]]
    return {
        "constant": rounded_decimal(constant, digits + 4, False),
        "nodes": [str(z) for z in basis.nodes],
        "points": [str(points[j]) for j in kept],
        "weights": [str(heavy[j]) for j in kept],
        "first": [str(U[j]) for j in kept],
        "second": [str(V[j]) for j in kept],
    }
