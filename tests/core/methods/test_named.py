"""Methods by their names, with options."""

from __future__ import annotations

from polyrates.core.methods.catalogue import NAMES
from polyrates.core.methods.named import build, parse_methods, split


def test_methods_by_name() -> None:
    assert split("large,heavy-ball:step=1,momentum=2,sobolev") == [
        "large", "heavy-ball:step=1,momentum=2", "sobolev"
    ]  # fmt: skip
    for name in NAMES:
        options = ":step=1/9" if name == "gradient-descent" else ""
        assert build(name + options, 0.5, 10.0).method.parameters
    two = parse_methods("chebyshev,chebyshev:L=20", 1.0, 10.0)
    assert two[0].label != two[1].label
    tuned = build("heavy-ball:momentum=1/2", 1.0, 10.0).method
    assert tuned.momentum == 0.5 and tuned.step == build("heavy-ball", 1.0, 10.0).method.step
