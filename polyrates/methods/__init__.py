"""Transitions of every method.

classical   gradient descent, heavy ball, Nesterov, Chebyshev, Gegenbauer
tabulated   methods given by their coefficients: tables, Richardson products, weighted iterates
"""

from __future__ import annotations

from polyrates.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.methods.tabulated import Richardson, Tabulated, WeightedIterates

__all__ = [
    "Chebyshev",
    "Gegenbauer",
    "GradientDescent",
    "HeavyBall",
    "Nesterov",
    "Richardson",
    "Tabulated",
    "WeightedIterates",
]
