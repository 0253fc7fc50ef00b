"""What a report is about: ridge or logistic regression on data, or a problem of the user's own.

Whatever it is, the analysis needs x*, ∂x* and the quadratic that has the same x*, ∂x*, Hessian and
derivative of the Hessian along the path of solutions: the problem itself where it is quadratic,
else its local model (:mod:`polyrates.measurement.local_model`).
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from polyrates.ground.errors import (
    NegativeCurvature,
    PolyratesError,
    described,
    meant,
    refuse_type,
    refuse_value,
)
from polyrates.ground.numbers import floating, parse
from polyrates.measurement.local_model import SolvedProblem, local_model
from polyrates.problems.data import BUILT_IN, Dataset, load, load_csv
from polyrates.problems.losses import Constants, Logistic
from polyrates.problems.quadratic import Problem, Quadratic, QuadraticProblem, Ridge
from polyrates.problems.solved import is_quadratic, path_derivative

__all__ = [
    "MODELS",
    "Subject",
    "guarded",
    "imported",
    "logistic",
    "own_problem",
    "read_data",
    "ridge",
    "subject",
]

Array = npt.NDArray[np.float64]
T = TypeVar("T")

MODELS = ("ridge", "logistic")
PENALTIES = {"ridge": "0.2", "logistic": "0.05"}
_NAME = r"[^\W\d]\w*"
_LARGEST = 3000  # unknowns of an own problem: its Hessian is formed


@dataclass(frozen=True, eq=False)
class Subject:
    """A problem with everything that is known about it.

    Attributes
    ----------
    model : str
        "ridge", "logistic" or "module:function".
    name : str
        What a reader calls the data, or the function.
    problem : Problem
        What is run.
    quadratic : QuadraticProblem
        The problem itself, or its local model at the solution.
    exact : bool
        Whether the problem is quadratic: then predictions hold everywhere and guarantees exist.
    interval : (float, float)
        Ends of the Hessian's eigenvalues: everywhere where ``bounded``, else at the solution.
    """

    model: str
    name: str
    problem: Problem
    quadratic: QuadraticProblem
    exact: bool
    interval: tuple[float, float]
    data: Dataset | None = None
    penalty: float | None = None
    bounded: bool = True

    @property
    def own(self) -> bool:
        """Whether it came from the user's module."""
        return self.model not in MODELS

    @property
    def dimension(self) -> int:
        """d."""
        return self.quadratic.dimension


def subject(
    model: str,
    data: str | None,
    column: str | None,
    penalty: str | None,
    seed: int = 0,
    drop: tuple[str, ...] = (),
    features: tuple[str, ...] = (),
) -> Subject:
    """What was asked for, as strings."""
    if model not in MODELS:
        if ":" not in model:
            close = meant(model, MODELS, "give ridge, logistic, module:function")
            refuse_value("model", model, "is not the name of a model", close)
        belonging = {"data": data, "column": column, "penalty": penalty}
        belonging |= {"drop": ",".join(drop), "features": ",".join(features)}
        for name, value in belonging.items():
            if value:
                refuse_value(name, value, "belongs to ridge and logistic", f"leave --{name} out")
        return own_problem(model, seed)
    source = read_data(data or "breast-cancer", column, drop, features)
    strength = penalty or PENALTIES[model]
    if model == "ridge":
        problem = ridge(source, strength)
        ends = _ends(problem)
        strong = float(problem.penalty)
        return Subject(model, source.name, problem, problem, True, ends, source, strong)
    loss = logistic(source, strength)
    constants = loss.constants
    interval = (constants.ell, constants.L)
    strong = float(loss.penalty)
    return Subject(model, source.name, loss, local_model(loss), False, interval, source, strong)


def _ends(problem: QuadraticProblem) -> tuple[float, float]:
    values = problem.eigensystem[0]
    return float(values[0]), float(values[-1])


def read_data(
    data: str,
    column: str | None,
    drop: tuple[str, ...] = (),
    features: tuple[str, ...] = (),
) -> Dataset:
    """A built-in data set by name, else a CSV file."""
    if data in BUILT_IN:
        for option, names in (("drop", drop), ("features", features)):
            if names:
                refuse_value(option, ",".join(names), "goes with a CSV file", f"leave --{option}")
        if column is not None:
            refuse_value("column", column, f"{data} has its own target", "leave --column out")
        return load(data)
    if not Path(data).exists() and not data.lower().endswith((".csv", ".tsv", ".txt")):
        close = meant(data, BUILT_IN, f"give {', '.join(BUILT_IN)} or a CSV file")
        refuse_value("data", data, "is neither a built-in data set nor a file", close)
    if column is None and Path(data).is_file():
        refuse_value("column", None, "a CSV file needs it", "give --column COLUMN")
    return load_csv(data, column or "y", drop, features)


