"""The coefficients of a method as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polyrates.core.transition import Scalar, Transition
from polyrates.ground.errors import described, refuse_value


@dataclass(frozen=True)
class Table:
    """Coefficients as arrays, n the number of points in the state.

    query (steps, n), mixing (steps, n, n), gain (steps, n), output (steps, n).
    """

    query: np.ndarray
    mixing: np.ndarray
    gain: np.ndarray
    output: np.ndarray

    @classmethod
    def of(cls, transitions: Sequence[Transition[Scalar]]) -> Table:
        """Stack transitions with float coefficients."""
        if not transitions:
            return cls(np.ones((0, 1)), np.ones((0, 1, 1)), np.ones((0, 1)), np.ones((0, 1)))

        def stack(field: str) -> np.ndarray:
            return np.array([getattr(each, field) for each in transitions], dtype=float)

        return cls(stack("query"), stack("mixing"), stack("gain"), stack("output"))

    def __len__(self) -> int:
        return len(self.gain)

    def _momentum_form(self) -> np.ndarray:
        shift = self.mixing.shape[1] == 1 or (
            self.mixing.shape[1] == 2
            and bool(np.all(self.mixing[:, 1] == (1, 0)))
            and not np.any(self.gain[:, 1])
            and bool(np.all(self.output == (1, 0)))
        )
        if not shift:
            refuse_value(
                "method",
                described(f"a state of {self.mixing.shape[1]} points"),
                "it is not of the form x⁺ = x + m(x − x₋) − h∇f(x + n(x − x₋))",
                "read query, mixing, gain and output",
            )
        return np.zeros(len(self)) if self.mixing.shape[1] == 1 else np.ones(len(self))

    @property
    def steps(self) -> np.ndarray:
        """h_t of the form x⁺ = x + m_t(x − x₋) − h_t∇f(x + n_t(x − x₋)), shape (steps,)."""
        self._momentum_form()
        return self.gain[:, 0]

    @property
    def momenta(self) -> np.ndarray:
        """m_t of the same form, shape (steps,)."""
        return np.zeros(len(self)) if not self._momentum_form().any() else -self.mixing[:, 0, 1]

    @property
    def lookahead(self) -> np.ndarray:
        """n_t of the same form, shape (steps,)."""
        return np.zeros(len(self)) if not self._momentum_form().any() else -self.query[:, 1]
