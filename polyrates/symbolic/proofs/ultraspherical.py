r"""Gegenbauer's polynomials, 1 at x = 1, by their recurrence alone.

    y_0 = 1,   y_1 = x,   (n + 2α) y_{n+1} = 2(n + α) x y_n − n y_{n−1},

y_n = C_n^{(α)}(x)/C_n^{(α)}(1) for α > 0. Derivatives in x obey the recurrence differentiated.
Nothing else is built in: what a proof says of y_n it shows from these lines, such as that it is a
finite hypergeometric sum (:class:`Series`).
"""

from __future__ import annotations

from itertools import product

import sympy
from sympy.printing.latex import LatexPrinter

__all__ = ["Ultraspherical", "fewest"]


class Ultraspherical(sympy.Function):  # type: ignore[misc]
    """Ultraspherical(n, α, x, k): the k-th derivative of y_n at x; n ≥ 0, α > 0."""

    nargs = 4

    @classmethod
    def eval(
        cls, n: sympy.Expr, alpha: sympy.Expr, x: sympy.Expr, k: sympy.Expr
    ) -> sympy.Expr | None:
        """A polynomial, where n is an integer."""
        if not k.is_Integer or k.is_negative:
            raise ValueError("the order of a derivative is an integer, 0 or more")
        if not n.is_Integer or n.is_negative:
            return None
        if n <= 1:
            known = ((sympy.S.One, sympy.S.Zero), (x, sympy.S.One))[int(n)]
            return known[int(k)] if k < 2 else sympy.S.Zero
        return sympy.expand(_next(n - 1, alpha, x, k))

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """The next derivative in x."""
        n, alpha, x, k = self.args
        if argindex != 3:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return Ultraspherical(n, alpha, x, k + 1)

    def _eval_is_real(self) -> bool | None:
        return True if all(each.is_real for each in self.args) else None

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        n, _, x, k = self.args
        power = "" if exp is None else f"^{{{exp}}}"
        marks = "'" * int(k)
        return rf"y_{{{printer._print(n)}}}{marks}\left({printer._print(x)}\right){power}"


def _next(n: sympy.Expr, alpha: sympy.Expr, x: sympy.Expr, k: int) -> sympy.Expr:
    """The k-th derivative of y_{n+1} from those of y_n and y_{n−1}."""
    y = Ultraspherical
    before = x * y(n, alpha, x, k) + (k * y(n, alpha, x, k - 1) if k else 0)
    return (2 * (n + alpha) * before - n * y(n - 1, alpha, x, k)) / (n + 2 * alpha)


def fewest(expression: sympy.Expr) -> sympy.Expr:
    """The same by the recurrence, with two neighbours among the indices that differ by integers.

    The lower one must be known to be ≥ 0; else nothing is replaced. What is left are symbols.
    """
    atoms = expression.atoms(Ultraspherical)
    lowest: dict[tuple[sympy.Expr, ...], sympy.Expr] = {}
    for atom in atoms:
        n, alpha, x, _ = atom.args
        shift, rest = n.as_coeff_Add()
        key = (rest, alpha, x)
        lowest[key] = min(shift, lowest.get(key, shift))
    images: dict[sympy.Expr, sympy.Expr] = {each: sympy.Dummy("y", real=True) for each in atoms}
    for rest, alpha, x in lowest:
        m = rest + lowest[rest, alpha, x]
        if not m.is_integer or not m.is_nonnegative:
            continue
        shifts = {atom: atom.args[0] - m for atom in atoms if atom.args[1:3] == (alpha, x)}
        mine = [atom for atom, shift in shifts.items() if shift.is_Integer]
        top = max(int(atom.args[0] - m) for atom in mine)
        orders = range(max(int(atom.args[3]) for atom in mine) + 1)
        for i, k in product(range(top + 1), orders):
            own = Ultraspherical(m + i, alpha, x, k)
            if i < 2:
                images[own] = sympy.Dummy(f"y{i}{k}", real=True)
            else:
                images[own] = _next(m + i - 1, alpha, x, k).xreplace(images)
    return expression.xreplace(images)
