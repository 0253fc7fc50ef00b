"""Transitions of every method.

classical   gradient descent, heavy ball, Nesterov, Chebyshev, Gegenbauer
restarted   one method after another, the second from a fresh state
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
from polyrates.methods.restarted import Restarted
from polyrates.methods.tabulated import Richardson, Tabulated, WeightedIterates

__all__ = [
    "Chebyshev",
    "Gegenbauer",
    "GradientDescent",
    "HeavyBall",
    "Nesterov",
    "Restarted",
    "Richardson",
    "Tabulated",
    "WeightedIterates",
]
