"""Check a polyrates certificate with Python's standard library alone: ``python check.py FILE``.

Nothing in the file is trusted: each clause re-proves one thing in integers and fractions, and the
statement printed is made of what was checked. Exit status 0 where it is proved, 1 where a clause
fails, 2 where the file is no certificate.

A polynomial P, P(0) = 1, of degree ≤ t has A = P − λP′ ("initial/cross") or A = P
("residual/drift"), and B = P′. On a union S of intervals and points its worst case is

    V(P) = min over s in [0, 1] of max over λ in S of √(a²A²/s + g²B²/(1 − s)),     0/0 = 0,

and V* is the smallest V(P). This file proves lower ≤ V* ≤ upper; the other kinds of
certificate have a file each, which adds itself to KINDS.

Units: λ = ℓ + w x, [ℓ, ℓ + w] the hull of S (w = ℓ or 1 where that is a point). So S lies in
0 ≤ x ≤ 1, λ = 0 is x = o = −ℓ/w, and λP′ = (x − o) dP/dx, gP′ = (g/w) dP/dx.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import comb, cos, lcm, pi
from operator import add

from polyrates.ground.check_reading import (
    LARGEST_DEGREE,
    LARGEST_FILE,
    Refused,
    fields,
    integer,
    number,
    read,
    require,
    several,
)

BITS, ORDER, DEGREE = 128, 32, 36  # of fixed-point numbers, Taylor models, their squares
Pieces = list[tuple[Fraction, Fraction]]
KINDS: dict[str, Callable[[dict[str, object]], str]] = {}


# -- clause "question": degree and support ---------------------------------------------------------


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


def union(pieces: Pieces) -> str:
    """A support in print."""
    return " and ".join(f"[{p}, {q}]" if p < q else f"{{{p}}}" for p, q in pieces)


def up(p: Fraction | int, q: Fraction | int = 1) -> int:
    """p/q rounded up."""
    return -int(-p // q)


# -- w_0f_0² + w_1f_1² ≤ w_2 on an interval --------------------------------------------------------


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

    def bounded(
        self,
        piece: tuple[Fraction, Fraction],
        o: Fraction,
        initial: bool,
        sizes: tuple[Fraction, Fraction],
        weights: tuple[int, int, int],
    ) -> bool:
        """Whether w_0(size_0 A)² + w_1(size_1 dP/dx)² ≤ w_2 on a piece.

        On each of the cells that cover it, qx = M + Hτ with |τ| ≤ 1, Horner's scheme makes Taylor
        models of P = Σ d_k(2^b r/q)^k Π 2^−b(qx − qz_i) and of (2^b/q) dP/dx, times a scale.
        """
        terms = [self.last, *(term for term, _ in self.steps)]
        nodes = [*piece, o, *(node for _, node in self.steps)]
        q, n = lcm(*(x.denominator for x in nodes)), len(terms) // 2 or 1
        r, over = self.ratio.as_integer_ratio()
        bits = 24 + max(0, (q * over).bit_length() - r.bit_length())
        q *= 2 * up(abs(self.ratio) * 2**bits, 2 * q) or 2  # so that 2^b r/q is near ±1
        low, high, origin, *places = (int(x * q) for x in nodes)
        unit, ratio = Fraction(q, 2**bits), self.ratio * 2**bits / q
        scale = max(sizes[0], sizes[1] * unit) or Fraction(1)
        first, second = sizes[0] / scale, sizes[1] * unit / scale
        units = [scale * ratio**k * 2**BITS for k in reversed(range(len(terms)))]
        last, *rest = (int(d * size) for d, size in zip(terms, units, strict=True))
        # floats choose where cells meet, which proves nothing: wherever it is, they cover the piece
        parts = [int(2**52 * (1 - cos(pi * j / n))) for j in range(1, n)]
        ends = [low, *(low + 2 * ((high - low) * part >> 54) for part in parts), high]
        for left, right in pairwise(ends):
            M, H = (left + right) // 2, (right - left) // 2
            value, slope = Model([last] + [0] * (ORDER - 1), 1), Model([0] * ORDER, 0)
            for d, z in zip(rest, places, strict=True):
                if initial or weights[1]:
                    slope = slope.times(M - z, H, bits).plus(value)
                value = value.times(M - z, H, bits)
                value.c[0], value.error = value.c[0] + d, value.error + 1
            if initial:
                value = value.plus(slope.times(origin - M, -H, bits))
            if not small(value.scaled(first), slope.scaled(second), *weights):
                return False
        return True


class Model:
    """A function of τ, |τ| ≤ 1, within ``error`` of Σ c_mτ^m, m < ORDER, in units 2^−BITS."""

    def __init__(self, c: list[int], error: int) -> None:
        self.c, self.error = c, error

    def plus(self, other: Model) -> Model:
        """The sum."""
        return Model(list(map(add, self.c, other.c)), self.error + other.error)

    def times(self, m: int, h: int, bits: int) -> Model:
        """The product with (m + hτ)/2^bits: terms are rounded, the last one is cut off."""
        error = (abs(m) + abs(h)) * self.error + abs(h * self.c[-1])
        c = [m * p + h * q >> bits for p, q in zip(self.c, [0, *self.c[:-1]], strict=True)]
        return Model(c, (error >> bits) + 1 + ORDER)

    def scaled(self, size: Fraction) -> Model:
        """The product with a number a little larger."""
        bits = BITS + size.denominator.bit_length()
        return self.times(int(size * 2**bits) + 1, 0, bits)


def small(first: Model, second: Model, *weights: int) -> bool:
    """Whether w_0f_0² + w_1f_1² ≤ w_2 for |τ| ≤ 1: on each half, in Bernstein's form."""
    square, room, unit = [0] * (2 * ORDER - 1), weights[2] << 2 * BITS, weights[2].bit_length()
    for model, weight in zip((first, second), weights, strict=False):
        room -= weight * model.error * (2 * sum(map(abs, model.c)) + model.error)
        for m, p in enumerate(model.c):
            p *= weight
            for k, q in enumerate(model.c):
                square[m + k] += p * q
    room = (room - sum(map(abs, square[DEGREE + 1 :]))) >> BITS + unit
    for side in (1, -1):  # Σ a_mτ^m = Σ b_i C(n, i)τ^i(1 − τ)^{n−i}, b_i = Σ C(i, m)a_m/C(n, m)
        terms, b = enumerate(square[: DEGREE + 1]), list[int]()
        c = [up(side**m * a, comb(DEGREE, m) << BITS + unit) for m, a in terms]
        while c:
            b, c = [*b, c[0]], list(map(add, c, c[1:]))
        if not below(b, room):
            return False
    return True


