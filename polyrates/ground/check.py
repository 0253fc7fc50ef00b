"""Check a polyrates certificate with Python's standard library alone: ``python check.py FILE``.

Nothing in the file is trusted: each clause re-proves one thing in integers and fractions, and the
statement printed is made of what was checked. Exit status 0 where it is proved, 1 where a clause
fails, 2 where the file is no certificate.

A polynomial P, P(0) = 1, of degree ≤ t has A = P − λP′ ("initial/cross") or A = P
("residual/drift"), and B = P′. On a union S of intervals and points its worst case is

    V(P) = min over s in [0, 1] of max over λ in S of √(a²A²/s + g²B²/(1 − s)),     0/0 = 0,

and V* is the smallest V(P). Other certificates are of a Sobolev optimum, the smallest ∫P² + η∫P′²;
of a supremum over S; of Chebyshev's 1/|T_t(m(0))|; of a rate under Hessians that change.

Units: λ = ℓ + w x, [ℓ, ℓ + w] the hull of S (w = ℓ or 1 where that is a point). So S lies in
0 ≤ x ≤ 1, λ = 0 is x = o = −ℓ/w, and λP′ = (x − o) dP/dx, gP′ = (g/w) dP/dx.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from operator import mul

from polyrates.ground.check_arithmetic import (
    LARGEST_DEGREE,
    LARGEST_FILE,
    Newton,
    Pieces,
    Refused,
    bounded,
    degree_of,
    fields,
    fixed,
    form,
    inside,
    integer,
    number,
    read,
    require,
    semidefinite,
    several,
    support_of,
    up,
)

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
            parts = P.parts_on(low, high, self.o, self.initial)
            sizes = (self.a / (start * self.U), self.g / (start * self.U))
            weights, limit = ([d * (d - n), d * n], n * (d - n)) if self.g else ([1, 0], 1)
            holds = bounded(list(map(fixed, parts, sizes)), weights, limit)
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
        clause, g, o, plain = "lower bound", self.g, self.o, self.initial and self.g == 0
        rows = fields(self.dual, "constant nodes points weights first second")
        z, y = ([number(x) for x in several(row)] for row in rows[1:3])
        w, u, v = ([integer(x) for x in several(row)] for row in rows[3:])
        require(clause, self.a > 0, "nothing bounds P without a first size")
        require(clause, len(y) == len(u) == len(v) == len(w) > 0, "points and multipliers differ")
        require(clause, min(w) > 0, "a weight is not positive")
        require(clause, all(inside(x, self.S) for x in y), "a point is outside the support")
        require(clause, len(z) == self.t + 1, "there must be t + 1 nodes")
        require(clause, g > 0 or not any(v), "B has multipliers, but no size")
        # integers: x = X/q, o = p/e; F is multiplied by q e, and by q more with each factor
        c, q, p, e = number(rows[0]), lcm(*(x.denominator for x in z + y)), *o.as_integer_ratio()
        Z, Y = ([int(x * q) for x in points] for points in (z, y))
        value = [x * q * e for x in u]  # u_jN_k(y_j) + b_jN_k′(y_j), and b_jN_k(y_j):
        slope = [
            q * (x * q * e - (f * (at * e - p * q) if self.initial and not plain else 0))
            for f, x, at in zip(u, v, Y, strict=True)
        ]
        at_zero, slope_at_zero, free, leak, nodes = 1, 0, 0, 0, dict[int, Node]()
        for k, X in enumerate(Z):
            if X in nodes:
                require(clause, nodes[X].slope >= 0 and not nodes[X].double, "a node too often")
                nodes[X].double = True
            else:
                nodes[X] = Node(*self.node_bounds(z[k], plain))
                nodes[X].apart([abs(X - other) for other in Z[:k]], q)
            for at, node in nodes.items():
                node.apart([abs(X - at)] if at != X else [], q)
            rest = sum(value) * e**k * c.denominator - q * e * c.numerator * at_zero
            free = rest if plain and k == 1 else free
            rest = abs(rest - free * slope_at_zero) << 64
            unit = q * e ** (k + 1) * c.denominator
            leak += sum(up(rest, unit * node.product) * node.size for node in nodes.values())
            value = [f * (at - X) + d for f, d, at in zip(value, slope, Y, strict=True)]
            slope = [d * (at - X) for d, at in zip(slope, Y, strict=True)]
            slope_at_zero = slope_at_zero * (p * q - X * e) + at_zero
            at_zero *= p * q - X * e
        left = max(abs(c) - self.U * leak / (1 << 128), Fraction(0))
        norms = [
            sum(w) * sum(up(x * x << 64, W) for x, W in zip(row, w, strict=True)) for row in (u, v)
        ]
        largest = max(norms[0] / self.a**2, norms[1] / g**2 if g else Fraction(0))
        return left**2 * (1 << 64) / largest if largest else Fraction(0)

    def node_bounds(self, x: Fraction, plain: bool) -> tuple[int, int]:
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

    def apart(self, gaps: list[int], q: int) -> None:
        """Other nodes, at distances gap/q."""
        for gap in gaps:
            self.product, self.inverse = self.product * gap, self.inverse + up(q << 64, gap)

    @property
    def size(self) -> int:
        """A bound of |ω| times its term in the divided difference, over U."""
        return self.slope + up(self.value * self.inverse, 1 << 64) if self.double else self.value


# -- a Sobolev optimum, a supremum, Chebyshev's bound ----------------------------------------------


def sobolev(content: dict[str, object]) -> str:
    """Clauses "question", "optimality", "value": the minimum of ∫P²dμ + η∫P′²dμ over P(0) = 1.

    ⟨P, Q⟩ = ∫PQ + η∫P′Q′ is semidefinite, so P is optimal if and only if ⟨P, λ^k⟩ = 0 for
    k = 1, …, t; then the minimum is ⟨P, P⟩ = ⟨P, 1⟩ = ∫P. P = Σ p_kλ^k / p_0.
    """
    rows = fields(content, "kind degree eta measure polynomial lower upper")
    t, eta, p = degree_of(rows[1]), number(rows[2]), [integer(c) for c in several(rows[4])]
    require("question", eta >= 0, "η is negative")
    require("polynomial", 0 < len(p) <= t + 1 and p[0] != 0, "P(0) = 0, or a wrong degree")
    parts = [moments(part, t + len(p)) for part in several(rows[3])]
    require("question", sum(mass for mass, _, _ in parts) == 1, "the mass is not 1")
    m = [sum((mass * row[k] for mass, row, _ in parts), Fraction(0)) for k in range(t + len(p))]
    unit = lcm(*(x.denominator for x in m)) * eta.denominator
    M, N = [int(x * unit) for x in m], [int(x * unit * eta) for x in m]
    for k in range(1, t + 1):
        total = sum(c * (M[i + k] + (i * k * N[i + k - 2] if i else 0)) for i, c in enumerate(p))
        require("optimality", total == 0, f"the product with lambda^{k} is not 0")
    value = Fraction(sum(map(mul, p, M)), p[0] * unit)
    require("value", number(rows[5]) <= value <= number(rows[6]), "it is not between its bounds")
    names = ", ".join([name for _, _, name in parts[:4]] + ["..."] * (len(parts) > 4))
    return (
        f"the smallest integral of P^2 + {eta} P'^2 for the measure {names} over the polynomials "
        f"of degree <= {t}, 1 at 0, is attained by P and has\n  {rows[5]} <= value <= {rows[6]}"
    )


def moments(part: object, n: int) -> tuple[Fraction, list[Fraction], str]:
    """Mass, the first n moments in λ, and the name of a point, a density on [ℓ, L], a law.

    The density is proportional to (1 − x)^α x^β; ∫x^{k+1} = ∫x^k (β + 1 + k)/(α + β + 2 + k). The
    law of Marchenko and Pastur has the moments σ^{2k} Σ_j C(k, j) C(k − 1, j) r^j/(j + 1).
    """
    if isinstance(part, dict) and "point" in part:
        mass, point = (number(value) for value in fields(part, "mass point"))
        require("question", mass > 0 and point >= 0, "a point is not in the range")
        return mass, [point**k for k in range(n)], f"{mass} at {point}"
    if isinstance(part, dict) and "ratio" in part:
        mass, r, scale = (number(value) for value in fields(part, "mass ratio scale"))
        require("question", mass > 0 and r > 0 and scale > 0, "no such law")
        found = [Fraction(1)]
        for k in range(1, n):
            terms = [comb(k, j) * comb(k - 1, j) * r**j / (j + 1) for j in range(k)]
            found.append(scale**k * sum(terms))
        return mass, found, f"{mass} Marchenko-Pastur's of ratio {r} and scale {scale}"
    mass, ell, L, a, b = (number(value) for value in fields(part, "mass ell L alpha beta"))
    require("question", mass > 0 and 0 <= ell < L and a > -1 and b > -1, "no such density")
    row = [Fraction(1)]
    for k in range(n - 1):
        row.append(row[-1] * (b + 1 + k) / (a + b + 2 + k))
    unit = lcm(ell.denominator, L.denominator)
    D, low, width = lcm(*(x.denominator for x in row)), int(ell * unit), int((L - ell) * unit)
    current, result = [int(x * D) for x in row], []
    for k in range(n):  # ∫λ^{k+1}x^j = ℓ∫λ^k x^j + (L − ℓ)∫λ^k x^{j+1}
        result.append(Fraction(current[0], D * unit**k))
        current = [low * p + width * q for p, q in pairwise(current)]
    return mass, result, f"{mass} on [{ell}, {L}] with the exponents {a} at {L} and {b} at {ell}"


def supremum(content: dict[str, object]) -> str:
    """Clauses "question", "lower bound", "upper bound": of max |Q| over S, Q = Σ q_kλ^k/D."""
    rows = fields(content, "kind support polynomial denominator point lower upper")
    (pieces, S, w, o), D = support_of(rows[1]), integer(rows[3])
    q, (y, lower, U) = [integer(c) for c in several(rows[2])], (number(x) for x in rows[4:])
    require("polynomial", 0 < len(q) <= LARGEST_DEGREE + 1 and D > 0, "there is no such one")
    Q = Newton(q, [o] * (len(q) - 1), w)
    require("lower bound", inside(y, pieces), "the point is outside the support")
    require(
        "lower bound", abs(Q.parts_at(y / w + o, o, False)[0]) >= lower * D, "|Q| is less there"
    )
    for low, high in S:
        holds = U >= 0 and (U > 0 or low == high or not any(q))
        if holds and low == high:
            holds = abs(Q.parts_at(low, o, False)[0]) <= U * D
        elif holds and U > 0:
            holds = bounded([fixed(Q.parts_on(low, high, o, False)[0], 1 / (U * D))], [1], 1)
        require("upper bound", holds, f"it fails for x in [{float(low)}, {float(high)}]")
    return (
        f"the polynomial Q that is given, of degree {len(q) - 1}, has on {union(pieces)}\n"
        f"  {rows[5]} <= max |Q| <= {rows[6]}"
    )


def chebyshev(content: dict[str, object]) -> str:
    """Clauses "question", "value": the smallest max |P| on [ℓ, L] over P(0) = 1 is 1/|T_t(m(0))|.

    T_{k+1} = 2xT_k − T_{k−1} is cos kφ at x = cos φ: |T_t| ≤ 1 on [−1, 1], and T_t = ±1 in turn at
    t + 1 points. A smaller P would differ from T_t(m)/T_t(m(0)) by a polynomial of degree ≤ t with
    t zeros between those points and one more at λ = 0.
    """
    _, *ends, degree, above, under = fields(content, "kind ell L degree numerator denominator")
    (ell, L), t, n, d = map(number, ends), degree_of(degree), integer(above), integer(under)
    require("question", 0 <= ell < L, "0 ≤ ℓ < L is not so")
    m, e = (-(L + ell) / (L - ell)).as_integer_ratio()
    now, after = 1, m  # e^k T_k(m(0))
    for _ in range(t):
        now, after = after, 2 * m * after - e * e * now
    require("value", d > 0 and e**t * d == abs(now) * n, "it is another number")
    return (
        f"the smallest max |P| on [{ell}, {L}] of a polynomial of degree <= {t}, 1 at 0, is the "
        f"fraction 1/|T_{t}(m(0))| that is given, {len(str(above))} digits over {len(str(under))}"
    )


def switching(content: dict[str, object]) -> str:
    """Clauses "question", "matrix", "decrease", "constants": tangents under Hessians that change.

    S⁺ = MS − g H_t(q·S) acts on an eigenvector of H_t as A(λ) = M − λgqᵀ, and xᵀA(λ)ᵀPA(λ)x is
    convex in λ: if ρ²P − AᵀPA ≥ 0 at both ends, V(S) = Σ P_ij⟨S_i, S_j⟩ falls by ρ² at every step.
    An added G of norm ≤ ce, e the size of the query of iterates that fall alike, adds √(gᵀPg)ce to
    √V. τ ≥ vᵀP⁻¹v where [[P, v], [vᵀ, τ]] ≥ 0; rows of M, q and o sum to 1.
    """
    _, *rest = fields(content, "kind ell L rate residual drift mixing P gain query output")
    ell, L, rate, first, second = (number(value) for value in rest[:5])
    M, P = ([[number(x) for x in several(row)] for row in several(part)] for part in rest[5:7])
    g, q, o = ([number(x) for x in several(part)] for part in rest[7:])
    n, ones = len(g), [Fraction(1)] * len(g)
    fits = [len(M), len(P), *map(len, (*M, *P, q, o))] == [n] * (2 * n + 4) and 0 < n <= 40
    require("question", fits, "the sizes do not fit")
    require("question", ell <= L and rate > 0, "ℓ ≤ L and a positive rate are wanted")
    require("question", all(sum(row) == 1 for row in (*M, q, o)), "a row does not sum to 1")
    require("matrix", all(P[i][j] == P[j][i] for i in range(n) for j in range(i)), "P is skew")
    require("matrix", semidefinite(P, strict=True), "P is not positive definite")
    for end in (ell, L):
        A = [[M[i][j] - end * g[i] * q[j] for i in range(n)] for j in range(n)]  # its columns
        falls = [[rate**2 * P[i][j] - form(P, A[i], A[j]) for j in range(n)] for i in range(n)]
        require("decrease", semidefinite(falls), f"it fails at lambda = {end}")
    total, pull = form(P, ones, ones), form(P, g, g)
    require("constants", first > 0 and second >= 0, "they are not positive")
    limits = [(o, first**2 / total)] + ([(q, second**2 / (first**2 * pull))] if pull else [])
    for v, limit in limits:  # oᵀP⁻¹o ≤ C²/1ᵀP1 and qᵀP⁻¹q ≤ D²/(C² gᵀPg)
        bordered = [[*P[i], v[i]] for i in range(n)] + [[*v, limit]]
        require("constants", semidefinite(bordered), "they are too small")
    return (
        f"for symmetric H_t with {rest[0]} <= H_t <= {rest[1]} that may change at every step, the "
        "errors of the method in the file obey\n  |E_t| <= r^t (C |E_0| + (t/r) c D |e_0|), "
        f"r = {rest[2]}, C = {rest[3]}, D = {rest[4]}"
    )


def union(pieces: Pieces) -> str:
    """A support in print."""
    return " and ".join(f"[{p}, {q}]" if p < q else f"{{{p}}}" for p, q in pieces)


def check(raw: bytes) -> str:
    """The statement that a file proves; Refused (clause, why) where it proves none."""
    others = {
        "sobolev": sobolev,
        "supremum": supremum,
        "chebyshev": chebyshev,
        "switching": switching,
    }
    try:
        content = read(raw)
        if content.get("kind") == "minimax":
            return Minimax(content).statement()
        kind = str(content.get("kind"))
        require("form", kind in others, "there is no such kind of certificate")
        return others[kind](content)
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
