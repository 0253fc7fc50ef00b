"""Measures on the eigenvalues: densities, the spectra of data, and their mixtures.

A measure of mass one is its support and its three-term coefficients, so everything else follows
from those two: moments (exact for exact parameters) and Gauss quadrature (floats). In
x = m(λ) = (2λ − L − ℓ)/(L − ℓ) the classical densities are

    Uniform             1
    GegenbauerDensity   (1 − x²)^{α − ½}          α = 0 is Chebyshev's (arcsine) density
    JacobiDensity       (1 − x)^α (1 + x)^β

each divided by its mass (DLMF 18.3).
"""

from polyrates.measures.base import Measure, as_measure
from polyrates.measures.densities import (
    ClassicalDensity,
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.measures.empirical import Empirical
from polyrates.measures.mixture import Mixture

__all__ = [
    "ClassicalDensity",
    "Empirical",
    "GegenbauerDensity",
    "JacobiDensity",
    "MarchenkoPastur",
    "Measure",
    "Mixture",
    "Uniform",
    "as_measure",
]
