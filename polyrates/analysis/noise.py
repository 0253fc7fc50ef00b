r"""Noisy gradients on quadratics: the variance of the iterate and of the unrolled Jacobian.

With ∇f(y) + ζ in the place of ∇f(y), ζ of mean 0, variance 1 and independent from step to step, the
mean of a run is the run without noise, and x_t − mean = −Σ_s K_{t,s}(H)ζ_s, K_{t,s}(λ) the response
of the output at t to a gradient of 1 at step s. On the eigenvalue λ, per unit of noise,

    Var x_t = Σ_s K_{t,s}(λ)²,      Var ∂x_t = |∂H|² Σ_s K′_{t,s}(λ)²     (∂H commutes with H),

since the tangent of the run carries the same noise through λ. Both come from one recursion, the
covariance of the jet (state, ∂state): Σ⁺ = MΣMᵀ + ββᵀ with

    M = [[A − λbcᵀ, 0], [−bcᵀ, A − λbcᵀ]],      β = (b, 0),

read off by (o, 0) and (0, o). The floor is its fixed point, a linear system: exact for exact
numbers, a rational function where λ or the method's numbers are symbols. Without commutation K′
becomes the divided difference K[λ_i, λ_j] and |∂H|² the sum of the squared entries:
:func:`noise_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import sympy
from sympy.polys.matrices import DomainMatrix

from polyrates.core.recurrence import Method, Stationary, as_method, check_steps
from polyrates.core.spectra import Spectrum
from polyrates.core.transition import Transition
from polyrates.ground.cards import Card, Carded, number_cell
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating, is_exact, is_symbolic, nonnegative
from polyrates.ground.typeset import latex

__all__ = ["Noise", "noise", "noise_matrix"]

Matrix = list[list[sympy.Expr]]
Status = Literal["proved", "numeric"]
_Row = list[sympy.Expr]
_Jet = tuple[Matrix, _Row, tuple[_Row, _Row]]
Variances = tuple[sympy.Expr, ...] | npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Noise(Carded):
    """Variances per unit of noise and unit of ∂H.

    Attributes
    ----------
    method : Method
    eigenvalue : number or symbol
        λ; of a spectrum, the one at which ``jacobian_floor`` is largest.
    iterate_floor, jacobian_floor : number, oo or None
        The limits for t → ∞: exact for exact input, oo where the method is not stable at λ, None
        for a method whose steps change.
    iterates, jacobians : tuple or array (steps+1,)
        Variances at t = 0, …, steps; exact for exact input. Empty without ``steps``.
    status : "proved" or "numeric"
        "proved" where all of it is exact algebra.
    """

    method: Method
    eigenvalue: sympy.Expr
    iterate_floor: sympy.Expr
    jacobian_floor: sympy.Expr
    iterates: Variances
    jacobians: Variances
    status: Status

    @property
    def ratio(self) -> sympy.Expr:
        """The Jacobian's floor over the iterate's; |∂H|²/(2λ²) for every method as h → 0."""
        return self.jacobian_floor / self.iterate_floor

    def _latex(self) -> str:
        return (
            r"\operatorname{Var} x_{\infty} = "
            + latex(self.iterate_floor)
            + r", \quad \operatorname{Var} \partial x_{\infty} = "
            + latex(self.jacobian_floor)
        )

    def _card(self) -> Card:
        rows = [
            ("eigenvalue", number_cell(self.eigenvalue)),
            ("floor of the iterate", number_cell(self.iterate_floor)),
            ("floor of the Jacobian", number_cell(self.jacobian_floor)),
            ("status", self.status),
        ]
        return Card(f"Noise in {self.method.name}", rows, formula=self._latex())


def noise(method: Method, where: object, steps: int | None = None) -> Noise:
    """How noisy the iterate and the unrolled Jacobian are when the gradients are.

    Parameters
    ----------
    method : Method
    where : eigenvalue (number > 0 or symbol), or a spectrum
        Of a spectrum, the eigenvalue with the largest floor of the Jacobian: where the floor is a
        rational function of λ with rational coefficients, among the ends and the zeros of its
        derivative, else numeric.
    steps : int ≥ 0, optional
        How far the variances at t = 0, 1, … go.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> import polyrates as pr
    >>> pr.noise(pr.GradientDescent(F(1, 2)), F(1, 2)).jacobian_floor
    400/343
    """
    as_method(method)
    if isinstance(where, Spectrum):
        return _largest(method, where, steps)
    value = nonnegative(where, "eigenvalue")
    if value == 0:
        refuse_value("eigenvalue", where, "must be > 0", "noise piles up where f is flat")
    exact = is_exact(value) and all(is_exact(each) for each in method.parameters)
    if not exact:
        value = floating(value, "eigenvalue")
    first, second = _floors(method, value, exact)
    iterates, jacobians = ((), ()) if steps is None else _variances(method, value, steps, exact)
    return Noise(
        method, value, first, second, iterates, jacobians, "proved" if exact else "numeric"
    )


def _number(exact: bool) -> Callable[[Number], Number]:
    return cast("Callable[[Number], Number]", sympy.sympify if exact else floating)


def _jet(step: Transition[Number], value: Number) -> _Jet:
    """M, β and the two outputs of the jet."""
    n = len(step.gain)
    drop = [[step.gain[i] * step.query[j] for j in range(n)] for i in range(n)]
    own = [[step.mixing[i][j] - value * drop[i][j] for j in range(n)] for i in range(n)]
    zeros = [0] * n
    top = [row + zeros for row in own]
    bottom = [[-each for each in low] + row for low, row in zip(drop, own, strict=True)]
    outputs = [*step.output, *zeros], [*zeros, *step.output]
    return [*top, *bottom], [*step.gain, *zeros], outputs


def _variances(
    method: Method, value: Number, steps: int, exact: bool
) -> tuple[Variances, Variances]:
    """By the covariance recursion, O(t) products of small matrices; any method."""
    total = check_steps(method, steps)
    dtype = object if exact else float
    covariance: np.ndarray | None = None
    iterates, jacobians = [0 if exact else 0.0], [0 if exact else 0.0]
    for step in islice(method.transitions(_number(exact)), total):
        rows, gain, outputs = _jet(step, value)
        M, b = np.array(rows, dtype=dtype), np.array(gain, dtype=dtype)
        if covariance is None:
            covariance = np.zeros((len(b), len(b)), dtype=dtype)
        covariance = M @ covariance @ M.T + np.outer(b, b)
        if exact:
            covariance = np.vectorize(sympy.cancel, otypes=[object])(covariance)
        for kept, output in zip((iterates, jacobians), outputs, strict=True):
            o = np.array(output, dtype=dtype)
            kept.append(sympy.cancel(o @ covariance @ o) if exact else float(o @ covariance @ o))
    if exact:
        return tuple(map(sympy.sympify, iterates)), tuple(map(sympy.sympify, jacobians))
    return np.array(iterates), np.array(jacobians)


def _floors(method: Method, value: Number, exact: bool) -> tuple[sympy.Expr, sympy.Expr]:
    """The fixed point of the covariance; (None, None) where the steps change."""
    if not isinstance(method, Stationary):
        return None, None
    step = method.transition(_number(exact))
    rows, gain, outputs = _jet(step, value)
    if not _stable([row[: len(step.gain)] for row in rows[: len(step.gain)]], exact):
        return sympy.oo, sympy.oo
    if not exact:
        M, b = np.array(rows, dtype=float), np.array(gain, dtype=float)
        size = len(b)
        system = np.eye(size * size) - np.kron(M, M)
        covariance = np.linalg.solve(system, np.outer(b, b).reshape(-1)).reshape(size, size)
        return tuple(float(np.array(o) @ covariance @ np.array(o)) for o in outputs)  # type: ignore[return-value]
    solved = _fixed_point(rows, gain)
    found = []
    for output in outputs:
        terms = [
            output[i] * output[j] * solved[min(i, j), max(i, j)]
            for i in range(len(output))
            for j in range(len(output))
            if output[i] and output[j]
        ]
        found.append(sympy.factor(sympy.cancel(sympy.Add(*terms))))
    return found[0], found[1]


def _fixed_point(rows: Matrix, gain: _Row) -> dict[tuple[int, int], sympy.Expr]:
    """Σ = MΣMᵀ + ββᵀ over the field of its numbers, the upper triangle as unknowns."""
    size = len(gain)
    index = {pair: k for k, pair in enumerate((i, j) for i in range(size) for j in range(i, size))}
    system = sympy.zeros(len(index), len(index))
    right = sympy.zeros(len(index), 1)
    for (i, j), k in index.items():
        system[k, k] += 1
        right[k] = gain[i] * gain[j]
        for p in range(size):
            for q in range(size):
                if rows[i][p] != 0 and rows[j][q] != 0:
                    system[k, index[min(p, q), max(p, q)]] -= rows[i][p] * rows[j][q]
    both = DomainMatrix.from_Matrix(system.row_join(right)).to_field()
    left, last = both[:, : len(index)], both[:, len(index) :]
    solution = left.lu_solve(last).to_Matrix()
    return {pair: solution[k] for pair, k in index.items()}


def _stable(matrix: Matrix, exact: bool) -> bool:
    """Whether every eigenvalue lies inside the circle: Jury's test; symbols are taken as stable."""
    if not exact:
        return bool(np.max(np.abs(np.linalg.eigvals(np.array(matrix, dtype=float)))) < 1)
    whole = sympy.Matrix(matrix)
    if whole.free_symbols:
        return True
    coefficients = whole.charpoly().all_coeffs()
    while len(coefficients) > 1:
        first, last = coefficients[0], coefficients[-1]
        if not abs(last) < abs(first):
            return False
        ratio = last / first
        reverse = coefficients[::-1]
        coefficients = [
            sympy.radsimp(sympy.expand(a - ratio * b))
            for a, b in zip(coefficients[:-1], reverse[:-1], strict=True)
        ]
    return True


