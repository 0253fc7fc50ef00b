"""The parts of a rate at one setting: a function to sweep, on one machine or on many."""

from __future__ import annotations

import math

import numpy as np

from polyrates.analysis.rate import rate
from polyrates.core.measures.empirical import Empirical
from polyrates.core.methods.named import build
from polyrates.core.spectra import Interval, Spectrum
from polyrates.execution.sweeps import Row
from polyrates.ground.errors import refuse_value
from polyrates.problems.data import load


def rate_point(
    kappa: float, t: int, method: str = "Chebyshev", eta: float = 1.0, data: str | None = None
) -> Row:
    """The parts of a rate at one (κ, t, method, η, data), a function to sweep.

    On [κ, 1], or on the hull of the Hessian of ridge on a built-in data set, scaled to L = 1, with
    the penalty that gives it the inverse condition number κ. ``method`` is any name of the command
    line's; "gradient descent" is its ``large``, "short step" its ``short``.
    """
    if not 0 < kappa < 1:
        refuse_value(
            "kappa", kappa, "must lie between 0 and 1", "give the inverse condition number"
        )
    key = {"gradient descent": "large", "short step": "short"}.get(
        method, method.lower().replace(" ", "-")
    )
    made = build(key, kappa, 1.0, {"eta": eta}).method
    spectrum: Spectrum = Interval(kappa, 1.0)
    if data is not None:
        X = load(data).X
        values = np.linalg.eigvalsh(X.T @ X / len(X))
        # (λ + p)/(λ_max + p) runs from κ to 1 when p = (κλ_max − λ_min)/(1 − κ)
        p = (kappa * values[-1] - values[0]) / (1 - kappa)
        scaled = (np.maximum(values, 0.0) + p) / (values[-1] + p)
        spectrum = Empirical(np.clip(scaled, kappa, 1.0))
    found = rate(made, spectrum)
    parts = {name: getattr(found, name) for name in ("initial", "cross", "residual")}
    row: Row = {name: float(part(t)) for name, part in parts.items()}
    row["status"] = found.initial.status
    if not all(math.isfinite(row[name]) for name in parts):
        row["diverges"] = True
    return row
