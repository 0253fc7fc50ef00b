"""Statement and steps belong together, and what a claim rests on is what its status says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.spectra import Interval
from polyrates.symbolic.closed_forms import closed_form_derivation
from polyrates.symbolic.proofs.derivation import Derivation, argued, claim
from polyrates.symbolic.proofs.extremes import Fact, Largest, MaxAbs
from polyrates.symbolic.proofs.steps import Argued, DerivationError, Equality, Numeric, Range
from polyrates.symbolic.theorems.find import find_theorem

x, y = sympy.symbols("x y", real=True)
SQUARE = Equality((x + 1) ** 2, x**2 + 2 * x + 1, "square")
METHODS = {
    "gradient descent": GradientDescent.large(1, 10),
    "Chebyshev": Chebyshev(1, 10),
    "Gegenbauer": Gegenbauer(1, 10, F(1, 2)),
    "heavy ball": HeavyBall.tuned(1, 10),
    "Nesterov": Nesterov.tuned(1, 10),
}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("part", ["residual", "cross", "drift", "initial"])
def test_a_theorem_has_the_status_of_its_derivation(name, part):
    found = find_theorem(METHODS[name], Interval(1, 10), part, Unrolled())
    if found is None:
        assert (name, part) == ("Nesterov", "initial")
        return
    assert found.status == "proved"
    assert found.derivation.status in ("proved", "proved (Coq)")
    assert found.derivation.value is not None


def test_the_statement_is_that_of_a_step():
    proof = Derivation("Title", (claim(SQUARE),), (), (SQUARE,))
    assert proof.check().status == "proved"
    same = sympy.Eq((x + 1) ** 2, (x + 1) * (x + 1) + x - x, evaluate=False)
    assert replace(proof, statement=(same,)).check().ok
    for wrong in (
        sympy.Eq((x + 1) ** 2, x**2 + 2 * x + 2, evaluate=False),
        sympy.Eq(x**2 + 2 * x + 1, (x + 2) ** 2, evaluate=False),
        sympy.Ge((x + 1) ** 2, x**2 + 2 * x + 1, evaluate=False),
        "0=1",
    ):
        with pytest.raises(DerivationError, match="no step yields"):
            replace(proof, statement=(wrong,)).check()
    with pytest.raises(DerivationError, match="needs a statement and steps"):
        replace(proof, statement=("0=1",), steps=()).check()


def test_a_condition_or_a_sample_yields_no_claim():
    conditional = Equality(x, y + 0 * x + 1, "given", where=((x, 2), (y, 1)))
    with pytest.raises(DerivationError, match="no step yields"):
        Derivation("Title", (sympy.Eq(x, y + 1),), (), (conditional,)).check()
    sampled = replace(SQUARE, over=(Range(x, 0, 1),))
    assert Derivation("Title", (claim(sampled),), (), (sampled,)).status == "numeric"


def test_the_weakest_kind_counts():
    words = argued("Title", (claim(SQUARE), "a = b"), (), (SQUARE,))
    assert words.check().status == "argued" and isinstance(words.steps[-1], Argued)
    gap = argued("Title", ("a = b",), (), (SQUARE,), formal=(0,))
    assert gap.check().status == "numeric"
    beside = Numeric(sympy.pi, sympy.pi, "beside", pairs=_same)
    assert Derivation("Title", (claim(SQUARE),), (), (SQUARE, beside)).status == "proved"


def _same():
    yield 1, 1


def test_premises_come_first():
    n = sympy.Symbol("n", integer=True)
    bound = Largest(
        MaxAbs(sympy.chebyshevt(n, x), x, -1, 1),
        sympy.Integer(1),
        "bound",
        (Range(n, 0, integer=True),),
        squares=((1 - x, 1 + x, sympy.chebyshevu(n - 1, x) ** 2),),
    )
    double = Largest(
        MaxAbs(2 * sympy.chebyshevt(n, x), x, -1, 1),
        sympy.Integer(2),
        "twice",
        (Range(n, 0, integer=True),),
        products=((sympy.Integer(2), Fact(bound)),),
    )
    assert Derivation("Title", (claim(double),), (), (bound, double)).check().status == "proved"
    for steps in ((double,), (double, bound)):
        with pytest.raises(DerivationError, match="premise"):
            Derivation("Title", (claim(double),), (), steps).check()


def test_closed_forms_are_argued():
    h, m = sympy.symbols("h m", positive=True)
    for method in (GradientDescent(h), HeavyBall(h, m), Nesterov(h, m), Chebyshev(1, 10)):
        derivation = closed_form_derivation(method)
        assert derivation.check().status == "argued"
        assert "P_{t} = " in str(derivation)
