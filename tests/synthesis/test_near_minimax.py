"""The harmonic method stays near the optimum: a seeded sample of the experiment, and exact η."""

from __future__ import annotations

import importlib.util
import sys
from fractions import Fraction as F
from types import ModuleType

import pytest
import sympy
from support import ROOT, require

import polyrates as pr


@pytest.fixture(scope="module")
def experiment() -> ModuleType:
    path = ROOT / "experiments" / "near_minimax.py"
    require("experiments", path.exists())
    spec = importlib.util.spec_from_file_location("experiment_near_minimax", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_no_sampled_question_exceeds_the_documented_figures(experiment: ModuleType) -> None:
    """Ten of those of ``nox -s attack``; the figures are those the help of the verb prints."""
    for question in experiment.questions(10, seed=7):
        ratio = question.ratio()
        assert 1 - 1e-9 <= ratio <= experiment.documented(question) < 2
    words = pr.near_minimax.__doc__ or ""
    assert all(str(figure) in words for figure in experiment.FIGURES.values())


def test_the_figures_are_not_idle(experiment: ModuleType) -> None:
    """1.2 in residual/drift is met, and a question without a figure says so."""
    hard = experiment.Question("residual/drift", 0.21, 2e-4, 39)
    assert hard.ratio() > 1.19
    assert experiment.documented(experiment.Question("initial/cross", 0.1, 1.0, 5)) == float("inf")


def test_the_table_is_printed(experiment: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--kappa", "0.1", "--units", "0.1", "--horizons", "5", "10"]
    assert experiment.main(given) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7 and lines[-1] == "0 above the documented figures"
    assert lines[0].startswith("residual/drift") and "V/V* = 1.1451" in lines[0]


def test_exact_sizes_give_exact_methods() -> None:
    near = pr.near_minimax(("1/10", 1), 30, residual=3, drift=F(1, 7))
    assert near == pr.HarmonicSobolev(F(1, 10), 1, F(2, 441), "residual/drift")
    near = pr.near_minimax((1, 10), 20, initial=1, cross=1)
    assert isinstance(near.eta, sympy.Rational)
    assert abs(near.eta - F("1.895097489291993943702787")) < F(1, 10**19)
    # what the float method rounds
    assert pr.near_minimax((1, 10), initial=1, cross=1).eta == float(near.eta)
