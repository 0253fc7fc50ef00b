"""The main job: a problem in, a folder with a page, a paper, the curves and the figures out.

from polyrates.report import Request, report
analysis, folder = report(Request(data="diabetes"), "diabetes-report")
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from polyrates.report.analysis import analyse
from polyrates.report.folder import check_target, write_folder
from polyrates.report.results import Analysis, Request
from polyrates.report.words import answer, as_json, table_text

__all__ = ["Analysis", "Request", "analyse", "answer", "as_json", "files", "report", "table_text"]


def report(
    request: Request, out: str | Path, progress: Callable[[str], None] = lambda _: None
) -> tuple[Analysis, Path]:
    """Analyse, then write the folder whole; the analysis and the folder's absolute path.

    Parameters
    ----------
    request : Request
        Data, penalty, steps, start, seed, methods.
    out : path
        A folder that does not exist, or one that an earlier report wrote.
    progress : callable
        Called with what is being done.
    """
    check_target(out)
    analysis = analyse(request, progress)
    return analysis, write_folder(out, files(analysis, progress))


def files(analysis: Analysis, progress: Callable[[str], None] = lambda _: None) -> dict[str, bytes]:
    """The contents of the folder, by relative name; the same bytes for the same analysis."""
    from polyrates.report.html import page
    from polyrates.report.pictures import looks, pictures
    from polyrates.report.tex import paper

    progress("figures")
    drawn = {picture.name: picture for picture in pictures(analysis)}
    colors = [look.color for look in looks(analysis.methods)]
    progress("report")
    result = {
        "report.html": page(analysis, drawn, colors),
        "report.tex": paper(analysis),
        "report.json": (
            json.dumps(as_json(analysis), indent=1, ensure_ascii=False) + "\n"
        ).encode(),
        "curves.csv": _curves(analysis),
        "polynomials.csv": _polynomials(analysis),
        "spectrum.csv": _spectrum(analysis),
    }
    for name, picture in drawn.items():
        result[f"figures/{name}.svg"] = picture.svg
        result[f"figures/{name}.pdf"] = picture.pdf
    return result


def _table(rows: list[list[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def _curves(analysis: Analysis) -> bytes:
    """t, then for each method the two observed curves and their two bounds.

    Where the problem is not quadratic the bounds are of its local model, as is the prediction.
    """
    head: list[object] = ["t"]
    columns = []
    word = "guarantee" if analysis.exact else "bound of the local model"
    for each in analysis.methods:
        for label, curve in (
            ("iterates", each.iterate),
            ("jacobian", each.jacobian),
            (f"iterates {word}", each.iterate_bound),
            (f"jacobian {word}", each.bound),
            *(() if analysis.exact else (("jacobian prediction", each.predicted),)),
        ):
            head.append(f"{each.named.spec} {label}")
            columns.append(curve)
    head.append("lower bound")
    columns.append(analysis.lower_bound)
    rows: list[list[object]] = [
        [t, *(repr(float(column[t])) for column in columns)] for t in range(analysis.steps + 1)
    ]
    return _table([head, *rows])


def _polynomials(analysis: Analysis) -> bytes:
    """The residual polynomials and their derivatives over the spectrum, at one step."""
    head: list[object] = ["lambda"]
    columns = []
    for each in analysis.methods:
        head += [
            f"{each.named.spec} P_{analysis.shown_at}",
            f"{each.named.spec} P_{analysis.shown_at}'",
        ]
        columns += [each.values, each.slopes]
    rows: list[list[object]] = [
        [repr(float(value)), *(repr(float(column[i])) for column in columns)]
        for i, value in enumerate(analysis.grid)
    ]
    return _table([head, *rows])


def _spectrum(analysis: Analysis) -> bytes:
    """The density of the eigenvalues over log λ, and that of ‖E‖²; each has mass 1."""
    head: list[object] = ["lambda", "eigenvalues", "share of E squared"]
    rows: list[list[object]] = [
        [repr(float(value)) for value in row] for row in zip(*analysis.density, strict=True)
    ]
    return _table([head, *rows])
