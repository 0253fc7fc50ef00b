"""How far from the solution a method asks for gradients: what is safe off quadratics.

On a quadratic the error of a query is a polynomial q_t(H)(x_0 − x*), of an output P_t(H)(x_0 − x*).
Off quadratics nothing is known of a function beyond the points a method visits; one that queries
far from x* leaves the region where the Hessian is like that at x*, however fast it converges on
quadratics.
"""

from __future__ import annotations

from typing import NamedTuple

from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import hull_of
from polyrates.ground.errors import refuse_value
from polyrates.ground.outward import at_most
from polyrates.numeric.suprema.reaches import reaches

__all__ = ["Reach", "reach"]


class Reach(NamedTuple):
    """The largest ‖query − x*‖ and ‖x_t − x*‖ over ‖x_0 − x*‖: floats rounded upward."""

    query: float
    output: float

    @property
    def status(self) -> str:
        """Certified."""
        return "certified"

    def __repr__(self) -> str:
        shown = (at_most(value, 6) for value in self)
        return "Reach(query <= {}, output <= {}; certified)".format(*shown)


def reach(method: Method, steps: int, interval: object = None) -> Reach:
    """The largest query and output of the first steps, on quadratics with spectrum in an interval.

    Parameters
    ----------
    method : Method
    steps : int ≥ 0
        Queries at t = 0, …, steps − 1, outputs at t = 0, …, steps; both begin with x_0: 1.
    interval : (ell, L), optional
        None: the one the method's numbers are made for (``method.made_for``).

    Raises
    ------
    InvalidValue
        Without an interval, where the method does not know its own.

    Examples
    --------
    >>> import polyrates as pr
    >>> pr.reach(pr.Sobolev(pr.JacobiDensity(1, 100, "1/2", "1/2"), 100), 40)
    Reach(query <= 1.00001, output <= 1.00001; certified)
    >>> pr.reach(pr.GradientDescent(3), 3, ("1/2", 1))
    Reach(query <= 4.00001, output <= 8.00001; certified)
    """
    number = check_steps(as_method(method), steps)
    where = method.made_for if interval is None else hull_of(interval)
    if where is None:
        refuse_value(
            "interval",
            None,
            f"{method.name} does not say what spectrum it is made for",
            "give (ell, L)",
        )
    queries, outputs = reaches(method, where, number)
    return Reach(float(max([1.0, *queries])), float(max([1.0, *outputs])))
