"""The worst case of ``polyrates rate`` with two sizes: a column, a key, a section."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from polyrates.analysis.rate import Rate
from polyrates.ground.digits import exact_text
from polyrates.ground.numbers import Number, is_exact
from polyrates.ground.precision import ball_bits
from polyrates.symbolic.theorems.balls import ball, float_enclosure

__all__ = ["JointColumn", "joint_column"]

_SYMBOLS = {
    "initial": r"\|E\|",
    "residual": r"\|E\|",
    "cross": r"\|G\|",
    "drift": r"\|D\|",
    "hessian": r"\|\partial H\|_F \|x_0 - x_\star\|",
}
_LONG = 60  # characters of an exact number that a page can bear


@dataclass(frozen=True)
class JointColumn:
    """t ↦ the worst case of a rate over all starts of two sizes, at some t.

    Attributes
    ----------
    sizes : mapping
        The arguments of :func:`polyrates.analysis.worst_case.worst_case`.
    values : mapping of int to number
        Exact where recognized, else floats that are upper bounds.
    """

    sizes: Mapping[str, Number]
    values: Mapping[int, Number]

    @property
    def status(self) -> str:
        """How the values are known: "proved" where all are exact, else "certified"."""
        return "proved" if all(map(is_exact, self.values.values())) else "certified"

    @property
    def floats(self) -> dict[int, float]:
        """Upper bounds."""
        return {t: _above(value) for t, value in self.values.items()}

    @property
    def last(self) -> tuple[int, str | None]:
        """The last t, and the exact value there where it is known."""
        t = max(self.values)
        return t, exact_text(self.values[t]) if is_exact(self.values[t]) else None

    @property
    def words(self) -> list[str]:
        """The lines below the table."""
        given = ", ".join(f"{name} {exact_text(value)}" for name, value in self.sizes.items())
        t, exact = self.last
        lines = [f"worst case for {given}"]
        if exact is not None and "/" in exact and len(exact) <= _LONG:
            lines.append(f"worst case at t = {t}, exactly: {exact}")
        return lines

    @property
    def json(self) -> dict[str, object]:
        """Sizes, status, upper bounds as floats, and the exact value at the last step."""
        return {
            "sizes": {name: exact_text(value) for name, value in self.sizes.items()},
            "status": self.status,
            "curve": list(self.floats.values()),
            "exact_at_last_step": self.last[1],
        }

    @property
    def section(self) -> list[str]:
        """LaTeX: what it is the worst of, and its exact value at the last step."""
        from polyrates.ground.typeset import latex

        bounds = r",\quad ".join(
            rf"{_SYMBOLS[name]} \le {latex(value)}" for name, value in self.sizes.items()
        )
        lines = [rf"\section*{{The worst case: {self.status}}}"]
        if "hessian" in self.sizes:
            lines.append(
                r"No error is larger, whether or not $H$ and $\partial H$ commute, where the "
                r"spectrum of $H$ lies in the set above and"
            )
        else:
            lines.append(
                r"The largest error over all commuting $H$ and $\partial H$ with the spectrum of "
                r"$H$ in the set above, and over all starts, where "
                r"$D = \partial H (x_0 - x_\star)$, $G = D + H E$ and"
            )
        lines.append(rf"\[ {bounds} . \]")
        t, exact = self.last
        if exact is not None and len(exact) <= _LONG:
            lines.append(rf"At $t = {t}$ it is exactly ${latex(self.values[t])}$.")
        return lines


def joint_column(
    rate: Rate,
    where: Iterable[int],
    sizes: Mapping[str, Number] | None,
    progress: Callable[[str], None],
) -> JointColumn | None:
    """The worst case at every t of ``where``; None without sizes."""
    if not sizes:
        return None
    values = {}
    for t in where:
        progress(f"worst case, t = {t}")
        values[t] = rate.worst_case(t, **sizes)
    return JointColumn(sizes, values)


def _above(value: Number) -> float:
    """A float that is not below a number ≥ 0."""
    if isinstance(value, float):
        return value
    for bits in (128, 1024, 8192):
        with ball_bits(bits):
            around = ball(value)
            if around.rel_accuracy_bits() >= 60 or around.is_exact():
                break
    with ball_bits(128):
        return float_enclosure(around)[1]
