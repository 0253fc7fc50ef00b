"""P in Newton's form, P = Σ d_kΠ_{i<k} r(x − z_i), on rational nodes of the support.

In Leja's order nothing cancels, on intervals, unions and points alike; an isolated point beside
intervals is a double node, for P and P′ are both small there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat

from polyrates.ground.check import Newton
from polyrates.numeric.minimax.exact_series import series_on
from polyrates.numeric.minimax.question import MinimaxSolution
from polyrates.numeric.minimax.rational import (
    Ball,
    RationalQuestion,
    ball,
    log10,
    log10_of,
    rounded,
    snapped,
)
from polyrates.numeric.suprema.waves import Array

Rows = list[tuple[list[Ball], list[Ball]]]  # A and dP/dx of N_0, …, N_t at each point


def nodes_of(question: RationalQuestion, t: int) -> list[Fraction]:
    """t + 1 nodes, as far apart as can be; those that are equal stand together."""
    pieces = question.pieces
    points = [low for low, high in pieces if low == high]
    wide = [(low, high) for low, high in pieces if low < high]
    copies = 2 if question.second > 0 else 1
    if not wide:
        order = leja([], points, t + 1)
        twice = set(order[: t + 1 - len(order)]) if copies == 2 else set()
        chosen = [point for point in order for _ in range(2 if point in twice else 1)]
        # what is known of P at 0 serves too
        return chosen + [question.origin] * (t + 1 - len(chosen))
    first: list[Fraction] = []
    if copies * len(points) <= t + 1:
        first = [point for point in leja([], points, len(points)) for _ in range(copies)]
    rest = [] if first else points
    per_piece = 8 * (t + 2)
    angles = (np.arange(per_piece) + 0.5) * (math.pi / per_piece)
    for low, high in wide:
        part = float(low) + float(high - low) * np.cos(angles / 2) ** 2
        rest = rest + sorted({snapped(x, low, high, 8) for x in part.tolist()} | {low, high})
    return first + leja(first, rest, t + 1 - len(first))


def leja(before: list[Fraction], candidates: list[Fraction], count: int) -> list[Fraction]:
    """Each next one maximises the product of the distances to those before it."""
    places = np.array([float(x) for x in candidates])
    logs = np.zeros(len(places))
    taken = np.zeros(len(places), dtype=bool)
    with np.errstate(divide="ignore"):
        for x in before:
            gaps = np.abs(places - float(x))
            logs += np.log(np.where(gaps > 0, gaps, 1e-9))
        chosen: list[Fraction] = []
        for _ in range(min(count, len(places))):
            best = int(np.argmax(np.where(taken, -np.inf, logs if chosen or before else places)))
            taken[best] = True
            chosen.append(candidates[best])
            gaps = np.abs(places - places[best])
            logs += np.log(np.where(gaps > 0, gaps, 1.0))
    return chosen


@dataclass(frozen=True)
class Basis:
    """N_k = Π_{i<k} r(x − z_i) and derivatives in x at points, in balls: lists over k."""

    nodes: list[Fraction]
    ratio: Fraction

    def jets(self, x: Fraction, count: int) -> tuple[list[Ball], list[Ball]]:
        """(N_k(x)), (N_k′(x)), k < count."""
        value, slope, ratio, place = arb(1), arb(0), ball(self.ratio), ball(x)
        values, slopes = [value], [slope]
        for node in self.nodes[: count - 1]:
            factor = ratio * (place - ball(node)) if x != node else arb(0)
            value, slope = value * factor, slope * factor + value * ratio
            values.append(value)
            slopes.append(slope)
        return values, slopes

    def rows(self, x: Fraction, question: RationalQuestion) -> tuple[list[Ball], list[Ball]]:
        """A and dP/dx of N_0, …, N_t at a point; where B does not count A is N_k itself."""
        values, slopes = self.jets(x, len(self.nodes))
        if question.initial and not question.plain:
            away = ball(x - question.origin)
            return [v - away * s for v, s in zip(values, slopes, strict=True)], slopes
        return values, slopes


def ratio_of(nodes: list[Fraction]) -> Fraction:
    """One over the capacity of the support, about: N_t stays near 1 on it."""
    last = float(nodes[-1])
    gaps = [abs(last - float(z)) for z in nodes[:-1] if float(z) != last]
    if not gaps:
        return Fraction(1)
    mean = math.exp(-math.fsum(map(math.log, gaps)) / len(gaps))
    return Fraction(f"{mean:.3g}")


def divided_differences(
    nodes: list[Fraction], ratio: Fraction, jets: dict[Fraction, tuple[Ball, Ball]]
) -> list[Ball]:
    """d_k of P = Σ d_k N_k from P and dP/dx at the nodes, equal nodes adjacent."""
    column = [jets[z][0] for z in nodes]
    result = [column[0]]
    for k in range(1, len(nodes)):
        following = []
        for i in range(len(nodes) - k):
            gap = nodes[i + k] - nodes[i]
            if gap == 0:
                following.append(jets[nodes[i]][1] / ball(ratio))
            else:
                following.append((column[i + 1] - column[i]) / ball(ratio * gap))
        column = following
        result.append(column[0])
    return result


def evaluator(
    solution: MinimaxSolution,
) -> Callable[[list[Fraction]], list[tuple[Ball, Ball]]]:
    """(P, dP/dλ) at λ: of the table's own polynomials where there is one, else of the series."""
    if solution.expansion is not None:
        table, expansion = solution.expansion.table, solution.expansion

        def on_table(lam: list[Fraction]) -> list[tuple[Ball, Ball]]:
            value, slope = table.jets(np.array([ball(x) for x in lam], dtype=object))
            w = [ball(x) for x in expansion.exact_weights]
            return [
                (sum(map(arb.__mul__, row, w), arb(0)), sum(map(arb.__mul__, down, w), arb(0)))
                for row, down in zip(value.tolist(), slope.tolist(), strict=True)
            ]

        return on_table
    low, high = (ball(Fraction(float(end))) for end in solution.hull)
    series = [arb(float(c)) for c in solution.coefficients]

    def on_hull(lam: list[Fraction]) -> list[tuple[Ball, Ball]]:
        found = []
        for point in lam:
            x = (2 * ball(point) - low - high) / (high - low)
            b, before, d, before_d = arb(0), arb(0), arb(0), arb(0)
            for c in series[:0:-1]:
                d, before_d = 2 * x * d - before_d + 2 * b, d
                b, before = 2 * x * b - before + c, b
            found.append((x * b - before + series[0], (x * d - before_d + b) * 2 / (high - low)))
        return found

    return on_hull


