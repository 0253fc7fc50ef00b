"""The page of the exceptions: each with its meaning, and a cell of the build that raises it.

An exception of the package without an example here stops the build.
"""

from __future__ import annotations

import inspect

import polyrates as pr

__all__ = ["EXAMPLES", "pages"]

EXAMPLES = {
    "InvalidValue": ("pr.Interval(2, 1)", "pr.Interval(1, 2)"),
    "InvalidType": ("pr.GradientDescent(True)", 'pr.GradientDescent("1/10")'),
    "InexactError": (
        "pr.residual_polynomial(pr.GradientDescent(0.1), 3)",
        'pr.residual_polynomial(pr.GradientDescent("0.1"), 3)',
    ),
    "HorizonError": (
        "pr.residual_polynomial(pr.Tabulated([1, 2]), 3)",
        "pr.residual_polynomial(pr.Tabulated([1, 2, 3]), 3)",
    ),
    "NotCommuting": (
        "pr.verify(pr.Chebyshev(1, 10), problem, 5, formula='commuting')",
        "pr.verify(pr.Chebyshev(1, 10), problem, 5).ok",
    ),
    "NoShortRecurrence": (
        "pr.Sobolev(pr.MarchenkoPastur(0.5), 1)",
        "pr.sobolev_optimal(pr.MarchenkoPastur(0.5), 4, 1).method.horizon",
    ),
    "NoClosedForm": (
        "pr.residual_polynomial(pr.Sobolev(pr.Uniform(1, 2), 1), pr.t)",
        "pr.residual_polynomial(pr.Sobolev(pr.Uniform(1, 2), 1), 2)",
    ),
    "Undecided": (
        "pr.rate(pr.GradientDescent(h), pr.Interval(1, 10)).initial.burn_in",
        'pr.rate(pr.GradientDescent("1/10"), pr.Interval(1, 10)).initial.burn_in',
    ),
    "NonFiniteError": (
        "pr.run(pr.GradientDescent(1e300), lambda x: 1e10 * x, np.ones(2), 5)",
        "pr.run(pr.GradientDescent(1e-10), lambda x: 1e10 * x, np.ones(2), 5)",
    ),
    "DerivationError": (
        "Equality(x, x + 1, 'a wrong step').check()",
        "Equality((x + 1) ** 2, x**2 + 2 * x + 1, 'expanded').check()",
    ),
}
"""Name to what raises it and the same, mended."""

_RAISING = """\
try:
    {}
except pr.{} as error:
    print(error)
else:
    raise AssertionError("nothing was raised")"""

_HEAD = """---
file_format: mystnb
kernelspec:
  name: python3
---

# Errors

Every refusal of an argument is the package's own. It names the argument, the value it had, what is
required of it, and the remedy; the four are attributes too (`argument`, `value`, `requirement`,
`remedy`). An error found on the way, as a wrong step of a derivation, says where and what. All of
them are a `PolyratesError`; a wrong value is also a `ValueError`, a wrong type also a `TypeError`.
Each example below was raised when this page was built, with these names:

```{code-cell} python

import numpy as np
import sympy

import polyrates as pr
from polyrates.symbolic.proofs.steps import Equality

h = sympy.Symbol("h", positive=True)
x = sympy.Symbol("x", real=True)
problem = pr.Quadratic.random(pr.Interval(1, 10), dim=4, seed=0, commuting=False)
```
"""


def _cell(code: str) -> str:
    return f"```{{code-cell}} python\n{code}\n```\n"


def pages() -> dict[str, str]:
    """``errors.md``."""
    names = [
        name
        for name in pr.__all__
        if isinstance(getattr(pr, name), type) and issubclass(getattr(pr, name), Exception)
    ]
    absent = [name for name in names if name not in EXAMPLES and name != "PolyratesError"]
    if absent:
        raise SystemExit(f"docs/making/errors.py: no example of {', '.join(absent)}")
    parts = [_HEAD]
    for name in names:
        if name == "PolyratesError":
            continue
        kind = getattr(pr, name)
        raising, mended = EXAMPLES[name]
        also = next(
            (base for base in ("ValueError", "TypeError") if issubclass(kind, eval(base))),
            "",
        )
        kin = f" Also a `{also}`." if also else ""
        meaning = f"{inspect.getdoc(kind)}{kin} API: {{py:obj}}`~polyrates.{name}`."
        parts.append(f"## {name}\n\n{meaning}\n\n{_cell(_RAISING.format(raising, name))}")
        parts.append(f"Mended:\n\n{_cell(mended)}")
    return {"errors.md": "\n".join(parts)}
