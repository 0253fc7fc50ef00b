"""What was chosen, what it costs, and what it guarantees."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from polyrates.analysis.worst_case import enclose, worst_case
from polyrates.core.estimators import Estimator, Products
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.numbers import floating
from polyrates.problems.sizes import InitialSizes, sizes_of

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Choice:
    """A method, an estimator and a number of steps, chosen by their guarantee.

    Attributes
    ----------
    method : Method
    estimator : Estimator
    t : int
        Steps of the (outer) method.
    parameter : int
        What was chosen: the start s, or the number k of inner or differentiated steps.
    guarantee : float
        Certified: the error is at most this, in the unit of the sizes.
    lower : float
        Certified: some problem of these sizes has at least this error (0 where not known).
    scanned : array (n, 2)
        (parameter, error on the grid) of every candidate that was looked at; numeric.
    """

    method: Method
    estimator: Estimator
    t: int
    parameter: int
    guarantee: float
    lower: float
    scanned: Array = field(repr=False)

    @property
    def products(self) -> Products:
        """Gradients and Hessian-vector products."""
        return self.estimator.products(self.t)


def guarantee(
    method: Method, estimator: Estimator, t: int, spectrum: object, sizes: InitialSizes
) -> tuple[float, float]:
    """(lower, upper), certified: the tight worst case, the smallest over the forms that are known.

    ``lower`` is the largest error that some problem of these sizes is certain to have; with two
    forms given, or without commutation, it is 0: the two bounds need not be attained together.
    """
    where = as_spectrum(spectrum)
    found = []
    for pair in sizes.forms:
        if pair.form == "residual/hessian":
            found.append((0.0, floating(worst_case(method, where, estimator, t, **pair.arguments))))
        else:
            best = enclose(method, where, estimator, t, pair)
            found.append((best.lower, best.upper))
    top = min(upper for _, upper in found)
    return (found[0][0] if len(found) == 1 else 0.0), top


def known_sizes(spectrum: Spectrum, sizes: dict[str, object]) -> InitialSizes:
    """The sizes named in keywords, or ``given=`` whole."""
    given = sizes.pop("given", None)
    return given if isinstance(given, InitialSizes) else sizes_of(spectrum, **sizes)


def certified(
    method: Method,
    estimator: Estimator,
    t: int,
    parameter: int,
    spectrum: Spectrum,
    sizes: InitialSizes,
    found: dict[int, float],
) -> Choice:
    """What a search ``found``, with the certified guarantee at its best."""
    lower, upper = guarantee(method, estimator, t, spectrum, sizes)
    scanned = np.array(sorted(found.items()), dtype=float)
    return Choice(method, estimator, t, parameter, upper, lower, scanned)
