"""Every argument of every public name: refused by name, value, requirement and remedy."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import polyrates as pr
from polyrates.ground.errors import InvalidArgument
from polyrates.ground.numbers import count, exact, number, parse

H, B, DH, DB = np.diag([1.0, 4.0]), np.ones(2), np.eye(2), np.zeros(2)
QUADRATIC = pr.Quadratic(H, B, DH, DB)
CHEBYSHEV = pr.Chebyshev(1, 10)
X0 = np.ones(2)

NAN, INF = float("nan"), float("inf")
NOT_NUMBERS: list[Any] = [
    NAN,
    INF,
    -INF,
    True,
    None,
    "x",
    "__import__('os')",
    1 + 2j,
    [1],
    sp.oo,
    sp.I,
    b"1",
]
NOT_POSITIVE = [*NOT_NUMBERS, 0, -1, F(-1, 3), -0.5, "-2"]
NEGATIVE = [*NOT_NUMBERS, -1, F(-1, 3), -0.5]
NOT_COUNTS: list[Any] = [-1, 1.5, 2.0, True, "3", None, NAN, sp.Rational(1, 2)]
NOT_ARRAYS: list[Any] = [
    "x",
    None,
    [["a"]],
    np.array([[True, False], [False, True]]),
    1j * np.eye(2),
]

# name -> (callable, valid keyword arguments, {argument: bad values})
CASES: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, list[Any]]]] = {
    "Interval": (
        pr.Interval,
        {"ell": 1, "L": 10},
        {"ell": [*NEGATIVE, 10, 11], "L": [*NOT_POSITIVE, 1, F(1, 2)]},
    ),
    "Union": (
        pr.Union,
        {"intervals": [(1, 2), (5, 9)]},
        {
            "intervals": [
                *([], None, 3, "ab", [(2, 1)], [(1, NAN)], [1, 2], [(1, 2, 3)], [(-1, 2)]),
                *([None, (1, 2)], [0, (1, 2)], [(1, 2), True], [NAN], [pr.Uniform(1, 2)], [b"12"]),
                *(pr.Interval(1, 2), [1j, (1, 2)], ["x", (1, 2)], np.array([1.0, 2.0])),
            ]
        },
    ),
    "GradientDescent": (pr.GradientDescent, {"step": F(1, 4)}, {"step": NOT_POSITIVE}),
    "GradientDescent.large": (
        pr.GradientDescent.large,
        {"ell": 1, "L": 10},
        {"ell": NEGATIVE, "L": NOT_POSITIVE},
    ),
    "GradientDescent.short": (
        pr.GradientDescent.short,
        {"ell": 1, "L": 10},
        {"ell": NEGATIVE, "L": NOT_POSITIVE},
    ),
    "GradientDescent.flat": (
        pr.GradientDescent.flat,
        {"ell": 1, "L": 10},
        {"ell": NEGATIVE, "L": NOT_POSITIVE},
    ),
    "HeavyBall": (
        pr.HeavyBall,
        {"step": 1, "momentum": F(1, 2), "first_step": 1},
        {
            "step": NOT_POSITIVE,
            "momentum": NOT_NUMBERS,
            "first_step": [v for v in NOT_POSITIVE if v is not None],
        },
    ),
    "HeavyBall.tuned": (
        pr.HeavyBall.tuned,
        {"ell": 1, "L": 10},
        {"ell": NOT_POSITIVE, "L": NOT_POSITIVE},
    ),
    "Nesterov": (
        pr.Nesterov,
        {"step": 1, "momentum": F(1, 2)},
        {"step": NOT_POSITIVE, "momentum": NOT_NUMBERS},
    ),
    "Nesterov.tuned": (
        pr.Nesterov.tuned,
        {"ell": 1, "L": 10},
        {"ell": NOT_POSITIVE, "L": NOT_POSITIVE},
    ),
    "Chebyshev": (pr.Chebyshev, {"ell": 1, "L": 10}, {"ell": NEGATIVE, "L": NOT_POSITIVE}),
    "Gegenbauer": (
        pr.Gegenbauer,
        {"ell": 1, "L": 10, "alpha": 1},
        {"ell": NEGATIVE, "L": NOT_POSITIVE, "alpha": [*NOT_NUMBERS, F(-1, 2), -1]},
    ),
    "Tabulated": (
        pr.Tabulated,
        {"steps": [1, 2], "momenta": [0, 1], "lookahead": [0, 0]},
        {
            "steps": [[], None, 3, "12", [1, NAN], [1, "x"], [True, 1], [1]],
            "momenta": [[1], [1, NAN], "12", 3],
            "lookahead": [[1], [1, None], 3],
        },
    ),
    "Richardson": (
        pr.Richardson,
        {"steps": [1, 2]},
        {"steps": [[], None, 3, "12", [1, INF], [1j, 1]]},
    ),
    "Richardson.leja": (
        pr.Richardson.leja,
        {"roots": [1, 2]},
        {
            "roots": [
                [],
                None,
                3,
                "12",
                [0, 1],
                [1 + 1j],
                [1 + 1j, 2 - 1j],
                [NAN],
                [complex(NAN, 1)],
            ]
        },
    ),
    "WeightedIterates": (
        pr.WeightedIterates,
        {"base": CHEBYSHEV, "weights": [F(1, 2), F(1, 2)]},
        {"base": [None, 3], "weights": [[], [1, 1], None, [0.5, 0.6], "ab"]},
    ),
    "realize": (
        pr.realize,
        {"polynomial": sp.Poly(1 - pr.lam / 4, pr.lam), "interval": pr.Interval(1, 10)},
        {
            "polynomial": [
                None,
                "x",
                sp.Poly(pr.lam, pr.lam),
                sp.sin(pr.lam) + 1,
                1.0 * pr.lam + 1,
                2,
                sp.Poly(1 - sp.Symbol("y"), sp.Symbol("y")),
                np.polynomial.Chebyshev([2.0, 1.0]),
                np.polynomial.Chebyshev([NAN, 1.0]),
            ],
            "interval": [None, 3, (2, 1), "ab", pr.Interval(0.5, 2)],
        },
    ),
    "Truncated": (
        pr.Truncated,
        {"start": 2},
        {"start": [v for v in NOT_COUNTS if v is not None], "last": [1]},
    ),
    "Truncated(last)": (
        pr.Truncated,
        {"last": 2},
        {"last": [v for v in NOT_COUNTS if v is not None]},
    ),
    "Truncated()": (pr.Truncated, {"start": 1}, {"start": [None]}),
    "Implicit": (
        pr.Implicit,
        {"inner": CHEBYSHEV, "inner_steps": 2},
        {
            "inner": [3, "x", None],
            "inner_steps": [*NOT_COUNTS],
            "damping": [-1, "x", None, NAN, INF, True, [1]],
            "preconditioner": ["x", 3, [1]],
        },
    ),
    "residual_polynomial": (
        pr.residual_polynomial,
        {"method": CHEBYSHEV, "t": 2},
        {"method": [None, 3, pr.GradientDescent(0.1)], "t": NOT_COUNTS},
    ),
    "error_polynomials": (
        pr.error_polynomials,
        {"method": CHEBYSHEV, "t": 2, "estimator": pr.Unrolled()},
        {"method": [None, 3, pr.GradientDescent(0.1)], "t": NOT_COUNTS, "estimator": [3, "x"]},
    ),
    "residual_values": (
        pr.residual_values,
        {"method": CHEBYSHEV, "t": 2, "points": [1.0, 2.0]},
        {"method": [None], "t": NOT_COUNTS, "points": ["x", None, [NAN]]},
    ),
    "residual_series": (
        pr.residual_series,
        {"method": CHEBYSHEV, "t": 2, "interval": (1.0, 2.0)},
        {"method": [None], "t": NOT_COUNTS, "interval": ["x", None, (2, 1)]},
    ),
    "rate": (
        pr.rate,
        {"method": CHEBYSHEV, "spectrum": pr.Interval(1, 10), "estimator": pr.Unrolled()},
        {"method": [None, 3], "spectrum": [None, 3, (2, 1), "ab"], "estimator": [3, "x"]},
    ),
    "rate.initial": (pr.rate(CHEBYSHEV, (1, 10)).initial, {"t": 3}, {"t": NOT_COUNTS}),
    "rate.initial.enclosure": (
        pr.rate(CHEBYSHEV, (1, 10)).initial.enclosure,
        {"t": 3},
        {"t": NOT_COUNTS},
    ),
    "rate.initial.curve": (
        pr.rate(CHEBYSHEV, (1, 10)).initial.curve,
        {"steps": 3},
        {"steps": NOT_COUNTS},
    ),
    "compare": (
        pr.compare,
        {"methods": [CHEBYSHEV], "spectrum": pr.Interval(1, 10), "steps": 3},
        {"methods": [[], None, CHEBYSHEV, [3]], "spectrum": [None, "ab"], "steps": NOT_COUNTS},
    ),
    "Quadratic": (
        pr.Quadratic,
        {"H": H, "b": B, "dH": DH, "db": DB},
        {
            "H": [
                *NOT_ARRAYS,
                np.ones(2),
                np.array([[1.0, 2.0], [0.0, 1.0]]),
                -H,
                np.full((2, 2), NAN),
                np.ones((2, 3)),
                np.eye(3),
                np.zeros((0, 0)),
            ],
            "b": [*NOT_ARRAYS, np.ones(3), np.array([1.0, NAN]), np.ones((2, 2))],
            "dH": [
                *NOT_ARRAYS,
                np.ones(2),
                np.eye(3),
                np.array([[0.0, 1.0], [0.0, 0.0]]),
                np.zeros((3, 2, 2)),
            ],
            "db": [*NOT_ARRAYS, np.ones(3), np.ones((2, 2)), np.array([INF, 1.0])],
        },
    ),
    "Quadratic.random": (
        pr.Quadratic.random,
        {"spectrum": pr.Interval(1, 10), "dim": 2, "seed": 0, "commuting": True},
        {
            "spectrum": [None, 3],
            "dim": [*NOT_COUNTS, 0],
            "seed": NOT_COUNTS,
            "commuting": [1, None, "x"],
        },
    ),
    "Ridge": (
        pr.Ridge,
        {"X": np.ones((3, 2)), "y": np.ones(3), "penalty": 0.1},
        {
            "X": [*NOT_ARRAYS, np.ones(3), np.full((3, 2), NAN), np.ones((0, 2))],
            "y": [*NOT_ARRAYS, np.ones(2), np.full(3, INF)],
            "penalty": [
                NAN,
                INF,
                0,
                -1,
                True,
                None,
                "x",
                np.ones(3),
                np.array([1.0, 0.0]),
                np.array([1.0, NAN]),
            ],
        },
    ),
    "run": (
        pr.run,
        {"method": CHEBYSHEV, "gradient": lambda x: H @ x, "x0": X0, "steps": 3, "history": False},
        {
            "method": [None, 3],
            "gradient": [None, 3, lambda x: x[:1], lambda x: 1.0, lambda x: x > 0],
            "x0": [
                [1.0, 1.0],
                (1.0, 1.0),
                "ab",
                None,
                3.0,
                np.array([1.0, NAN]),
                np.array([True, False]),
                np.array(["a", "b"]),
                {"a": 1},
            ],
            "steps": NOT_COUNTS,
            "history": [1, None, "x"],
        },
    ),
    "differentiate": (
        pr.differentiate,
        {
            "method": CHEBYSHEV,
            "problem": QUADRATIC,
            "x0": X0,
            "steps": 3,
            "estimator": pr.Unrolled(),
            "dx0": X0,
            "until": 1e9,
            "ell": 1e-3,
            "constants": None,
        },
        {
            "method": [None, 3],
            "problem": [None, 3, object()],
            "x0": [[1.0, 1.0], None, np.ones(3), np.ones((2, 2)), np.array([1.0, NAN])],
            "steps": NOT_COUNTS,
            "until": [0, -1, "x", NAN],
            "ell": [0, -1, "x", NAN],
            "constants": [3, "x", (1, 2, 3, 4)],
            "estimator": [3, "x"],
            "dx0": [[1.0, 1.0], np.ones(3), np.ones((2, 1)), np.array([1.0, NAN])],
        },
    ),
    "verify": (
        pr.verify,
        {
            "method": CHEBYSHEV,
            "problem": QUADRATIC,
            "steps": 3,
            "estimator": pr.Unrolled(),
            "x0": X0,
            "dx0": X0,
            "formula": "commuting",
        },
        {
            "method": [None, 3],
            "problem": [None, 3],
            "steps": NOT_COUNTS,
            "estimator": [3, "x"],
            "x0": [[1.0, 1.0], np.ones(3)],
            "dx0": [[1.0, 1.0], np.ones(3)],
            "formula": ["x", 3],
        },
    ),
}

FLAT = [
    pytest.param(function, {**valid, argument: bad}, argument, id=f"{name}-{argument}-{i}")
    for name, (function, valid, arguments) in CASES.items()
    for argument, values in arguments.items()
    for i, bad in enumerate(values)
]


@pytest.mark.parametrize("name", CASES)
def test_the_valid_call_is_valid_and_every_argument_is_attacked(name: str) -> None:
    function, valid, attacked = CASES[name]
    function(**valid)
    parameters = inspect.signature(function).parameters
    for argument in parameters:
        others = [c for n, c in CASES.items() if n.split("(")[0] == name.split("(")[0]]
        elsewhere = {("Richardson", "momenta"), ("rate.initial.curve", "tight")}  # a flag, a table
        attacked_here = any(argument in c[2] for c in others)
        assert attacked_here or (name, argument) in elsewhere, f"{name}: {argument}"
    assert attacked


@pytest.mark.parametrize(("function", "arguments", "argument"), FLAT)
def test_refused_by_name_value_requirement_and_remedy(
    function: Callable[..., Any], arguments: dict[str, Any], argument: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        function(**arguments)
    error = caught.value
    assert isinstance(error, (ValueError, TypeError))
    assert error.argument and error.requirement and error.remedy
    message = str(error)
    assert error.requirement in message and error.remedy in message


def test_the_remedy_for_floats_is_named() -> None:
    with pytest.raises(pr.InexactError, match=r'Fraction\("0.1"\)'):
        pr.residual_polynomial(pr.GradientDescent(0.1), 3)
    with pytest.raises(pr.InexactError, match="Fraction"):
        pr.HeavyBall(sp.Symbol("h", positive=True), 0.5)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([(1, 2), (3, 4, 5)], "intervals[1] = (3, 4, 5): must be a pair (ell, L), a pr.Interval"),
        ([(1, 2), -3], "intervals[1] = -3: must be > 0"),
        ((1, 2), "intervals = (1, 2): is one interval or two points; give [(ell, L)], or"),
        (pr.Interval(1, 2), "intervals = Interval(ell=1, L=2): must be a sequence of intervals;"),
    ],
)
def test_a_union_says_what_it_takes(pieces: Any, words: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        pr.Union(pieces)
    assert str(caught.value).startswith(words)


def test_a_question_ends_in_its_own_mark() -> None:
    ends = ("did you mean 2?", "give 2", "")
    said = [str(pr.InvalidValue("x", 1, "is odd", end)) for end in ends]
    assert said == ["x = 1: is odd; did you mean 2?", "x = 1: is odd; give 2.", "x = 1: is odd."]


@pytest.mark.parametrize("kind", [pr.Ridge, pr.Logistic, pr.NonlinearLeastSquares])
@pytest.mark.parametrize("penalty", [-1, 0, -0.5, "0", np.array([1.0, -1.0]), np.array([1.0, 0])])
def test_a_penalty_that_is_not_positive_gets_one_message(
    kind: Callable[..., Any], penalty: Any
) -> None:
    with pytest.raises(pr.InvalidValue) as caught:
        kind(np.eye(2), np.array([0.0, 1.0]), penalty)
    words = f"penalty = {penalty!r}: must be > 0, θ is its logarithm; give e.g. 1e-3."
    assert str(caught.value) == words


def test_past_a_horizon() -> None:
    method = pr.Tabulated([F(1, 2), F(1, 3)])
    for call in (
        lambda: pr.residual_polynomial(method, 3),
        lambda: method.table(3),
        lambda: pr.run(method, lambda x: x, X0, 3),
        lambda: pr.rate(method, (1, 10)).initial(3),
    ):
        with pytest.raises(pr.HorizonError, match="horizon of 2"):
            call()


def test_non_finite_runs_say_at_which_step() -> None:
    with pytest.raises(pr.NonFiniteError, match="step 5"):  # 0.9⁴ < 0.7 is the first bad query
        pr.run(pr.GradientDescent(0.1), lambda x: np.where(x < 0.7, NAN, x), X0, 7)
    with pytest.raises(pr.NonFiniteError, match="smaller step"):
        pr.differentiate(pr.GradientDescent(1e3), QUADRATIC, X0, 400)


literals = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.fractions().map(lambda f: f"{f.numerator}/{f.denominator}"),
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6
    ).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)


@given(literals)
def test_number_literals_parse_to_their_exact_value(text: str) -> None:
    assert parse(text) == sp.Rational(str(F(text)))


@given(st.text(max_size=30))
def test_other_strings_are_refused_and_never_evaluated(text: str) -> None:
    try:
        F(text.replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        with pytest.raises(pr.InvalidValue):
            parse(text)
    else:
        with contextlib.suppress(pr.InvalidValue):  # stricter than Fraction is fine
            assert parse(text) == sp.Rational(str(F(text.replace(" ", ""))))


def test_numbers_of_every_kind() -> None:
    from decimal import Decimal

    import mpmath

    assert number(3) == sp.Integer(3) and number(np.int64(3)) == sp.Integer(3)
    assert number(F(1, 3)) == sp.Rational(1, 3) and number(Decimal("0.1")) == sp.Rational(1, 10)
    assert number("0.1") == sp.Rational(1, 10) and number(sp.sqrt(2)) == sp.sqrt(2)
    for value in (
        0.1,
        np.float64(0.1),
        np.float32(0.5),
        sp.Float(0.1),
        mpmath.mpf(0.1),
        np.array(0.1),
    ):
        assert isinstance(number(value), float)
    assert exact("1/3") == sp.Rational(1, 3)
    assert count(np.int64(3), "t") == 3 and count(sp.Integer(3), "t") == 3
