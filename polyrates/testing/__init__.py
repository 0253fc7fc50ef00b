"""Property-based tests for users: strategies to draw from, and checks that name the fault.

>>> from polyrates import testing
>>> from hypothesis import given
>>> @given(testing.methods(), testing.quadratics())
... def test_mine(method, problem): ...

Strategies   numbers, intervals, unions, measures, spectra, methods, own_methods, estimators,
             quadratics, ridge_problems, losses, problems, sizes
Checks       check_method, check_estimator, check_problem, check_bound, check_jacobian

The checks need the package alone; the first strategy asked for imports hypothesis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from polyrates.testing.bound_check import BoundViolated, check_bound
from polyrates.testing.estimator_check import check_estimator
from polyrates.testing.jacobian_check import check_jacobian
from polyrates.testing.method_check import check_method
from polyrates.testing.problem_check import Checked, check_problem

if TYPE_CHECKING:
    from polyrates.testing.strategies import (
        estimators,
        intervals,
        losses,
        measures,
        methods,
        numbers,
        own_methods,
        problems,
        quadratics,
        ridge_problems,
        sizes,
        spectra,
        unions,
    )

__all__ = [
    "BoundViolated",
    "Checked",
    "check_bound",
    "check_estimator",
    "check_jacobian",
    "check_method",
    "check_problem",
    "estimators",
    "intervals",
    "losses",
    "measures",
    "methods",
    "numbers",
    "own_methods",
    "problems",
    "quadratics",
    "ridge_problems",
    "sizes",
    "spectra",
    "unions",
]


def __getattr__(name: str) -> object:
    """A strategy, by name: here hypothesis is imported."""
    if name in __all__:
        from polyrates.testing import strategies

        return getattr(strategies, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
