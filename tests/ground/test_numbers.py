"""Which text is a number: the same everywhere that text is read."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

import polyrates as pr
from polyrates.cli.arguments import integer
from polyrates.cli.entry import main
from polyrates.ground.numbers import parse
from polyrates.problems.cells import number_in, read_cell
from polyrates.problems.data import load_vector

# 12 in the digits of other scripts, and signs that Python's int, float or Fraction would take
STRANGE = ["١٢", "१२", "１２", "𝟏𝟐", "1_2", "1_000", "١_٢"]


def asked_for(text: str) -> bool:
    """Whether a number was read: an error is no, a missing value too."""
    try:
        found = [parse(text), integer(text, "n"), pr.Interval(text, 20), number_in(text)]
    except ValueError:
        return False
    return all(each is not None for each in found)


def test_python_would_take_them() -> None:
    assert all(int(text) in (12, 1000) for text in STRANGE)


@pytest.mark.parametrize("text", STRANGE)
def test_digits_are_0_to_9_without_separators_everywhere(text: str, tmp_path: Path) -> None:
    readers: list[Callable[[str], object]] = [
        parse,
        lambda s: parse(f"1/{s}"),
        lambda s: parse("0." + s),
        lambda s: parse("7" * 5000 + s),
        lambda s: integer(s, "steps"),
        lambda s: pr.GradientDescent(s),
        lambda s: pr.Richardson([s]),
    ]
    for read in readers:
        with pytest.raises(ValueError):
            read(text)
        read("12")
    assert number_in(text) is None and not isinstance(read_cell(text, "a", 1, "."), float)
    file = tmp_path / "x.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="not a finite number"):
        load_vector(file, 1)


@pytest.mark.parametrize("text", STRANGE)
def test_the_command_line_refuses_them_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rate = ["rate", "--method", "large", "--ell", "1", "--L"]
    Path("mine.py").write_text("def make(): pass\n", encoding="utf-8")
    Path("x.txt").write_text(text, encoding="utf-8")
    certify = ["certify", "--model", "mine.py:make", "--jacobian", "x.txt", "--x", "x.txt"]
    for argv in ([*rate, text], [*rate, "20", "--steps", text], [*certify, "--ell", text], certify):
        assert main(argv) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_length_does_not_change_what_is_read() -> None:
    for text, power in (("9" * 5000, 0), ("9" * 5000 + "." + "9" * 5, 5), ("." + "9" * 5000, 5000)):
        assert parse(text) == Fraction(10 ** text.count("9") - 1, 10**power)