def below(b: list[int], limit: int, depth: int = 0) -> bool:
    """Whether a polynomial in Bernstein's form is ≤ limit on [0, 1]: its terms, or in halves."""
    if max(b) <= limit:
        return True
    if depth == 60 or b[0] > limit or b[-1] > limit:
        return False
    left, right = list[int](), list[int]()
    for k in range(len(b)):
        left, right = [*left, -(-b[0] >> k)], [-(-b[-1] >> k), *right]
        b = list(map(add, b, b[1:]))
    return below(left, limit, depth + 1) and below(right, limit, depth + 1)


# -- a minimax optimum -----------------------------------------------------------------------------


class Minimax:
    """Clauses "question", "polynomial", "share", "upper bound", "lower bound": lower ≤ V* ≤ U."""

    def __init__(self, content: dict[str, object]) -> None:
        names = "kind form degree support first second newton nodes ratio share lower upper dual"
        _, form, degree, support, *rest, self.dual = fields(content, names)
        self.t, (pieces, self.S, w, self.o) = degree_of(degree), support_of(support)
        a, g, r, self.s, self.lower, self.U = (number(x) for x in rest[:2] + rest[4:])
        require("question", form in ("initial/cross", "residual/drift"), "there is no such form")
        require("question", a >= 0 and g >= 0, "a size is negative")
        self.terms = [integer(d) for d in several(rest[2])]
        self.nodes, self.ratio = [number(z) for z in several(rest[3])], r
        self.initial, self.a, self.g = form == "initial/cross", a, g / w
        sizes = str(form).replace("/", f" {a} and ") + f" {g}"
        self.claim = (
            f"the smallest worst case V* of a polynomial of degree <= {self.t}, 1 at 0, on "
            f"{union(pieces)} for the sizes {sizes} has\n  {rest[-2]} <= V* <= {rest[-1]}"
        )

    def statement(self) -> str:
        """What the clauses prove."""
        require("upper bound", self.U >= 0, "it is negative")
        if self.terms:
            self.upper_bound(Newton(self.terms, self.nodes, self.ratio))
        else:
            require("upper bound", self.a <= self.U, "P = 1 has V = a")
        require("lower bound", self.lower <= self.U, "it is above the upper bound")
        proved = self.lower <= 0 or self.lower**2 <= self.lower_bound()
        require("lower bound", proved, "the multipliers prove less")
        return self.claim

    def upper_bound(self, P: Newton) -> None:
        """a²A²/s + g²B²/(1 − s) ≤ U² on S for P over P(0), so V* ≤ U."""
        clause, s, n, d = "upper bound", self.s, self.s.numerator, self.s.denominator
        start = P.parts_at(self.o, self.o, False)[0]
        require("polynomial", len(P.steps) <= self.t, "the degree is too large")
        require("polynomial", start != 0, "P(0) = 0")
        require("share", 0 <= s <= 1, "it must be 0 to 1")
        for low, high in self.S:
            if low == high:
                first, second = P.parts_at(low, self.o, self.initial)
                left, right = (self.a * first / start) ** 2, (self.g * second / start) ** 2
                require("share", (s > 0 or left == 0) and (s < 1 or right == 0), "it divides by 0")
                total = (left / s if left else left) + (right / (1 - s) if right else right)
                require(clause, total <= self.U**2, f"it fails at the point x = {float(low)}")
                continue
            require(clause, self.U > 0, "it is 0 on an interval")
            require("share", 0 < s < 1 or (s == 1 and self.g == 0), "it must be between 0 and 1")
            sizes = (self.a / abs(start * self.U), self.g / abs(start * self.U))
            weights = (d * (d - n), d * n, n * (d - n)) if self.g else (1, 0, 1)
            holds = P.bounded((low, high), self.o, self.initial, sizes, weights)
            require(clause, holds, f"it fails for x in [{float(low)}, {float(high)}]")

    def lower_bound(self) -> Fraction:
        """The square of a number ≤ V(P) for every P of degree ≤ t with V(P) ≤ U.

        For numbers u_j, v_j and w_j > 0 at points y_j of S let F(P) = Σ u_jA(y_j) + v_jB(y_j). By
        Cauchy and Schwarz, for every s, hence for the best one, and with |u|² = Σw Σu²/w,

            |F(P)| ≤ V(P) √(s|u|²/a² + (1 − s)|v|²/g²) ≤ V(P) max(|u|/a, |v|/g).

        With nodes z_0, …, z_t and N_k = Π_{i<k}(x − z_i), P = Σ P[z_0…z_k] N_k. So for any c

            F(P) = c P(0) + Σ r_k P[z_0…z_k],     r_k = F(N_k) − c N_k(0).

        A divided difference is Σ P(z_i)/ω_i, ω_i the product of z_i − z_j; at a double node it is
        P′(z_i)/ω_i − P(z_i)/ω_i Σ 1/(z_i − z_j). From V(P) ≤ U: |A| ≤ U/a, |B| ≤ U/g, P = A or
        A + λB; and P(0) = 1. Hence V(P) max(|u|/a, |v|/g) ≥ |c| − Σ_k |r_k| Σ_i (…).

        Where g = 0 and A = P − λP′ read A for P: then A(0) = 1 and A′(0) = 0, so A′(0) may have a
        multiplier, which makes r_1 = 0.
        """
        clause, g, plain = "lower bound", self.g, self.initial and self.g == 0
        rows = fields(self.dual, "constant nodes points weights first second")
        c, z, y = number(rows[0]), *([number(x) for x in several(row)] for row in rows[1:3])
        w, u, v = ([integer(x) for x in several(row)] for row in rows[3:])
        require(clause, self.a > 0, "nothing bounds P without a first size")
        require(clause, len(y) == len(u) == len(v) == len(w) > 0, "points and multipliers differ")
        require(clause, min(w) > 0, "a weight is not positive")
        require(clause, all(inside(x, self.S) for x in y), "a point is outside the support")
        require(clause, len(z) == self.t + 1, "there must be t + 1 nodes")
        require(clause, g > 0 or not any(v), "B has multipliers, but no size")
        # in integers, x = X/q: N_k has q^k, F one more, and (…) the rest of r_k/ω_i
        q = lcm(*(x.denominator for x in [*z, *y, self.o]))
        Z, Y, origin = [int(x * q) for x in z], [int(x * q) for x in y], int(self.o * q)
        value = [f * q for f in u]  # u_jN_k(y_j) + b_jN_k′(y_j), and b_jN_k(y_j):
        away = [X - origin if self.initial and not plain else 0 for X in Y]
        slope = [q * (q * b - f * gap) for f, b, gap in zip(u, v, away, strict=True)]
        at_zero, slope_at_zero, free, leak, nodes = 1, 0, 0, 0, dict[int, Node]()
        for k, X in enumerate(Z):
            for at, node in nodes.items():
                node.apart(abs(X - at), q)
            if X in nodes:
                require(clause, Z[:k].count(X) == 1 and nodes[X].slope >= 0, "a node too often")
                nodes[X].double = True
            else:
                nodes[X] = Node(*self.known(z[k], plain))
                for other in Z[:k]:
                    nodes[X].apart(abs(X - other), q)
            rest = sum(value) * c.denominator - q * c.numerator * at_zero
            free = rest if plain and k == 1 else free
            rest = abs(rest - free * slope_at_zero) << 64
            unit = q * c.denominator
            leak += sum(up(rest * node.size, unit * node.product) for node in nodes.values())
            value = [f * (at - X) + b for f, b, at in zip(value, slope, Y, strict=True)]
            slope = [b * (at - X) for b, at in zip(slope, Y, strict=True)]
            slope_at_zero = slope_at_zero * (origin - X) + at_zero
            at_zero *= origin - X
        left = max(abs(c) - self.U * leak / (1 << 128), Fraction(0))
        norms = [
            sum(w) * sum(up(x * x << 64, W) for x, W in zip(row, w, strict=True)) for row in (u, v)
        ]
        largest = max(norms[0] / self.a**2, norms[1] / g**2 if g else Fraction(0))
        return left**2 * (1 << 64) / largest if largest else Fraction(0)

    def known(self, x: Fraction, plain: bool) -> tuple[int, int]:
        """|P(x)|/U and |dP/dx|/U (of A where ``plain``) in units 2^−64; −1: no bound."""
        if x == self.o:
            return up(1 << 64, self.U), 0 if plain else -1
        require("lower bound", inside(x, self.S), "a node is outside the support")
        size = 1 / self.a + ((x - self.o) / self.g if self.initial and not plain else 0)
        return up(size * 2**64), up(1 << 64, self.g) if self.g else -1


