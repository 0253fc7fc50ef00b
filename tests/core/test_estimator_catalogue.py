"""Every estimator with a name is made of it, and no name is taken twice."""

from __future__ import annotations

import pytest

import polyrates as pr
from polyrates.core.estimator_catalogue import ESTIMATORS, EstimatorEntry, register_estimator
from polyrates.ground.errors import InvalidValue


def test_every_entry_makes_what_it_says() -> None:
    for key, entry in ESTIMATORS.items():
        made = entry.make(3) if entry.argument else entry.make()
        assert isinstance(made, pr.Estimator) and entry.key == key
    kinds = (("unrolled", pr.Unrolled()), ("one-step", pr.OneStep()), ("implicit", pr.Implicit()))
    for key, known in kinds:
        assert ESTIMATORS[key].make() == known
    assert ESTIMATORS["truncated"].make(3) == pr.Truncated(3)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(InvalidValue, match="already"):
        register_estimator(EstimatorEntry("unrolled", pr.OneStep))
    assert type(ESTIMATORS["unrolled"].make()) is pr.Unrolled
