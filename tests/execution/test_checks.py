"""What a run begins with: starts, gradients and problems, refused by name where they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from support import Lazily

import polyrates as pr
from polyrates.execution.checks import check_problem, checked_gradient, start_of
from polyrates.ground.arrays import Tree

torch = Lazily("torch")
PROBLEM = pr.Quadratic.random(pr.Interval(1, 4), 3, 0)


def test_an_array_is_a_start_and_integers_become_floats() -> None:
    x = np.array([1.0, 2.0])
    assert start_of(x) is x
    whole = start_of(np.array([1, 2]))
    assert whole.dtype == float and whole.tolist() == [1.0, 2.0]
    assert start_of(np.float32([1.0])).dtype == np.float32


def test_a_tree_is_a_start_by_its_leaves() -> None:
    tree = start_of({"b": torch.ones(2), "a": (torch.zeros(1),)})
    assert isinstance(tree, Tree) and sorted(len(leaf) for leaf in tree.leaves) == [1, 2]


@pytest.mark.parametrize(
    ("start", "word"),
    [
        ([1.0, 2.0], "array"), (3.0, "array"), (np.array([1j]), "dtype"),
        (np.array(["a"]), "dtype"),
        (np.array([1.0, np.nan]), "NaN"), (np.array([np.inf]), "NaN"), (np.array([True]), "dtype"),
    ],
)  # fmt: skip
def test_what_is_no_start_is_refused_by_name(start: object, word: str) -> None:
    with pytest.raises(pr.PolyratesError, match=word) as refused:
        start_of(start, "mine")
    assert "mine" in str(refused.value)


def test_a_gradient_is_compared_once_and_passed_through() -> None:
    asked = []

    def gradient(x: np.ndarray) -> np.ndarray:
        asked.append(x)
        return 2 * x if len(asked) < 3 else np.ones(7)  # later answers are the user's affair

    checked = checked_gradient(gradient, np.ones(2))
    assert checked(np.ones(2)).tolist() == [2.0, 2.0]  # type: ignore[attr-defined]
    checked(np.ones(2))
    assert len(checked(np.ones(2))) == 7  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (np.ones(3), "shape of x0"), (np.ones((2, 1)), "shape of x0"), (1.0, "shape of x0"),
        (np.array([1j, 0]), "real floats"), (np.ones(2, np.float32), "mix precisions"),
        ([1.0, 1.0], "shape of x0"),
    ],
)  # fmt: skip
def test_a_gradient_of_another_shape_or_precision_is_refused(answer: object, word: str) -> None:
    with pytest.raises(pr.PolyratesError, match=word):
        checked_gradient(lambda x: answer, np.ones(2))(np.ones(2))


def test_a_gradient_of_a_tree_has_its_structure() -> None:
    start = start_of({"w": torch.ones(2), "b": torch.zeros(1)})
    good = checked_gradient(lambda x: {"b": x["b"], "w": 3 * x["w"]}, start)(start)
    leaves = [leaf.tolist() for leaf in good.leaves]  # type: ignore[attr-defined]
    assert sorted(leaves) == [[0.0], [3.0, 3.0]]
    for wrong, word in (
        (lambda x: {"w": x["w"]}, "structure"), (lambda x: [x["w"], x["b"]], "structure"),
        (lambda x: x["w"], "tree"), (lambda x: {"w": torch.ones(3), "b": x["b"]}, "leaf"),
    ):  # fmt: skip
        with pytest.raises(pr.PolyratesError, match=word):
            checked_gradient(wrong, start)(start)


def test_a_problem_and_its_starts_in_64_bits() -> None:
    x, dx = check_problem(PROBLEM, np.float32([1, 2, 3]), None)
    assert x.dtype == float and x.tolist() == [1, 2, 3] and dx.tolist() == [0, 0, 0]
    given = np.arange(3.0)
    assert check_problem(PROBLEM, x, given)[1].tolist() == [0, 1, 2]


class Wrong:
    """A quadratic with one thing changed."""

    def __init__(self, **changed: object) -> None:
        self.changed = changed

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return x

    def hvp(self, x: np.ndarray, v: np.ndarray) -> object:
        return self.changed.get("hvp", v)

    def cross(self, x: np.ndarray) -> object:
        return self.changed.get("cross", np.zeros(3))


@pytest.mark.parametrize(
    ("problem", "x0", "dx0", "name"),
    [
        (object(), np.ones(3), None, "problem"), (PROBLEM, np.ones(4), None, "x0"),
        (PROBLEM, np.ones((3, 1)), None, "x0"), (PROBLEM, [1.0, 2.0, 3.0], None, "x0"),
        (PROBLEM, np.ones(3), np.ones(2), "dx0"),
        (PROBLEM, np.ones(3), [0.0] * 3, "dx0"),
        (Wrong(cross=np.zeros(2)), np.ones(3), None, "problem.cross"),
        (Wrong(cross=np.zeros((3, 2, 2))), np.ones(3), None, "problem.cross"),
        (Wrong(hvp=np.zeros(4)), np.ones(3), None, "problem.hvp"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(
    problem: object, x0: object, dx0: object, name: str
) -> None:
    with pytest.raises(pr.PolyratesError) as refused:
        check_problem(problem, x0, dx0)
    assert str(refused.value).startswith(name)
