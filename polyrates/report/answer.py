"""The result in one sentence, computed, and what the problem is called."""

from __future__ import annotations

from polyrates.report.results import Analysis, MethodResult, Profile
from polyrates.report.shown import bound_text, number_text

__all__ = ["GROWS", "answer", "title", "worst"]

GROWS = 1.25  # a peak above this is called a burn-in in the answer


def title(analysis: Analysis) -> str:
    """The heading of the page."""
    return f"How wrong is the unrolled Jacobian? {KINDS[_kind(analysis)]}{analysis.about.name}"


KINDS = {"ridge": "Ridge regression on ", "logistic": "Logistic regression on ", "own": ""}


def _kind(analysis: Analysis) -> str:
    return "own" if analysis.about.own else analysis.about.model


def _setting(analysis: Analysis) -> str:
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
    start = ""
    if analysis.start.kind == "far":
        start = f", from a start at {number_text(analysis.start.length)} times ‖x⋆‖"
    return f"{lead[_kind(analysis)]}{_setting(analysis)}{start}"


def _quickest(analysis: Analysis) -> MethodResult:
    """The fastest optimiser: first within 1 % of x*, then smallest final error."""
    late = analysis.steps + 1

    def order(each: MethodResult) -> tuple[int, float]:
        settled = each.optimiser.settled
        return (late if settled is None else settled, each.optimiser.final)

    return min(analysis.methods, key=order)


def _as_quick(analysis: Analysis, quick: MethodResult) -> list[MethodResult]:
    """The others within 1 % from the same step on: a tie, whatever their last digits say."""
    if quick.optimiser.settled is None:
        return []
    same = quick.optimiser.settled
    return [
        each for each in analysis.methods if each is not quick and each.optimiser.settled == same
    ]


def _calmest(analysis: Analysis) -> MethodResult:
    """The method whose Jacobian error grows least."""
    return min(analysis.methods, key=lambda each: (each.seen.peak, each.seen.final))


def worst(analysis: Analysis) -> MethodResult:
    """The method whose Jacobian error grows most."""
    return max(analysis.methods, key=lambda each: each.seen.peak)


def _until(profile: Profile, steps: int) -> str:
    if profile.burn_in is None:
        return f"and still is worse than at the start after {steps} steps"
    return f"and is worse than at the start up to t = {profile.burn_in}"


def answer(analysis: Analysis) -> str:
    """The result in one sentence, computed."""
    quick, calm, bad = _quickest(analysis), _calmest(analysis), worst(analysis)
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
                bound = bound_text(max(top, 1.0))
                result += f", and no target with this spectrum makes it exceed {bound} times it"
            else:
                result += (
                    ", because the start x₀ = 0 hides the burn-in on this target: another one with "
                    f"this spectrum can become up to {bound_text(top)} times as wrong"
                )
        return f"{_where(analysis)}, {result}."
    if many == 1:
        lead = f"the Jacobian from unrolling {name}"
    elif quick.seen.peak > GROWS:
        ties = _as_quick(analysis, quick)
        lead = f"{name} is the fastest of {many} methods to the solution, yet its unrolled Jacobian"
        if ties:
            others = " and ".join(each.named.title for each in ties)
            lead = f"{name} and {others} are the fastest of {many} methods to the solution, "
            lead += f"equally, yet {name}'s unrolled Jacobian"
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