def _strength(penalty: str) -> float:
    """The penalty, parsed exactly and required to be > 0."""
    strength = floating(parse(penalty, "penalty"), "penalty")
    if not (strength > 0 and math.isfinite(strength)):
        refuse_value("penalty", penalty, "must be > 0 and finite", "give for instance 0.1")
    return strength


def ridge(data: Dataset, penalty: str) -> Ridge:
    """The ridge problem of a data set."""
    problem = Ridge(data.X, data.y, _strength(penalty))
    values = problem.eigensystem[0]
    if values[0] <= 1e-14 * values[-1] * len(values):
        refuse_value(
            "penalty",
            penalty,
            "the smallest eigenvalue of H drowns in rounding",
            "give a larger one",
        )
    return problem


def logistic(data: Dataset, penalty: str) -> Logistic:
    """The logistic regression of a data set whose target has two values."""
    values = np.unique(data.y)
    if len(values) != 2:
        refuse_value(
            "target",
            data.target,
            f"has {len(values)} values and logistic regression needs 2",
            "choose a target of two classes, or --model ridge",
        )
    problem = Logistic(data.X, (data.y > values.mean()).astype(float), _strength(penalty))
    if problem.constants.ell <= 1e-14 * problem.constants.L * data.dimension:
        refuse_value("penalty", penalty, "drowns in rounding", "give a larger one")
    return problem


def own_problem(where: str, seed: int = 0) -> Subject:
    """The problem that a function of the user's returns, with what the analysis needs of it."""
    problem = imported(where)
    if isinstance(problem, QuadraticProblem):
        _require_definite(where, problem)
        return Subject(where, where, problem, problem, True, _ends(problem))
    return guarded(where, lambda: _measured(where, problem, seed))


def imported(where: str) -> Problem:
    """The problem that a function of the user's returns; imported by name, nothing is evaluated."""
    problem = _import(where)
    for name in ("gradient", "hvp", "cross"):
        if not callable(getattr(problem, name, None)):
            refuse_type(
                "model",
                where,
                f"returned {type(problem).__name__}, which has no {name}",
                "return pr.from_loss(loss, theta, x0), or an object with gradient(x), hvp(x, v) "
                "and cross(x)",
            )
    assert isinstance(problem, Problem)
    return problem


def guarded(where: str, work: Callable[[], T]) -> T:
    """What the user's code raises becomes one line that says so."""
    try:
        return work()
    except PolyratesError:
        raise
    except (Exception, SystemExit) as error:  # the user's code may raise anything
        words = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        refuse_value("model", where, f"raised {words}", "run it by itself")


def _import(where: str) -> object:
    file = re.fullmatch(rf"(.*\.py):({_NAME})", where)
    if file is not None:
        path = Path(file[1])
        if not path.is_file():
            refuse_value("model", where, "there is no such file", "check its name")
        return _called(where, guarded(where, lambda: _from_file(path)), path.name, file[2])
    if not re.fullmatch(rf"{_NAME}(\.{_NAME})*:{_NAME}", where):
        refuse_value(
            "model", where, "is not module:function", "give mine.losses:make, or mine.py:make"
        )
    module, _, name = where.partition(":")
    here = os.getcwd()
    sys.path.insert(0, here)
    try:
        loaded = guarded(where, lambda: importlib.import_module(module))
    finally:
        sys.path.remove(here)
    return _called(where, loaded, module, name)


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"model_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _called(where: str, loaded: ModuleType, module: str, name: str) -> object:
    function = getattr(loaded, name, None)
    if not callable(function):
        refuse_value("model", where, f"{module} has no function {name}", "check the name")
    return guarded(where, function)


def _require_definite(where: str, problem: QuadraticProblem) -> None:
    low, high = _ends(problem)
    if low <= 1e-14 * high * problem.dimension:
        refuse_value("model", where, f"its Hessian has the eigenvalue {low:.3g}", "make it > 0")


