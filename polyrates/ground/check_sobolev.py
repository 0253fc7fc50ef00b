"""A certificate of a Sobolev optimum, the smallest ∫P²dμ + η∫P′²dμ: its optimality conditions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from operator import mul

from polyrates.ground.check import KINDS, degree_of
from polyrates.ground.check_reading import fields, integer, number, require, several


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


KINDS["sobolev"] = sobolev
