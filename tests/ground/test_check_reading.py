"""A certificate's text says one thing, and it is what was saved."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

import polyrates as pr
from polyrates.ground import check
from polyrates.ground.check_reading import (
    LARGEST_FILE,
    Refused,
    digest,
    fields,
    integer,
    number,
    several,
)

POINTS = pr.Union([(2, 2), (5, 5), (9, 9)])


A_VALUE = pr.minimax_optimal(POINTS, 3, initial=1, cross=1).certificate


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b"null", b"\xff", b'{"sha256": "0"}', b"[" * 100_000,
        b'{"kind": "minimax", "kind": "minimax"}', b'{"kind": 1}', b'{"kind": NaN}',
        b'{"kind": 1e400}', b'{"a": Infinity}', b'"text"', b" " * (LARGEST_FILE + 1),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_certificate_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        check.check(raw)


def test_the_digest_is_of_the_content() -> None:
    content = json.loads(A_VALUE.text)
    claimed = content.pop("sha256")
    assert claimed == digest(content) == digest(dict(reversed(content.items())))
    loose = json.dumps({"sha256": claimed, **content}, indent=3)
    assert check.check(loose.encode()) == check.check(A_VALUE.text.encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)), ("-0", Fraction(0)), ("17", Fraction(17)), ("-3/7", Fraction(-3, 7)),
        ("0.125", Fraction(1, 8)), ("2.50e-3", Fraction(1, 400)), ("-1e3", Fraction(-1000)),
        ("12/34", Fraction(6, 17)),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly(text: str, value: Fraction) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "+1", "01", "1.", ".5", "1/0", "1/02", "1/-2", "1e+3", "1E3", "0x1", "1 ", "1_000",
        "inf", "1.5/2", "1e10000", "\u0661", "1\n", 1, 1.0, None,
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_no_number(text: object) -> None:
    with pytest.raises(Refused, match="number"):
        number(text)


def test_an_integer_of_any_length_is_read_digit_by_digit() -> None:
    """Past the 4,300 digits that int() takes: against powers of ten and of two."""
    assert integer("1" + "0" * 9000) == 10**9000
    assert integer("-" + "9" * 8001) == 1 - 10**8001
    assert [integer(text) for text in ("0", "7", "-40")] == [0, 7, -40]
    for text in ("-0", "00", "1.0", "1/1", "1e1", "1" * 100_001, "", 3):
        with pytest.raises(Refused, match="integer"):
            integer(text)


def test_exactly_the_keys_that_are_asked_for_in_their_order() -> None:
    assert fields({"b": "2", "a": "1"}, "a b") == ["1", "2"]
    for content in ({"a": "1"}, {"a": "1", "b": "2", "c": "3"}, ["a", "b"], None):
        with pytest.raises(Refused, match="keys"):
            fields(content, "a b")
    with pytest.raises(Refused, match="list"):
        several({"0": "1"})
