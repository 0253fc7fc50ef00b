from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polyrates.ground.errors import InvalidType, InvalidValue
from polyrates.problems.data import load, load_csv, load_vector

GOOD = "a,b,y\n1,2,3\n2,1,5\n4,4,4\n0,1,9\n"


def write(folder: Path, text: str, name: str = "d.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "shape"), [("breast-cancer", (569, 30)), ("diabetes", (442, 10))])
def test_built_in_data_are_standardized(name: str, shape: tuple[int, int]) -> None:
    pytest.importorskip("sklearn")
    data = load(name)
    assert data.X.shape == shape == (data.rows, data.dimension)
    assert len(data.features) == shape[1]
    assert np.allclose(data.X.mean(0), 0) and np.allclose(data.X.std(0), 1)
    assert abs(data.y.mean()) < 1e-12 and abs(data.y.std() - 1) < 1e-12
    assert np.array_equal(load(name).X, data.X)


@pytest.mark.parametrize(
    "text", [GOOD, GOOD.replace(",", ";"), GOOD.replace(",", "\t"), "\ufeff" + GOOD]
)
def test_csv_is_read_and_standardized(tmp_path: Path, text: str) -> None:
    data = load_csv(write(tmp_path, text), "y")
    assert data.features == ("a", "b") and data.target == "y"
    raw = np.array([[1, 2], [2, 1], [4, 4], [0, 1.0]])
    assert np.allclose(data.X, (raw - raw.mean(0)) / raw.std(0))


def test_csv_handles_blank_lines_quotes_and_exponents(tmp_path: Path) -> None:
    text = 'a,"long, name",y\n\n1e-3,"2",3\n+2.5,1,5\n-4,.5,1E2\n'
    assert load_csv(write(tmp_path, text), "y").features == ("a", "long, name")


def test_scales_far_from_one_are_standardized(tmp_path: Path) -> None:
    text = "a,b,y\n1e100,1e-100,1\n2e100,2e-100,2\n5e100,0,4\n"
    data = load_csv(write(tmp_path, text), "y")
    assert np.all(np.isfinite(data.X)) and np.allclose(data.X.std(0), 1)


BAD = {
    "empty": ("", "is empty"),
    "header only": ("a,y\n", "no rows"),
    "one row": ("a,y\n1,2\n", "at least 2"),
    "missing value": ("a,y\n1,2\n,3\n4,5\n", "column 'a', line 3"),
    "NA": ("a,y\n1,2\nNA,3\n4,5\n", "missing"),
    "nan": ("a,y\n1,2\nnan,3\n4,5\n", "missing"),
    "infinite": ("a,y\n1,2\n1e999,3\n4,5\n", "not finite"),
    "huge": ("a,y\n1,2\n1e300,3\n4,5\n", "overflows"),
    "tiny": ("a,y\n1e-300,2\n2e-300,3\n3e-300,5\n", "underflows"),
    "text": ("a,y\n1,2\nblue,3\n4,5\n", "'blue' is not a number (column 'a', line 3)"),
    "expression": ("a,y\n1,2\n__import__('os'),3\n4,5\n", "is not a number"),
    "underscores": ("a,y\n1,2\n1_000,3\n4,5\n", "is not a number"),
    "constant": ("a,b,y\n1,7,2\n2,7,3\n4,7,5\n", "column 'b' is constant"),
    "constant target": ("a,y\n1,2\n2,2\n4,2\n", "target 'y' is constant"),
    "constant up to rounding": (
        "a,y\n1e9,1\n1000000000.00001,2\n1e9,4\n",
        "constant up to rounding",
    ),
    "no such target": ("a,b\n1,2\n2,4\n4,5\n", "its columns are a, b"),
    "only the target": ("y\n1\n2\n", "no column besides the target"),
    "no header": ("1,2\n3,4\n5,7\n", "no column names"),
    "unnamed column": ("a,,y\n1,2,3\n2,1,4\n", "has no name"),
    "two of a name": ("a,a,y\n1,2,3\n2,1,4\n", "two columns named 'a'"),
    "ragged": ("a,y\n1,2\n1,2,3\n", "line 3 has 3 cells"),
    "binary": ("a,y\n\0\0,1\n", "not a text file"),
    "unbalanced quote": ('a,y\n"1,2\n', "not well-formed"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_csv_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    text, expected = BAD[case]
    with pytest.raises(InvalidValue) as caught:
        load_csv(write(tmp_path, text), "y")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no such file"):
        load_csv(tmp_path / "absent.csv", "y")
    with pytest.raises(InvalidValue, match="is a folder"):
        load_csv(tmp_path, "y")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("größe,y\n1,2\n".encode("latin-1"))
    with pytest.raises(InvalidValue, match="UTF-8"):
        load_csv(latin, "y")
    with pytest.raises(InvalidType, match="column"):
        load_csv(write(tmp_path, GOOD), "")
    with pytest.raises(InvalidValue, match="not a built-in"):
        load("iris")


def test_vectors(tmp_path: Path) -> None:
    path = write(tmp_path, "1, 2\n3 4e-1\n", "x.txt")
    assert np.array_equal(load_vector(path, 4), [1, 2, 3, 0.4])
    with pytest.raises(InvalidValue, match="holds 4 numbers, the problem has 3"):
        load_vector(path, 3)
    with pytest.raises(InvalidValue, match="entry 2"):
        load_vector(write(tmp_path, "1 nan 3", "n.txt"), 3)