def primal(
    question: RationalQuestion, solution: MinimaxSolution, basis: Basis, rows: Rows
) -> list[int]:
    """The integers d_k of P, up to a factor; ``rows`` are of the points where it is largest."""
    evaluate = evaluator(solution)
    places = sorted(set(basis.nodes))
    width = ball(question.width)
    found = evaluate([question.low + question.width * z for z in places])
    jets = {z: (value, slope * width) for z, (value, slope) in zip(places, found, strict=True)}
    d = divided_differences(basis.nodes, basis.ratio, jets)
    # what rounding a term moves at the points stays far below the worst case
    sizes = (ball(question.first), ball(question.second / question.width))
    largest = max(
        log10(size * max((abs(entry).mid() for entry in row), default=arb(0)))
        for pair in rows
        for size, row in zip(sizes, pair, strict=True)
    )
    power = math.ceil(18 + largest - log10(arb(solution.upper)) + math.log10(len(d)))
    return [rounded(value, power) for value in d]


def values_of(
    newton: list[int],
    question: RationalQuestion,
    basis: Basis,
    rows: Rows,
    points: list[Fraction],
) -> list[tuple[Ball, Ball]]:
    """A and dP/dx of P over P(0) at the points."""
    column = arb_mat([[d] for d in newton])
    start = (arb_mat([basis.jets(question.origin, len(newton))[0]]) * column)[0, 0]
    first, second = (
        arb_mat([pair[side][: len(newton)] for pair in rows]) * column for side in (0, 1)
    )
    found = [(first[j, 0] / start, second[j, 0] / start) for j in range(len(points))]
    if not question.plain:
        return found
    # the rows are of the basis itself
    away = [ball(x - question.origin) for x in points]
    return [(v - x * s, s) for (v, s), x in zip(found, away, strict=True)]


def worst(question: RationalQuestion, P: Newton, share: float) -> float:
    """log10 of the worst case of P/P(0) for a share, as floats see it."""
    start = P.parts_at(question.origin, question.origin, False)[0]
    sizes = (question.first, question.second / question.width)
    weights = (1 / share, 1 / (1 - share) if share < 1 else 0.0)
    found: list[float] = []
    for low, high in question.pieces:
        if low == high:
            pair = [
                abs(v * s / start)
                for v, s in zip(
                    P.parts_at(low, question.origin, question.initial), sizes, strict=True
                )
            ]
            rows = [(pair[0], weights[0]), (pair[1], weights[1])]
            top = max(pair)
            if top:
                total = sum(float(v / top) ** 2 * w for v, w in rows)
                found.append(log10_of(top) + math.log10(total) / 2)
            continue
        series = series_on(P, low, high, question.origin, question.initial)
        units = [abs(unit * s / start) for (_, unit), s in zip(series, sizes, strict=True)]
        top = max(max(map(abs, p)) * u for (p, _), u in zip(series, units, strict=True))
        curves = [
            np.array([float(c * u / top) for c in p])
            for (p, _), u in zip(series, units, strict=True)
        ]
        found.append(log10_of(top) + math.log10(peak(curves, weights)) / 2)
    return max(found, default=-math.inf)


def peak(rows: list[Array], weights: tuple[float, float]) -> float:
    """max over θ of Σ weight (Σ c_k cos kθ)²: a grid, and Newton's method from its peaks."""
    t = max(len(row) for row in rows)
    theta = np.linspace(0, math.pi, 24 * t + 1)

    def jet(at: Array) -> tuple[Array, Array, Array]:
        value, slope, bend = np.zeros(len(at)), np.zeros(len(at)), np.zeros(len(at))
        for row, weight in zip(rows, weights, strict=True):
            k = np.arange(len(row))
            cos, sin = np.cos(np.outer(at, k)), np.sin(np.outer(at, k))
            f, df, ddf = cos @ row, -sin @ (k * row), -cos @ (k * k * row)
            value += weight * f * f
            slope += 2 * weight * f * df
            bend += 2 * weight * (df * df + f * ddf)
        return value, slope, bend

    value = jet(theta)[0]
    inner = np.flatnonzero((value[1:-1] >= value[:-2]) & (value[1:-1] >= value[2:])) + 1
    at = theta[inner]
    best = float(np.max(value))
    for _ in range(4):
        if len(at):
            value, slope, bend = jet(at)
            best = max(best, float(np.max(value)))
            step = np.where(bend < 0, -slope / np.where(bend < 0, bend, 1.0), 0.0)
            at = np.clip(at + np.clip(step, -theta[1], theta[1]), 0, math.pi)
    return best
