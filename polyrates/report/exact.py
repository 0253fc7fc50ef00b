"""What ``polyrates rate`` and ``polyrates optimal`` say: as text, as JSON, as a LaTeX document."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy

from polyrates.errors import PolyratesError
from polyrates.estimators import Unrolled
from polyrates.measures import ClassicalDensity
from polyrates.methods import Chebyshev
from polyrates.numbers import Number, floating
from polyrates.numbers import t as iteration
from polyrates.optimum import Optimum
from polyrates.rates import Rate, RatePart, rate
from polyrates.report.joint import joint_column
from polyrates.report.named import NamedMethod
from polyrates.report.support import support_pairs, support_tex, support_text
from polyrates.report.tex import document, escape_tex
from polyrates.spectra import Spectrum

__all__ = [
    "minimax_document", "minimax_json", "minimax_text", "optimum_document", "optimum_json",
    "optimum_text", "rate_document", "rate_json", "rate_text",
]  # fmt: skip

_PARTS = ("initial", "cross", "residual")
_LONG = 60  # characters of an exact number that a page can bear
Progress = Callable[[str], None]


def _attempt(read: Callable[[], Any]) -> Any:
    """A value, or None where the package says that it is not known."""
    try:
        return read()
    except PolyratesError:
        return None


def _number(value: Any) -> float | None:
    """A float for JSON; None where there is none or it is infinite."""
    if value is None or value in (sympy.oo, -sympy.oo):
        return None
    result = float(value)
    return result if math.isfinite(result) else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _exact(part: RatePart, t: int) -> str | None:
    """The exact value at t where a theorem gives one."""
    return str(part(t)) if part.status == "proved" else None


def _summary(part: RatePart, steps: int) -> dict[str, Any]:
    """Peak, burn-in and asymptotic rate; of estimators other than unrolling within the steps."""
    peak: Any
    burn_in: Any
    if isinstance(part.estimator, Unrolled):
        peak, burn_in = _attempt(lambda: part.peak), _attempt(lambda: part.burn_in)
    else:
        curve = part.curve(steps)
        above = np.flatnonzero(curve > 1 + 1e-9)
        peak = int(np.argmax(curve)), float(curve.max())
        burn_in = int(np.max(above, initial=0))
        if burn_in == steps and len(above):
            burn_in = None
    asymptotic = _attempt(lambda: part.asymptotic)
    divergent = burn_in == sympy.oo
    return {
        "status": part.status,
        "peak_at": None if peak is None or divergent else int(peak[0]),
        "peak": None if peak is None or divergent else _number(peak[1]),
        "burn_in": None if burn_in is None or divergent else int(burn_in),
        "burn_in_status": part.burn_in_status,
        "divergent": bool(divergent),
        "asymptotic": _number(asymptotic),
        "asymptotic_exact": None if isinstance(asymptotic, float) else _text(asymptotic),
    }


def rate_json(
    named: NamedMethod, result: Rate, steps: int, sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Curves as floats that are upper bounds; the exact value at the last step where proved.

    ``sizes`` are the arguments of ``rate.worst_case``: its values are then there too.
    """
    ell, L = result.spectrum.hull
    parts = {}
    for name in _PARTS:
        part: RatePart = getattr(result, name)
        parts[name] = {
            **_summary(part, steps),
            "curve": [float(value) for value in part.curve(steps)],
            "exact_at_last_step": _exact(part, steps),
        }
    joint = joint_column(result, range(steps + 1), sizes, progress)
    return {
        "method": named.title,
        "parameters": {name: str(value) for name, value in named.parameters},
        "estimator": result.estimator.name,
        "spectrum": {
            "ell": str(ell),
            "L": str(L),
            "kappa": _number(ell / L),
            "support": support_pairs(result.spectrum),
        },
        "steps": steps,
        **parts,
        **({} if joint is None else {"worst_case": joint.json}),
    }


def _rows(steps: int, most: int = 21) -> list[int]:
    """All of 0, …, steps, or some of them, ends included."""
    if steps < most:
        return list(range(steps + 1))
    return sorted({round(x) for x in np.linspace(0, steps, most)})


def _columns(result: Rate, steps: int) -> dict[str, Any]:
    """What a table shows of each part, by t."""
    return {name: getattr(result, name).curve(steps) for name in _PARTS}


