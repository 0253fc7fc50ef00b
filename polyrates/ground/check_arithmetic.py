"""What the checker of certificates stands on: strict reading, integers and fractions, one bound.

``check.py`` holds the clauses; the copy that travels contains this file in place of its import.
"""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from itertools import pairwise
from math import factorial, lcm
from operator import add, mul
from typing import NoReturn

LARGEST_FILE, LARGEST_DEGREE = 1 << 25, 10_000
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,99999}")
DIGITS = r"-?(0|[1-9][0-9]{0,3999})"
NUMBER = re.compile(DIGITS + r"(/[1-9][0-9]{0,3999}|(\.[0-9]{1,2000})?(e-?[0-9]{1,4})?)")
BITS, ORDER, DEGREE = 128, 16, 20  # of fixed-point numbers, Taylor polynomials, their squares
Pieces = list[tuple[Fraction, Fraction]]


class Refused(Exception):
    """(clause, why): a clause that does not hold."""


def require(clause: str, holds: bool, why: str) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Refused(clause, why)


# -- clauses "form" and "digest": the file says one thing, and it is what was saved ----------------


def read(raw: bytes) -> dict[str, object]:
    """The content: strings, lists and objects alone, no key twice, under its SHA-256."""

    def refuse(text: str) -> NoReturn:
        raise Refused("form", f"the number {text[:20]} is not in quotes")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        require("form", len({key for key, _ in pairs}) == len(pairs), "a key is there twice")
        return dict(pairs)

    require("form", len(raw) <= LARGEST_FILE, "the file is too large")
    content = json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=once,
        parse_float=refuse,
        parse_int=refuse,
        parse_constant=refuse,
    )
    require("form", isinstance(content, dict) and "sha256" in content, "it is no certificate")
    signed = content.pop("sha256")
    require("digest", signed == digest(content), "the content is not what was saved")
    return dict(content)


def digest(content: dict[str, object]) -> str:
    """SHA-256 of the content as JSON: keys sorted, no spaces, ASCII."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fields(content: object, names: str) -> list[object]:
    """The values of exactly these keys."""
    keys = names.split()
    if not isinstance(content, dict) or set(content) != set(keys):
        raise Refused("form", f"the keys must be {', '.join(keys)}")
    return [content[key] for key in keys]


def several(value: object) -> list[object]:
    """A list."""
    if not isinstance(value, list):
        raise Refused("form", "a list is missing")
    return value


def number(value: object) -> Fraction:
    """A decimal or a fraction, exactly."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise Refused("form", f"{str(value)[:30]!r} is not a number")
    return Fraction(value)


def integer(value: object) -> int:
    """An integer, in parts: int() refuses long strings."""
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        raise Refused("form", f"{str(value)[:30]!r} is not an integer")
    digits, total = value.lstrip("-"), 0
    for part in (digits[i : i + 4000] for i in range(0, len(digits), 4000)):
        total = total * 10 ** len(part) + int(part)
    return -total if value[0] == "-" else total


def degree_of(value: object) -> int:
    """Clause "question": a degree."""
    degree = integer(value)
    require("question", 0 <= degree <= LARGEST_DEGREE, f"a degree is 0 to {LARGEST_DEGREE}")
    return degree


def support_of(value: object) -> tuple[Pieces, Pieces, Fraction, Fraction]:
    """Clause "question": S, disjoint closed intervals of λ ≥ 0; the same in x; w and o."""
    pieces = []
    for piece in several(value):
        ends = [number(end) for end in several(piece)]
        require("question", len(ends) == 2 and 0 <= ends[0] <= ends[1], "0 ≤ ℓ ≤ L is not so")
        pieces.append((ends[0], ends[1]))
    apart = all(before[1] < after[0] for before, after in pairwise(pieces))
    require("question", bool(pieces) and apart, "the pieces of the support overlap")
    low = pieces[0][0]
    width = (pieces[-1][1] - low) or low or Fraction(1)
    return pieces, [((p - low) / width, (q - low) / width) for p, q in pieces], width, -low / width


def inside(x: Fraction, pieces: Pieces) -> bool:
    """Whether a point belongs to a support."""
    return any(low <= x <= high for low, high in pieces)


