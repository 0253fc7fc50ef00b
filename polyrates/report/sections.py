"""The body of the page: headings, paragraphs and formulas, with numbers from the analysis.

Text may hold formulas between dollar signs, which both documents typeset.
"""

from __future__ import annotations

from dataclasses import dataclass

from polyrates.execution.verify import TOLERANCE
from polyrates.report.analysis import NEAR
from polyrates.report.results import Analysis
from polyrates.report.words import GROWS, number_text, worst

__all__ = ["Section", "sections", "start_text"]


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, displayed formulas, and the names of the pictures below it.

    ``table`` is the word for a table that follows: "plan".
    """

    heading: str
    before: tuple[str, ...]
    formulas: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    table: str = ""


def start_text(analysis: Analysis) -> str:
    """Where the run starts, and what that does to the error."""
    start = analysis.start
    sizes = (
        f"Here $\\|x_0\\| / \\|x_\\star\\|$ is {number_text(start.length)} and "
        f"$\\|D\\| / \\|E\\|$ is {number_text(start.drift_ratio)}"
    )
    if start.kind == "far":
        return (
            "The run starts far from the solution, in a random direction "
            f"(seed {analysis.request.seed}), and the Jacobian at $\\partial x_0 = 0$. "
            f"{sizes}: the drift is not small beside the start, and the burn-in shows."
        )
    if start.kind == "zero" and analysis.about.model == "ridge":
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
    where = "$x_0 = 0$" if start.kind == "zero" else "the given $x_0$"
    return f"The run starts at {where} and the Jacobian at $\\partial x_0 = 0$. {sizes}."


def spectrum_text(analysis: Analysis) -> str:
    """Where the eigenvalues lie."""
    about = analysis.about
    hessian = {
        "ridge": "$H = X^T X / n + e^\\theta I$",
        "logistic": "$H = \\nabla^2 f(x_\\star)$",
    }.get(about.model, "$H$" if analysis.exact else "$H = \\nabla^2 f(x_\\star)$")
    names = ("$\\ell$ = ", "$L$ = ") if analysis.exact else ("", "")
    ends = [number_text(float(analysis.eigenvalues[i])) for i in (0, -1)]
    text = f"The Hessian {hessian} has eigenvalues from {names[0]}{ends[0]} to {names[1]}{ends[1]}"
    if not analysis.exact:
        why = (
            "which holds those of the Hessian everywhere"
            if about.bounded
            else "which holds those of the Hessian at points between $x_0$ and $x_\\star$"
        )
        return (
            f"{text}. The methods are tuned to the interval from $\\ell$ = "
            f"{number_text(analysis.ell)} to $L$ = {number_text(analysis.L)}, {why}; "
            f"$\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
        )
    if analysis.widened:
        return (
            f"{text}: they coincide to rounding, so the methods are tuned to the wider interval "
            f"from $\\ell$ = {number_text(analysis.ell)} to $L$ = {number_text(analysis.L)}, "
            f"$\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
        )
    text += f", so $\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
    if about.data is not None and about.data.dimension > about.data.rows:
        text += (
            " There are more features than rows, so $X^T X / n$ is singular and $\\ell$ is the "
            "penalty itself."
        )
    return text


_SHARES = (
    "The picture shows the density of the eigenvalues over $\\log \\lambda$, and which of them the "
    "initial error $E$ lies on."
)


def _computed(analysis: Analysis) -> Section:
    model = analysis.about.model
    unrolling = (
        "Unrolling estimates $\\partial x_\\star = d x_\\star / d\\theta$ by differentiating "
        "through $t$ steps of a method."
    )
    after = (f"{spectrum_text(analysis)} {_SHARES}", start_text(analysis))
    if analysis.about.own:
        derivative = (
            ""
            if analysis.exact
            else " The derivative of its Hessian was taken by central differences where the "
            "problem does not give it."
        )
        found = (
            "It is quadratic: its Hessian was the same at all points that were tried."
            if analysis.exact
            else "It is not quadratic."
        )
        return Section(
            "What was computed",
            (f"The problem that the function returns. {found}{derivative} {unrolling}",),
            after=after,
            pictures=("spectrum",),
        )
    lead, formula = {
        "ridge": (
            "Ridge regression, with the penalty $e^\\theta$ as its parameter: "
            "$x_\\star(\\theta)$ minimizes the function below. The features are standardized "
            "and the target is centered and scaled.",
            r"f(x, \theta) = \frac{1}{2n} \|Xx - y\|^2 + \frac{1}{2} e^\theta \|x\|^2",
        ),
        "logistic": (
            "Logistic regression, with the penalty $e^\\theta$ as its parameter: "
            "$x_\\star(\\theta)$ minimizes the function below. The features are standardized "
            "and the labels $y_i$ are 0 and 1.",
            r"f(x, \theta) = \frac{1}{n} \sum_i \left(\log(1 + e^{a_i^T x}) - y_i\, a_i^T x\right) "
            r"+ \frac{1}{2} e^\theta \|x\|^2",
        ),
    }[model]
    return Section("What was computed", (f"{lead} {unrolling}",), (formula,), after, ("spectrum",))


def _why(analysis: Analysis) -> Section:
    if analysis.exact:
        opening = "After $t$ steps"
    else:
        opening = "Near the solution, to first order, after $t$ steps"
    start = (
        "$E = \\partial x_0 - \\partial x_\\star$, $D = \\partial H (x_0 - x_\\star)$ and "
        "$G = \\partial_\\theta \\nabla f(x_0)$,"
        if analysis.exact
        else "$E = \\partial x_0 - \\partial x_\\star$, $D = \\partial H (x_0 - x_\\star)$ and "
        "$G = D + H E$, where $\\partial H$ is the derivative of the Hessian along the path of "
        "solutions,"
    )
    commuting = (
        ""
        if analysis.commutes
        else " $H$ and $\\partial H$ do not commute here: the $i, j$ entry of $\\partial H$, in "
        "the eigenvectors of $H$, is multiplied by the divided difference of $P_t$ at $\\lambda_i$ "
        "and $\\lambda_j$ instead of $P_t'$, and that is what was computed."
    )
    return Section(
        "Why it happens",
        (
            f"{opening} $x_t - x_\\star = P_t(H)(x_0 - x_\\star)$ with a polynomial "
            f"$P_t$, $P_t(0) = 1$. Differentiating that, with {start}",
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
            f"{number_text(analysis.eta)} (computed here from the known solution).{commuting}",
        ),
        ("residual", "drift"),
    )


def _bounds(analysis: Analysis) -> tuple[str, ...]:
    return tuple(f"bound-{i + 1}-{each.key}" for i, each in enumerate(analysis.methods))


def _guaranteed(analysis: Analysis) -> Section:
    if not analysis.exact:
        return _beyond(analysis)
    if not analysis.commutes:
        return Section(
            "What is guaranteed",
            (
                "For every Hessian with eigenvalues between $\\ell$ and $L$, relative to "
                "$\\|E\\|$ and without assuming that $H$ and $\\partial H$ commute, the error of "
                "the Jacobian is at most the following. Gray lines show it, colored ones what was "
                "observed.",
            ),
            (
                r"\max_{\lambda} |P_t| + \max_{\lambda} |P_t'| "
                r"\frac{\|\partial H\|_F \|x_0 - x_\star\|}{\|E\|}",
            ),
            pictures=_bounds(analysis),
        )
    name, ratio = analysis.start.form
    A, symbol = ("P_t(\\lambda)", "D") if name == "residual" else ("Q_t(\\lambda)", "G")
    where = "" if name == "residual" else ", $Q_t = P_t - \\lambda P_t'$"
    return Section(
        "What is guaranteed",
        (
            "For every Hessian with eigenvalues between $\\ell$ and $L$ that commutes with its "
            f"derivative, and all $E$ and ${symbol}$ of these sizes, the error of the Jacobian, "
            "relative to $\\|E\\|$, is at most the following with $d = "
            f"\\|{symbol}\\| / \\|E\\|$ = {number_text(ratio)}{where}. It is tight: one or two "
            "eigenvalues attain it. Gray lines show it, colored ones what was observed.",
        ),
        (
            r"\min_{0 \le s \le 1} \max_{\lambda} "
            rf"\sqrt{{\frac{{{A}^2}}{{s}} + \frac{{d^2 P_t'(\lambda)^2}}{{1 - s}}}}",
        ),
        pictures=_bounds(analysis),
    )


def _beyond(analysis: Analysis) -> Section:
    near = analysis.locality
    assert near is not None
    shown = ", ".join(
        f"{number_text(100 * gap)} % at {number_text(distance)}"
        for distance, gap in zip(near.distances, near.gaps, strict=True)
    )
    return Section(
        "What is predicted, and not guaranteed",
        (
            "This loss is not quadratic. The guarantees of this package are theorems about "
            "quadratics, and they do not carry over: nothing here bounds the error of these runs.",
            "What remains is a prediction: the quadratic with the same $x_\\star$, "
            "$\\partial x_\\star$, $H$ and $\\partial H$. It holds to first order in the distance "
            "from the solution. "
            f"Measured on {near.title}, the largest difference between a run and its prediction, "
            "relative to the largest predicted error, from a start at some multiples of "
            f"$\\|x_\\star\\|$ from the solution: {shown}. "
            f"So it is right to 1 % within {number_text(near.reach)} $\\|x_\\star\\|$; "
            f"the start of this report is {number_text(analysis.start.distance)} "
            "$\\|x_\\star\\|$ away.",
            "Gray lines show the prediction, colored ones what was observed.",
        ),
        pictures=_bounds(analysis),
    )


def _planned(analysis: Analysis) -> Section:
    made = analysis.plan
    best, seen = made.best, analysis.plan_observed
    E = analysis.start.E
    unrolled = made.best_of("unrolled")
    spent = (
        f"Unrolling {analysis.steps} steps takes {2 * analysis.steps} gradients and "
        "Hessian-vector products"
    )
    if made.budget != 2 * analysis.steps:
        spent += f"; the ranking is for {made.budget}"
    holds = (
        "The ranking is by what is guaranteed, relative to $\\|E\\|$."
        if analysis.exact
        else "The ranking is by the bound of the local model, relative to $\\|E\\|$, which does "
        "not bind this loss; what was observed does not depend on it."
    )
    lead = f"{best.family.capitalize()}, {best.label}"
    result = f"{lead} comes first with {number_text(best.guarantee / E)}"
    if best.family != "unrolled":
        result += (
            f", the best unrolled method ({unrolled.label}) has "
            f"{number_text(unrolled.guarantee / E)}"
        )
    floor = (
        " Where the guarantee is below the rounding of the run, what is observed is rounding."
        if min(seen) < 1e-11
        else ""
    )
    return Section(
        "What else the budget buys",
        (
            f"{spent}. {holds} {result}.{floor} Memory counts arrays of the length of $x$. "
            "Methods that are restarted at an optimal step are ranked by polyrates plan.",
        ),
        pictures=("plan",),
        table="plan",
    )


def _sure(analysis: Analysis) -> Section:
    steps = analysis.steps
    failing = ", ".join(each.named.title for each in analysis.methods if not each.verified)
    gap = max(each.gap for each in analysis.methods)
    rounding = "Where the error of the iterates is near $10^{-15}$, what is seen is rounding."
    if analysis.exact and gap > TOLERANCE:
        rounding += (
            " Where an error grows, so does rounding: differences up to $10^{-10}$ of the largest "
            "error of a run are taken for it."
        )
    if not analysis.exact:
        return Section(
            "How sure this is",
            (
                (
                    f"From a start at {number_text(NEAR)} $\\|x_\\star\\|$ from the solution every "
                    f"run agrees with its prediction at every step up to $t$ = {steps}, within "
                    f"{number_text(gap, 2)} of the largest predicted error."
                    if not failing
                    else f"Near the solution these runs leave their prediction: {failing}."
                ),
                "The observations are numeric: floating-point runs of the loss itself, against "
                "the solution found by Newton's method. The bound of the local model is certified "
                "for that model only.",
                rounding,
            ),
        )
    commuting = (
        "The formula needs that $H$ and $\\partial H$ commute, which "
        + (
            "holds for one penalty because $\\partial H = e^\\theta I$."
            if analysis.about.model == "ridge"
            else "was checked here."
        )
        if analysis.commutes
        else "$H$ and $\\partial H$ do not commute, so the formula with divided differences was "
        "used."
    )
    where = (
        "for the interval with the floating-point ends that were computed from the data"
        if analysis.about.data is not None
        else "for the interval with the floating-point ends that were computed"
    )
    return Section(
        "How sure this is",
        (
            (
                "Every run agrees with the formula above at every step up to "
                f"$t$ = {steps}: the largest difference, relative to the initial error, is "
                f"{number_text(gap, 2)}. No run exceeds its guarantee."
                if not failing
                else f"These runs do not agree with the formula or exceed the guarantee: {failing}."
            ),
            "The guarantees are certified: each maximum is enclosed in ball arithmetic and "
            f"rounded outward, {where}. {commuting}",
            rounding,
        ),
    )


def sections(analysis: Analysis) -> list[Section]:
    """The body of the page, in order."""
    return [
        _computed(analysis),
        _why(analysis),
        _guaranteed(analysis),
        _planned(analysis),
        _sure(analysis),
    ]
