"""A terminating hypergeometric sum that obeys a recurrence, coefficient by coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from polyrates.symbolic.proofs.certificates import Range, nonnegative
from polyrates.symbolic.proofs.steps import INDUCTION, Checked, Step
from polyrates.symbolic.proofs.vanishing import vanishes

__all__ = ["Series"]


@dataclass(frozen=True)
class Series(Step):
    """left = right = pFq(−n, …; …; u), a sum over k = 0, …, n, for every integer ``index`` n ≥ 0.

    It is so at n = 0 and n = 1, and both sides obey one recurrence
    f_{n+2} = ``multipliers``[1] f_{n+1} + ``multipliers``[0] f_n: left as a symbolic zero, right in
    the coefficient of every power of u = ``variable``, which ``place`` writes the argument of left
    with. The multipliers are polynomials in u, the parameters are linear in n.
    """

    index: sympy.Symbol | None = None
    variable: sympy.Symbol | None = None
    place: tuple[tuple[sympy.Symbol, sympy.Expr], ...] = ()
    multipliers: tuple[sympy.Expr, ...] = ()
    over: tuple[Range, ...] = ()

    @property
    def kind(self) -> str:
        """Induction."""
        return INDUCTION

    def check(self) -> Checked:
        """The first values, and the recurrence of both sides."""
        n, u = self.index, self.variable
        left, right = self.left.subs(dict(self.place)), self.right.subs(dict(self.place))
        if n is None or u is None or not isinstance(right, sympy.hyper) or len(right.args) != 3:
            raise self._fail("it needs an index, a variable, and a hypergeometric sum")
        if right.args[2] != u or not (n.is_integer and n.is_nonnegative) or -n not in right.ap:
            raise self._fail("the sum must be one in the variable, and end at the index")
        for first in (0, 1):
            total = sympy.Add(*(self._term(right, first, k) * u**k for k in range(first + 1)))
            if not vanishes(left.subs(n, first) - total):
                raise self._fail(f"it fails at {n} = {first}")
        steps = [left.subs(n, n + i) for i in range(3)]
        if not vanishes(steps[2] - self.multipliers[1] * steps[1] - self.multipliers[0] * steps[0]):
            raise self._fail("the left side does not obey the recurrence")
        k = sympy.Dummy("k", integer=True, nonnegative=True)
        rest = sympy.S.One  # over the coefficient of u^k at n + 2
        for i, multiplier in enumerate(self.multipliers):
            for (power,), weight in sympy.Poly(multiplier, u).terms():
                rest -= weight * self._ratio(right, i, power, k)
        if sympy.cancel(sympy.together(rest)) != 0:
            raise self._fail("the right side does not obey the recurrence")
        return Checked(INDUCTION, "two first values, and one recurrence of both sides")

    def _term(self, series: sympy.hyper, first: int, k: int) -> sympy.Expr:
        """The coefficient of u^k at an integer index."""
        above = sympy.Mul(*(sympy.rf(p, k) for p in series.ap))
        below = sympy.Mul(*(sympy.rf(p, k) for p in series.bq)) * sympy.factorial(k)
        return (above / below).subs(self.index, first)

    def _ratio(self, series: sympy.hyper, shift: int, power: int, k: sympy.Symbol) -> sympy.Expr:
        """The coefficient of u^{k − power} at n + shift over that of u^k at n + 2.

        It must be finite for k ≤ n + 2, and 0 where the coefficient is: its denominator is ≥ 0.
        """
        n, value = self.index, sympy.S.One
        assert n is not None
        for p in series.ap:
            top = p.subs(n, n + 2)
            below = sympy.expand(top - p.subs(n, n + shift))
            steps = range(1, int(abs(below)) + 1)
            if below >= 0:  # (q)_k over (q + below)_k
                value *= sympy.Mul(*((top - i) / (top - i + k) for i in steps))
            else:
                value *= sympy.Mul(*((top + k + i - 1) / (top + i - 1) for i in steps))
        for i in range(1, power + 1):
            value *= sympy.Mul(*(q + k - i for q in series.bq), k - i + 1)
            value /= sympy.Mul(*(p.subs(n, n + shift) + k - i for p in series.ap))
        value = sympy.cancel(value)
        bottom = sympy.fraction(sympy.factor(value))[1]
        if nonnegative(bottom, self.over) is None and nonnegative(-bottom, self.over) is None:
            raise self._fail(f"the coefficients have no finite ratio: {bottom}")
        return value
