"""Methods by name, as a command line spells them: ``chebyshev``, ``heavy-ball:step=1/5``.

Numbers are parsed, never evaluated. A name without parameters is tuned to the spectrum [ℓ, L].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.ground.errors import meant, refuse_value
from polyrates.ground.numbers import Number, floating, parse

__all__ = ["DEFAULT_METHODS", "NAMES", "Entry", "NamedMethod", "build", "parse_methods"]


@dataclass(frozen=True)
class Entry:
    """One name: what it is called on a page and a plot, and how it is built.

    ``residual`` is the LaTeX of its residual polynomial, ``update`` that of its step.
    """

    key: str
    title: str
    label: str
    options: tuple[str, ...]
    update: str
    residual: str
    make: Callable[[Number, Number, Mapping[str, Number]], Method]


@dataclass(frozen=True, eq=False)
class NamedMethod:
    """A method with the name, the parameters and the title under which it was asked for."""

    entry: Entry
    method: Method
    title: str
    label: str
    parameters: tuple[tuple[str, Number], ...]
    spec: str


def _gradient_descent(ell: Number, L: Number, given: Mapping[str, Number]) -> Method:
    if "step" not in given:
        refuse_value(
            "method",
            "gradient-descent",
            "needs its step",
            "give the step, or take large, short or flat, which are tuned",
        )
    return GradientDescent(given["step"])


def _heavy_ball(ell: Number, L: Number, given: Mapping[str, Number]) -> Method:
    if not given:
        return HeavyBall.tuned(ell, L)
    h, m = _step_and_momentum(HeavyBall.tuned, ell, L, given)
    return HeavyBall(h, m, given.get("first_step"))


def _nesterov(ell: Number, L: Number, given: Mapping[str, Number]) -> Method:
    return Nesterov(*_step_and_momentum(Nesterov.tuned, ell, L, given))


def _step_and_momentum(
    tuned: Callable[[Number, Number], Any], ell: Number, L: Number, given: Mapping[str, Number]
) -> tuple[Number, Number]:
    """As given, else tuned; tuning asks for ell > 0, so it is done only where it is needed."""
    both = {"step", "momentum"} <= set(given)
    fallback = None if both else tuned(ell, L)
    step = given.get("step", getattr(fallback, "step", None))
    momentum = given.get("momentum", getattr(fallback, "momentum", None))
    assert step is not None and momentum is not None
    h, m = _together(step, momentum)
    return h, m


def _together(*values: Number) -> tuple[Number, ...]:
    if any(isinstance(value, float) for value in values):
        return tuple(floating(value) for value in values)
    return values


def _sobolev(ell: Number, L: Number, given: Mapping[str, Number]) -> Method:
    density = GegenbauerDensity(*_together(ell, L, given["alpha"]))
    eta = given["eta"]
    return Sobolev(density, floating(eta) if isinstance(density.ell, float) else eta)


def _harmonic(ell: Number, L: Number, given: Mapping[str, Number]) -> Method:
    low, high, eta = _together(ell, L, given["eta"])
    return HarmonicSobolev(low, high, eta, "residual/drift")


_GD_STEP = r"x_{t+1} = x_t - h\,\nabla f(x_t)"
_MOMENTUM_STEP = r"x_{t+1} = x_t + m_t (x_t - x_{t-1}) - h_t \nabla f(x_t)"

NAMES: Mapping[str, Entry] = {
    entry.key: entry
    for entry in (
        Entry(
            "large",
            "gradient descent, h = 2/(L+ℓ)",
            "GD  2/(L+ℓ)",
            (),
            _GD_STEP,
            r"P_t(\lambda) = \left(1 - \frac{2\lambda}{L+\ell}\right)^t",
            lambda ell, L, _: GradientDescent.large(ell, L),
        ),
        Entry(
            "short",
            "gradient descent, h = 1/L",
            "GD  1/L",
            (),
            _GD_STEP,
            r"P_t(\lambda) = \left(1 - \frac{\lambda}{L}\right)^t",
            lambda ell, L, _: GradientDescent.short(ell, L),
        ),
        Entry(
            "flat",
            "gradient descent, h = √2/L",
            "GD  √2/L",
            (),
            _GD_STEP,
            r"P_t(\lambda) = \left(1 - \frac{\sqrt{2}\,\lambda}{L}\right)^t",
            lambda ell, L, _: GradientDescent.flat(ell, L),
        ),
        Entry(
            "gradient-descent",
            "gradient descent",
            "GD",
            ("step",),
            _GD_STEP,
            r"P_t(\lambda) = (1 - h\lambda)^t",
            _gradient_descent,
        ),
        Entry(
            "heavy-ball",
            "heavy ball",
            "heavy ball",
            ("step", "momentum", "first_step"),
            r"x_{t+1} = x_t + m (x_t - x_{t-1}) - h\,\nabla f(x_t)",
            r"P_{t+1} = (1 + m - h\lambda) P_t - m P_{t-1}",
            _heavy_ball,
        ),
        Entry(
            "nesterov",
            "Nesterov",
            "Nesterov",
            ("step", "momentum"),
            r"x_{t+1} = y_t - h\,\nabla f(y_t),\quad y_t = x_t + m (x_t - x_{t-1})",
            r"P_{t+1} = (1 - h\lambda)\left((1+m) P_t - m P_{t-1}\right)",
            _nesterov,
        ),
        Entry(
            "chebyshev",
            "Chebyshev",
            "Chebyshev",
            (),
            _MOMENTUM_STEP,
            r"P_t(\lambda) = \frac{T_t(\sigma(\lambda))}{T_t(\sigma(0))}",
            lambda ell, L, _: Chebyshev(ell, L),
        ),
        Entry(
            "gegenbauer",
            "Gegenbauer",
            "Gegenbauer",
            ("alpha",),
            _MOMENTUM_STEP,
            r"P_t(\lambda) = \frac{C_t^{(\alpha)}(\sigma(\lambda))}{C_t^{(\alpha)}(\sigma(0))}",
            lambda ell, L, given: Gegenbauer(*_together(ell, L, given["alpha"])),
        ),
        Entry(
            "sobolev",
            "Sobolev",
            "Sobolev",
            ("eta", "alpha"),
            r"x_{t+1} = (1 - a_t) x_t + a_t z_t,\quad z_t \text{ a short recurrence}",
            r"P_t = \arg\min_{P(0)=1} \int P^2 d\mu + \eta \int P'^2 d\mu",
            _sobolev,
        ),
        Entry(
            "harmonic",
            "Sobolev, harmonic measure",
            "Sobolev, harmonic",
            ("eta",),
            r"x_{t+1} = (1 - a_t) x_t + a_t z_t,\quad z_t \text{ a short recurrence}",
            r"P_t = \arg\min_{P(0)=1} \int P^2 d\mu + \eta \int P'^2 d\mu",
            _harmonic,
        ),
    )
}

DEFAULT_METHODS = "large,short,flat,heavy-ball,nesterov,chebyshev,sobolev"
_HULL = ("ell", "L")


def build(
    spec: str, ell: Number, L: Number, defaults: Mapping[str, Number] | None = None
) -> NamedMethod:
    """The method that ``name`` or ``name:option=number,…`` stands for on [ℓ, L].

    Every name takes ``ell`` and ``L`` to be tuned for another interval. ``defaults`` holds what an
    option that was not given is (the Sobolev method's eta and alpha).
    """
    name, _, tail = spec.strip().partition(":")
    entry = NAMES.get(name)
    if entry is None:
        close = meant(name, NAMES, f"give one of {', '.join(NAMES)}")
        refuse_value("method", name, "is not the name of a method", close)
    given: dict[str, Number] = {}
    allowed = (*entry.options, *_HULL)
    for item in filter(None, (piece.strip() for piece in tail.split(","))):
        option, equals, value = item.partition("=")
        option = option.strip().replace("-", "_")
        if option not in allowed or not equals:
            refuse_value(
                "method",
                spec,
                f"{name} has no option {item!r}",
                f"it takes {', '.join(f'{each}=NUMBER' for each in allowed)}",
            )
        if option in given:
            refuse_value("method", spec, f"gives {option} twice")
        given[option] = parse(value, f"{name}:{option}")
    low, high = given.get("ell", ell), given.get("L", L)
    if isinstance(low, float) or isinstance(high, float):
        low, high = floating(low), floating(high)
    chosen = {option: value for option, value in given.items() if option not in _HULL}
    for option in entry.options:
        if option not in chosen and defaults and option in defaults:
            chosen[option] = defaults[option]
    for option, fallback in (("alpha", "1" if name == "gegenbauer" else "0"), ("eta", "1")):
        if option in entry.options and option not in chosen:
            chosen[option] = parse(fallback)
    method = entry.make(low, high, chosen)
    shown = ", ".join(f"{_symbol(option)} = {value}" for option, value in given.items())
    return NamedMethod(
        entry,
        method,
        f"{entry.title}, {shown}" if shown else entry.title,
        f"{entry.label} {shown}" if shown else entry.label,
        _parameters(method, entry),
        spec.strip(),
    )


def _symbol(option: str) -> str:
    return {"step": "h", "momentum": "m", "first_step": "h₀", "alpha": "α", "eta": "η"}.get(
        option, option
    )


def _parameters(method: Method, entry: Entry) -> tuple[tuple[str, Number], ...]:
    if isinstance(method, GradientDescent):
        return (("step", method.step),)
    if isinstance(method, HeavyBall):
        return (
            ("step", method.step),
            ("momentum", method.momentum),
            ("first_step", method.first_step),
        )
    if isinstance(method, Nesterov):
        return (("step", method.step), ("momentum", method.momentum))
    if isinstance(method, Gegenbauer):
        return (("ell", method.ell), ("L", method.L), ("alpha", method.alpha))
    if isinstance(method, Chebyshev):
        return (("ell", method.ell), ("L", method.L))
    if isinstance(method, Sobolev):
        density: Any = method.spectrum
        return (
            ("ell", density.ell),
            ("L", density.L),
            ("alpha", density.alpha),
            ("eta", method.eta),
        )
    if isinstance(method, HarmonicSobolev):
        return (("ell", method.ell), ("L", method.L), ("eta", method.eta))
    raise AssertionError(entry.key)


def split(text: str) -> list[str]:
    """Specs of a comma-separated list: a piece with "=" belongs to the spec before it."""
    specs: list[str] = []
    for piece in (part.strip() for part in text.split(",")):
        if specs and "=" in piece and ":" not in piece:
            specs[-1] += f",{piece}"
        elif piece:
            specs.append(piece)
    return specs


def parse_methods(
    text: str, ell: Number, L: Number, defaults: Mapping[str, Number] | None = None
) -> list[NamedMethod]:
    """``large,chebyshev,heavy-ball:step=1/5,momentum=1/2``: a comma between specs or options."""
    specs = split(text)
    if not specs:
        refuse_value("methods", text, "names no method", f"give for instance {DEFAULT_METHODS}")
    for i, spec in enumerate(specs):
        if spec in specs[:i]:
            refuse_value("methods", text, f"names {spec} twice", "name it once")
    return [build(spec, ell, L, defaults) for spec in specs]


def method_key(method: Any) -> str:
    """The key of a method's look, from its class."""
    name = type(method).__name__
    return {
        "GradientDescent": "gradient-descent",
        "HeavyBall": "heavy-ball",
        "Nesterov": "nesterov",
        "Chebyshev": "chebyshev",
        "Gegenbauer": "gegenbauer",
        "Sobolev": "sobolev",
    }.get(name, name.lower())
