"""Golden strings of the LaTeX export, its line breaks, and what it refuses."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction as F

import pytest
import sympy
from support import finished

from polyrates.core.estimators import Implicit, OneStep, Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall, Nesterov
from polyrates.core.spectra import Interval, Union
from polyrates.ground.errors import InvalidType
from polyrates.ground.numbers import lam, t
from polyrates.ground.references import REFERENCES, cite
from polyrates.ground.typeset import latex, visible
from polyrates.symbolic.closed_forms import closed_form_derivation
from polyrates.symbolic.derivations.general import lower_bound_proof, master_identity, two_horns
from polyrates.symbolic.polynomials import error_polynomials, residual_polynomial
from polyrates.symbolic.theorems.bounds import best_step, lower_bound
from polyrates.symbolic.theorems.find import find_theorem

h = sympy.Symbol("h", positive=True)

GOLDEN = [
    (
        residual_polynomial(Chebyshev(1, 10), 3),
        r"1 - \frac{2418}{2651} \lambda + \frac{48}{241} \lambda^{2} - \frac{32}{2651} \lambda^{3}",
    ),
    (residual_polynomial(GradientDescent(h), 2), r"1 - 2 h \lambda + h^{2} \lambda^{2}"),
    (residual_polynomial(GradientDescent(h), t), r"\left(1 - h \lambda\right)^{t}"),
    (GradientDescent(h), r"x_{t+1} = x_{t} - h \nabla f\left(x_{t}\right)"),
    (
        GradientDescent.large(1, 10),
        r"x_{t+1} = x_{t} - h \nabla f\left(x_{t}\right), \quad h = \frac{2}{11}",
    ),
    (Interval(1, 10), r"\lambda \in \left[1, 10\right]"),
    (Union([(1, 2), (5, 5)]), r"\lambda \in \left[1, 2\right] \cup \left\{5\right\}"),
    (Unrolled(), r"R = P_{t}, \quad C = P_{t}'"),
    (Implicit(), r"R = 0, \quad C = -\frac{P_{t}}{\lambda}"),
    (OneStep(), r"\text{tangents reset at step } s = \max\left(t - 1, 0\right)"),
    (F(1, 3), r"\frac{1}{3}"),
    (7, "7"),
    (1e-7, "10^{-7}"),
    (-2.5e9, r"-2.5 \cdot 10^{9}"),
    (0.125, "0.125"),
    (1 - h * lam, r"1 - h \lambda"),
    (t - 1, "t - 1"),
    (sympy.Symbol("xi") * sympy.Symbol("kappa") / sympy.Symbol("ell"), r"\frac{\kappa \xi}{\ell}"),
    (lower_bound(Interval(1, 10), 2), r"\frac{81}{161}"),
    (
        error_polynomials(GradientDescent(F(1, 4)), 2),
        "\\begin{aligned}\n"
        r"R &= 1 - \frac{1}{2} \lambda + \frac{1}{16} \lambda^{2} \\" + "\n"
        r"C &= - \frac{1}{2} + \frac{1}{8} \lambda \\" + "\n"
        r"R - \lambda C &= 1 - \frac{1}{16} \lambda^{2}" + "\n\\end{aligned}",
    ),
    (
        find_theorem(GradientDescent.large(1, 10), Interval(1, 10), "initial", Unrolled()).value(t),
        r"\begin{cases} 1 & \text{for}\: t = 0 \\\left(\frac{9}{11}\right)^{t - 1} "
        r"\left(\frac{20 t}{11} - \frac{9}{11}\right) & \text{otherwise} \end{cases}",
    ),
]


@pytest.mark.parametrize(("obj", "text"), GOLDEN, ids=range(len(GOLDEN)))
def test_golden(obj, text):
    assert latex(obj) == text


def everything():
    result = [obj for obj, _ in GOLDEN]
    result += [master_identity(), lower_bound_proof(), two_horns()]
    interval = Interval(1, 10)
    ell, L = sympy.symbols("ell L", positive=True)
    for method in (GradientDescent.flat(1, 10), Chebyshev(1, 10), HeavyBall.tuned(1, 10),
                   Nesterov.tuned(1, 10), HeavyBall.tuned(ell, L)):  # fmt: skip
        steps = 2 if method.parameters[0].free_symbols else 6
        result += [method, residual_polynomial(method, steps), residual_polynomial(method, t)]
        result.append(closed_form_derivation(method))
        for part in ("residual", "drift", "initial"):
            found = find_theorem(method, interval, part, Unrolled())
            if found is not None:
                result += [found.derivation, found.value(t)]
    result.append(best_step((1, 10), 5))
    return result


def test_long_polynomials_wrap():
    for degree in (12, 40, 90):
        text = latex(residual_polynomial(Chebyshev(1, 100), degree))
        assert text.startswith("\\begin{aligned}\n&") and "Poly" not in text
        assert all(visible(row) <= 100 for row in text.splitlines())
        assert len(text) < 6000
    assert r"\cdots" in latex(residual_polynomial(Chebyshev(1, 100), 90))


def test_everything_is_plain_ascii_and_balanced():
    for obj in everything():
        text = latex(obj)
        assert text.isascii(), text
        assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
        assert text.count("{") == text.count("}")
        assert text.count(r"\begin{") == text.count(r"\end{")
        assert not re.search(r"Poly\(|RootSum|Piecewise|Dummy", text)
        assert latex(obj) == text


def test_pdflatex_accepts_everything(tmp_path):
    engine = shutil.which("pdflatex")
    if engine is None:
        pytest.skip("no TeX engine")
    if not shutil.which("kpsewhich") or finished(["kpsewhich", "amsmath.sty"]).returncode:
        pytest.skip("no amsmath")
    body = "\n".join(f"\\[{latex(obj)}\\]" for obj in everything())
    source = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\begin{document}" + body
    (tmp_path / "all.tex").write_text(source + "\\end{document}\n")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = finished(command, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


def test_refusals():
    for value in ("x + 1", object(), None, True):
        with pytest.raises(InvalidType):
            latex(value)


def test_cite():
    assert "Flanders" in cite(Chebyshev(1, 10))
    assert cite(Unrolled()).startswith("Damien Scieur")
    assert "Polyak" in cite(HeavyBall.tuned(1, 10)) and "Nesterov" in cite(Nesterov.tuned(1, 10))
    derivation = find_theorem(Chebyshev(1, 10), Interval(1, 10), "drift", Unrolled()).derivation
    assert "Flanders" in cite(derivation)
    assert "Bolte" in cite("one-step")
    for reference in REFERENCES.values():
        assert re.match(rf"@\w+{{{reference.key},", reference.bibtex)
        assert 1900 < reference.year < 2030
        assert not re.search(r"(Theorem|Corollary|Proposition|Lemma) \d", str(reference))
    with pytest.raises(InvalidType):
        cite(3)
    with pytest.raises(InvalidType):
        cite("nobody")
