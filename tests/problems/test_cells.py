"""Numbers as tables write them: one decimal sign a file, and what cannot be told is refused."""

from __future__ import annotations

import pytest

from polyrates.ground.errors import InvalidValue
from polyrates.problems.cells import Bad, decimal_sign, number_in, read_cell, two_words


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


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(InvalidValue, match="may be"):
        decimal_sign("data.csv", ["1,234"], ";")
    assert decimal_sign("data.csv", ["1.5", "1,5"], ";") == "."  # then the other is no number
    assert isinstance(read_cell("1,5", "a", 3, "."), Bad)


@pytest.mark.parametrize(
    ("cell", "sign", "value"),
    [
        (" 1 234,5", ",", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("-1'000.25", ".", -1000.25),
        ("3", ",", 3),
    ],
)
def test_cells_are_read(cell: str, sign: str, value: float) -> None:
    assert read_cell(cell, "a", 1, sign) == value


@pytest.mark.parametrize("cell", ["", "NA", "nan", "blue", "inf", "1e999", "1_0", "1,2,3"])
def test_what_is_no_number_says_where(cell: str) -> None:
    found = read_cell(cell, "a", 3, ".")
    assert isinstance(found, Bad) and "column 'a', line 3" in found.text


def test_two_words_are_a_target() -> None:
    assert two_words("y", ["no", "Yes", "no"]) == ([0.0, 1.0, 0.0], "y: 'Yes' is 1, 'no' is 0")
    assert two_words("y", ["a", "b", "c"]) is None and two_words("y", ["a", ""]) is None


def test_numbers_are_pythons_without_underscores() -> None:
    assert number_in("1e3") == 1000.0 and number_in("1_0") is None and number_in("a") is None