def _largest(method: Method, where: Spectrum, steps: int | None) -> Noise:
    """At the eigenvalue of the support whose Jacobian has the largest floor."""
    numbers = (*method.parameters, *(end for pair in where.support for end in pair))
    if any(is_symbolic(each) for each in numbers):
        refuse_value("where", where, "symbols cannot be compared", "give an eigenvalue instead")
    if not isinstance(method, Stationary):
        refuse_value(
            "method", method.name, "has no floor over a spectrum: its steps change", "give λ"
        )
    candidates: list[Number] = [end for pair in where.support for end in pair]
    symbol = sympy.Symbol("lambda", positive=True)
    rational = all(isinstance(sympy.sympify(each), sympy.Rational) for each in numbers)
    if rational:
        floor = _floors(method, symbol, True)[1]
        slope = sympy.fraction(sympy.together(sympy.diff(floor, symbol)))[0]
        roots = sympy.Poly(slope, symbol).real_roots() if slope.has(symbol) else []
        candidates += [
            root
            for root in dict.fromkeys(roots)
            if any(low < root < high for low, high in where.support)
        ]
    else:
        for low, high in where.support:
            candidates += np.linspace(floating(low), floating(high), 400).tolist()
    found = [noise(method, each) for each in candidates]
    best = max(found, key=lambda each: float(each.jacobian_floor))
    return noise(method, best.eigenvalue, steps)


