"""Quadratic problems with given eigenvalues, and conjugate gradients for them."""

from __future__ import annotations

import numpy as np

import polyrates as pr

CG = pr.ConjugateGradient()


def problem_of(eigenvalues: np.ndarray, seed: int = 0, several: bool = False) -> pr.Quadratic:
    rng = np.random.default_rng(seed)
    d = len(eigenvalues)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    H = (Q * eigenvalues) @ Q.T
    dH = rng.standard_normal((3, d, d)) if several else rng.standard_normal((d, d))
    dH = dH + np.swapaxes(dH, -1, -2)
    db = rng.standard_normal((3, d) if several else d)
    return pr.Quadratic((H + H.T) / 2, rng.standard_normal(d), dH, db)
