"""Methods by name, as a command line spells them: ``chebyshev``, ``heavy-ball:step=1/5``.

Numbers are parsed, never evaluated. A name without parameters is tuned to the spectrum [ℓ, L].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from polyrates.core.methods.catalogue import NAMES, Entry
from polyrates.core.recurrence import Method
from polyrates.ground.errors import meant, refuse_value
from polyrates.ground.numbers import Number, floating, parse

__all__ = ["DEFAULT_METHODS", "NamedMethod", "build", "help_on_methods", "parse_methods"]

DEFAULT_METHODS = "large,short,flat,heavy-ball,nesterov,chebyshev,sobolev"
_HULL = ("ell", "L")
_SHOWN = {"step": "h", "momentum": "m", "first_step": "h₀", "alpha": "α", "eta": "η"}
_LETTERS = {
    "step": "h",
    "momentum": "m",
    "first_step": "h_0",
    "alpha": r"\alpha",
    "beta": r"\beta",
    "eta": r"\eta",
    "ell": r"\ell",
    "L": "L",
}


def letter(parameter: str) -> str:
    """The LaTeX of a parameter's name."""
    word = parameter.replace("_", r"\_")
    return _LETTERS.get(parameter, parameter if len(parameter) == 1 else rf"\text{{{word}}}")


@dataclass(frozen=True, eq=False)
class NamedMethod:
    """A method with the name, the parameters and the title under which it was asked for."""

    entry: Entry
    method: Method
    title: str
    label: str
    spec: str

    @property
    def parameters(self) -> tuple[tuple[str, Number], ...]:
        """The method's own, with their names."""
        return self.method.named_parameters


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
        if option not in chosen and option in entry.defaults:
            chosen[option] = parse(entry.defaults[option])
    shown = ", ".join(f"{_SHOWN.get(option, option)} = {value}" for option, value in given.items())
    return NamedMethod(
        entry,
        entry.make(low, high, chosen),
        f"{entry.title}, {shown}" if shown else entry.title,
        f"{entry.label} {shown}" if shown else entry.label,
        spec.strip(),
    )


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


def help_on_methods() -> str:
    """Every name and what it takes, for the help of a command."""
    lines = ["methods (tuned to the spectrum unless options are given)"]
    for key, entry in NAMES.items():
        first, *rest = (entry.about or ", ".join(entry.options) or entry.title).split("\n")
        lines += [f"  {key:<18} {first}", *(" " * 21 + line for line in rest)]
    return "\n".join([*lines, "Each also takes ell and L, to be tuned for another interval.", ""])
