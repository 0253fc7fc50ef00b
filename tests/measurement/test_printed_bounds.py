"""What is certified stays true when it is printed, and a remedy that is given can be followed."""

import re
from fractions import Fraction

import numpy as np
import pytest

import polyrates as pr
from polyrates.ground.errors import InvalidValue
from polyrates.measurement.certify import Certified
from polyrates.measurement.hypergradient import Hypergradient

ENDS = [(0.07179925400000001, 0.07179934999), (1.23455e-7, 1.23454999e3), (5e-324, 1e308)]


@pytest.mark.parametrize("lower, upper", ENDS)
def test_a_certificate_prints_true_inequalities(lower, upper):
    made = Certified(upper, lower, upper, "certified", (upper, upper), 3)
    low, high = str(made).split(" (")[0].split(" ≤ error ≤ ")
    assert Fraction(low) <= Fraction(lower) and Fraction(upper) <= Fraction(high)
    rows = dict(re.findall(r"row'>([^<]*)</th><td>([^<]*)<", made._repr_html_()))
    assert Fraction(rows["error at least"]) <= Fraction(lower)
    assert Fraction(rows["error at most"]) >= Fraction(upper)
    mantissa, _, power = made._card().formula.split(r"\le ")[1].partition(r" \cdot 10^")
    if not mantissa.startswith("10^"):
        shown = Fraction(f"{mantissa}e{power.strip('{}') or 0}")
        assert shown >= Fraction(upper)


@pytest.mark.parametrize("bound", [1.0049e-3, 2.0, 7.1234e-9])
def test_a_hypergradient_prints_a_bound_that_holds(bound):
    text = str(Hypergradient(1.0, bound, "certified", 4))
    assert Fraction(text.split(" ± ")[1].split(" ")[0]) >= Fraction(bound)


@pytest.mark.parametrize("seed", range(6))
def test_the_floor_that_a_refusal_advises_is_taken(seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((12, 3))
    problem = pr.Ridge(A, A @ np.ones(3) + rng.standard_normal(12), 0.1)
    x = problem.solution + 0.01
    J = problem.solution_jacobian + 0.1 * rng.standard_normal(3)
    ell, refused = 1e3, 0
    for _ in range(4):  # the gradient's and the residual's Krylov spaces may each refuse once
        try:
            made = pr.certify(problem, x, J, ell=ell)
            break
        except InvalidValue as error:
            refused += 1
            ell = float(re.search(r"give ell ≤ ([^ .]*\.?[0-9e+-]*)", str(error)).group(1))
    else:
        pytest.fail("the remedy leads to no certificate")
    assert refused
    assert made.lower <= np.linalg.norm(J - problem.solution_jacobian) <= made.bound
