"""What ``polyrates optimal`` says: as text, as JSON, as a LaTeX document."""

from __future__ import annotations

import math

import sympy

from polyrates.analysis.rate import rate
from polyrates.core.measures.densities import ClassicalDensity
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.spectra import Spectrum
from polyrates.ground.digits import exact_text
from polyrates.ground.numbers import Number, floating
from polyrates.ground.outward import at_least, at_most, latex_at_least, latex_at_most
from polyrates.report.shown import (
    LONG,
    finite_number,
    shown_rows,
    support_pairs,
    support_tex,
    support_text,
    tex_of,
)
from polyrates.report.tex import centered, document
from polyrates.synthesis.optimum import Optimum

__all__ = [
    "minimax_document",
    "minimax_json",
    "minimax_text",
    "optimum_document",
    "optimum_json",
    "optimum_text",
]


def _comparison(result: Optimum, eta: Number) -> list[float]:
    """The same average for Chebyshev's method, at every degree."""
    method = rate(Chebyshev(*result.spectrum.hull), result.spectrum)
    return [floating(method.average(t, eta)) for t in range(result.degree + 1)]


def optimum_json(result: Optimum, eta: Number) -> dict[str, object]:
    """The optimum, exact numbers as strings."""
    ell, L = result.spectrum.hull
    polynomial = result.polynomial
    return {
        "spectrum": {"ell": exact_text(ell), "L": exact_text(L), "kappa": finite_number(ell / L)},
        "eta": exact_text(eta),
        "degree": result.degree,
        "status": result.status,
        "value": float(result.value),
        "value_exact": exact_text(result.value),
        "values": [float(value) for value in result.values or ()],
        "chebyshev": _comparison(result, eta),
        "coefficients_low_to_high": [exact_text(c) for c in reversed(polynomial.all_coeffs())],
    }


def optimum_text(result: Optimum, eta: Number) -> str:
    """The optimal value of every degree beside Chebyshev's method."""
    where = support_text(result.spectrum)
    average = f"the average of P^2 + {exact_text(eta)} P'^2"
    lines = [
        f"minimum of {average}, P(0) = 1, on {where}: {result.status}",
        "",
        "      t      optimum    Chebyshev",
    ]
    others = _comparison(result, eta)
    values = result.values or ()
    for t in shown_rows(result.degree):
        lines.append(f"{t:7d}{float(values[t]):13.6g}{others[t]:13.6g}")
    exact = exact_text(result.value)
    if len(exact) <= LONG and "/" in exact:
        lines += ["", f"at t = {result.degree}, exactly: {exact}"]
    if result.degree <= 4:
        lines += ["", f"P = {exact_text(result.polynomial.as_expr())}"]
    return "\n".join(lines)


def optimum_document(density: ClassicalDensity, result: Optimum, eta: Number) -> bytes:
    """The problem, the optimal polynomial where it fits a page, and the values."""
    ell, L = result.spectrum.hull
    alpha = getattr(density, "alpha", None)
    weight = "1" if alpha is None else rf"(1 - \sigma^2)^{{{tex_of(alpha - sympy.Rational(1, 2))}}}"
    body = [
        rf"Let $\mu$ be the probability density proportional to ${weight}$ on "
        rf"$[{tex_of(ell)}, {tex_of(L)}]$, $\sigma$ the affine map of that interval onto "
        r"$[-1, 1]$.",
        rf"\[ \min_{{P(0) = 1,\ \deg P \le {result.degree}}} \int P^2 \, d\mu + "
        rf"{'' if eta == 1 else tex_of(eta)} \int P'^2 \, d\mu \approx {_decimal(result.value)} \]",
    ]
    if len(exact_text(result.value)) <= 2 * LONG:
        body.append(rf"\[ \text{{exactly }} {tex_of(result.value)} \]")
    if result.degree <= 12:
        body += [r"\section*{The optimal polynomial}", _wrapped(result.polynomial)]
    others, values = _comparison(result, eta), result.values or ()
    rows = [
        [str(t), f"{float(values[t]):.6g}", f"{others[t]:.6g}"]
        for t in shown_rows(result.degree, 41)
    ]
    body += [r"\section*{Values}", centered(["$t$", "optimum", "Chebyshev"], rows)]
    return document("A Sobolev-optimal residual polynomial", body)


