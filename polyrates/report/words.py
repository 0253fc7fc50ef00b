"""What the analysis says, in sentences and tables; every number in them comes from the analysis.

Text may hold formulas between dollar signs, which both documents typeset.
"""

from __future__ import annotations

import math

from polyrates.ground.numbers import floating
from polyrates.report.results import Analysis, MethodResult, Profile

__all__ = [
    "answer",
    "as_json",
    "columns",
    "number_text",
    "plan_columns",
    "setting",
    "table_text",
    "title",
]

GROWS = 1.25  # a peak above this is called a burn-in in the answer

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 3) -> str:
    """A number for a page: 3 significant digits, powers of ten spelled out."""
    text = f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text.replace("-", "−")
    power = str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"{mantissa.replace('-', '−')} × 10{power}"


def title(analysis: Analysis) -> str:
    """The heading of the page."""
    return f"How wrong is the unrolled Jacobian? {KINDS[_kind(analysis)]}{analysis.about.name}"


KINDS = {"ridge": "Ridge regression on ", "logistic": "Logistic regression on ", "own": ""}


def _kind(analysis: Analysis) -> str:
    return "own" if analysis.about.own else analysis.about.model


def setting(analysis: Analysis) -> str:
    """The problem in a parenthesis."""
    about, data = analysis.about, analysis.about.data
    kappa = f"κ = {number_text(analysis.kappa)}"
    if data is None:
        d = about.dimension
        return f"{about.name} ({d} unknown{'s' * (d != 1)}, {kappa})"
    return (
        f"{data.name} ({data.rows} rows, {data.dimension} feature{'s' * (data.dimension != 1)}, "
        f"penalty {number_text(about.penalty or 0.0)}, {kappa})"
    )


def _where(analysis: Analysis) -> str:
    """How the answer begins."""
    lead = {"ridge": "On ", "logistic": "For logistic regression on ", "own": "For "}
    return f"{lead[_kind(analysis)]}{setting(analysis)}"


def quickest(analysis: Analysis) -> MethodResult:
    """The fastest optimiser: first within 1 % of x*, then smallest final error."""
    late = analysis.steps + 1

    def order(each: MethodResult) -> tuple[int, float]:
        settled = each.optimiser.settled
        return (late if settled is None else settled, each.optimiser.final)

    return min(analysis.methods, key=order)


def calmest(analysis: Analysis) -> MethodResult:
    """The method whose Jacobian error grows least."""
    return min(analysis.methods, key=lambda each: (each.seen.peak, each.seen.final))


def worst(analysis: Analysis) -> MethodResult:
    """The method whose Jacobian error grows most."""
    return max(analysis.methods, key=lambda each: each.seen.peak)


def _until(profile: Profile, steps: int) -> str:
    if profile.burn_in is None:
        return f"and still is worse than at the start after {steps} steps"
    return f"and is worse than at the start until t = {profile.burn_in}"


def answer(analysis: Analysis) -> str:
    """The result in one sentence, computed."""
    quick, calm, bad = quickest(analysis), calmest(analysis), worst(analysis)
    many, steps = len(analysis.methods), analysis.steps
    name = quick.named.title
    if bad.seen.peak <= GROWS:
        whose = "no method's" if many > 1 else f"{name}'s"
        bar = f"{number_text(bad.seen.peak)} times " if bad.seen.peak > 1 else ""
        verb = "exceeds" if many > 1 else "does not exceed"
        result = f"{whose} unrolled Jacobian {verb} {bar}its initial error in {steps} steps"
        if analysis.start.kind == "zero" and analysis.exact:
            top = max(each.promised.peak for each in analysis.methods)
            if top <= GROWS:
                bound = number_text(max(top, 1.0))
                result += f", and no target with this spectrum makes it exceed {bound} times it"
            else:
                result += (
                    ", because the start x₀ = 0 hides the burn-in on this target: another one with "
                    f"this spectrum can become up to {number_text(top)} times as wrong"
                )
        return f"{_where(analysis)}, {result}."
    if many == 1:
        lead = f"the Jacobian from unrolling {name}"
    elif quick.seen.peak > GROWS:
        lead = f"{name} is the fastest of {many} methods to the solution, yet its unrolled Jacobian"
    else:
        lead = f"the Jacobian from unrolling {bad.named.title}"
        quick = bad
    grows = (
        f"{lead} first becomes {number_text(quick.seen.peak)} times as wrong as at the start "
        f"(t = {quick.seen.peak_at}) {_until(quick.seen, steps)}"
    )
    if calm.seen.peak < 0.5 * quick.seen.peak:
        grows += f"; {calm.named.title}, at one gradient a step too, " + (
            f"never exceeds {number_text(calm.seen.peak)} times."
            if calm.seen.peak > 1
            else "never exceeds its initial error."
        )
    else:
        grows += "."
    return f"{_where(analysis)}, {grows}"


