"""Residual and error polynomials in closed form in t.

A stationary method repeats s⁺ = Ms, M = A − λ b cᵀ, so its outputs x_t = P_t(λ) solve a linear
recurrence with the characteristic polynomial of M; it is solved here, not looked up, so a user's
own stationary method has a closed form too. With one point P_t is geometric. With two, let
τ = tr M, d = det M = r², σ = τ/(2r); then

    P_t = r^t (U_t(σ) + ((P_1 − τ)/r) U_{t−1}(σ)),

and where P_1 − τ = −½βτ with a constant β, by σU_{t−1} = U_t − T_t,
P_t = r^t (βT_t + (1 − β)U_t)(σ).
Both T and U enter as r^t T_t(τ/(2r)), polynomials in τ and d: the form holds whether the roots
σ ± √(σ² − 1) are real, equal or complex, whatever the sign of d, and in the limit d → 0. With three
points or more P_t is a sum over the roots of the characteristic polynomial, and has no drift here.

Chebyshev and Gegenbauer methods are T_t(σ)/T_t(c) and C_t^α(σ)/C_t^α(c) with
σ = (L + ℓ − 2λ)/(L − ℓ), c = (L + ℓ)/(L − ℓ) (DLMF 18.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from polyrates.core.carriers import InverseCarrier
from polyrates.core.estimators import Estimator, Implicit, Truncated, Unrolled
from polyrates.core.methods.classical import Chebyshev, Gegenbauer, GradientDescent
from polyrates.core.recurrence import Method, Stationary, final, is_stationary
from polyrates.core.transition import Transition
from polyrates.ground.errors import NoClosedForm, described, refuse_value
from polyrates.ground.numbers import Number, exact, is_symbolic, lam
from polyrates.ground.typeset import latex
from polyrates.symbolic.at_step import is_classical, polynomial_at
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.radicals import root_of, tidy
from polyrates.symbolic.proofs.steps import Equality, Step
from polyrates.symbolic.ring import ring_of

__all__ = ["closed_form_derivation", "error_closed_forms", "residual_closed_form"]

_T, _U = sympy.chebyshevt, sympy.chebyshevu


def residual_closed_form(method: Method, t: sympy.Symbol) -> sympy.Expr:
    """P_t(λ) as an expression in λ and a symbol t; an integer t ≥ 0 put in gives the polynomial.

    Raises
    ------
    NoClosedForm
        For methods that are neither stationary nor classical, or have a fixed horizon.
    """
    ring_of(method)  # refuses floats
    if isinstance(method, (Chebyshev, Gegenbauer)) and is_classical(method):
        return _classical(method, t)
    if isinstance(method, Stationary) and is_stationary(method):
        return _Solved.of(method).form(t)
    raise NoClosedForm(
        "method",
        method.name,
        "no closed form in t is known for it: its steps change with t",
        "give an integer t",
    )


def error_closed_forms(
    method: Method, t: sympy.Symbol, estimator: Estimator
) -> tuple[sympy.Expr, sympy.Expr]:
    """(R, C) in λ and a symbol t.

    Unrolled and implicit for every method with a closed form; truncated for gradient descent, where
    (R, C) = (P_{t−s}, P_{t−s}′P_s).
    """
    residual = residual_closed_form(method, t)
    if type(estimator) is Unrolled:
        return residual, derivative(residual)
    if type(estimator) is Implicit:
        damping = sympy.sympify(estimator.damping)
        if estimator.inner is None:
            return damping / (lam + damping), -residual / (lam + damping)
        if estimator.preconditioner is not None:
            refuse_value("t", t, "a preconditioned pair has no form in t", "give an integer")
        if damping:
            ring = ring_of(estimator.inner, numbers=(damping,))
            last = final(estimator.inner, InverseCarrier(ring, damping), estimator.inner_steps or 0)
            undone = ring.poly(last).as_expr()  # W
            return 1 + lam * undone, residual * undone
        inner = polynomial_at(estimator.inner, estimator.inner_steps)
        solved = (inner - 1).exquo(sympy.Poly(lam, lam, domain=inner.get_domain()))
        return inner.as_expr(), residual * solved.as_expr()
    if type(estimator) is Truncated and type(method) is GradientDescent:
        return _truncated(method, t, estimator)
    raise NoClosedForm(
        "estimator",
        estimator.name,
        f"no closed form in t is known for it along {method.name}",
        "give an integer t, or pr.Unrolled() or pr.Implicit()",
    )


def _truncated(
    method: GradientDescent, t: sympy.Symbol, estimator: Truncated
) -> tuple[sympy.Expr, sympy.Expr]:
    factor = 1 - method.step * lam
    h = method.step
    whole = factor**t, -h * t * factor ** (t - 1)
    if estimator.last is not None:
        k = estimator.last
        late = factor**k, -h * k * factor ** (t - 1) if k else sympy.Integer(0)
        pairs = zip(whole, late, strict=True)
        residual, drift = (sympy.Piecewise((a, t <= k), (b, True)) for a, b in pairs)
        return residual, drift
    s = estimator.start or 0
    if s == 0:
        return whole
    late = factor ** (t - s), -h * (t - s) * factor ** (t - 1)
    residual, drift = (
        sympy.Piecewise((before, t <= s), (after, True))
        for before, after in zip((sympy.Integer(1), sympy.Integer(0)), late, strict=True)
    )
    return residual, drift


def derivative(expression: sympy.Expr) -> sympy.Expr:
    """∂/∂λ with U_n′ = 2C_{n−1}^{(2)}, which has no division by σ² − 1 as sympy's own rule has."""

    class SecondKind(sympy.Function):  # type: ignore[misc]
        """U_n(x), for the differentiation only."""

        def fdiff(self, argindex: int = 2) -> sympy.Expr:
            n, x = self.args
            return 2 * sympy.gegenbauer(n - 1, 2, x)

    if isinstance(expression, sympy.Piecewise):
        return sympy.Piecewise(*((derivative(e), condition) for e, condition in expression.args))
    if isinstance(expression, sympy.RootSum):
        raise NoClosedForm(
            "method",
            described("a state of three points or more"),
            "the derivative of a sum over roots that move with λ is not kept in closed form",
            "give an integer t",
        )
    guarded = expression.replace(_U, SecondKind)
    return sympy.diff(guarded, lam).replace(SecondKind, _U)


