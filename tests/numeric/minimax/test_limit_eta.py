"""The closed form of η against quadrature, its equation, and the optima that tend to it."""

from __future__ import annotations

import mpmath
import pytest
import sympy

import polyrates as pr
from polyrates.numeric.minimax.limit_eta import harmonic_share, limit_eta


@pytest.mark.parametrize(
    ("L", "digits"), [(10, "1.895097489291993943702787"), (1000, "2.042417161996170291619813")]
)
def test_reference_digits(L: int, digits: str) -> None:
    found = limit_eta(1, L, 1, 30)
    assert mpmath.nstr(found, 25) == digits
    assert pr.near_minimax((1, L), initial=3, cross=3).eta == float(digits)


@pytest.mark.parametrize(("ell", "L"), [(1, 2), (1, 10), (0.001, 1), (3, 3.0001)])
@pytest.mark.parametrize("ratio", [1e-6, 0.3, 40.0, 1e9])
def test_it_solves_both_equations(ell: float, L: float, ratio: float) -> None:
    """s by quadrature of harmonic measure, the mean over θ of √(ℓL)λ/(λ² + η)."""
    with mpmath.workdps(40):
        low, high = mpmath.mpf(ell), mpmath.mpf(L)
        eta = limit_eta(low, high, mpmath.mpf(ratio), 30)
        # the midpoint rule of a periodic analytic function, exact to 1e-25
        count = 1200 if high / low > 100 else 150
        total = mpmath.mpf(0)
        for k in range(count):
            lam = (low + high) / 2 + (high - low) / 2 * mpmath.cospi((mpmath.mpf(k) + 0.5) / count)
            total += mpmath.sqrt(low * high) * lam / (lam * lam + eta) / count
        assert abs(total / harmonic_share(low, high, eta) - 1) < 1e-20
        missing = mpmath.mpf(ratio) ** 2 / (eta + mpmath.mpf(ratio) ** 2)
        assert abs(total / (1 - missing) - 1) < 1e-20


def test_it_is_the_root_of_its_polynomial() -> None:
    """Squared twice, the equation is a polynomial of degree 7 with rational coefficients."""
    ell, L, ratio = sympy.Integer(1), sympy.Integer(10), sympy.Rational(2, 3)
    eta = sympy.Symbol("eta")
    product, square = ell * L, ratio**2
    X = 1 - eta / product
    M2 = (ell**2 + eta) * (L**2 + eta) / product**2
    both = (eta + square) ** 2
    equation = sympy.Poly(
        sympy.cancel(((2 * M2 * eta**2 - X * both) ** 2 - M2 * both**2) / eta), eta
    )
    assert equation.degree() == 7
    with mpmath.workdps(60):
        found = limit_eta(1, 10, mpmath.mpf(2) / 3, 50)
        coefficients = [mpmath.mpf(int(c.p)) / int(c.q) for c in equation.all_coeffs()]
        values = [
            mpmath.polyval(coefficients, found * (1 + sign * mpmath.mpf(10) ** -48))
            for sign in (-1, 1)
        ]
    assert values[0] * values[1] < 0


def test_certified_optima_tend_to_it() -> None:
    eta = float(limit_eta(1, 10, 1))
    distance = [
        abs(pr.minimax_optimal((1, 10), t, initial=1, cross=1).eta / eta - 1) for t in (40, 160)
    ]
    assert distance[1] < 0.3 * distance[0] < 0.02
