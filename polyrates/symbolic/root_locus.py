r"""The largest root of a stationary method's pencil over a support, by algebra.

limsup |P_t(λ)|^{1/t} is the largest modulus of a pole of :mod:`.pencil`'s fraction in lowest terms,
for P_t′ and P_t − λP_t′ of theirs. On an interval the limit of the maxima is the largest such
modulus in it: the matrix powers bound the maxima from above uniformly, and the roots are
continuous. At an isolated point the fraction is reduced once more, for its numerator may vanish
there. Where in an interval the largest modulus lies depends on the number of roots that move:

- One or two: {(τ, δ) : both roots of z² − τz + δ have modulus ≤ r} is the triangle |δ| ≤ r²,
  |τ| ≤ r + δ/r of Jury, which is convex, and (τ, δ) is affine in λ: along an interval the largest
  modulus is quasiconvex, so the largest one is at an end.
- Three or more: a real root moves monotonically, as λ = −e_0/e_1 is a function of it. A pair with
  sum u and product R lies on g(u, R) = Im(e_0 ē_1)/Im z = 0, so the modulus has a maximum inside
  the interval only where ∂g/∂u = 0 too: R is a root of the discriminant of g. These finitely many
  are tried beside the ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint
import sympy

from polyrates.core.recurrence import Stationary
from polyrates.ground.errors import NoClosedForm
from polyrates.ground.numbers import Number, sign
from polyrates.ground.precision import alone, evaluated
from polyrates.symbolic.pencil import Pencil, Z

__all__ = ["largest_root"]

_U, _R = sympy.Dummy("u"), sympy.Dummy("R")
_DIGITS = 50
_NEAR = sympy.Float(10) ** -20  # two candidates as near as this are one
_SAMPLES = 400  # points of an interval where nothing exact is known
Segment = tuple[Number, Number]


@dataclass(frozen=True)
class Root:
    """A modulus: an exact number, or a float that stands for one that was not found exactly."""

    value: sympy.Expr
    is_exact: bool


@alone()
def largest_root(
    method: Stationary, support: Sequence[Segment], part: str
) -> tuple[sympy.Expr, bool]:
    """The largest modulus over the support, and whether it is exact.

    Parameters
    ----------
    method
        Its coefficients exact (floats are read as the dyadic rationals they are) or symbols.
    support : closed intervals, points among them
    part : "residual", "drift", "cross" or "initial"

    Raises
    ------
    NoClosedForm
        For symbols in a pencil of more than two roots.
    """
    pencil = Pencil.of(method, [end for segment in support for end in segment])
    found: list[Root] = []
    for low, high in zip(pencil.ends[::2], pencil.ends[1::2], strict=True):
        if low == high:
            denominator = pencil.denominator_at(part, low)
            found.append(
                Root(sympy.S.Zero, True) if denominator is None else _largest_of(denominator)
            )
            continue
        poles = pencil.poles(part)
        decisive = [poles.fixed] if poles.fixed.degree() > 0 else []
        found += [_largest_of(each) for each in (*decisive, poles.at(low), poles.at(high))]
        if poles.still.degree() > 2:
            ends = pencil.ground.to_sympy(low), pencil.ground.to_sympy(high)
            found += _inside(poles.still, poles.moving, *ends)
    return _largest(found)


def _largest_of(poly: sympy.Poly) -> Root:
    """The largest modulus of the roots of a polynomial in z."""
    if poly.degree() <= 0:
        return Root(sympy.S.Zero, True)
    if not poly.domain.is_EX:
        poly = poly.quo(poly.gcd(poly.diff()))
    factors = [poly]
    if poly.domain == sympy.QQ:
        factors = [each for each, _ in poly.factor_list()[1]]
    found = []
    for each in factors:
        if each.degree() == 1:
            a, b = each.all_coeffs()
            found.append(Root(sympy.Abs(_tidy(-b / a)), True))
        elif each.degree() == 2:
            a, b, c = each.monic().all_coeffs()
            found.append(Root(_of_two(-b, c), True))
        elif _symbolic(each):
            raise NoClosedForm(
                "asymptotic",
                each.as_expr(),
                "its largest root is open while it has symbols",
                "give numbers",
            )
        else:
            found.append(_of_many(each))
    value, is_exact = _largest(found)
    return Root(value, is_exact)


def _symbolic(poly: sympy.Poly) -> bool:
    return any(sympy.sympify(each).free_symbols for each in poly.all_coeffs())


def _of_two(trace: sympy.Expr, determinant: sympy.Expr) -> sympy.Expr:
    """max |z| over z² − τz + δ = 0: √δ for a pair, (|τ| + √(τ² − 4δ))/2 for real roots."""
    b, c = sympy.expand(trace), sympy.expand(determinant)
    discriminant = sympy.expand(b**2 - 4 * c)
    if discriminant.free_symbols:
        return sympy.Piecewise(
            (sympy.sqrt(c), discriminant <= 0),
            ((sympy.Abs(b) + sympy.sqrt(discriminant)) / 2, True),
        )
    if sign(discriminant) == 1:
        size = b if sign(b) in (0, 1) else -b
        return sympy.expand((size + sympy.sqrtdenest(sympy.sqrt(discriminant))) / 2)
    return sympy.sqrtdenest(sympy.sqrt(c))


def _tidy(value: sympy.Expr) -> sympy.Expr:
    return value if value.is_Rational else sympy.expand(sympy.radsimp(value))


def _of_many(factor: sympy.Poly) -> Root:
    """Three roots or more: a root or the root of a product of two, by its own polynomial over ℚ."""
    roots = factor.nroots(n=_DIGITS, maxsteps=400)
    top = max(roots, key=lambda z: sympy.Abs(z))
    size = sympy.Abs(top)
    if factor.domain != sympy.QQ:
        return Root(sympy.Float(size, 17), False)
    if abs(sympy.im(top)) < _NEAR * size:
        for each in factor.real_roots():
            if abs(evaluated(each, _DIGITS) - sympy.re(top)) < _NEAR * size:
                return Root(each if sympy.re(top) > 0 else -each, True)
    product = _product_polynomial(factor)
    squared = _root_near(product, size**2)
    if squared is None:
        return Root(sympy.Float(size, 17), False)
    return Root(sympy.sqrt(squared), True)


def _product_polynomial(factor: sympy.Poly) -> sympy.Poly:
    """The polynomial in R whose roots are the products of two roots."""
    n, y = factor.degree(), sympy.Dummy("y")
    direct = factor.as_expr().subs(Z, y)
    turned = sympy.expand(y**n * factor.as_expr().subs(Z, _R / y))
    return sympy.Poly(sympy.resultant(direct, turned, y), _R, domain=sympy.QQ)


def _root_near(poly: sympy.Poly, value: sympy.Expr) -> sympy.Expr | None:
    """The real root of a rational polynomial next to a number that one of its roots is."""
    for factor, _ in poly.factor_list()[1]:
        there = evaluated(factor.as_expr().subs(factor.gen, value), _DIGITS)
        if abs(there) > 1e-6 * (1 + value**2):
            continue
        for root in factor.real_roots():
            if abs(evaluated(root, _DIGITS) - value) <= _NEAR * abs(value):
                return root
    return None


def _inside(still: sympy.Poly, moving: sympy.Poly, low: sympy.Expr, high: sympy.Expr) -> list[Root]:
    """The maxima of the modulus of a pair within (low, high), three roots or more."""
    if still.domain != sympy.QQ or not (low.is_Rational and high.is_Rational):
        return [Root(_sampled(still, moving, low, high), False)]
    g = _imaginary(still, moving)
    content, rest = g.primitive()[1].as_poly(_U, domain=sympy.QQ[_R]).primitive()
    candidates = sympy.Poly(content, _R, domain=sympy.QQ)
    if rest.degree() > 1:
        bare = sympy.Poly(rest.as_expr(), _U, _R, domain=sympy.QQ).sqf_part()
        turning = sympy.discriminant(bare.as_expr(), _U)
        candidates *= sympy.Poly(turning, _R, domain=sympy.QQ)
    found = []
    for factor, _ in candidates.factor_list()[1]:
        for root in factor.real_roots():
            if root.is_positive and _is_reached(g, still, moving, low, high, root):
                value = _of_two(sympy.S.Zero, root) if root.is_Rational else sympy.sqrt(root)
                found.append(Root(value, True))
    return found


def _imaginary(still: sympy.Poly, moving: sympy.Poly) -> sympy.Poly:
    """g(u, R) = Im(e_0 ē_1)/Im z for z + z̄ = u, zz̄ = R."""
    first = still.all_coeffs()[::-1]
    second = moving.all_coeffs()[::-1]
    size = max(len(first), len(second))
    odd: list[sympy.Expr] = [sympy.S.Zero, sympy.S.One]  # (z^n − z̄^n)/(z − z̄)
    while len(odd) < size + 1:
        odd.append(sympy.expand(_U * odd[-1] - _R * odd[-2]))
    total = sympy.S.Zero
    for j, a in enumerate(first):
        for k, b in enumerate(second):
            if j > k:
                total += a * b * _R**k * odd[j - k]
            elif k > j:
                total -= a * b * _R**j * odd[k - j]
    return sympy.Poly(sympy.expand(total), _U, _R, domain=sympy.QQ)


def _is_reached(
    g: sympy.Poly,
    still: sympy.Poly,
    moving: sympy.Poly,
    low: sympy.Expr,
    high: sympy.Expr,
    product: sympy.Expr,
) -> bool:
    """Whether a pair with this product belongs to a λ of the interval, to 50 digits."""
    R = evaluated(product, _DIGITS)
    width = 2 * sympy.sqrt(R)
    line = sympy.Poly(g.as_expr().subs(_R, R), _U)
    if line.is_zero:  # a whole arc of this modulus
        sums = [width * sympy.Rational(k, _SAMPLES) for k in range(-_SAMPLES + 1, _SAMPLES)]
    elif line.degree() <= 0:
        return False
    else:
        roots = line.nroots(n=_DIGITS, maxsteps=400)
        sums = [sympy.re(u) for u in roots if abs(sympy.im(u)) < 1e-12 * width]
    for u in sums:
        if abs(u) > width * (1 + sympy.Float(10) ** -12):
            continue
        z = (u + sympy.I * sympy.sqrt(abs(4 * R - u**2))) / 2
        below = evaluated(moving.as_expr().subs(Z, z), _DIGITS)
        if abs(below) < _NEAR:
            continue
        where = sympy.re(evaluated(-still.as_expr().subs(Z, z) / below, _DIGITS))
        if low <= where <= high:
            return True
    return False


def _sampled(
    still: sympy.Poly, moving: sympy.Poly, low: sympy.Expr, high: sympy.Expr
) -> sympy.Expr:
    """The largest modulus on a grid, refined about its largest point: a float."""

    def size(x: float) -> float:
        c = [
            complex(evaluated(a + b * sympy.Float(x), 15))
            for a, b in zip(_padded(still, still), _padded(moving, still), strict=True)
        ]
        try:
            roots = flint.acb_poly(c[::-1]).roots(tol=1e-10)
        except ValueError:  # a double root: its neighbors will do
            return 0.0
        return max(abs(complex(root)) for root in roots)

    a, b = float(low), float(high)
    points = [a + (b - a) * k / _SAMPLES for k in range(_SAMPLES + 1)]
    best = max(points, key=size)
    step = (b - a) / _SAMPLES
    for _ in range(40):
        step *= 0.6
        best = max((max(a, best - step), best, min(b, best + step)), key=size)
    return sympy.Float(size(best))


def _padded(poly: sympy.Poly, like: sympy.Poly) -> list[sympy.Expr]:
    coefficients: list[sympy.Expr] = poly.all_coeffs()
    return [sympy.S.Zero] * (like.degree() + 1 - len(coefficients)) + coefficients


def _largest(found: Sequence[Root]) -> tuple[sympy.Expr, bool]:
    """The largest; of two that 50 digits do not tell apart, the exact one."""
    if any(each.value.free_symbols for each in found):
        return sympy.Max(*(each.value for each in found)), True
    sizes = [evaluated(each.value, _DIGITS) for each in found]
    top = max(sizes)
    near = [
        each
        for each, size in zip(found, sizes, strict=True)
        if top - size <= (_NEAR if each.is_exact else 1e-12) * (1 + top)
    ]
    best = min(near, key=lambda each: (not each.is_exact, sympy.count_ops(each.value)))
    return best.value, best.is_exact
