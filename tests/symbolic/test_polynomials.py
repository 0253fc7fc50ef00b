"""Residual polynomials against references."""

from __future__ import annotations

import csv
from fractions import Fraction as F

import pytest
import sympy
from support import REFERENCE

from polyrates.core.measures.densities import (
    GegenbauerDensity,
)
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.sobolev import (
    banded,
    kernel,
    kkt,
)

R = sympy.Rational


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open() as file:
        return list(csv.DictReader(file))


def shown(expansion) -> list[sympy.Expr]:
    return [expansion.domain.to_sympy(value) for value in expansion.values]


@pytest.mark.parametrize(
    "row", rows("sobolev_exact.csv"), ids=lambda r: "{weight_exponent} {eta} {t}".format(**r)
)
def test_reference_polynomials(row) -> None:
    density = GegenbauerDensity(row["ell"], row["L"], F(row["weight_exponent"]) + F(1, 2))
    eta, t = R(row["eta"]), int(row["t"])
    expected = [R(x) for x in reversed(row["coefficients_ascending"].split())]
    for route in (kkt, kernel, banded):
        found = route(density, eta, t)
        assert found.polynomial.all_coeffs() == expected
        assert shown(found)[-1] == R(row["minimum"])
    assert residual_polynomial(Sobolev(density, eta), t).all_coeffs() == expected
