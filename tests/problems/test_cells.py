"""Numbers as tables write them: one decimal sign a file, and what cannot be told is refused."""

from __future__ import annotations

import pytest

from polyrates.ground.errors import InvalidValue
from polyrates.problems.cells import decimal_sign, number_in


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.5", "2"], "."),
        (["1,5", "2"], ","),
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["1", "2"], "."),
        (["1.234.567"], ","),
    ],
)
def test_the_sign_is_what_all_cells_show(cells: list[str], sign: str) -> None:
    assert decimal_sign("data.csv", cells, ";") == sign


def test_two_signs_or_none_that_can_be_told_are_refused() -> None:
    for cells in (["1.5", "1,5"], ["1,234"]):
        with pytest.raises(InvalidValue):
            decimal_sign("data.csv", cells, ";")


def test_numbers_are_pythons_without_underscores() -> None:
    assert number_in("1e3") == 1000.0 and number_in("1_0") is None and number_in("a") is None