def _decimal(value: Number, digits: int = 6) -> str:
    mantissa, e, exponent = f"{float(value):.{digits}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def _wrapped(polynomial: sympy.Poly) -> str:
    """One term a line; coefficients too long for a line are given as decimals."""
    lines: list[str] = []
    terms = list(reversed(polynomial.terms()))
    relation = "=" if all(len(exact_text(abs(c))) <= 120 for _, c in terms) else r"\approx"
    for (power,), coefficient in terms:
        sign = "-" if coefficient < 0 else "+"
        size = abs(coefficient)
        shown = tex_of(size) if len(exact_text(size)) <= 120 else _decimal(size)
        factor = "" if power == 0 else (r"\,\lambda" if power == 1 else rf"\,\lambda^{{{power}}}")
        lead = rf"P(\lambda) {relation}\;" if not lines else ""
        lines.append(rf"{lead}& {'' if not lines and sign == '+' else sign} {shown}{factor}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _against_chebyshev(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> float:
    """Chebyshev's worst case at the same t and sizes."""
    method = rate(Chebyshev(*where.hull), where)
    return float(method.worst_case(result.degree, **sizes))


def minimax_json(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> dict[str, object]:
    """The minimax optimum: certified bounds, contact points, coefficients on T_k(m(λ))."""
    ell, L = where.hull
    return {
        "spectrum": {"ell": exact_text(ell), "L": exact_text(L), "support": support_pairs(where)},
        "sizes": {name: exact_text(value) for name, value in sizes.items()},
        "degree": result.degree,
        "status": result.status,
        "lower": float(result.lower),
        "upper": float(result.upper),
        "gap": float(result.gap),
        "chebyshev": _against_chebyshev(where, result, sizes),
        "contact_points": [float(point) for point in result.contact_points or ()],
        "chebyshev_coefficients": [float(c) for c in result.polynomial.coef],
    }


def minimax_text(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> str:
    """The value between its bounds, beside Chebyshev's method."""
    other = _against_chebyshev(where, result, sizes)
    names = ", ".join(f"{name} {exact_text(value)}" for name, value in sizes.items())
    upper = float(result.upper)
    ratio = other / upper if upper > 0 else math.inf
    times = f"   ({ratio:.3g} times)" if math.isfinite(ratio) else ""
    lines = [
        f"smallest worst case on {support_text(where)} at t = {result.degree}, {names}: "
        f"{result.status}",
        "",
        f"lower bound     {at_least(result.lower, 12)}",
        f"upper bound     {at_most(result.upper, 12)}",
        f"Chebyshev       {other:.6g}{times}",
        f"contact points  {len(result.contact_points or ())}",
    ]
    return "\n".join(lines)


def minimax_document(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> bytes:
    """The problem, its certified value and the polynomial in Chebyshev's basis."""
    (first, a), (_, g) = sizes.items()
    initial = first == "initial"
    left, second = ("P - \\lambda P'", "G") if initial else ("P", "D")
    body = [
        rf"The worst case over all $H$ with spectrum in "
        rf"${support_tex(where, tex_of)}$, $\|E\| \le {tex_of(a)}$ and "
        rf"$\|{second}\| \le {tex_of(g)}$, of the error "
        rf"$({left})(H) E + P'(H) {second}$ of the unrolled Jacobian at $t = {result.degree}$ is "
        rf"smallest for the polynomial below. Its value $V^\star$ is certified:",
        rf"\[ {latex_at_least(result.lower, 12)} \le V^\star \le "
        rf"{latex_at_most(result.upper, 12)} . \]",
        rf"Chebyshev's method has {_against_chebyshev(where, result, sizes):.6g}.",
        r"\section*{The optimal polynomial}",
        r"\[ P = \sum_k c_k T_k\left(\frac{2\lambda - L - \ell}{L - \ell}\right) \]",
    ]
    rows = [[str(k), f"${_decimal(c, 16)}$"] for k, c in enumerate(result.polynomial.coef[:46])]
    body.append(centered(["$k$", "$c_k$"], rows))
    if len(where.support) > 1:
        body.append(
            r"Here $\ell$ and $L$ are the ends of the spectrum. Between its pieces $P$ can be "
            r"large, and the terms of this sum then cancel on them; a program does better to run "
            r"the method of polyrates, which has no such cancellation."
        )
    return document("A minimax-optimal residual polynomial", body)
