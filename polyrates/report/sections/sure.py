"""How sure this is: whether runs and formula agree, and what certifies the guarantees."""

from __future__ import annotations

from polyrates.measurement.verify import TOLERANCE
from polyrates.report.analysis import NEAR
from polyrates.report.results import Analysis
from polyrates.report.section import Section, Words
from polyrates.report.shown import number_text

__all__ = ["SURE"]


def _words(analysis: Analysis) -> Words:
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
        return Words(
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
        if analysis.start.commutes
        else "$H$ and $\\partial H$ do not commute, so the formula with divided differences was "
        "used."
    )
    where = (
        "for the interval with the floating-point ends that were computed from the data"
        if analysis.about.data is not None
        else "for the interval with the floating-point ends that were computed"
    )
    return Words(
        "How sure this is",
        (
            (
                "Every run agrees with the formula above at every step up to "
                f"$t$ = {steps}: the largest difference, relative to the initial error, is "
                f"{number_text(gap, 2)}. No run exceeds its guarantee, which is one "
                "of exact arithmetic, by more than its rounding."
                if not failing
                else f"These runs do not agree with the formula or exceed the guarantee: {failing}."
            ),
            "The guarantees are certified: each maximum is enclosed in ball arithmetic and "
            f"rounded outward, {where}. {commuting}",
            rounding,
        ),
    )


def _numbers(analysis: Analysis) -> dict[str, object]:
    return {
        "largest_gap": max(each.gap for each in analysis.methods),
        "verified": all(each.verified for each in analysis.methods),
    }


SURE = Section(_words, _numbers)