def noise_matrix(method: Method, eigenvalues: Iterable[Number], steps: int) -> np.ndarray:
    """Σ_s K_{t,s}[λ_i, λ_j]² at t = steps, shape (d, d): the weights of |∂H_ij|².

    Without commutation. The variance of coordinate i of the Jacobian's noise in H's eigenbasis is
    Σ_j of this matrix times |∂H_ij|², for noise of unit variance in every coordinate.
    """
    total = check_steps(as_method(method), steps)
    values = np.asarray([floating(each, "eigenvalues") for each in eigenvalues])
    transitions = list(islice(method.transitions(floating), total))
    d = len(values)
    result = np.zeros((d, d))
    for s in range(total):
        # the response at λ_j of the state, (n, d), and of its tangent along (λ_i, λ_j), (n, d, d)
        state = np.array(transitions[s].gain)[:, None] * np.ones(d)
        tangent = np.zeros((len(state), d, d))
        for step in transitions[s + 1 :]:
            query, mixing, gain = (np.array(part) for part in (step.query, step.mixing, step.gain))
            at = query @ state
            slope = values[:, None] * np.tensordot(query, tangent, 1) + at
            tangent = np.tensordot(mixing, tangent, 1) - gain[:, None, None] * slope
            state = mixing @ state - gain[:, None] * values * at
        result += np.tensordot(np.array(transitions[-1].output), tangent, 1) ** 2
    return result
