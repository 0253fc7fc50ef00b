"""What the analysis says, in sentences and tables; every number in them comes from the analysis.

Text may hold formulas between dollar signs, which both documents typeset.
"""

from __future__ import annotations

from dataclasses import dataclass

from polyrates.numbers import floating
from polyrates.report.problem import Analysis, MethodResult, Profile

__all__ = ["answer", "as_json", "columns", "number_text", "sections", "table_text", "title"]

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
    return f"How wrong is the unrolled Jacobian? Ridge regression on {analysis.data.name}"


def setting(analysis: Analysis) -> str:
    """The problem in a parenthesis."""
    data = analysis.data
    return (
        f"{data.name} ({data.rows} rows, {data.dimension} feature{'s' * (data.dimension != 1)}, "
        f"penalty {number_text(analysis.penalty)}, κ = {number_text(analysis.kappa)})"
    )


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
        if analysis.start.kind == "zero":
            top = number_text(max(each.promised.peak for each in analysis.methods))
            result += (
                ", because the start x₀ = 0 hides the burn-in on this target: another one with "
                f"this spectrum can become up to {top} times as wrong"
            )
        return f"On {setting(analysis)}, {result}."
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
    return f"On {setting(analysis)}, {grows}"


def columns(analysis: Analysis) -> tuple[list[str], list[list[str]]]:
    """The table: head and rows of text."""
    steps = analysis.steps
    head = [
                "method",
        "iterates within 1 % from t =",
        "Jacobian within 1 % from t =",
        "Jacobian at its worst",
        "burn-in until t =",
        "guaranteed at most",
        "guaranteed burn-in until t =",
        f"Jacobian error at t = {steps}",
        "check",
    ]  # fmt: skip
    rows = []
    for each in analysis.methods:
        seen, promised = each.seen, each.promised
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
    head = ["method", "x to 1%", "dx to 1%", "peak", "at", "burn-in", "bound", "dx at T", "check"]
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
                f"{each.promised.peak:.3g}",
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


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, displayed formulas, and the names of the pictures below it."""

    heading: str
    before: tuple[str, ...]
    formulas: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def start_text(analysis: Analysis) -> str:
    """Where the run starts, and what that does to the error."""
    start = analysis.start
    sizes = (
        f"Here $\\|x_0\\| / \\|x_\\star\\|$ is {number_text(start.length)} and "
        f"$\\|G\\| / \\|E\\|$ is {number_text(start.cross_ratio)}"
    )
    if start.kind == "far":
        return (
            "The run starts far from the solution, in a random direction "
            f"(seed {analysis.request.seed}), and the Jacobian at $\\partial x_0 = 0$. "
            f"{sizes}: the drift is not small beside the start, and the burn-in shows."
        )
    if start.kind == "zero":
        verb = "hides" if worst(analysis).seen.peak <= GROWS else "mutes"
        return (
            "The run starts at $x_0 = 0$ and the Jacobian at $\\partial x_0 = 0$. For ridge "
            "regression $\\partial_\\theta \\nabla f(x_0) = e^\\theta x_0$ is then zero, so "
            "$G = 0$ and the second term is missing; and what is left, "
            "$E = -\\partial x_\\star$, lies on the small eigenvalues "
            f"({number_text(start.low_share)} of $\\|E\\|^2$ on those below "
            "$\\sqrt{\\ell L}$), where $P_t - \\lambda P_t'$ stays near 1. "
            f"That {verb} the burn-in: it says something about this start, not about the method. "
            "The guarantee, "
            "which holds for every problem with this spectrum, still shows it."
        )
    return f"The run starts at the given $x_0$ and the Jacobian at $\\partial x_0 = 0$. {sizes}."


def spectrum_text(analysis: Analysis) -> str:
    """Where the eigenvalues lie."""
    text = (
        f"The Hessian $H = X^T X / n + e^\\theta I$ has eigenvalues from $\\ell$ = "
        f"{number_text(float(analysis.eigenvalues[0]))} to $L$ = "
        f"{number_text(float(analysis.eigenvalues[-1]))}"
    )
    if analysis.widened:
        return (
            f"{text}: they coincide to rounding, so the methods are tuned to the wider interval "
            f"from $\\ell$ = {number_text(analysis.ell)} to $L$ = {number_text(analysis.L)}, "
            f"$\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
        )
    text += f", so $\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
    if analysis.data.dimension > analysis.data.rows:
        text += (
            " There are more features than rows, so $X^T X / n$ is singular and $\\ell$ is the "
            "penalty itself."
        )
    return text


def sections(analysis: Analysis) -> list[Section]:
    """The body of the page, in order."""
    steps = analysis.steps
    all_verified = all(each.verified for each in analysis.methods)
    gap = max(each.gap for each in analysis.methods)
    bounds = tuple(f"bound-{i + 1}-{each.key}" for i, each in enumerate(analysis.methods))
    failing = ", ".join(each.named.title for each in analysis.methods if not each.verified)
    return [
        Section(
            "What was computed",
            (
                "Ridge regression, with the penalty $e^\\theta$ as its parameter: "
                "$x_\\star(\\theta)$ minimizes the function below. The features are standardized "
                "and the target is centered and scaled. Unrolling estimates "
                "$\\partial x_\\star = d x_\\star / d\\theta$ by differentiating through $t$ steps "
                "of a method.",
            ),
            (r"f(x, \theta) = \frac{1}{2n} \|Xx - y\|^2 + \frac{1}{2} e^\theta \|x\|^2",),
            (spectrum_text(analysis), start_text(analysis)),
        ),
        Section(
            "Why it happens",
            (
                "After $t$ steps $x_t - x_\\star = P_t(H)(x_0 - x_\\star)$ with a polynomial "
                "$P_t$, $P_t(0) = 1$. Differentiating that, with $E = \\partial x_0 - \\partial "
                "x_\\star$, $D = \\partial H (x_0 - x_\\star)$ and $G = \\partial_\\theta \\nabla "
                "f(x_0)$,",
            ),
            (
                r"\partial x_t - \partial x_\star = P_t(H) E + P_t'(H) D",
                r"\qquad = \left(P_t(H) - P_t'(H) H\right) E + P_t'(H) G .",
            ),
            (
                "A method is fast because $P_t$ is small on the spectrum. Nothing makes $P_t'$ "
                "small: to fall quickly from $P_t(0) = 1$ a polynomial must be steep, and the "
                "derivative is what multiplies the drift $D$. The Sobolev method is made to keep "
                "both small at once, with $\\eta = \\|D\\|^2 / \\|E\\|^2$ = "
                f"{number_text(analysis.eta)} (computed here from the known solution).",
            ),
            ("residual", "drift"),
        ),
        Section(
            "What is guaranteed",
            (
                "For every Hessian with eigenvalues between $\\ell$ and $L$, relative to "
                "$\\|E\\|$, the error of the Jacobian is at most the following. Gray lines "
                "show it, colored ones what was observed.",
            ),
            (r"\max_{\lambda} |P_t - \lambda P_t'| + \frac{\|G\|}{\|E\|} \max_{\lambda} |P_t'|",),
            (),
            bounds,
        ),
        Section(
            "How sure this is",
            (
                (
                    "Every run agrees with the formula above at every step up to "
                    f"$t$ = {steps}: the largest difference, relative to the initial error, is "
                    f"{number_text(gap, 2)}. No run exceeds its guarantee."
                    if all_verified
                    else "These runs do not agree with the formula or exceed the guarantee: "
                    f"{failing}."
                ),
                "The guarantees are certified: each maximum is enclosed in ball arithmetic and "
                "rounded outward, for the interval with the floating-point ends that were computed "
                "from the data. "
                + (
                    "The formula needs that $H$ and $\\partial H$ commute, which holds for one "
                    "penalty because $\\partial H = e^\\theta I$."
                ),
                "Where the error of the iterates is near $10^{-15}$, what is seen is rounding.",
            ),
        ),
    ]


def method_rows(analysis: Analysis) -> list[tuple[str, str, str, str]]:
    """(title, update, residual polynomial, parameters as text) of each method."""
    symbols = {
        "step": "$h$", "momentum": "$m$", "first_step": "first step", "alpha": r"$\alpha$",
        "eta": r"$\eta$", "ell": r"$\ell$", "L": "$L$",
    }  # fmt: skip
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
    data, start = analysis.data, analysis.start
    return {
        "answer": answer(analysis),
        "command": analysis.request.command,
        "data": {
            "name": data.name,
            "rows": data.rows,
            "features": data.dimension,
            "target": data.target,
        },
        "penalty": analysis.penalty,
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
                "guarantee": {**_profile(each.promised), "status": each.status},
                "verification": {
                    "gap": each.gap,
                    "agrees": each.agrees,
                    "within_guarantee": each.within_guarantee,
                },
            }
            for each in analysis.methods
        ],
    }


NOTATION = (
    r"$\sigma(\lambda) = \frac{L + \ell - 2\lambda}{L - \ell}$, $T_t$ is Chebyshev's polynomial. "
    r"$\mu$ is the density $(1 - \sigma^2)^{\alpha - 1/2}$ on the interval from $\ell$ to $L$; "
    r"$\alpha = 0$ unless given. Every method takes one gradient a step."
)
