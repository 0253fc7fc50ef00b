"""Certificates of a supremum and of the lower bound of all methods, for anyone to check."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from polyrates.core.estimators import Estimator
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.certificates import ProofFile
from polyrates.ground.check_reading import LARGEST_DEGREE, Refused
from polyrates.ground.check_supremum import supremum
from polyrates.ground.digits import decimal
from polyrates.ground.dyadic import with_fractions
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count, fraction_of
from polyrates.ground.rounding import rounded_decimal
from polyrates.numeric.suprema.balls import Maximum
from polyrates.symbolic.polynomials import error_polynomials

__all__ = ["lower_bound_certificate", "part_certificate", "supremum_certificate"]

_SLACKS = (2e-13, 1e-11, 1e-8, 1e-4)


def lower_bound_certificate(interval: object, t: object) -> ProofFile:
    """1/|T_t(m(0))|, the least max |P| on [ℓ, L] over P(0) = 1 and deg P ≤ t, to be checked.

    Parameters
    ----------
    interval : Interval, or a pair (ell, L), rational (floats as the rationals they are)
    t : int ≥ 0

    Returns
    -------
    ProofFile
        The checker recomputes the fraction; why it is the minimum is proved in its text.

    Examples
    --------
    >>> import polyrates as pr
    >>> proof = pr.lower_bound_certificate(pr.Interval(1, 100), 40)
    >>> float(proof.lower) == float(pr.lower_bound(pr.Interval(1, 100), 40)), proof.check().ok
    (True, True)
    """
    spectrum = as_spectrum(interval, "interval")
    low, high = (fraction_of(end, "interval") for end in spectrum.hull)
    if len(spectrum.support) != 1 or low == high:
        why = "must be one interval, not a point and without gaps"
        refuse_value("interval", interval, why, "give pr.Interval(ell, L)")
    degree = count(t, "t")
    if degree > LARGEST_DEGREE:
        refuse_value("t", t, f"must be at most {LARGEST_DEGREE}", "the checker refuses more")
    middle = -(high + low) / (high - low)
    m, e = middle.numerator, middle.denominator
    now, after = 1, m
    for _ in range(degree):
        now, after = after, 2 * m * after - e * e * now
    value = Fraction(e**degree, abs(now))
    content: dict[str, object] = {
        "kind": "chebyshev",
        "ell": str(low),
        "L": str(high),
        "degree": str(degree),
        "numerator": decimal(value.numerator),
        "denominator": decimal(value.denominator),
    }
    return ProofFile(content)


def part_certificate(
    kind: str, method: Method, estimator: Estimator, where: Spectrum, t: int, best: Maximum
) -> ProofFile:
    """The supremum of a part of the error at t, enclosed by ``best``."""
    parts = error_polynomials(with_fractions(method), t, with_fractions(estimator))
    polynomial = getattr(parts, kind)
    if not isinstance(polynomial, sympy.Poly):
        why = f"has a {kind} part that is no polynomial in lambda"
        remedy = "give pr.Implicit(inner=method, inner_steps=k), or another estimator"
        refuse_value("estimator", estimator, why, remedy)
    return supremum_certificate(polynomial, where, best.point, Fraction(best.upper))


def supremum_certificate(
    polynomial: sympy.Poly, where: Spectrum, point: float, upper: Fraction
) -> ProofFile:
    """The maximum of |Q| over a support: ``point`` is near it, ``upper`` bounds it.

    The bracket is as tight as the point is good; the polynomial is part of the statement.
    """
    terms = [_rational(c) for c in reversed(polynomial.all_coeffs())]
    unit = math.lcm(*(c.denominator for c in terms))
    support = [(fraction_of(low), fraction_of(high)) for low, high in where.support]

    def height(x: Fraction) -> Fraction:
        value = Fraction(0)
        for c in reversed(terms):
            value = value * x + c
        return abs(value)

    near = Fraction(point)
    inner = [min(max(near, low), high) for low, high in support]
    places = [*inner, *(end for piece in support for end in piece)]
    best = max(places, key=height)
    lower = height(best)
    content: dict[str, object] = {
        "kind": "supremum",
        "support": [[str(low), str(high)] for low, high in support],
        "polynomial": [decimal(int(c * unit)) for c in terms],
        "denominator": decimal(unit),
        "point": str(best),
        "lower": rounded_decimal(lower, 18, False),
        "upper": "0",
    }
    bounds = [lower, *(lower * (1 + Fraction(slack)) for slack in _SLACKS)]
    bounds += [max(upper, lower) * (1 + Fraction(slack)) for slack in _SLACKS]
    for bound in bounds if any(terms) else [lower]:
        content["upper"] = rounded_decimal(bound, 18, True)
        try:
            supremum(content)
        except Refused:
            continue
        return ProofFile(content)
    content["upper"] = rounded_decimal(2 * max(upper, lower), 18, True)
    return ProofFile(content)


def _rational(value: sympy.Expr) -> Fraction:
    if not value.is_Rational:
        refuse_value(
            "method",
            value,
            "has an irrational coefficient, and a certificate holds fractions",
            "give rational steps and momenta, such as Fraction(str(step))",
        )
    return Fraction(int(value.p), int(value.q))