def _measured(where: str, problem: Problem, seed: int) -> Subject:
    """x*, ∂x*, H and its derivative along the path, from gradient, hvp and cross alone.

    A solution that the problem knows is polished and checked. The derivative is by central
    differences, exact up to rounding where the problem is quadratic.
    """
    if isinstance(problem, SolvedProblem):
        solved = local_model(problem)
        _require_definite(where, solved)
        constants = getattr(problem, "constants", None)
        known = isinstance(constants, Constants) and constants.ell > 0 and math.inf > constants.L
        ends = (constants.ell, constants.L) if known and constants else _ends(solved)
        return Subject(where, where, problem, solved, False, ends, bounded=known)
    x = _solution(where, problem)
    d = len(x)
    H = _hessian(problem, x)
    values = np.linalg.eigvalsh(H)
    if values[0] <= 1e-12 * values[-1] * d:
        raise NegativeCurvature(
            "model",
            where,
            f"its Hessian at the solution has the eigenvalue {values[0]:.3g}",
            "give a strongly convex problem",
        )
    J = np.linalg.solve(H, -np.asarray(problem.cross(x), dtype=float))
    size = 1.0 + float(np.linalg.norm(x))
    exact = is_quadratic(problem, x, H, size, seed)
    dH = path_derivative(problem, x, J, size if exact else 6e-6 * size)
    local = Quadratic(H, -H @ x, dH, (-H @ J).T - dH @ x)
    ends = float(values[0]), float(values[-1])
    return Subject(where, where, problem, local, exact, ends, bounded=exact)


def _solution(where: str, problem: Problem) -> Array:
    known = getattr(problem, "solution", None)
    if known is not None:
        x = np.array(known() if callable(known) else known, dtype=float)
    elif isinstance(dimension := getattr(problem, "dimension", None), int) and dimension > 0:
        x = np.zeros(dimension)
    else:
        refuse_value(
            "model", where, "has neither solution nor dimension", "add one, to say how long x is"
        )
    if x.ndim != 1 or not 0 < len(x) <= _LARGEST:
        refuse_value(
            "model",
            where,
            f"its x has shape {x.shape}",
            f"a vector of at most {_LARGEST} is needed",
        )
    gradient = np.asarray(problem.gradient(x), dtype=float)
    if gradient.shape != x.shape:
        refuse_value("model", where, f"its gradient has shape {gradient.shape}, x {x.shape}")
    start = float(np.linalg.norm(problem.gradient(np.zeros_like(x))))
    for _ in range(100):
        norm = float(np.linalg.norm(gradient))
        if norm <= 1e-13 * max(start, 1e-300):
            return x
        step = np.linalg.solve(_hessian(problem, x), gradient)
        scale = 1.0
        while scale > 1e-10:
            ahead = np.asarray(problem.gradient(x - scale * step), dtype=float)
            if float(np.linalg.norm(ahead)) < norm:
                break
            scale /= 2
        else:
            break
        x, gradient = x - scale * step, ahead
    if not float(np.linalg.norm(gradient)) <= 1e-9 * max(start, 1.0):
        refuse_value("model", where, "Newton's method finds no minimizer", "give its solution")
    return x


def _hessian(problem: Problem, x: Array) -> Array:
    H = np.stack([np.asarray(problem.hvp(x, e), dtype=float) for e in np.eye(len(x))])
    if not np.all(np.isfinite(H)):
        refuse_value("model", described("hvp"), "gives NaN or infinity", "check it")
    if float(np.linalg.norm(H - H.T)) > 1e-7 * float(np.linalg.norm(H)):
        refuse_value(
            "model", described("hvp"), "is not the product with a symmetric matrix", "check it"
        )
    return np.asarray((H + H.T) / 2)


def hull_on_the_way(about: Subject, x0: Array) -> tuple[float, float]:
    """The ends of the Hessian's eigenvalues; where none are known everywhere, between x_0 and x*.

    Taken at 9 points there, which is no bound: the run may leave the segment.
    """
    if about.bounded:
        return about.interval
    low, high = about.interval
    solution = about.quadratic.solution
    for share in np.linspace(0, 1, 9)[1:]:
        values = np.linalg.eigvalsh(_hessian(about.problem, solution + share * (x0 - solution)))
        low, high = min(low, float(values[0])), max(high, float(values[-1]))
    if low <= 1e-12 * high:
        raise NegativeCurvature(
            "model",
            about.model,
            f"its Hessian has the eigenvalue {low:.3g} between x_0 and x*",
            "start closer to the solution, with --x0 FILE",
        )
    return low, high
