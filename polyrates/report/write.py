"""The main job: a problem in, a folder with a page, a paper, the curves and the figures out.

from polyrates.report.write import Request, report
analysis, folder = report(Request(data="diabetes"), "diabetes-report")
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from polyrates.ground.errors import refuse_value
from polyrates.report.analysis import analyse
from polyrates.report.folder import check_target, write_folder
from polyrates.report.registry import SECTIONS, as_json
from polyrates.report.results import Analysis, Request
from polyrates.report.section import Array

__all__ = ["Request", "files", "report"]

_NEEDED = ("jinja2", "latex2mathml")


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
    for name in _NEEDED:
        if find_spec(name) is None:
            refuse_value(
                "report",
                name,
                "is not installed, and the page is written with it",
                "install the extra: python -m pip install 'polyrates[report]'",
            )
    check_target(out)
    analysis = analyse(request, progress)
    return analysis, write_folder(out, files(analysis, progress))


def files(analysis: Analysis, progress: Callable[[str], None] = lambda _: None) -> dict[str, bytes]:
    """The contents of the folder, by relative name; the same bytes for the same analysis."""
    from polyrates.report.html import page
    from polyrates.report.tex import paper

    progress("figures")
    drawn = {picture.name: picture for each in SECTIONS for picture in each.pictures(analysis)}
    progress("report")
    words = [each.words(analysis) for each in SECTIONS]
    numbers = json.dumps(as_json(analysis), indent=1, ensure_ascii=False)
    result = {
        "report.html": page(analysis, words, drawn),
        "report.tex": paper(analysis, words),
        "report.json": f"{numbers}\n".encode(),
    }
    for each in SECTIONS:
        result |= {name: _csv(columns) for name, columns in each.tables(analysis).items()}
    for name, picture in drawn.items():
        result[f"figures/{name}.svg"] = picture.svg
        result[f"figures/{name}.pdf"] = picture.pdf
    return result


def _csv(columns: Mapping[str, Array]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return buffer.getvalue().encode()
