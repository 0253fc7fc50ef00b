"""Differentiates the second half of the run, an estimator of a user's own."""

from __future__ import annotations

from dataclasses import dataclass

import polyrates as pr
from polyrates.core.estimator_catalogue import EstimatorEntry, register_estimator


@dataclass(frozen=True)
class SecondHalf(pr.Estimator):
    """Tangents from step ⌊t/2⌋ on."""

    name = "second half"

    def reset_at(self, t: int) -> int:
        return t // 2


ENTRY = EstimatorEntry("second-half", SecondHalf, planned=True)


def add() -> None:
    """Tell the catalogue."""
    register_estimator(ENTRY)