def columns(analysis: Analysis) -> tuple[list[str], list[list[str]]]:
    """The table: head and rows of text."""
    steps = analysis.steps
    head = [
        "method",
        "iterates within 1 % from t =",
        "Jacobian within 1 % from t =",
        "Jacobian at its worst",
        "burn-in until t =",
        "guaranteed at most" if analysis.exact else "predicted at worst",
        "guaranteed burn-in until t =" if analysis.exact else "predicted burn-in until t =",
        f"Jacobian error at t = {steps}",
        "check",
    ]
    rows = []
    for each in analysis.methods:
        seen, promised = each.seen, each.promised if each.exact else each.foreseen
        rows.append(
            [
                each.named.title,
                _when(each.optimiser.settled, steps),
                _when(seen.settled, steps),
                f"{number_text(seen.peak)} × (t = {seen.peak_at})",
                _when(seen.burn_in, steps),
                f"{number_text(promised.peak)} × (t = {promised.peak_at})",
                _when(promised.burn_in, steps),
                number_text(seen.final),
                "agrees" if each.verified else "DIFFERS",
            ]
        )
    return head, rows


def _when(t: int | None, steps: int) -> str:
    return f"> {steps}" if t is None else str(t)


def table_text(analysis: Analysis) -> str:
    """The same for a terminal, in 79 columns and ASCII numbers."""
    last = "bound" if analysis.exact else "model"
    head = ["method", "x to 1%", "dx to 1%", "peak", "at", "burn-in", last, "dx at T", "check"]
    rows = []
    steps = analysis.steps
    for each in analysis.methods:
        seen = each.seen
        name = each.named.title.replace("gradient descent", "GD")
        rows.append(
            [
                name,
                _when(each.optimiser.settled, steps),
                _when(seen.settled, steps),
                f"{seen.peak:.3g}",
                str(seen.peak_at),
                _when(seen.burn_in, steps),
                f"{(each.promised if each.exact else each.foreseen).peak:.3g}",
                f"{seen.final:.2g}",
                "ok" if each.verified else "FAILS",
            ]
        )
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            row[0].ljust(widths[0]),
            *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def method_rows(analysis: Analysis) -> list[tuple[str, str, str, str]]:
    """(title, update, residual polynomial, parameters as text) of each method."""
    symbols = {
        "step": "$h$",
        "momentum": "$m$",
        "first_step": "first step",
        "alpha": r"$\alpha$",
        "eta": r"$\eta$",
        "ell": r"$\ell$",
        "L": "$L$",
    }
    rows = []
    for each in analysis.methods:
        named = each.named
        shown = ", ".join(
            f"{symbols[name]} = {number_text(floating(value))}" for name, value in named.parameters
        )
        rows.append((named.title, named.entry.update, named.entry.residual, shown))
    return rows


def _profile(profile: Profile) -> dict[str, object]:
    return {
        "peak": profile.peak,
        "peak_at": profile.peak_at,
        "burn_in": profile.burn_in,
        "within_1_percent_at": profile.settled,
        "final": profile.final,
    }


