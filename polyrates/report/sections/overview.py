"""The answer in pictures and one table: the iterates beside their Jacobian, method by method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from polyrates.ground.drawing import Curve, draw_curves, limits, mark_one, style
from polyrates.ground.numbers import floating
from polyrates.ground.outward import at_least, at_most
from polyrates.ground.tables import text_table
from polyrates.numeric.values import chebyshev_size
from polyrates.report.advice import advice
from polyrates.report.answer import answer
from polyrates.report.pictures import FLOOR, Picture, looks, panel, picture
from polyrates.report.results import Analysis, MethodResult, Profile
from polyrates.report.section import Array, Grid, Note, Pictures, Section, Words
from polyrates.report.shown import bound_text, lower_text, number_text

__all__ = ["OVERVIEW", "table_text"]


def _words(analysis: Analysis) -> Words:
    caution = (
        ""
        if analysis.exact
        else " This loss is not quadratic: what is predicted holds near the solution, to first "
        "order, and is no guarantee."
    )
    if any(each.told.growing for each in analysis.methods):
        caution = f" What is still growing at t = {analysis.steps} may be larger later." + caution
    note = (
        "Errors are relative to the start, so every curve begins at 1; “within 1 %” means from "
        "then on, and it burns in while the Jacobian is worse than at the start. The check "
        f"compares each run with the formula below.{caution}"
    )
    colors = [look.color for look in looks(analysis.methods)]
    table = Grid(*_columns(analysis), colors)
    return Words("", (Pictures(("iterates", "jacobian"), "pair"), table, Note(note)))


def _columns(analysis: Analysis) -> tuple[list[str], list[list[str]]]:
    """The table: head and rows of text."""
    steps = analysis.steps
    head = [
        "method",
        "iterates within 1 % from t =",
        "Jacobian within 1 % from t =",
        "Jacobian at its worst",
        "burn-in until t =",
        f"guaranteed at most, t ≤ {steps}"
        if analysis.exact
        else f"predicted at worst, t ≤ {steps}",
        "guaranteed burn-in until t =" if analysis.exact else "predicted burn-in until t =",
        f"Jacobian error at t = {steps}",
        "check",
    ]
    rows = []
    for each in analysis.methods:
        seen, promised = each.seen, each.told
        rows.append(
            [
                each.named.title,
                _when(each.optimiser.settled, steps),
                _when(seen.settled, steps),
                f"{number_text(seen.peak)} × (t = {seen.peak_at})",
                _when(seen.burn_in, steps),
                _worst(promised, bound_text if each.exact else number_text),
                _when(promised.burn_in, steps),
                number_text(seen.final),
                "agrees" if each.verified else "DIFFERS",
            ]
        )
    return head, rows


def _worst(profile: Profile, spelled: Callable[[float], str]) -> str:
    """A maximum over t ≤ T, which for a curve that still grows is none over all t."""
    if profile.growing:
        return f"≥ {lower_text(profile.peak)} ×, still growing"
    return f"{spelled(profile.peak)} × (t = {profile.peak_at})"


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
                _shortly(each),
                f"{seen.final:.2g}",
                "ok" if each.verified else "FAILS",
            ]
        )
    return text_table(head, rows, "lr")


def _shortly(each: MethodResult) -> str:
    """What is told of the worst error, in a terminal's width: a guarantee is rounded up."""
    if each.told.growing:
        return f"≥{at_least(each.told.peak, 3)}"
    return at_most(each.told.peak, 3) if each.exact else f"{each.told.peak:.3g}"


def _profile(profile: Profile) -> dict[str, object]:
    return {
        "peak": profile.peak,
        "peak_at": profile.peak_at,
        "burn_in": profile.burn_in,
        "within_1_percent_at": profile.settled,
        "final": profile.final,
        "still_growing": profile.growing,
    }


def _numbers(analysis: Analysis) -> dict[str, object]:
    return {
        "answer": answer(analysis),
        "advice": advice(analysis),
        "command": analysis.request.command,
        "methods": [_method(each) for each in analysis.methods],
    }


def _method(each: MethodResult) -> dict[str, object]:
    promised = {**_profile(each.promised), "status": "certified"}
    model = {"prediction": _profile(each.foreseen), "bound": promised}
    return {
        "method": each.named.spec,
        "title": each.named.title,
        "parameters": {name: floating(value) for name, value in each.named.parameters},
        "iterates": _profile(each.optimiser),
        "jacobian": _profile(each.seen),
        "guarantee": promised if each.exact else None,
        "local_model": None if each.exact else model,
        "verification": {
            "gap": each.gap,
            "agrees": each.agrees,
            "within_guarantee": each.within_guarantee if each.exact else None,
        },
    }


def _pictures(analysis: Analysis) -> list[Picture]:
    return [_errors(analysis, "iterates"), _errors(analysis, "jacobian")]


def _errors(analysis: Analysis, which: str) -> Picture:
    iterates = which == "iterates"
    steps = np.arange(analysis.told_until + 1)
    curves = [
        Curve(
            each.named.label,
            steps,
            (each.iterate if iterates else each.jacobian)[: len(steps)],
            seen,
        )
        for each, seen in zip(analysis.methods, looks(analysis.methods), strict=True)
    ]
    # one scale for both panels, so that they can be compared
    everything = [
        Curve("", steps, values[: len(steps)], curve.look)
        for each, curve in zip(analysis.methods, curves, strict=True)
        for values in (each.iterate, each.jacobian)
    ]
    with style(which):
        drawn, ax = panel([curve.label for curve in curves])
        draw_curves(ax, curves, *limits(everything, FLOOR, 0.13))
        mark_one(ax, burn_in=not iterates)
        ax.set_xlabel("iteration  $t$")
        if iterates:
            ax.set_title("The iterates\n" + r"$\|x_t-x_\ast\|\,/\,\|x_0-x_\ast\|$", fontsize=12)
            words = "Relative error of the iterates against the iteration, one curve a method."
        else:
            title = r"$\|\partial x_t-\partial x_\ast\|\,/\,\|\partial x_0-\partial x_\ast\|$"
            ax.set_title("Their Jacobian, by unrolling\n" + title, fontsize=12)
            words = (
                "Relative error of the unrolled Jacobian against the iteration, one curve a method."
            )
        return picture(which, words, drawn)


def _tables(analysis: Analysis) -> dict[str, dict[str, Array]]:
    """t, then for each method the two observed curves and their two bounds.

    Where the problem is not quadratic the bounds are of its local model, as is the prediction.
    """
    word = "guarantee" if analysis.exact else "bound of the local model"
    columns: dict[str, Array] = {"t": np.arange(analysis.steps + 1)}
    for each in analysis.methods:
        spec = each.named.spec
        columns[f"{spec} iterates"] = each.iterate
        columns[f"{spec} jacobian"] = each.jacobian
        columns[f"{spec} iterates {word}"] = each.iterate_bound
        columns[f"{spec} jacobian {word}"] = each.bound
        if not analysis.exact:
            columns[f"{spec} jacobian prediction"] = each.predicted
    ends = analysis.ell, analysis.L
    floor = [chebyshev_size(*ends, t) for t in range(analysis.steps + 1)]
    return {"curves.csv": {**columns, "lower bound": np.array(floor)}}


OVERVIEW = Section(_words, _numbers, _pictures, _tables)
