"""What a notebook shows: every plot, cards with numbers, formula and status, and never an error."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from fractions import Fraction as F

import matplotlib
import numpy as np
import pytest
import sympy as sp
from support import ROOT, finished

import polyrates as pr
from polyrates.ground.cards import Card, number_cell, plainly
from polyrates.ground.typeset import decks

matplotlib.use("Agg")

SESSION = """
import os, sys
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.displaypub import CapturingDisplayPublisher

shell = InteractiveShell.instance()
shell.display_pub = CapturingDisplayPublisher(parent=shell)


def cell(text):
    shell.display_pub.outputs.clear()
    result = shell.run_cell(text)
    assert result.success, result
    return sum("image/png" in each["data"] for each in shell.display_pub.outputs)


assert cell("import polyrates as pr; where = pr.Interval(1, 10); m = pr.Chebyshev(1, 10)") == 0
assert cell("pr.rate(m, where).plot(8);") == 1
assert cell("pr.rate(m, where).plot(8);") == 1
assert cell("pr.compare([m], where, 8).plot();") == 1
assert cell("pr.minimax_optimal(where, 4, initial=1, cross=1).plot();") == 1
assert cell("pr.plan(where, 6, initial=1, cross=1).plot([2, 4]);") == 1
assert cell("import matplotlib.pyplot as plt; own = dict(plt.rcParams)") == 0
assert cell("plt.plot([1, 2])") == 1
assert cell("fig, _ = plt.subplots(); pr.rate(m, where).plot(4); assert plt.gcf() is fig") == 2
assert cell("assert dict(plt.rcParams) == own and plt.isinteractive()") == 0
print("all shown")
"""


def test_every_plot_of_a_session_shows_and_the_users_own_are_left_alone() -> None:
    pytest.importorskip("IPython")
    pytest.importorskip("matplotlib_inline")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = finished([sys.executable, "-c", SESSION], env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    assert done.stdout.strip().endswith("all shown")


@dataclass(frozen=True)
class Own(pr.Stationary):
    """Gradient descent, as a user writes it."""

    step: object

    @property
    def name(self) -> str:
        return "mine & <yours>"

    @property
    def parameters(self) -> tuple[object, ...]:
        return (self.step,)

    def transition(self, number):  # type: ignore[no-untyped-def]
        return pr.Transition((1,), ((1,),), (number(self.step),), (1,))


class Plain:
    """A quadratic that says nothing of itself."""

    def gradient(self, x):  # type: ignore[no-untyped-def]
        return np.array([1.0, 3.0]) * x

    def hvp(self, x, v):  # type: ignore[no-untyped-def]
        return np.array([1.0, 3.0]) * v

    def cross(self, x):  # type: ignore[no-untyped-def]
        return np.ones(2)


ell, L, kappa = sp.symbols("ell L kappa", positive=True)
HUGE = F(10**400 + 1, 10**399 + 7)


def carded() -> dict[str, object]:
    where, method = pr.Interval(1, 10), pr.Chebyshev(1, 10)
    problem = pr.Quadratic.random(where, dim=4, seed=0)
    flat = pr.Quadratic(np.diag([1.0, 2.0]), np.ones(2), np.zeros((2, 2)), np.zeros(2))
    x = problem.solution + 1e-3
    return {
        "rate": pr.rate(method, where),
        "rate of floats": pr.rate(pr.Nesterov.tuned(0.3, 2.0), pr.Interval(0.3, 2.0)),
        "rate with symbols": pr.rate(pr.Chebyshev(ell, L), pr.Interval(ell, L)),
        "rate of heavy ball with symbols": pr.rate(pr.HeavyBall.tuned(ell, L), (ell, L)),
        "rate of huge numbers": pr.rate(pr.Chebyshev(1, HUGE), pr.Interval(1, HUGE)),
        "rate of pieces": pr.rate(method, pr.Union([(1, 2), (3, 4), (5, 6), (7, 10)])),
        "rate of a user's": pr.rate(Own("0.1"), where),
        "rate of a horizon": pr.rate(pr.WeightedIterates(method, [0, 1]), where),
        "optimum": pr.minimax_optimal(where, 4, initial=1, cross=1),
        "an average's optimum": pr.sobolev_optimal(pr.Uniform(1, 9), 2, 1),
        "an optimum with symbols": pr.sobolev_optimal(pr.Uniform(1, 9), 1, sp.Symbol("eta")),
        "an optimum of degree 0": pr.minimax_optimal(where, 0, initial=1, cross=1),
        "verification": pr.verify(method, problem, steps=6),
        "verification that diverges": pr.verify(pr.GradientDescent(3.0), problem, steps=60),
        "verification of nothing": pr.verify(method, flat, steps=0, x0=np.zeros(2)),
        "comparison": pr.compare([method, Own(F(1, 10))], where, 5),
        "plan": pr.plan(where, 6, initial=1, cross=1),
        "published": pr.published_rates(),
        "a published rate": pr.published_rates()[0],
        "own method": Own(F(1, 10)),
        "own method of a symbol": Own(sp.Symbol("h")),
        "method of huge numbers": pr.GradientDescent(HUGE),
        "method of a tiny step": pr.GradientDescent(1e-300),
        "certified": pr.certify(problem, x, np.zeros(4), ell=0.9),
        "predicted": pr.certify(Plain(), np.ones(2), np.zeros(2)),
        "majorant": pr.majorant(
            method, where, 5, hessian_lipschitz=1, cross_lipschitz=1, distance="0.1", residual=1
        ),
        "majorant of nothing": pr.majorant(
            method, where, 5, hessian_lipschitz=9, cross_lipschitz=1, distance=9, residual=1
        ),
        "noise": pr.noise(pr.GradientDescent(F(1, 2)), F(1, 2)),
        "noise with symbols": pr.noise(pr.GradientDescent(sp.Symbol("h")), sp.Symbol("lambda")),
    }  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> dict[str, object]:
    return carded()


def test_cards_have_numbers_and_words(shown: dict[str, object]) -> None:
    for name, value in shown.items():
        page = value._repr_html_()  # type: ignore[attr-defined]
        assert page.startswith(("<div>", "<table>")), (name, page[:200])
        for wrong in ("Traceback", " object at 0x", "Poly(", ">nan<", "NaN", "Piecewise"):
            assert wrong not in page, (name, wrong)
        assert page.count("$") % 2 == 0 and "<yours>" not in page
    for name, words in {
        "rate": ("0.1", "proved", r"\cosh", r"\xi = "),
        "rate with symbols": (r"\kappa = \frac{\ell}{L}", "proved"),
        "rate of floats": ("certified",),
        "rate of a user's": ("certified",),
        "optimum": ("certified", "attained at", "lower"),
        "an average's optimum": ("proved", r"P^\star"),
        "verification": ("ok", "yes", "tolerance", "commuting"),
        "verification that diverges": ("growth",),
        "comparison": ("burn-in", "proved"),
        "plan": ("certified", "wins"),
        "published": ("Chebyshev iteration", "equal", "published"),
        "own method": ("mine &amp;", "0.1", r"\nabla"),
        "certified": ("certified", r"\partial x"),
        "predicted": ("predicted", "without guarantee"),
        "majorant": ("basin", "status"),
        "majorant of nothing": ("∞",),
        "noise": ("proved", "1.16"),
    }.items():
        page = shown[name]._repr_html_()  # type: ignore[attr-defined]
        assert all(word in page for word in words), (name, words, page)


def test_formulas_are_those_of_a_paper(shown: dict[str, object]) -> None:
    """No fraction in a fraction, and no power of a number written as its digits."""
    for name, value in shown.items():
        own = getattr(value, "_repr_latex_", lambda: None)()
        pages = [value._repr_html_(), own or ""]  # type: ignore[attr-defined]
        assert all(decks(page) <= 2 for page in pages), name
    assert pr.latex(sp.Rational(1, 10**12)) == "10^{-12}"
    assert pr.latex(sp.Rational(-3, 10**12)) == r"-3 \cdot 10^{-12}"
    assert pr.latex(sp.Symbol("x") / 10**9) == r"\frac{x}{10^{9}}"
    assert pr.latex(1e-12) == "10^{-12}" and pr.latex(10**8) == "10^{8}"
    assert pr.latex(1000) == "1000" and pr.latex(sp.Rational(1, 8)) == r"\frac{1}{8}"
    x = sp.Symbol("x")
    assert pr.latex((1 + 1 / x) / (1 - 1 / x)) == r"\frac{1 + 1 / x}{1 - 1 / x}"
    assert decks(pr.latex(sp.sqrt((1 + 1 / x) / 3) / (x + sp.Rational(1, 3)))) == 2
    assert [decks(text) for text in (r"\frac{\frac{1}{2}}{3}", r"\frac{x^{2}}{y}", "x^{2}")] == [
        3,
        2,
        1,
    ]


@pytest.mark.parametrize("ends", [(1, 100), (1, 4), ("0.1", "1")])
def test_the_letters_of_a_formula_mean_what_the_theorem_says(ends: tuple[object, object]) -> None:
    """The printed formulas in ξ, κ, b and t, evaluated by hand, are the rates."""
    where = pr.Interval(*ends)
    low, high = (float(end) for end in where.hull)
    k, t = low / high, 7
    xi = (1 - math.sqrt(k)) / (1 + math.sqrt(k))
    b = 2 * math.sqrt(k) / (1 + k)
    fall = math.cosh(t * math.log(1 / xi))
    rise = (1 - b) * t**2 + b / 3 * t * (t + 1) * (t + 2)
    chebyshev, heavy = (
        pr.rate(pr.Chebyshev(*ends), where),
        pr.rate(pr.HeavyBall.tuned(*ends), where),
    )
    expected = {
        chebyshev.residual: 1 / fall,
        chebyshev.drift: 2 * t**2 / ((high - low) * fall),
        chebyshev.initial: (2 * t**2 - (1 - k)) / ((1 - k) * fall),
        heavy.residual: xi**t * (1 + b * t),
        heavy.drift: 2 / (high - low) * xi**t * rise,
        heavy.initial: xi**t * (2 / (1 - k) * rise - 1 - b * t),
    }
    for part, value in expected.items():
        assert float(part(t)) == pytest.approx(value, rel=1e-12)
    assert r"(1 - \kappa) \cosh\left(t \ln \xi^{-1}\right)" in chebyshev.initial._latex()
    assert r"\frac{2}{1 - \kappa}" in heavy.initial._latex()
    descent = pr.rate(pr.GradientDescent.large(*ends), where)
    h, q = 2 / (low + high), (high - low) / (high + low)
    assert float(descent.drift(t)) == pytest.approx(h * t * q ** (t - 1), rel=1e-12)
    at_top = q ** (t - 1) * (1 + (t - 1) * h * high)
    assert float(descent.initial(t)) == pytest.approx(at_top, rel=1e-12)
    assert r"q^{t - 1} \left[1 + (t - 1) h L\right]" in descent.initial._latex()


def test_the_picture_of_an_optimum_is_level_at_its_contact_points() -> None:
    best = pr.minimax_optimal(pr.Interval(1, 100), 12, initial=1, cross=1)
    axes = best.plot()
    lines = {line.get_label(): line for line in axes.get_lines()}
    marks = lines["contact points"]
    np.testing.assert_allclose(marks.get_xdata(), best.contact_points)
    np.testing.assert_allclose(marks.get_ydata(), 1.0, atol=1e-6)
    level = lines["profile over its maximum"].get_ydata()
    assert level.max() <= 1 + 1e-9 and level.min() < 0.9
    own = matplotlib.figure.Figure().subplots()
    assert pr.sobolev_optimal(pr.Uniform(1, 9), 3, 1).plot(own) is own
    for spectrum in (pr.Empirical([2]), pr.Union([(1, 2), (8, 9)]), pr.Interval(0, 1)):
        pr.minimax_optimal(spectrum, 3, initial=1, cross=1).plot()
    matplotlib.pyplot.close("all")


def test_no_showing_can_raise() -> None:
    class Broken(Own):
        def _latex(self) -> str:
            raise RuntimeError("no formula")

        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    broken = Broken(1)
    assert broken._repr_latex_() is None
    assert broken._repr_html_() == "<pre>&lt;Broken&gt;</pre>" and plainly(broken) == "<Broken>"
    assert number_cell(float("nan")) == "not a number" and number_cell(None) == "—"
    assert number_cell(-sp.oo) == "−∞" and number_cell(sp.Symbol("h")) == "$h$"
    assert number_cell(10**5000).startswith("$10^{5000}")
    assert "<b>&lt;x&gt;</b>" in Card("<x>").html()
    assert "displaystyle" not in Card("x", formula="x" * 10**4).html()