def as_json(analysis: Analysis) -> dict[str, object]:
    """Every number of the page, at full precision; null stands for "not within the steps"."""
    about, start = analysis.about, analysis.start
    return {
        "answer": answer(analysis),
        "command": analysis.request.command,
        "model": about.model,
        "quadratic": analysis.exact,
        "unknowns": about.dimension,
        "data": None
        if about.data is None
        else {
            "name": about.data.name,
            "rows": about.data.rows,
            "features": about.data.dimension,
            "target": about.data.target,
        },
        "penalty": about.penalty,
        "steps": analysis.steps,
        "spectrum": {
            "ell": analysis.ell,
            "L": analysis.L,
            "kappa": analysis.kappa,
            "widened": analysis.widened,
            "eigenvalues": [float(value) for value in analysis.eigenvalues],
        },
        "start": {
            "x0": start.kind,
            "seed": analysis.request.seed,
            "norm_x0_over_norm_solution": start.length,
            "distance_over_norm_solution": start.distance,
            "E": start.E,
            "D": start.D,
            "G": start.G,
            "G_over_E": start.cross_ratio,
            "D_over_E": start.drift_ratio,
            "share_of_E_squared_on_small_eigenvalues": start.low_share,
        },
        "eta": analysis.eta,
        "polynomials_shown_at": analysis.shown_at,
        "commuting": analysis.commutes,
        "largest_gap": max(each.gap for each in analysis.methods),
        "verified": all(each.verified for each in analysis.methods),
        "methods": [
            {
                "method": each.named.spec,
                "title": each.named.title,
                "parameters": {name: floating(value) for name, value in each.named.parameters},
                "iterates": _profile(each.optimiser),
                "jacobian": _profile(each.seen),
                "guarantee": {**_profile(each.promised), "status": each.status}
                if each.exact
                else None,
                "local_model": None
                if each.exact
                else {
                    "prediction": _profile(each.foreseen),
                    "bound": {**_profile(each.promised), "status": each.status},
                },
                "verification": {
                    "gap": each.gap,
                    "agrees": each.agrees,
                    "within_guarantee": each.within_guarantee if each.exact else None,
                },
            }
            for each in analysis.methods
        ],
        "plan": plan_rows(analysis),
        "locality": None
        if analysis.locality is None
        else {
            "method": analysis.locality.title,
            "distances_over_norm_solution": list(analysis.locality.distances),
            "gaps_in_percent": [100 * gap for gap in analysis.locality.gaps],
            "distance_where_the_gap_is_1_percent": analysis.locality.reach,
        },
    }


def plan_rows(analysis: Analysis) -> dict[str, object]:
    """The ranking, guarantees and errors relative to ‖E‖; null for a run that left the numbers."""
    made, E = analysis.plan, analysis.start.E
    return {
        "budget": made.budget,
        "products_of_unrolling": 2 * analysis.steps,
        "status": "certified",
        "rows": [
            {
                "method": row.label,
                "estimator": row.family,
                "guarantee": row.guarantee / E,
                "observed": seen if math.isfinite(seen) else None,
                "gradients": row.products.gradients,
                "hessian_vector_products": row.products.hessian_vector,
                "memory": row.memory,
            }
            for row, seen in zip(made.rows, analysis.plan_observed, strict=True)
        ],
    }


def plan_columns(analysis: Analysis) -> tuple[list[str], list[list[str]]]:
    """The ranking as a table: head and rows of text."""
    made, E = analysis.plan, analysis.start.E
    guaranteed = "guaranteed at most" if analysis.exact else "bound of the local model"
    head = [
        "method",
        "differentiated",
        "gradients",
        "Hessian-vector products",
        guaranteed,
        "observed",
        "memory",
    ]
    rows = [
        [
            row.label,
            row.family,
            str(row.products.gradients),
            str(row.products.hessian_vector),
            number_text(row.guarantee / E),
            number_text(seen) if math.isfinite(seen) else "diverges",
            str(row.memory),
        ]
        for row, seen in zip(made.rows, analysis.plan_observed, strict=True)
    ]
    return head, rows


NOTATION = (
    r"$\sigma(\lambda) = \frac{L + \ell - 2\lambda}{L - \ell}$, $T_t$ is Chebyshev's polynomial. "
    r"$\mu$ is the density $(1 - \sigma^2)^{\alpha - 1/2}$ on the interval from $\ell$ to $L$; "
    r"$\alpha = 0$ unless given. Every method takes one gradient a step."
)
