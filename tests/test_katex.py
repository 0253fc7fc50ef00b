"""KaTeX accepts every formula the package exports, and none is wider than a page."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import sympy as sp
from support import ESTIMATORS, exact_methods, refused_by_katex, symbolic_methods

import polyrates as pr


def formulas() -> dict[str, str]:
    objects: dict[str, Any] = {}
    symbolic = {f"{name} (symbols)": method for name, method in symbolic_methods().items()}
    for name, method in {**exact_methods(), **symbolic}.items():
        objects[f"{name}: method"] = method
        objects[f"{name}: P_3"] = pr.residual_polynomial(method, 3)
        for label, estimator in ESTIMATORS.items():
            if "symbols" not in name or label in ("unrolled", "one step"):
                objects[f"{name}: {label}"] = pr.error_polynomials(method, 3, estimator)
        if "symbols" not in name:
            objects[f"{name}: rate"] = pr.rate(method, (1, 10))
    h = sp.Symbol("h", positive=True)
    objects["P_40"] = pr.residual_polynomial(pr.Chebyshev(1, 100), 40)
    objects["closed form"] = pr.residual_polynomial(pr.GradientDescent(h), pr.t)
    for name in ("initial", "cross", "residual", "drift"):
        part = getattr(pr.rate(pr.GradientDescent(h), pr.Interval(1, 10)), name)
        objects[f"symbolic {name}"] = part(pr.t)
        objects[f"derivation of {name}"] = part.derivation
        objects[f"derivation of {name}, Chebyshev"] = getattr(
            pr.rate(pr.Chebyshev(1, 10), (1, 10)), name
        ).derivation
    for spectrum in (
        pr.Interval(1, 10),
        pr.Union([(1, 2), (5, 9)]),
        pr.Uniform(0, 2),
        pr.Empirical([1, 2, 5]),
        pr.GegenbauerDensity(1, 9, F(1, 2)),
        pr.JacobiDensity(1, 9, 1, F(1, 2)),
        pr.MarchenkoPastur(F(1, 2)),
        pr.Mixture([(1, pr.Uniform(1, 2)), (1, pr.Uniform(5, 9))]),
    ):
        objects[f"{spectrum}"] = spectrum
    for label, estimator in ESTIMATORS.items():
        objects[label] = estimator
    for name, build in pr.derivations().items():
        objects[f"derivation {name}"] = build()
    objects["Sobolev optimum"] = pr.sobolev_optimal(pr.Uniform(1, 9), 3, 1)
    objects["minimax optimum"] = pr.minimax_optimal(pr.Interval(1, 10), 4, initial=1, cross=1)
    return {name: pr.latex(value) for name, value in objects.items()}


def test_katex_accepts_every_formula() -> None:
    assert refused_by_katex(formulas()) == []


def test_every_value_has_a_rich_form() -> None:
    for value in (
        pr.Chebyshev(1, 10),
        pr.Interval(1, 10),
        pr.Unrolled(),
        pr.rate(pr.Chebyshev(1, 10), (1, 10)),
        pr.rate(pr.Chebyshev(1, 10), (1, 10)).initial,
        pr.error_polynomials(pr.Chebyshev(1, 10), 2),
        pr.sobolev_optimal(pr.Uniform(1, 9), 2, 1),
    ):
        text = value._repr_latex_()
        assert text.startswith("$") and text.endswith("$") and "Poly(" not in text


def test_golden_latex() -> None:
    """What the README and the notebooks show, to the letter."""
    h = sp.Symbol("h", positive=True)
    assert pr.latex(pr.residual_polynomial(pr.Chebyshev(1, 10), 2)) == (
        r"1 - \frac{88}{161} \lambda + \frac{8}{161} \lambda^{2}"
    )
    assert pr.latex(pr.residual_polynomial(pr.GradientDescent(h), 2)) == (
        r"1 - 2 h \lambda + h^{2} \lambda^{2}"
    )
    assert pr.latex(pr.Interval(1, 10)) == r"\lambda \in \left[1, 10\right]"
