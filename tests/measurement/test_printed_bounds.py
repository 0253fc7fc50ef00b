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


def test_a_hypergradient_prints_every_digit_of_its_array():
    """Eight digits of 1/3 are 3e-9 away from it: further than the bound beside them says."""
    values = np.array([1 / 3, -2e-9 / 3, 1e300 / 7])
    text = str(Hypergradient(values, 1e-12, "certified", 4))
    shown = text.split("[")[1].split("]")[0].split()
    assert [float(x) for x in shown] == values.tolist()
    assert str(Hypergradient(1 / 3, 1e-12, "certified", 4)).startswith(f"{1 / 3!r} ±")


@pytest.mark.parametrize("lipschitz", [2 / 3, 0.7, 1.9 / 3])
def test_a_distance_that_is_refused_is_refused_in_true_words(lipschitz):
    sizes = {"hessian_lipschitz": lipschitz, "cross_lipschitz": 1, "residual": 1}
    with pytest.raises(InvalidValue) as caught:
        pr.plan(pr.Interval(1, 10), 8, distance=2.00000001 / lipschitz, **sizes)
    drop, twice = re.findall(
        r"= ([0-9.e+-]+) is not below\D*2ell = ([0-9.e+-]+):", str(caught.value)
    )[0]
    assert Fraction(drop) >= Fraction(2.00000001 / lipschitz) * Fraction(lipschitz) * (
        1 - Fraction(1, 10**15)
    )
    assert Fraction(twice) <= 2
    with pytest.raises(InvalidValue) as caught:
        pr.majorant_example(
            pr.Chebyshev(1, 10), pr.Interval(1, 10), 4, distance=3 / lipschitz, **sizes
        )
    limit = re.findall(r"2ell/M = ([0-9.e+-]+),", str(caught.value))[0]
    assert Fraction(limit) * Fraction(lipschitz) <= 2
