r"""The dual functional of a certificate: multipliers with F(N_k) = c N_k(0) for every degree.

.. math:: F(P) = \sum_j u_j A(y_j) + v_j B(y_j)

Those of the optimality conditions of P, corrected by least squares in balls of high precision until
nothing is left of the equations; then rounded to integers. What rounding leaves is bounded by the
checker (:mod:`polyrates.ground.check`).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat

from polyrates.ground.rounding import rounded_decimal
from polyrates.numeric.minimax.newton_form import Basis, Rows
from polyrates.numeric.minimax.rational import Ball, RationalQuestion, ball, log10, rounded


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
    if values is None:
        u, v = [x * a * a for x in w], [arb(0)] * n
        c = sum(u, arb(0))
    else:
        rest = 1 / (1 - arb(share)) if question.second > 0 else arb(0)
        u = [x * a * a * first / arb(share) for x, (first, _) in zip(w, values, strict=True)]
        v = [x * g * g * second * rest for x, (_, second) in zip(w, values, strict=True)]
        c = sum((p * x + q * y for p, q, (x, y) in zip(u, v, values, strict=True)), arb(0))
    # what may move, its row of the functional, and its weight
    moves: list[tuple[int, int, Ball]] = []
    if values is not None or question.second == 0:
        moves += [(0, j, w[j] * a * a) for j in range(n)]
    if question.second > 0:
        moves += [(1, j, w[j] * g * g) for j in range(n)]
    keep = list(range(1 if values is None else 0, count))
    table = [[rows[j][side][k] for side, j, _ in moves] for k in keep]
    held = arb_mat([[pair[side][k] for pair in rows for side in (0, 1)] for k in keep or [0]])
    made = held * arb_mat([[x] for pair in zip(u, v, strict=True) for x in pair])
    missing = [c * at_zero[k] - made[i, 0] for i, k in enumerate(keep)]
    if question.plain and count > 1:
        # the multiplier of A'(0) is free: its equation goes
        one = keep.index(1)
        for i, k in enumerate(keep):
            if k > 1:
                factor = slopes_at_zero[k] / slopes_at_zero[1]
                table[i] = [x - factor * y for x, y in zip(table[i], table[one], strict=True)]
                missing[i] -= factor * missing[one]
        del table[one], missing[one]
    if not table or all(abs(x) < 1e-40 * abs(c) for x in missing):
        return u, v, c
    for i, row in enumerate(table):
        top = max(abs(x).mid() for x in row)
        if top == 0:
            return None
        table[i], missing[i] = [x / top for x in row], missing[i] / top
    matrix = arb_mat([[x.mid() for x in row] for row in table])
    heavy = arb_mat([[x * m[2] for x, m in zip(row, moves, strict=True)] for row in table])
    try:
        solved = (heavy * matrix.transpose()).solve(arb_mat([[x] for x in missing]))
    except ZeroDivisionError:
        return None
    step = heavy.transpose() * solved
    for i, (side, j, _) in enumerate(moves):
        row = v if side else u
        row[j] = row[j] + step[i, 0]
    return u, v, c


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
