"""A minimax certificate as a goal that Coq closes by computation: ``lower ≤ V* ≤ upper``.

The file speaks the language of derivations/formal (``Certificate.certified``): integers alone, the
multipliers and nodes of the certificate, its polynomial in powers of z = (λ − ℓ)/w. What Coq will
compute is computed here first, so that a file that is written is a file that is proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import cast

from polyrates.ground.check import support_of
from polyrates.ground.check_reading import Refused, fields, integer, number, several
from polyrates.ground.errors import described, refuse_value

__all__ = ["coq_goal"]

LARGEST_DEGREE = 40
DEEPEST = 30  # bisections of a piece
_UNIT = 1 << 64  # bounds of |P| at nodes are multiples of V/_UNIT


@dataclass(frozen=True)
class _Question:
    """The statement in integers: λ in [lo/D, hi/D], sizes first/M and second/M."""

    initial: bool
    t: int
    D: int
    pieces: tuple[tuple[int, int], ...]
    first: int
    second: int
    M: int

    @property
    def low(self) -> int:
        return self.pieces[0][0]

    @property
    def width(self) -> int:
        return self.pieces[-1][1] - self.low


def coq_goal(content: dict[str, object], slack: float) -> str:
    """The text of a Coq file for a minimax certificate; ``slack`` widens both ends relatively."""
    room = Fraction(slack)
    if not 0 < room <= Fraction(1, 100):
        why = "must be between 0 and 0.01"
        refuse_value("slack", slack, why, "leave it out")
    if content.get("kind") != "minimax":
        why = "is no minimax certificate"
        refuse_value("certificate", content.get("kind"), why, "only V* is written for Coq")
    try:
        names = "kind form degree support first second newton nodes ratio share lower upper dual"
        _, form, degree, support, a, g, newton, nodes, ratio, share, _, upper, dual = fields(
            content, names
        )
        pieces, scaled, _, _ = support_of(support)
        sizes = number(a), number(g)
        t = integer(degree)
        if t > LARGEST_DEGREE or min(sizes) <= 0 or scaled[0][0] == scaled[-1][1]:
            why = f"is not within what Coq is given: t <= {LARGEST_DEGREE}, two positive sizes"
            refuse_value(
                "certificate", described(f"t = {t}, sizes {a}, {g}"), why, "check it with check.py"
            )
        top = number(upper) * (1 + room)
        D = lcm(*(end.denominator for piece in pieces for end in piece))
        digits = 10 ** max(12, 14 - _exponent(top))
        M = lcm(*(size.denominator for size in sizes), digits)
        question = _Question(
            form == "initial/cross", t, D, tuple((int(p * D), int(q * D)) for p, q in pieces),
            int(sizes[0] * M), int(sizes[1] * M), M,
        )  # fmt: skip
        above = _upper(question, several(newton), several(nodes), number(ratio), number(share), top)
        below = _lower(question, dual, number(content["lower"]) * (1 - room))
    except Refused as error:
        refuse_value("certificate", error.args[0], error.args[-1], "check it with check.py")
    return _written(question, above, below)


def _exponent(value: Fraction) -> int:
    """⌊log₁₀ value⌋, or one less."""
    return len(str(value.numerator)) - len(str(value.denominator)) - 1


# -- the upper bound: one integer polynomial is nonnegative on every piece -------------------------


@dataclass(frozen=True)
class _Upper:
    polynomial: list[int]
    value: int
    share: tuple[int, int]
    bits: int
    depth: int


def _upper(
    question: _Question,
    newton: list[object],
    nodes: list[object],
    ratio: Fraction,
    share: Fraction,
    top: Fraction,
) -> _Upper:
    terms = [integer(each) for each in newton] or [1]
    places = [number(each) for each in nodes]
    exact = [Fraction(terms[-1])]
    for term, node in list(zip(terms, places, strict=False))[: len(terms) - 1][::-1]:
        raised = [Fraction(0), *exact]
        exact = [ratio * (p - node * q) for p, q in zip(raised, [*exact, Fraction(0)], strict=True)]
        exact[0] += term
    largest = max(abs(each) for each in exact)
    p = [round(each / largest * (1 << (100 + 6 * question.t))) for each in exact]
    margin = Fraction(1, 10**9)
    s = min(max(share, margin), 1 - margin)
    sn, sd = round(s * 10**9), 10**9
    value = -int(-top * question.M // 1)
    profile = _profile(question, p, value, sn, sd)
    pieces = [
        _recentered(low - question.low, high - low, question.width, profile)
        for low, high in question.pieces
    ]
    for kept in range(60, 1000, 20):  # bits of the constant term: as few as will do
        bits = max(0, pieces[0][0].bit_length() - kept)
        depths = [_depth([each >> bits for each in piece], DEEPEST) for piece in pieces]
        if None not in depths:
            return _Upper(p, value, (sn, sd), bits, max(cast("list[int]", depths)))
        if bits == 0:
            break
    raise Refused("upper bound", "it is too sharp for Coq: give a larger slack")


def _profile(question: _Question, p: list[int], value: int, sn: int, sd: int) -> list[int]:
    """(V² − a²A²/s − g²B²/(1 − s)) times a positive number, in powers of z."""
    w, low = question.width, question.low
    slope = [k * c for k, c in enumerate(p)][1:]
    at_zero = 0
    for k, c in enumerate(p):
        at_zero += c * w ** (len(p) - k) * (-low) ** k
    first = [w * c for c in p]
    if question.initial:
        moved = _times([low, w], slope) if slope else []
        first = [c - d for c, d in zip(first, moved + [0] * (len(first) - len(moved)), strict=True)]
    a = question.first**2 * sd * (sd - sn)
    b = (question.second * question.D) ** 2 * sd * sn
    squares = [a * c for c in _times(first, first)]
    for k, c in enumerate(_times(slope, slope)) if slope else []:
        squares[k] += b * c
    found = [-(w ** (2 * len(p))) * c for c in squares]
    found[0] += (value * at_zero * w) ** 2 * sn * (sd - sn)
    return found


def _times(p: list[int], q: list[int]) -> list[int]:
    made = [0] * (len(p) + len(q) - 1)
    for i, c in enumerate(p):
        for j, d in enumerate(q):
            made[i + j] += c * d
    return made


def _recentered(n: int, m: int, d: int, p: list[int]) -> list[int]:
    """d^len(p) p((n + m y)/d), in y."""
    made: list[int] = []
    for k, c in enumerate(reversed(p)):
        made = _times([n, m], made) if made else []
        made = made or [0]
        made[0] += c * d ** (k + 1)
    return made


def _depth(p: list[int], fuel: int) -> int | None:
    """How often [0, 1] is halved until all Bernstein coefficients are ≥ 0; None: too often."""
    if p[0] >= 0 and min(_shifted(p[::-1])) >= 0:
        return 0
    if fuel == 0:
        return None
    left = [c >> k for k, c in enumerate(p)]
    one = _depth(left, fuel - 1)
    other = None if one is None else _depth(_shifted(left), fuel - 1)
    return None if one is None or other is None else 1 + max(one, other)


def _shifted(p: list[int]) -> list[int]:
    """p(x + 1)."""
    made = list(p)
    for i in range(len(p) - 1):
        for k in range(len(p) - 2, i - 1, -1):
            made[k] += made[k + 1]
    return made


# -- the lower bound: multipliers, and what rounding them leaves -----------------------------------


@dataclass(frozen=True)
class _Lower:
    m: int
    width: int
    points: list[tuple[int, int, int, int, int]]
    nodes: list[tuple[int, int]]
    constant: int
    K: int
    N: int
    value: Fraction


def _lower(question: _Question, dual: object, wanted: Fraction) -> _Lower:
    rows = fields(dual, "constant nodes points weights first second")
    z, y = ([number(x) for x in several(row)] for row in rows[1:3])
    weights, u, v = ([integer(x) for x in several(row)] for row in rows[3:])
    c = number(rows[0])
    m = lcm(*(x.denominator for x in z + y))
    E, width = question.D * m, question.width * m
    places = [question.low * m + int(x * width) for x in y]
    nodes = [question.low * m + int(x * width) for x in z]
    if len(set(nodes)) < len(nodes):
        raise Refused("lower bound", "a node is double (an isolated point): not written for Coq")
    # F(P) = Σ u A + v dP/dz, and dP/dz = (w/D) dP/dλ; all times c's denominator and D
    scale = c.denominator * question.D
    u = [x * scale for x in u]
    v = [x * c.denominator * question.width for x in v]
    constant = int(c * scale)
    if constant < 0:
        u, v, constant = [-x for x in u], [-x for x in v], -constant
    common = gcd(constant, *u, *v)
    factor = 1 << max(0, 120 - (constant // common).bit_length())  # N below is rounded up
    u, v = ([x // common * factor for x in row] for row in (u, v))
    constant = constant // common * factor
    K = 1 << 96
    inverse = [-(-K // x) for x in weights]
    norms = [sum(x * x * i for x, i in zip(row, inverse, strict=True)) for row in (u, v)]
    squares = [
        Fraction(sum(weights) * norm * question.M**2, K * size**2)
        for norm, size in zip(norms, (question.first, question.second), strict=True)
    ]
    N = isqrt(int(max(squares))) + 1
    bounds = [(x, _node_bound(question, x, E)) for x in nodes]
    terms = [(0, -constant, 0)]
    for x, p, q in zip(places, u, v, strict=True):
        terms.append((x, p, q * E - (p * x if question.initial else 0)))
    one = _UNIT * width**question.t
    leak = _cost(terms, bounds, width)
    value = Fraction(constant * one, N * one + leak)
    if value < wanted:
        raise Refused("lower bound", "rounded multipliers prove too little: give a larger slack")
    digits = 10 ** (16 - _exponent(value))
    points = list(zip(places, weights, inverse, u, v, strict=True))
    return _Lower(m, width, points, bounds, constant, K, N, Fraction(int(value * digits), digits))


def _node_bound(question: _Question, z: int, E: int) -> int:
    """|P(z)| ≤ V b/_UNIT, from |A| ≤ V/a and |B| ≤ V/g."""
    ca, cb = question.first, question.second
    if question.initial:
        return -(-_UNIT * question.M * (cb * E + z * ca) // (ca * cb * E))
    return -(-_UNIT * question.M // ca)


def _cost(terms: list[tuple[int, int, int]], nodes: list[tuple[int, int]], width: int) -> int:
    """Σ |r_k| b_k w^(t−k): what the part of F that is not c P(0) can be, in units of V."""
    total = 0
    while nodes:
        (z, b), *rest = nodes
        total += abs(sum(alpha for _, alpha, _ in terms)) * b * width ** len(rest)
        terms = [(x, p * (x - z) + q, q * (x - z)) for x, p, q in terms]
        nodes = [(x, -(-(b + c) * width // abs(x - z))) for x, c in rest]
    return total


# -- the file --------------------------------------------------------------------------------------


def _written(question: _Question, above: _Upper, below: _Lower) -> str:
    form = "initial_cross" if question.initial else "residual_drift"
    pieces = "; ".join(f"({p}, {q})" for p, q in question.pieces)
    points = ";\n  ".join(f"Point {y} {w} {i} {_z(p)} {_z(q)}" for y, w, i, p, q in below.points)
    nodes = "; ".join(f"({z}, {_z(b)})" for z, b in below.nodes)
    sn, sd = above.share
    ln, ld = below.value.as_integer_ratio()
    arguments = (
        f"{form} {question.D} {_z(question.low)} {question.width} polynomial pieces "
        f"{question.first} {question.second} {_z(above.value)} {question.M} {sn} {sd} "
        f"{above.bits} {above.depth}"
    )
    others = (
        f"points nodes {_z(below.constant)} {_z(below.K)} {_z(below.N)} {_z(_UNIT)} {ln} {ld} "
        f"{question.t}"
    )
    return f"""(** V*, the smallest worst case of a polynomial of degree <= {question.t}, 1 at 0:
    {_decimal(below.value)} <= V* <= {_decimal(Fraction(above.value, question.M))}.
    coqc -R derivations/formal Polyrates THIS_FILE *)