def up(p: Fraction | int, q: Fraction | int = 1) -> int:
    """p/q rounded up."""
    return -int(-p // q)


# -- polynomials in Newton's form, and their Chebyshev series --------------------------------------


class Newton:
    """P = Σ d_k Π_{i<k} r(x − z_i): integers d_k, rational nodes z_i and r."""

    def __init__(self, terms: list[int], nodes: list[Fraction], ratio: Fraction) -> None:
        require("polynomial", 0 < len(terms) <= len(nodes) + 1, "coefficients without nodes")
        self.last, self.ratio = terms[-1], ratio
        self.steps = list(zip(terms, nodes, strict=False))[: len(terms) - 1][::-1]

    def parts_at(self, x: Fraction, o: Fraction, initial: bool) -> tuple[Fraction, Fraction]:
        """(A, dP/dx), by Horner's scheme."""
        value, slope = Fraction(self.last), Fraction(0)
        for term, node in self.steps:
            factor = self.ratio * (x - node)
            value, slope = value * factor + term, slope * factor + value * self.ratio
        return value - (x - o) * slope if initial else value, slope

    def parts_on(
        self, low: Fraction, high: Fraction, o: Fraction, initial: bool
    ) -> list[tuple[list[int], Fraction]]:
        """A and dP/dx as series in T_k(c), x = middle + half c: integers, and the unit of each."""
        middle, half = (low + high) / 2, (high - low) / 2
        factors = [self.ratio * (middle - node) for _, node in self.steps]
        unit = lcm((self.ratio * half).denominator, *(f.denominator for f in factors))
        h, scale, p = int(self.ratio * half * unit), 1, [self.last]
        for (term, _), factor in zip(self.steps, factors, strict=True):  # Horner on vectors
            m, scale = int(2 * factor * unit), scale * 2 * unit
            p = combined(m, [*p, 0], h, times(p))
            p[0] += term * scale
        d = [0] * (len(p) + 1)  # T_k′ = 2k(T_{k−1} + T_{k−3} + …), a last T_0 halved
        for k in range(len(p) - 1, 0, -1):
            d[k - 1] = d[k + 1] + 2 * k * p[k]
        s = [d[0] // 2, *d[1 : len(p)]]
        shift = (middle - o) / half  # (x − o) dP/dx = (shift + c) dP/dc
        n, e = shift.numerator, shift.denominator
        first = [2 * e * c for c in p]
        if initial:
            first = combined(1, [*first, 0], -1, combined(2 * n, [*s, 0], e, times(s)))
        return [(first, Fraction(1, 2 * e * scale)), (s, 1 / (half * scale))]


def times(p: list[int]) -> list[int]:
    """2c Σ p_kT_k(c), from 2cT_k = T_{k+1} + T_{|k−1|}."""
    return list(map(add, [0, 2 * p[0], *p[1:]], [*p[1:], 0, 0]))


def combined(m: int, p: list[int], n: int, q: list[int]) -> list[int]:
    """mp + nq."""
    return [m * c + n * d for c, d in zip(p, q, strict=True)]


def fixed(series: tuple[list[int], Fraction], factor: Fraction) -> list[int]:
    """A series times a factor in units 2^−BITS, rounded down."""
    f = series[1] * factor
    return [(c * f.numerator << BITS) // f.denominator for c in series[0]]


# -- Σ_i weight_i (Σ_k c_ik cos kθ)² ≤ limit for all θ ---------------------------------------------


def bounded(series: list[list[int]], weights: list[int], limit: int) -> bool:
    """Whether it is so, for c in units 2^−BITS, each off by at most one unit.

    On the 2n + 1 cells |θ − jπ/2n| ≤ h, h ≥ π/4n, a series is a Taylor polynomial in τ = (θ − …)/h
    and the sum of squares a polynomial of low degree, bounded on [−1, 1] by :func:`below`.
    """
    n = max(max(map(len, series)) - 1, 1)
    table = cosines(n)
    h = 355 * (1 << BITS) // (452 * n) + 1  # 355/113 > π, and kh < 4/5
    taylor, errors = [], []
    for row in series:
        powers = [row]  # c_k (kh)^m/m!, to 4 units
        for m in range(1, ORDER):
            powers.append([(c * k * h >> BITS) // m for k, c in enumerate(powers[-1])])
        taylor.append(powers)
        size, count = sum(map(abs, row)), len(row)
        sums = ORDER * (5 * count + (size >> BITS) + 2)  # their sums with cosines, to 1 unit each
        errors.append(count + sums + up(size * 4**ORDER, 5**ORDER * factorial(ORDER)))
    for j in range(2 * n + 1):
        # the m-th derivative of cos kθ is k^m cos(kθ + mπ/2)
        rows = [[table[(k * j + m * n) % (4 * n)] for k in range(n + 1)] for m in range(4)]
        square, room = [0] * (2 * ORDER - 1), limit << 2 * BITS
        for powers, weight, error in zip(taylor, weights, errors, strict=True):
            local = [sum(map(mul, power, rows[m % 4])) >> BITS for m, power in enumerate(powers)]
            room -= abs(weight) * error * (2 * sum(map(abs, local)) + error)
            for m, c in enumerate(local):
                for k, d in enumerate(local):
                    square[m + k] += weight * c * d
        room -= sum(map(abs, square[DEGREE + 1 :]))
        unit = BITS + limit.bit_length()  # now the limit is 1 or so, in units 2^−BITS
        if not below([c >> unit for c in square[: DEGREE + 1]], (room >> unit) - DEGREE - 1):
            return False
    return True


def cosines(n: int) -> list[int]:
    """cos(iπ/2n), i < 4n, to one unit 2^−BITS: Machin's π and Taylor's series, 64 bits to spare."""
    one, quarter = 1 << BITS + 64, []
    arctan = [
        sum((-1) ** k * (one // ((2 * k + 1) * q ** (2 * k + 1))) for k in range(BITS))
        for q in (5, 239)
    ]
    for i in range(n + 1):
        angle, term, total = 4 * (4 * arctan[0] - arctan[1]) * i // (2 * n), one, one
        for k in range(1, BITS, 2):
            term = -(term * angle // one * angle // one) // (k * (k + 1))
            total += term
        quarter.append((total + (1 << 63)) >> 64)
    half = quarter + [-c for c in quarter[-2::-1]]
    return half + half[-2:0:-1]


def below(f: list[int], limit: int, depth: int = 0) -> bool:
    """Whether Σ f_mτ^m ≤ limit on [−1, 1]: by a parabola's maximum and the rest, or in halves."""
    top = f[0] + abs(f[1]) + f[2]
    if abs(f[1]) < -2 * f[2]:
        top = f[0] + f[1] ** 2 // (-4 * f[2]) + 1
    if top + sum(map(abs, f[3:])) <= limit:
        return True
    if depth == 60 or f[0] > limit:
        return False
    while len(f) > 3 and f[-1].bit_length() < BITS // 2:
        limit -= abs(f[-1])
        f = f[:-1]
    for side in (-1, 1):
        g = [c >> m for m, c in enumerate(f)]  # of f((τ + side)/2), where |τ + side|^m ≤ 2^m
        for i in range(len(g) - 1):
            for k in range(len(g) - 2, i - 1, -1):
                g[k] += side * g[k + 1]
        if not below(g, limit - (2 << len(f)), depth + 1):
            return False
    return True


# -- symmetric matrices ----------------------------------------------------------------------------


def form(P: list[list[Fraction]], v: list[Fraction], w: list[Fraction]) -> Fraction:
    """vᵀPw."""
    places = range(len(P))
    return sum((v[i] * P[i][j] * w[j] for i in places for j in places), Fraction(0))


def semidefinite(matrix: list[list[Fraction]], strict: bool = False) -> bool:
    """Whether a symmetric matrix is positive semidefinite, or definite, by elimination."""
    rows = [list(row) for row in matrix]
    for k, top in enumerate(rows):
        if top[k] < 0 or (top[k] == 0 and (strict or any(top[k:]))):
            return False
        for row in rows[k + 1 :] if top[k] else []:
            factor = row[k] / top[k]
            row[k:] = [x - factor * y for x, y in zip(row[k:], top[k:], strict=True)]
    return True
