"""How wrong is the Jacobian I hold? Certificates after the fact, for any x and any J.

The a-priori theory needs the method, the start and a quadratic. This needs what a user holds: a
point x, an estimate J from any library, products with the Hessian, and a number ℓ below its
spectrum. The mathematics is in :mod:`polyrates.execution.jacobian_bound`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from polyrates.execution.jacobian_bound import JacobianBound, products_at, residual_bound
from polyrates.execution.preconditioner import Preconditioner, deflated
from polyrates.ground.arrays import euclidean, to_numpy
from polyrates.ground.cards import Card, lower_cell, safe_html, upper_cell
from polyrates.ground.errors import refuse_value
from polyrates.ground.outward import at_least, at_most, latex_at_most
from polyrates.measurement.held import flat_jacobian, held
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["Certified", "Status", "certify", "deflation"]

Status = Literal["certified", "predicted"]


@dataclass(frozen=True)
class Certified:
    """lower ≤ ‖J − ∂x*‖ ≤ bound, in Frobenius norm over several parameters.

    Attributes
    ----------
    bound, lower : float
        In units of ∂x*; ``bound`` is infinite where x is too far from x* for its constants.
    relative : float
        ``bound`` over a lower bound of ‖∂x*‖; infinite where that is 0.
    status : "certified" or "predicted"
        "certified" where ℓ and the Lipschitz constants were given or are the problem's own and
        hold in the ball B(x, ‖∇f(x)‖/ℓ); "predicted" where one was measured.
    terms : (float, float)
        The residual's part ‖A⁻¹r‖ and the iterate's part.
    products : int
        Hessian-vector products spent, a block of them counted once.
    missing : tuple of str
        What was measured.
    of : str
        What may be wrong: J, or the row w given for vᵀ∂x*, whose errors all of these then are.
    advice : str
        What would narrow a wide enclosure (bound over 2·lower); empty where it is narrow.
    """

    bound: float
    lower: float
    relative: float
    status: Status
    terms: tuple[float, float]
    products: int
    missing: tuple[str, ...] = ()
    advice: str = ""
    of: str = "J"

    def __str__(self) -> str:
        error = "error" if self.of == "J" else f"error of {self.of}"
        if self.missing:  # no inequality: what was measured may be wrong
            text = f"{error} about {self.lower:.4g} to {self.bound:.4g} ({self.status}"
        else:
            text = f"{at_least(self.lower)} ≤ {error} ≤ {at_most(self.bound)} ({self.status}"
        first, second = self._parts()
        text += f", {self.products} products; {first} {at_most(self.terms[0])}"
        text += f" + {second} {at_most(self.terms[1])})"
        if self.missing:
            text += f"; measured, so without guarantee: {', '.join(self.missing)}"
        if self.bound == np.inf and not self.missing:
            text += "; x is too far from the solution for its constants: take more steps"
        return text + (f"; {self.advice}" if self.advice else "")

    def __repr__(self) -> str:
        return f"Certified({self})"

    def _repr_html_(self) -> str:
        return safe_html(self, lambda: self._card().html())

    def _parts(self) -> tuple[str, str]:
        """What the two terms are of."""
        if self.of == "J":
            return "residual", "iterate"
        return "distance to the dual estimate", "doubt of it"

    def _card(self) -> Card:
        sure = not self.missing
        first, second = self._parts()
        rows = (
            ("error at most" if sure else "error, at most about", upper_cell(self.bound)),
            ("error at least" if sure else "error, at least about", lower_cell(self.lower)),
            ("relative", upper_cell(self.relative)),
            (f"of which the {first}", upper_cell(self.terms[0])),
            (f"of which the {second}", upper_cell(self.terms[1])),
            ("products", str(self.products)),
            ("status", self.status),
        )
        said = (
            [f"Measured, so without guarantee: {', '.join(self.missing)}"] if self.missing else []
        )
        note = ". ".join([*said, self.advice.capitalize()] if self.advice else said)
        away = r"J - \partial x_{\star}" if self.of == "J" else r"w - v^{T} \partial x_{\star}"
        relation = rf"\left\|{away}\right\| \le {latex_at_most(self.bound)}"
        return Card(f"How wrong is {self.of}?", rows, formula=relation if sure else "", note=note)


def certify(
    problem: Problem,
    x: object,
    J: object,
    ell: object = None,
    constants: Constants | None = None,
    products: int = 8,
    preconditioner: Preconditioner | None = None,
) -> Certified:
    """Enclose ‖J − ∂x*‖ for a J from anywhere.

    Parameters
    ----------
    problem : Problem
        gradient(x), hvp(x, v) for v of the shapes of x and of J, cross(x).
    x : array (d,), or a tree
        A point near x*; the nearer, the tighter.
    J : array (d,) or (d, p), or a tree of such
        The estimate of ∂x*, of NumPy, JAX or torch.
    ell : number > 0, optional
        A lower bound of ∇²f, in the ball B(x, ‖∇f(x)‖/ell) where the problem is not quadratic.
        None takes the problem's own; where it has none, the smallest Ritz value, and the result is
        "predicted".
    constants : Constants, optional
        ℓ, L and the Lipschitz constants of ∇²f and of ∂_θ∇f in that ball; None takes the problem's
        own, and where it has none what M‖J‖ + N seems to be, and the result is "predicted".
    products : int ≥ 1
        Steps of Lanczos' process for each of the two solves, the one on ∇f(x) and the one on the
        residual ∇²f(x)J + ∂_θ∇f(x).
    preconditioner : Preconditioner, optional
        P⁻¹ and a φ with ∇²f ⪰ φP: pays where many certificates share it, for instance one of
        :func:`deflation`. The bounds are in the norm of P, mapped back by ℓ.

    Returns
    -------
    Certified

    Raises
    ------
    InvalidValue
        Shapes that do not fit, NaN, an ``ell`` above an eigenvalue that was found.
    NegativeCurvature
        The Hessian is not positive definite.
    """
    given = held(problem, x, ell, constants, products, preconditioner)
    estimate = flat_jacobian(J, given.cross, "J")
    place = given.locate()
    found = residual_bound(problem, place, estimate, given.known, given.steps, preconditioner)
    return _certified(found, _advice(found, given.steps))


def _advice(found: JacobianBound, steps: int) -> str:
    """What narrows an enclosure that is wide and not already at the level of roundings."""
    fine = found.bound <= max(2 * found.lower, 1e-10 * found.solution_norm)
    if fine or not np.isfinite(found.bound):
        return ""
    if found.terms[1] > found.terms[0]:
        return f"wide: give products={2 * steps}, more steps or sharper constants"
    return f"wide: give products={2 * steps}"


def _certified(found: JacobianBound, advice: str = "") -> Certified:
    least = found.solution_norm - found.bound
    return Certified(
        found.bound,
        found.lower,
        found.bound / least if least > 0 else np.inf,
        "certified" if found.certified else "predicted",
        found.terms,
        found.products,
        found.missing,
        advice,
    )


def deflation(
    problem: Problem,
    x: object,
    products: int,
    ell: object = None,
    constants: Constants | None = None,
) -> Preconditioner:
    """A preconditioner from products with ∇²f(x), for many certificates near x.

    Ritz vectors of ``products`` steps of Lanczos' process are taken out of the spectrum, as many as
    are near enough to invariant (:mod:`polyrates.execution.preconditioner`); what is left has the
    condition number of the other eigenvalues. It holds at every y in B(x, ‖∇f(x)‖/ℓ): off
    quadratics ∇²f(y) ⪰ ∇²f(x) − Mδ ⪰ (1 − Mδ/ℓ)∇²f(x), δ the radius.

    Parameters
    ----------
    problem, x, ell, constants
        As for :func:`certify`; ℓ and M must be known.
    products : int ≥ 1

    Returns
    -------
    Preconditioner
    """
    given = held(problem, x, ell, constants, products, None)
    low, M = given.known.ell, given.known.hessian_lipschitz
    if low is None or M is None:
        refuse_value(
            "constants", None, "deflation needs ℓ and M to be known", "give ell= and constants="
        )
    size = float(euclidean(np.asarray(to_numpy(problem.gradient(given.at)), dtype=float)))
    share = 1 - M * (size / low) / low * (1 + 2.0**-40)
    if not share > 0:
        refuse_value("x", x, "is too far from the solution for its M", "take more steps")
    operator = products_at(problem, given.at)
    found = deflated(operator, given.steps, low)
    return Preconditioner(found.solve, found.floor * share, found.products)
