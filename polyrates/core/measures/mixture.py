"""Convex combinations of measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import sympy

from polyrates.core.measures.base import Measure, as_measure, set_fields
from polyrates.core.measures.empirical import Empirical
from polyrates.core.spectra import Segment, merge
from polyrates.core.threeterm import chebyshev_algorithm, field_of, float_lanczos
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import (
    Number,
    count,
    floating,
    is_exact,
    nonnegative,
    number,
    sign,
    unify,
)
from polyrates.ground.typeset import Shortened

__all__ = ["Mixture"]


@dataclass(frozen=True)
class Mixture(Measure):
    """Σ w_i μ_i: unions of intervals, gaps, outliers beside a bulk.

    Parameters
    ----------
    components : sequence of pairs (weight ≥ 0, measure)
        The weights are divided by their sum.
    """

    components: tuple[tuple[Number, Measure], ...]

    def __init__(self, components: object) -> None:
        if isinstance(components, (str, bytes)) or not isinstance(components, Iterable):
            refuse_type(
                "components",
                components,
                "must be a sequence of pairs (weight, measure)",
                "give [(1, pr.Uniform(1, 2)), (2, pr.Uniform(5, 9))]",
            )
        weights: list[Number] = []
        measures: list[Measure] = []
        for i, pair in enumerate(components):
            if isinstance(pair, (str, bytes)) or not hasattr(pair, "__len__") or len(pair) != 2:
                refuse_type(
                    f"components[{i}]",
                    pair,
                    "must be a pair (weight, measure)",
                    "give (1, pr.Uniform(1, 2))",
                )
            weights.append(nonnegative(pair[0], f"components[{i}][0]"))
            measures.append(as_measure(pair[1], f"components[{i}][1]"))
        if not weights:
            refuse_value("components", components, "must not be empty", "give at least one")
        flat = unify(*weights)
        total = number(sum(flat))
        if sign(total) == 0:
            refuse_value("components", components, "the weights sum to zero", "give one > 0")
        set_fields(
            self,
            components=tuple(
                (weight / total, each)
                for weight, each in zip(flat, measures, strict=True)
                if sign(weight) != 0
            ),
            status="predicted" if any(m.status == "predicted" for m in measures) else "certified",
        )

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        return (("w", Shortened(tuple(weight for weight, _ in self.components))),)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The weights and the parameters of the components."""
        return tuple(
            value for weight, each in self.components for value in (weight, *each.parameters)
        )

    @property
    def is_exact(self) -> bool:
        """Whether every weight and every component is exact."""
        return all(is_exact(weight) and each.is_exact for weight, each in self.components)

    @property
    def support(self) -> tuple[Segment, ...]:
        """The union of the supports."""
        return merge(segment for _, each in self.components for segment in each.support)

    @property
    def named_parts(self) -> list[tuple[Number, dict[str, Number]]] | None:
        """Those of the components, with the masses that they have here."""
        found = []
        for weight, each in self.components:
            parts = each.named_parts
            if parts is None:
                return None
            found += [(weight * mass, named) for mass, named in parts]
        return found

    @property
    def normalized(self) -> Mixture:
        """Of normalized components."""
        return Mixture([(weight, each.normalized) for weight, each in self.components])

    @property
    def points(self) -> int | None:
        """The number of distinct points when every component is discrete."""
        pooled = self._pooled()
        return None if pooled is None else pooled.points

    @property
    def mass_at_zero(self) -> Number:
        """The weighted sum of the components' masses at 0."""
        return number(sum(unify(*(weight * each.mass_at_zero for weight, each in self.components))))

    @property
    def bulk(self) -> Measure | None:
        """The components' bulks."""
        if sign(self.mass_at_zero) == 0:
            return self
        parts = [
            (weight * (1 - each.mass_at_zero), each.bulk)
            for weight, each in self.components
            if each.bulk is not None
        ]
        return Mixture(parts) if parts else None

    def _pooled(self) -> Empirical | None:
        """One Empirical, where all components are discrete."""
        values: list[Number] = []
        masses: list[Number] = []
        for weight, each in self.components:
            discrete = each._pooled() if isinstance(each, Mixture) else each
            if not isinstance(discrete, Empirical):
                return None
            values += discrete.eigenvalues
            masses += [weight * mass for mass in discrete.weights]
        return Empirical(values, masses)

    def moments(self, n: int) -> list[Number]:
        """The weighted sums of the components' moments."""
        rows = [each.moments(n) for _, each in self.components]
        weights = [weight for weight, _ in self.components]
        if not self.is_exact:
            return [
                sum(floating(w) * floating(m) for w, m in zip(weights, column, strict=True))
                for column in zip(*rows, strict=True)
            ]
        return [
            sympy.expand(sum(w * m for w, m in zip(weights, column, strict=True)))
            for column in zip(*rows, strict=True)
        ]

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """Chebyshev's algorithm on exact moments; in floats Lanczos' process on Gauss rules."""
        size = count(n, "n")
        pooled = self._pooled()
        if pooled is not None:
            return pooled.coefficients(size)
        if size == 0:
            return [], []
        if not self.is_exact:
            a, b = self.float_coefficients(size)
            return a.tolist(), b.tolist()
        moments = self.moments(2 * size)
        field = field_of(*moments)
        rows = chebyshev_algorithm([field.from_sympy(moment) for moment in moments])
        return [field.to_sympy(x) for x in rows[0]], [field.to_sympy(x) for x in rows[1]]

    def float_coefficients(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Each component's Gauss rule with n + 1 nodes has the same coefficients to degree n."""
        pooled = self._pooled()
        if pooled is not None:
            return pooled.float_coefficients(n)
        rules = [(floating(w), *each.quadrature(n + 1)) for w, each in self.components]
        return float_lanczos(
            np.concatenate([nodes for _, nodes, _ in rules]),
            np.concatenate([w * masses for w, _, masses in rules]),
            count(n, "n"),
        )

    def quadrature(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The Gauss rule with n nodes, or the points themselves where there are no more."""
        pooled = self._pooled()
        return super().quadrature(n) if pooled is None else pooled.quadrature(n)