def rate_text(
    named: NamedMethod, result: Rate, steps: int, sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> str:  # fmt: skip
    """A table and what it says; with ``sizes`` a column for ``rate.worst_case``."""
    shown = ", ".join(f"{name} {value}" for name, value in named.parameters)
    where = support_text(result.spectrum)
    lines = [f"{named.title} ({shown}), {result.estimator.name}, on {where}", ""]
    curves = _columns(result, steps)
    joint = joint_column(result, _rows(steps), sizes, progress)
    if joint is not None:
        curves["worst case"] = joint.floats
    lines.append("      t" + "".join(f"{name:>13}" for name in curves))
    for t in _rows(steps):
        lines.append(f"{t:7d}" + "".join(f"{curve[t]:13.6g}" for curve in curves.values()))
    lines.append("")
    summaries = {name: _summary(getattr(result, name), steps) for name in _PARTS}
    for key, label in (
        ("status", "status"),
        ("peak", "peak"),
        ("burn_in", "burn-in"),
        ("asymptotic", "rate"),
    ):
        cells = [_cell(summaries[name], key) for name in _PARTS]
        if joint is not None and key == "status":
            cells.append(joint.status)
        lines.append(f"{label:7}" + "".join(f"{cell:>13}" for cell in cells))
    exact = _exact(result.initial, steps)
    if exact is not None and len(exact) <= _LONG and "/" in exact:
        lines += ["", f"initial part at t = {steps}, exactly: {exact}"]
    if joint is not None:
        lines += ["", *joint.words]
    return "\n".join(lines)


def _cell(summary: dict[str, Any], key: str) -> str:
    if key == "status":
        return str(summary["status"])
    if summary["divergent"] and key in ("peak", "burn_in"):
        return "diverges"
    if summary[key] is None:
        return "unknown"
    if key == "peak":
        return f"{summary['peak']:.4g} at {summary['peak_at']}"
    if key == "asymptotic":
        exact = summary["asymptotic_exact"]
        short = exact is not None and len(exact) <= 9
        return str(exact) if short else f"{summary['asymptotic']:.6g}"
    return str(summary[key])


def _tex(value: Any) -> str:
    from polyrates.symbolic.latex import latex

    return str(latex(value))


def rate_document(
    named: NamedMethod, result: Rate, steps: int, sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> bytes:  # fmt: skip
    """The method, the closed forms with their derivations where proved, and a table.

    With ``sizes`` a section and a column for ``rate.worst_case``.
    """
    parameters = r",\quad ".join(
        f"{_SYMBOLS[name]} = {_tex(value)}" for name, value in named.parameters
    )
    body = [
        rf"\textbf{{{escape_tex(named.title)}}}, {escape_tex(result.estimator.name)}, on "
        rf"${support_tex(result.spectrum, _tex)}$.",
        rf"\[ {named.entry.update} \]",
        rf"\[ {named.entry.residual} \]",
        rf"\[ {parameters} \]",
        r"With $E = \partial x_0 - \partial x_\star$ and the total derivative "
        r"$G = \frac{d}{d\theta} \nabla f(x_0(\theta), \theta)$ the "
        r"error of the Jacobian is at most $\|E\|$ times the initial part plus $\|G\|$ times the "
        r"cross part.",
    ]
    names = {
        "initial": r"\max_\lambda |R - \lambda C|", "cross": r"\max_\lambda |C|",
        "residual": r"\max_\lambda |R|",
    }  # fmt: skip
    for name in _PARTS:
        part: RatePart = getattr(result, name)
        body.append(rf"\section*{{The {name} part, ${names[name]}$: {part.status}}}")
        summary = _summary(part, steps)
        words = (
            f"Peak {_cell(summary, 'peak')}; burn-in {_cell(summary, 'burn_in')}; asymptotic rate "
        )
        asymptotic = _attempt(lambda part=part: part.asymptotic)  # type: ignore[misc]
        exact = asymptotic is not None and not isinstance(asymptotic, float)
        shown = f"${_tex(asymptotic)}$" if exact else escape_tex(_cell(summary, "asymptotic"))
        body.append(f"{escape_tex(words)}{shown}.\n")
        closed = _attempt(lambda part=part: part(iteration))  # type: ignore[misc]
        if closed is not None:
            body.append(rf"\[ {_tex(closed)} \]")
        derivation = _attempt(lambda part=part: part.derivation)  # type: ignore[misc]
        if derivation is not None:
            body.append(_breakable(derivation._latex()))
    curves = _columns(result, steps)
    joint = joint_column(result, _rows(steps, 41), sizes, progress)
    if joint is not None:
        body += joint.section
        curves["worst case"] = joint.floats
    body += [
        r"\section*{Values}", rf"\begin{{center}}\begin{{tabular}}{{r{'l' * len(curves)}}}",
        rf"$t$ & {' & '.join(curves)} \\ \hline",
    ]  # fmt: skip
    for t in _rows(steps, 41):
        cells = " & ".join(f"{curve[t]:.6g}" for curve in curves.values())
        body.append(rf"{t} & {cells} \\")
    body.append(r"\end{tabular}\end{center}")
    return document(f"The unrolled Jacobian of {named.title}", body)


def _breakable(latex: str) -> str:
    """A long derivation that may run over the end of a page."""
    head, tail = r"\begin{aligned}", r"\end{aligned}"
    if latex.startswith(head) and latex.endswith(tail):
        latex = rf"\begin{{align*}}{latex[len(head) : -len(tail)].rstrip()}" + "\n\\end{align*}"
    else:
        latex = rf"\[ {latex} \]"
    return "{\\small\\allowdisplaybreaks\n" + latex + "}"


_SYMBOLS = {
    "step": "h", "momentum": "m", "first_step": r"h_0", "alpha": r"\alpha", "eta": r"\eta",
    "ell": r"\ell", "L": "L",
}  # fmt: skip


def _comparison(result: Optimum, eta: Number) -> list[float]:
    """The same average for Chebyshev's method, at every degree."""
    method = rate(Chebyshev(*result.spectrum.hull), result.spectrum)
    return [floating(method.average(t, eta)) for t in range(result.degree + 1)]


def optimum_json(result: Optimum, eta: Number) -> dict[str, Any]:
    """The optimum, exact numbers as strings."""
    ell, L = result.spectrum.hull
    polynomial = result.polynomial
    return {
        "spectrum": {"ell": str(ell), "L": str(L), "kappa": _number(ell / L)},
        "eta": str(eta),
        "degree": result.degree,
        "status": result.status,
        "value": float(result.value),
        "value_exact": str(result.value),
        "values": [float(value) for value in result.values or ()],
        "chebyshev": _comparison(result, eta),
        "coefficients_low_to_high": [str(c) for c in reversed(polynomial.all_coeffs())],
    }


def optimum_text(result: Optimum, eta: Number) -> str:
    """The optimal value of every degree beside Chebyshev's method."""
    ell, L = result.spectrum.hull
    lines = [
        f"minimum of the average of P^2 + {eta} P'^2, P(0) = 1, on [{ell}, {L}]: {result.status}",
        "",
        "      t      optimum    Chebyshev",
    ]
    others = _comparison(result, eta)
    values = result.values or ()
    for t in _rows(result.degree):
        lines.append(f"{t:7d}{float(values[t]):13.6g}{others[t]:13.6g}")
    exact = str(result.value)
    if len(exact) <= _LONG and "/" in exact:
        lines += ["", f"at t = {result.degree}, exactly: {exact}"]
    if result.degree <= 4:
        lines += ["", f"P = {result.polynomial.as_expr()}"]
    return "\n".join(lines)


def optimum_document(density: ClassicalDensity, result: Optimum, eta: Number) -> bytes:
    """The problem, the optimal polynomial where it fits a page, and the values."""
    ell, L = result.spectrum.hull
    alpha = getattr(density, "alpha", None)
    weight = "1" if alpha is None else rf"(1 - \sigma^2)^{{{_tex(alpha - sympy.Rational(1, 2))}}}"
    body = [
        rf"Let $\mu$ be the probability density proportional to ${weight}$ on "
        rf"$[{_tex(ell)}, {_tex(L)}]$, $\sigma$ the affine map of that interval onto $[-1, 1]$.",
        rf"\[ \min_{{P(0) = 1,\ \deg P \le {result.degree}}} \int P^2 \, d\mu + "
        rf"{'' if eta == 1 else _tex(eta)} \int P'^2 \, d\mu \approx {_decimal(result.value)} \]",
    ]
    if len(str(result.value)) <= 2 * _LONG:
        body.append(rf"\[ \text{{exactly }} {_tex(result.value)} \]")
    if result.degree <= 12:
        body += [r"\section*{The optimal polynomial}", _wrapped(result.polynomial)]
    body += [
        r"\section*{Values}", r"\begin{center}\begin{tabular}{rll}",
        r"$t$ & optimum & Chebyshev \\ \hline",
    ]  # fmt: skip
    others, values = _comparison(result, eta), result.values or ()
    for t in _rows(result.degree, 41):
        body.append(rf"{t} & {float(values[t]):.6g} & {others[t]:.6g} \\")
    body.append(r"\end{tabular}\end{center}")
    return document("A Sobolev-optimal residual polynomial", body)


def _decimal(value: Any, digits: int = 6) -> str:
    mantissa, e, exponent = f"{float(value):.{digits}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def _wrapped(polynomial: Any) -> str:
    """One term a line; coefficients too long for a line are given as decimals."""
    lines: list[str] = []
    terms = list(reversed(polynomial.terms()))
    relation = "=" if all(len(str(abs(c))) <= 120 for _, c in terms) else r"\approx"
    for (power,), coefficient in terms:
        sign = "-" if coefficient < 0 else "+"
        size = abs(coefficient)
        shown = _tex(size) if len(str(size)) <= 120 else _decimal(size)
        factor = "" if power == 0 else (r"\,\lambda" if power == 1 else rf"\,\lambda^{{{power}}}")
        lead = rf"P(\lambda) {relation}\;" if not lines else ""
        lines.append(rf"{lead}& {'' if not lines and sign == '+' else sign} {shown}{factor}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _against_chebyshev(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> float:
    """Chebyshev's worst case at the same t and sizes."""
    method = rate(Chebyshev(*where.hull), where)
    return float(method.worst_case(result.degree, **sizes))


def minimax_json(where: Spectrum, result: Optimum, sizes: dict[str, Number]) -> dict[str, Any]:
    """The minimax optimum: certified bounds, contact points, coefficients on T_k(m(λ))."""
    ell, L = where.hull
    return {
        "spectrum": {"ell": str(ell), "L": str(L), "support": support_pairs(where)},
        "sizes": {name: str(value) for name, value in sizes.items()},
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
    names = ", ".join(f"{name} {value}" for name, value in sizes.items())
    upper = float(result.upper)
    ratio = other / upper if upper > 0 else math.inf
    times = f"   ({ratio:.3g} times)" if math.isfinite(ratio) else ""
    lines = [
        f"smallest worst case on {support_text(where)} at t = {result.degree}, {names}: "
        f"{result.status}",
        "",
        f"lower bound     {float(result.lower):.12g}",
        f"upper bound     {upper:.12g}",
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
        rf"${support_tex(where, _tex)}$, $\|E\| \le {_tex(a)}$ and "
        rf"$\|{second}\| \le {_tex(g)}$, of the error "
        rf"$({left})(H) E + P'(H) {second}$ of the unrolled Jacobian at $t = {result.degree}$ is "
        rf"smallest for the polynomial below. Its value $V^\star$ is certified:",
        rf"\[ {_decimal(result.lower, 12)} \le V^\star \le {_decimal(result.upper, 12)} . \]",
        rf"Chebyshev's method has {_against_chebyshev(where, result, sizes):.6g}.",
        r"\section*{The optimal polynomial}",
        r"\[ P = \sum_k c_k T_k\left(\frac{2\lambda - L - \ell}{L - \ell}\right) \]",
        r"\begin{center}\begin{tabular}{rl}",
        r"$k$ & $c_k$ \\ \hline",
    ]
    body += [rf"{k} & ${_decimal(c, 16)}$ \\" for k, c in enumerate(result.polynomial.coef[:46])]
    body.append(r"\end{tabular}\end{center}")
    if len(where.support) > 1:
        body.append(
            r"Here $\ell$ and $L$ are the ends of the spectrum. Between its pieces $P$ can be "
            r"large, and the terms of this sum then cancel on them; a program does better to run "
            r"the method of polyrates, which has no such cancellation."
        )
    return document("A minimax-optimal residual polynomial", body)