Require Import Reals ZArith List Bool.
From Polyrates Require Import Minimax UpperBound DualBound Certificate.
Import ListNotations.

Definition pieces : list (Z * Z) := [{pieces}]%Z.
Definition polynomial : list Z := [
  {"; ".join(map(_z, above.polynomial))}]%Z.
Definition points : list point := [
  {points}]%Z.
Definition nodes : list (Z * Z) := [
  {nodes}]%Z.

Lemma computed :
  (upper_ok {arguments}
   && lower_ok {form} {question.D} {below.m} {below.width} pieces {question.first} \
{question.second} {question.M}
     {others}
   && Nat.leb (length polynomial) ({question.t} + 1))%bool = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Open Scope R_scope.
Theorem optimum : exists V,
  smallest_worst_case {form} (support {question.D} pieces)
    ({question.first} / {question.M}) ({question.second} / {question.M}) {question.t} V
  /\\ {ln} / {ld} <= V <= {above.value} / {question.M}.
Proof.
  exact (certified {arguments}
    {below.m} {below.width} {others} computed).
Qed.
"""


def _decimal(value: Fraction) -> str:
    """The number as it is, where its denominator is a power of ten; else the fraction."""
    places = len(str(value.denominator)) - 1
    while places < 60 and 10**places % value.denominator:
        places += 1
    if places == 60:
        return str(value)
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _z(value: int) -> str:
    """A literal that Coq reads in linear time, in parentheses where negative."""
    text = hex(value)
    return f"({text})" if value < 0 else text