def _classical(method: Chebyshev | Gegenbauer, t: sympy.Symbol) -> sympy.Expr:
    ell, L = method.ell, method.L
    sigma = tidy((L + ell - 2 * lam) / (L - ell))
    center = tidy((L + ell) / (L - ell))
    alpha = method.alpha if isinstance(method, Gegenbauer) else sympy.Integer(0)
    if alpha == 0:
        return _T(t, sigma) / _T(t, center)
    return sympy.gegenbauer(t, alpha, sigma) / sympy.gegenbauer(t, alpha, center)


@dataclass(frozen=True)
class _Solved:
    """A stationary method's outputs, solved: the first two, and what the repeated step does."""

    first: sympy.Expr  # P_1
    trace: sympy.Expr  # τ, or the only entry of M
    determinant: sympy.Expr  # d
    size: int
    start: tuple[sympy.Expr, ...]  # the state after the first step
    matrix: sympy.Matrix
    output: tuple[sympy.Expr, ...]

    @classmethod
    def of(cls, method: Stationary) -> _Solved:
        repeated = method.transition(lambda value: value)
        matrix = _matrix(repeated)
        size = matrix.shape[0]
        ones = sympy.ones(size, 1)
        start = (_matrix(method.first_transition(lambda value: value)) * ones).applyfunc(
            sympy.expand
        )
        output = sympy.Matrix([[sympy.sympify(o) for o in repeated.output]])
        first = sympy.expand((output * start)[0])
        trace, determinant = sympy.expand(matrix.trace()), sympy.expand(matrix.det())
        return cls(first, trace, determinant, size, tuple(start), matrix, tuple(output))

    @property
    def second(self) -> sympy.Expr:
        """P_2."""
        state = self.matrix * sympy.Matrix(self.start)
        return sympy.expand((sympy.Matrix([list(self.output)]) * state)[0])

    @property
    def scale(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(r, σ) with r² = d and 2rσ = τ; a λ in d is kept under one root only."""
        d, trace = self.determinant, self.trace
        if not d.has(lam):
            r = root_of(d)
            return r, tidy(trace / (2 * r))
        ratio = tidy(2 * d / trace)
        if not ratio.has(lam):  # Nesterov: τ² = 4dσ² with d = (ratio·σ)²
            sigma = sympy.sqrt(tidy(trace**2 / (4 * d)))
            return ratio * sigma, sigma
        r = sympy.sqrt(d)
        return r, trace / (2 * r)

    @property
    def first_kind(self) -> sympy.Expr | None:
        """β with P_1 − τ = −½βτ, where it is free of λ."""
        ratio = tidy(2 * (self.trace - self.first) / self.trace)
        return None if ratio.has(lam) else ratio

    def form(self, t: sympy.Expr) -> sympy.Expr:
        if self.size == 1:
            m = self.trace
            if sympy.expand(self.first - m) == 0:
                return m**t
            return sympy.Piecewise((1, sympy.Eq(t, 0)), (self.first * m ** (t - 1), True))
        if self.size == 2:
            return self._of_two(t)
        return self._of_many(t)

    def _of_two(self, t: sympy.Expr) -> sympy.Expr:
        if self.determinant == 0:
            if sympy.expand(self.first - self.trace) == 0:
                return self.trace**t
            return sympy.Piecewise((1, sympy.Eq(t, 0)), (self.first * self.trace ** (t - 1), True))
        if tidy(sympy.expand(self.second - self.trace * self.first + self.determinant)) != 0:
            # the first step leaves the recurrence: it starts from P_1, P_2
            r, sigma = self.scale
            rest = self._start(t - 1, r, sigma, self.first, self.second)
            return sympy.Piecewise((1, sympy.Eq(t, 0)), (rest, True))
        r, sigma = self.scale
        beta = self.first_kind
        if beta is None:
            return self._start(t, r, sigma, sympy.Integer(1), self.first)
        if beta == 0:
            return r**t * _U(t, sigma)
        return r**t * (beta * _T(t, sigma) + tidy(1 - beta) * _U(t, sigma))

    def _start(
        self, t: sympy.Expr, r: sympy.Expr, sigma: sympy.Expr, zeroth: sympy.Expr, first: sympy.Expr
    ) -> sympy.Expr:
        """The solution with two given values: zeroth U_t + ((first − τ zeroth)/r) U_{t−1}."""
        rest = tidy(sympy.expand(first - self.trace * zeroth) / r)
        return r**t * (zeroth * _U(t, sigma) + rest * _U(t - 1, sigma))

    def _of_many(self, t: sympy.Expr) -> sympy.Expr:
        z = sympy.Dummy("z")
        identity = sympy.eye(self.size)
        shifted = z * identity - self.matrix
        characteristic = sympy.Poly(sympy.expand(shifted.det(method="berkowitz")), z)
        if sympy.discriminant(characteristic, z) == 0:
            raise NoClosedForm(
                "method",
                described(f"a state of {self.size} points"),
                "its characteristic polynomial has a double root at every eigenvalue",
                "give an integer t",
            )
        row, state = sympy.Matrix([list(self.output)]), sympy.Matrix(self.start)
        residue = (row * shifted.adjugate() * state)[0] / characteristic.as_expr().diff(z)
        # x_t = Σ over the roots of z^{t−1} residue, for t ≥ 1
        total = sympy.RootSum(characteristic, sympy.Lambda(z, z ** (t - 1) * residue), auto=False)
        return sympy.Piecewise((1, sympy.Eq(t, 0)), (total, True))


def _matrix(step: Transition[Number]) -> sympy.Matrix:
    """A − λ b cᵀ."""
    mixing = sympy.Matrix([[exact(entry) for entry in row] for row in step.mixing])
    gain = sympy.Matrix([exact(entry) for entry in step.gain])
    query = sympy.Matrix([[exact(entry) for entry in step.query]])
    return (mixing - lam * gain * query).applyfunc(sympy.expand)


def closed_form_derivation(method: Method, t: sympy.Symbol | None = None) -> Derivation:
    """That the closed form is right: its first values, and that it solves the recurrence."""
    time = sympy.Symbol("t", integer=True, nonnegative=True) if t is None else t
    form = residual_closed_form(method, time)
    steps: list[Step] = [
        Equality(
            tidy(sympy.expand(form.subs(time, k).doit())),
            polynomial_at(method, k).as_expr(),
            f"the closed form at $t = {k}$ is what {k} step{'s' * (k != 1)} of the method give",
            computed=True,
        )
        for k in range(3)
    ]
    if isinstance(method, (Chebyshev, Gegenbauer)) and is_classical(method):
        steps += _classical_steps(method, time)
    elif isinstance(method, Stationary):
        solved = _Solved.of(method)
        if solved.size == 2 and solved.determinant != 0:
            steps += _two_point_steps(solved, time)
        elif solved.size <= 2:
            steps.append(
                Equality(
                    solved.trace ** (time + 1),
                    solved.trace * solved.trace**time,
                    "a geometric sequence from the first step on",
                )
            )
        else:
            z = sympy.Symbol("z")
            p = sympy.expand((z * sympy.eye(solved.size) - solved.matrix).det(method="berkowitz"))
            powers = sympy.zeros(solved.size)
            for k, coefficient in enumerate(reversed(sympy.Poly(p, z).all_coeffs())):
                powers += coefficient * solved.matrix**k
            entries = [abs(sympy.expand(entry)) for entry in powers]
            steps.append(
                Equality(
                    sympy.Add(*entries),
                    0,
                    "every output solves the recurrence of the characteristic polynomial "
                    "(Cayley and Hamilton)",
                    computed=True,
                )
            )
    return argued(
        f"{method.name.capitalize() if method.name[0].islower() else method.name}, closed form",
        (rf"P_{{t}} = {latex(form)}",),
        (),
        tuple(steps),
        ("dlmf",),
    )


def _two_point_steps(solved: _Solved, t: sympy.Symbol) -> list[Step]:
    r, sigma = sympy.Symbol("r", positive=True), sympy.Symbol("sigma", real=True)
    scale, place = solved.scale
    a, b = sympy.symbols("a b")

    def general(n: sympy.Expr) -> sympy.Expr:
        return r**n * (a * _U(n, sigma) + b * _U(n - 1, sigma))

    return [
        Equality(r**2, solved.determinant, r"$r^{2} = \det M$", where=((r, scale),)),
        Equality(
            2 * r * sigma,
            solved.trace,
            r"$2 r \sigma = \mathrm{tr}\, M$",
            where=((r, scale), (sigma, place)),
        ),
        Equality(
            general(t + 1),
            2 * r * sigma * general(t) - r**2 * general(t - 1),
            r"$P_{t+1} = \mathrm{tr} M \, P_{t} - \det M \, P_{t-1}$ (Cayley and Hamilton), for "
            "all $a$, $b$",
        ),
        Equality(
            _T(t, sigma),
            _U(t, sigma) - sigma * _U(t - 1, sigma),
            r"so $T_{t}$ is such a combination",
        ),
    ]


def _classical_steps(method: Chebyshev | Gegenbauer, t: sympy.Symbol) -> list[Step]:
    from polyrates.symbolic.proofs.steps import Range

    x = sympy.Symbol("x", real=True)
    if isinstance(method, Chebyshev) or method.alpha == 0:
        return [
            Equality(_T(t + 1, x), 2 * x * _T(t, x) - _T(t - 1, x), "the three-term recurrence")
        ]
    n, a = sympy.Symbol("n", integer=True, positive=True), method.alpha
    G = sympy.gegenbauer
    over: tuple[Range, ...] = (Range(n, 1, integer=True), Range(x, -1, 1))
    if is_symbolic(a):
        generic = sympy.Symbol("alpha", positive=True)
        over = (*over, Range(generic, sympy.Rational(1, 8), 4))
        a = generic
    return [
        Equality(
            (n + 1) * G(n + 1, a, x),
            2 * (n + a) * x * G(n, a, x) - (n + 2 * a - 1) * G(n - 1, a, x),
            "the three-term recurrence",
            over=over,
        )
    ]
