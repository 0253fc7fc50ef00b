"""The estimators that have a name on the command line; a user's own joins them by :func:`register`.

``plan`` weighs those of the package in ways of its own, each with its search; an entry with
``planned`` is weighed as it is, at as many steps as the budget pays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polyrates.core.estimators import Estimator, Implicit, OneStep, Truncated, Unrolled
from polyrates.ground.errors import refuse_value

__all__ = ["ESTIMATORS", "EstimatorEntry", "register_estimator"]


@dataclass(frozen=True)
class EstimatorEntry:
    """What the command line calls an estimator, and how it is made of an integer or without.

    ``argument`` is what the integer behind the colon is called; empty where there is none.
    """

    key: str
    make: Callable[..., Estimator]
    argument: str = ""
    planned: bool = False


ESTIMATORS: dict[str, EstimatorEntry] = {}


def register_estimator(entry: EstimatorEntry) -> EstimatorEntry:
    """Add an entry: from now on the command line and, where ``planned``, plans know it."""
    if entry.key in ESTIMATORS:
        refuse_value("entry", entry.key, "is the name of an estimator already", "choose another")
    ESTIMATORS[entry.key] = entry
    return entry


register_estimator(EstimatorEntry("unrolled", Unrolled))
register_estimator(EstimatorEntry("one-step", OneStep))
register_estimator(EstimatorEntry("implicit", Implicit))
register_estimator(EstimatorEntry("truncated", Truncated, "START"))
