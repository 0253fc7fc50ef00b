"""A method and an estimator added in one file each are found everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
import support
from toys import quasi_hyperbolic, second_half
from toys.quasi_hyperbolic import QuasiHyperbolic
from toys.second_half import SecondHalf

import polyrates as pr
from polyrates.cli.entry import main
from polyrates.core.estimator_catalogue import ESTIMATORS
from polyrates.core.methods.catalogue import NAMES, entry_of, look_of
from polyrates.core.methods.named import build, help_on_methods

METHOD = QuasiHyperbolic(F(1, 10), F(1, 2), 1)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    quasi_hyperbolic.add()
    second_half.add()
    yield
    del NAMES["quasi-hyperbolic"], ESTIMATORS["second-half"]


def test_they_are_rated() -> None:
    rate = pr.rate(METHOD, (1, 10), SecondHalf())
    for t in (0, 1, 5, 8):
        truth = pr.rate(METHOD, (1, 10), pr.Truncated(t // 2))
        for part in ("initial", "cross", "residual", "drift"):
            lower, upper = getattr(rate, part).enclosure(t)
            expected = getattr(truth, part).enclosure(t)
            assert lower <= expected[1] * (1 + 1e-12) and expected[0] <= upper * (1 + 1e-12)
    curve = rate.residual.curve(8)
    for t in range(9):
        assert curve[t] == pytest.approx(rate.residual(t), rel=1e-9)
    pair = pr.error_polynomials(METHOD, 6, SecondHalf())
    expected_pair = pr.error_polynomials(METHOD, 6, pr.Truncated(3))
    assert pair.residual == expected_pair.residual and pair.drift == expected_pair.drift
    assert float(pr.rate(METHOD, (1, 10)).initial.asymptotic) < 1
    frobenius = rate.worst_case(4, residual=1, hessian=1)
    assert frobenius == pytest.approx(
        pr.rate(METHOD, (1, 10), pr.Truncated(2)).worst_case(4, residual=1, hessian=1), rel=1e-6
    )


def test_they_are_run_and_verified() -> None:
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 5, seed=1)
    x0 = np.ones(5)
    run = pr.differentiate(METHOD, problem, x0, 8, SecondHalf())
    truth = pr.differentiate(METHOD, problem, x0, 8, pr.Truncated(4))
    np.testing.assert_allclose(run.jacobians[8], truth.jacobians[8], rtol=1e-12)
    assert run.products == (8, 4)
    assert pr.verify(METHOD, problem, 8, estimator=SecondHalf()).ok
    forward = pr.jvp(METHOD, problem, x0, 8, SecondHalf())
    np.testing.assert_allclose(forward.value, run.jacobians[8], rtol=1e-12)
    backward = pr.vjp(METHOD, problem, x0, 8, np.ones(5), SecondHalf())
    np.testing.assert_allclose(backward.value, np.ones(5) @ run.jacobians[8], rtol=1e-10)


def test_they_are_drawn_and_typeset() -> None:
    assert look_of(METHOD) is quasi_hyperbolic.ENTRY.look
    assert entry_of(METHOD) is quasi_hyperbolic.ENTRY
    axes = pr.compare([METHOD, pr.Chebyshev(1, 10)], (1, 10), 6).plot()
    colors = {line.get_color() for line in axes.get_lines()}
    assert quasi_hyperbolic.ENTRY.look.color in colors
    formula = pr.latex(METHOD)
    assert "quasi-hyperbolic" in formula and r"\frac{g}{20}" in formula
    assert "second half" in pr.latex(SecondHalf())
    assert pr.cite(METHOD)


def test_they_are_planned() -> None:
    plan = pr.plan(pr.Interval(1.0, 10.0), 12, residual=1, drift=1)
    assert any(row.method == row.method and row.label == "quasi-hyperbolic" for row in plan.rows)
    rows = [row for row in plan.rows if row.family == "second-half"]
    assert rows and all(isinstance(row.estimator, SecondHalf) for row in rows)
    assert all(row.products.total <= 12 for row in rows)


def test_they_are_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "quasi-hyperbolic" in help_on_methods()
    words = ["rate", "--method", "quasi-hyperbolic:beta=1/2", "--ell", "1", "--L", "10"]
    assert main([*words, "--steps", "4", "--estimator", "second-half", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["estimator"] == "second half"
    assert answer["method"].startswith("quasi-hyperbolic momentum")
    assert answer["parameters"]["beta"] == "1/4"
    method = build("quasi-hyperbolic:beta=1/2", *pr.Interval(1, 10).hull)
    value = pr.rate(method.method, (1, 10), SecondHalf()).residual(4)
    assert answer["residual"]["curve"][4] == pytest.approx(value, rel=1e-9)
    assert main([*words, "--steps", "4", "--latex"]) == 0
    assert r"\beta" in capsys.readouterr().out


def test_they_are_in_the_reports(tmp_path: Path) -> None:
    words = ["report", "--steps", "6", "--methods", "chebyshev,quasi-hyperbolic"]
    assert main([*words, "--out", str(tmp_path / "r")]) == 0
    assert "quasi-hyperbolic momentum" in (tmp_path / "r" / "report.html").read_text("utf-8")


def test_they_are_in_the_catalogues_of_the_tests() -> None:
    assert any(type(each) is QuasiHyperbolic for each in support.exact_methods().values())
    assert any(type(each) is SecondHalf for each in support.estimators().values())
