"""What ``polyrates rate`` says: as text, as JSON, as a LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
import sympy

from polyrates.analysis.rate import Rate
from polyrates.analysis.rate_part import RatePart
from polyrates.core.estimators import Unrolled
from polyrates.core.methods.named import NamedMethod, letter
from polyrates.ground.digits import exact_text
from polyrates.ground.errors import PolyratesError
from polyrates.ground.numbers import Number
from polyrates.ground.numbers import t as iteration
from polyrates.ground.outward import at_most, nearest
from polyrates.ground.tables import escape_tex
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
from polyrates.report.worst_case import joint_column

__all__ = ["rate_document", "rate_json", "rate_text"]

_PARTS = ("initial", "cross", "residual")
Progress = Callable[[str], None]
Column = Mapping[int, float] | np.ndarray
T = TypeVar("T")


def _attempt(read: Callable[[], T]) -> T | None:
    """A value, or None where the package says that it is not known."""
    try:
        return read()
    except PolyratesError:
        return None


def _exact(part: RatePart, t: int) -> str | None:
    """The exact value at t where a theorem gives one."""
    return exact_text(part(t)) if part.status != "certified" else None


@dataclass(frozen=True)
class _Summary:
    """Peak, burn-in and asymptotic rate; None where not known, or divergent."""

    status: str
    peak_at: int | None
    peak: float | None
    burn_in: int | None
    burn_in_status: str
    divergent: bool
    asymptotic: float | None
    asymptotic_exact: str | None

    def cell(self, key: str) -> str:
        """One of them as a table shows it."""
        value = getattr(self, key)
        if self.divergent and key in ("peak", "burn_in"):
            return "diverges"
        if value is None:
            return "unknown"
        if key == "peak":
            return f"{self._shown(value, 4)} at {self.peak_at}"
        if key == "asymptotic":
            exact = self.asymptotic_exact
            return exact if exact is not None and len(exact) <= 9 else self._shown(value, 6)
        return str(value)

    def _shown(self, value: object, digits: int) -> str:
        """A certified bound is rounded up; what is proved is a value, to nearest."""
        return (at_most if self.status == "certified" else nearest)(value, digits)


def _summary(part: RatePart, steps: int) -> _Summary:
    """Of estimators other than unrolling within the steps."""
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
    divergent = bool(burn_in == sympy.oo)
    exact = asymptotic is not None and not isinstance(asymptotic, float)
    return _Summary(
        part.status,
        None if peak is None or divergent else int(peak[0]),
        None if peak is None or divergent else finite_number(peak[1]),
        None if burn_in is None or divergent else int(burn_in),
        part.burn_in_status,
        divergent,
        finite_number(asymptotic),
        exact_text(asymptotic) if exact else None,
    )


def rate_json(
    named: NamedMethod,
    result: Rate,
    steps: int,
    sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, object]:
    """Curves as floats that are upper bounds; the exact value at the last step where proved.

    ``sizes`` are the arguments of ``rate.worst_case``: its values are then there too.
    """
    ell, L = result.spectrum.hull
    parts = {}
    for name in _PARTS:
        part: RatePart = getattr(result, name)
        parts[name] = {
            **asdict(_summary(part, steps)),
            "curve": [float(value) for value in part.curve(steps)],
            "exact_at_last_step": _exact(part, steps),
        }
    joint = joint_column(result, range(steps + 1), sizes, progress)
    return {
        "method": named.title,
        "parameters": {name: exact_text(value) for name, value in named.parameters},
        "estimator": result.estimator.name,
        "spectrum": {
            "ell": exact_text(ell),
            "L": exact_text(L),
            "kappa": finite_number(ell / L),
            "support": support_pairs(result.spectrum),
        },
        "steps": steps,
        **parts,
        **({} if joint is None else {"worst_case": joint.json}),
    }


def _columns(result: Rate, steps: int) -> dict[str, Column]:
    """What a table shows of each part, by t."""
    return {name: getattr(result, name).curve(steps) for name in _PARTS}


def rate_text(
    named: NamedMethod,
    result: Rate,
    steps: int,
    sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> str:
    """A table and what it says; with ``sizes`` a column for ``rate.worst_case``."""
    shown = ", ".join(f"{name} {exact_text(value)}" for name, value in named.parameters)
    where = support_text(result.spectrum)
    lines = [f"{named.title} ({shown}), {result.estimator.name}, on {where}", ""]
    curves = _columns(result, steps)
    joint = joint_column(result, shown_rows(steps), sizes, progress)
    if joint is not None:
        curves["worst case"] = joint.floats
    lines.append("      t" + "".join(f"{name:>13}" for name in curves))
    for t in shown_rows(steps):
        lines.append(f"{t:7d}" + "".join(f"{curve[t]:13.6g}" for curve in curves.values()))
    lines.append("")
    summaries = {name: _summary(getattr(result, name), steps) for name in _PARTS}
    for key, label in (
        ("status", "status"),
        ("peak", "peak"),
        ("burn_in", "burn-in"),
        ("asymptotic", "rate"),
    ):
        cells = [summaries[name].cell(key) for name in _PARTS]
        if joint is not None and key == "status":
            cells.append(joint.status)
        lines.append(f"{label:7}" + "".join(f"{cell:>13}" for cell in cells))
    exact = _exact(result.initial, steps)
    if exact is not None and len(exact) <= LONG and "/" in exact:
        lines += ["", f"initial part at t = {steps}, exactly: {exact}"]
    if joint is not None:
        lines += ["", *joint.words]
    return "\n".join(lines)


def rate_document(
    named: NamedMethod,
    result: Rate,
    steps: int,
    sizes: Mapping[str, Number] | None = None,
    progress: Progress = lambda _: None,
) -> bytes:
    """The method, the closed forms with their derivations where proved, and a table.

    With ``sizes`` a section and a column for ``rate.worst_case``.
    """
    parameters = r",\quad ".join(
        f"{letter(name)} = {tex_of(value)}" for name, value in named.parameters
    )
    body = [
        rf"\textbf{{{escape_tex(named.title)}}}, {escape_tex(result.estimator.name)}, on "
        rf"${support_tex(result.spectrum, tex_of)}$.",
        rf"\[ {named.entry.update} \]",
        rf"\[ {named.entry.residual} \]",
        rf"\[ {parameters} \]",
        r"With $E = \partial x_0 - \partial x_\star$ and the total derivative "
        r"$G = \frac{d}{d\theta} \nabla f(x_0(\theta), \theta)$ the "
        r"error of the Jacobian is at most $\|E\|$ times the initial part plus $\|G\|$ times the "
        r"cross part.",
    ]
    names = {
        "initial": r"\max_\lambda |R - \lambda C|",
        "cross": r"\max_\lambda |C|",
        "residual": r"\max_\lambda |R|",
    }
    for name in _PARTS:
        part: RatePart = getattr(result, name)
        body.append(rf"\section*{{The {name} part, ${names[name]}$: {part.status}}}")
        summary = _summary(part, steps)
        words = f"Peak {summary.cell('peak')}; burn-in {summary.cell('burn_in')}; asymptotic rate "
        asymptotic = _attempt(lambda part=part: part.asymptotic)  # type: ignore[misc]
        exact = asymptotic is not None and not isinstance(asymptotic, float)
        shown = f"${tex_of(asymptotic)}$" if exact else escape_tex(summary.cell("asymptotic"))
        body.append(f"{escape_tex(words)}{shown}.\n")
        closed = _attempt(lambda part=part: part(iteration))  # type: ignore[misc]
        if closed is not None:
            body.append(rf"\[ {tex_of(closed)} \]")
        derivation = _attempt(lambda part=part: part.derivation)  # type: ignore[misc]
        if derivation is not None:
            body.append(_breakable(derivation._latex()))
    curves = _columns(result, steps)
    joint = joint_column(result, shown_rows(steps, 41), sizes, progress)
    if joint is not None:
        body += joint.section
        curves["worst case"] = joint.floats
    rows = [
        [str(t), *(at_most(curve[t], 6) for curve in curves.values())]
        for t in shown_rows(steps, 41)
    ]
    body += [r"\section*{Values}", centered(["$t$", *curves], rows)]
    return document(f"The unrolled Jacobian of {named.title}", body)


def _breakable(latex: str) -> str:
    """A long derivation that may run over the end of a page."""
    head, tail = r"\begin{aligned}", r"\end{aligned}"
    if latex.startswith(head) and latex.endswith(tail):
        latex = rf"\begin{{align*}}{latex[len(head) : -len(tail)].rstrip()}" + "\n\\end{align*}"
    else:
        latex = rf"\[ {latex} \]"
    return "{\\small\\allowdisplaybreaks\n" + latex + "}"