class Node:
    """|P(z)|/U ≤ value, |P′(z)|/U ≤ slope in units 2^−64; |ω|, and Σ 1/|z − z_j| in the same."""

    def __init__(self, value: int, slope: int) -> None:
        self.value, self.slope, self.double, self.product, self.inverse = value, slope, False, 1, 0

    def apart(self, gap: int, q: int) -> None:
        """Another node, at the distance gap/q; itself where that is 0."""
        self.product *= gap or q
        self.inverse += up(q << 64, gap) if gap else 0

    @property
    def size(self) -> int:
        """A bound of |ω| times its term in the divided difference, over U."""
        return self.slope + up(self.value * self.inverse, 1 << 64) if self.double else self.value


KINDS["minimax"] = lambda content: Minimax(content).statement()

# -- the command -----------------------------------------------------------------------------------


def check(raw: bytes) -> str:
    """The statement that a file proves; Refused (clause, why) where it proves none."""
    try:
        content = read(raw)
        kind = str(content.get("kind"))
        require("form", kind in KINDS, "there is no such kind of certificate")
        return KINDS[kind](content)
    except (ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        raise Refused("form", f"{type(error).__name__}: {error}") from None


def main(arguments: list[str]) -> int:
    """Print the statement, or the clause that fails; the exit status."""
    try:
        with open(arguments[0], "rb") as file:
            print("proved: " + check(file.read(LARGEST_FILE + 1)))
        return 0
    except Refused as error:
        print(f"refused, clause {error.args[0]!r}: {error.args[1]}", file=sys.stderr)
        return 2 if error.args[0] == "form" else 1
    except IndexError:
        print("usage: python check.py FILE", file=sys.stderr)
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
