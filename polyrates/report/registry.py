"""The sections of the report, in order. A new one is a file in ``sections`` and a line here."""

from __future__ import annotations

from polyrates.report.results import Analysis
from polyrates.report.section import Section
from polyrates.report.sections.budget import BUDGET
from polyrates.report.sections.computed import COMPUTED
from polyrates.report.sections.guaranteed import GUARANTEED
from polyrates.report.sections.methods import METHODS
from polyrates.report.sections.overview import OVERVIEW
from polyrates.report.sections.sure import SURE
from polyrates.report.sections.why import WHY

__all__ = ["SECTIONS", "as_json"]

SECTIONS: tuple[Section, ...] = (OVERVIEW, COMPUTED, WHY, GUARANTEED, BUDGET, SURE, METHODS)


def as_json(analysis: Analysis) -> dict[str, object]:
    """Every number of the page, at full precision; null stands for "not within the steps"."""
    return {key: value for each in SECTIONS for key, value in each.numbers(analysis).items()}
