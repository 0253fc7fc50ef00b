"""Rows that are run: within the products given, the leaders first; what diverges is infinite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from polyrates.choices.observation import observed_error, observed_rows
from polyrates.ground.errors import NonFiniteError


@dataclass(frozen=True, eq=False)
class Row:
    family: str
    cost: int
    error: float = 1.0
    observed: float | None = None

    @property
    def products(self) -> SimpleNamespace:
        return SimpleNamespace(total=self.cost)

    def estimate(self, problem: object, x0: object, dx0: object) -> tuple[None, np.ndarray]:
        if math.isinf(self.error):
            raise NonFiniteError("steps", "NaN", "diverged", "smaller steps")
        return None, np.array([self.error, 0.0])


def test_the_leaders_of_the_families_are_run_first() -> None:
    rows = (Row("a", 5, 2.0), Row("a", 5, 3.0), Row("b", 5, 4.0), Row("b", 5, 5.0))
    found = observed_rows(rows, None, None, None, np.zeros(2), 15)  # type: ignore[arg-type]
    assert [each.observed for each in found] == [2.0, 3.0, 4.0, None]
    nothing = observed_rows(rows, None, None, None, np.zeros(2), 4)  # type: ignore[arg-type]
    assert all(each.observed is None for each in nothing)


def test_a_run_that_leaves_the_numbers_is_infinite() -> None:
    assert observed_error(Row("a", 1, math.inf), None, None, None, np.zeros(2)) == math.inf  # type: ignore[arg-type]
