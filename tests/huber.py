"""A smooth loss that is flat where residuals are large, as at the start."""

from __future__ import annotations

import numpy as np


class Huber:
    """(1/n)Σ√(1 + r²) + ½e^θ‖w‖², r = Xw − y: flat where residuals are large, as at 0."""

    def __init__(self, penalty: float = 0.01) -> None:
        rng = np.random.default_rng(0)
        self.X = rng.standard_normal((120, 40))
        self.y = 10 * self.X @ rng.standard_normal(40)
        self.penalty = penalty

    def gradient(self, w: np.ndarray) -> np.ndarray:
        r = self.X @ w - self.y
        return self.X.T @ (r / np.sqrt(1 + r * r)) / len(r) + self.penalty * w

    def hvp(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        r = self.X @ w - self.y
        return self.X.T @ ((1 + r * r) ** -1.5 * (self.X @ v)) / len(r) + self.penalty * v

    def cross(self, w: np.ndarray) -> np.ndarray:
        return self.penalty * w


HUBER = Huber()
