"""Tuning one penalty a feature by hypergradients that are certified at every outer step.

    python experiments/bilevel.py

Ridge and logistic regression on both data sets (the diabetes target is split at its median for
logistic regression), 60 : 40 into training and validation rows, one penalty a feature, all starting
from 1. The outer loss is the validation loss V; a step is Adam's on the log penalties, kept in
[1e-3, 1e3].

*Certified.* x is carried from one outer step to the next. Conjugate gradients (ridge) or Newton's
steps by conjugate gradients (logistic) go on from it until ``pr.hypergradient`` certifies its value
to a fifth of its own size; its products, the failed attempts included, all count.

*Fixed.* Chebyshev's method (ridge) or Nesterov's (logistic, ℓ and L of the problem) from 0, a fixed
number of steps, differentiated in reverse: 2 products a step. 20 and 100 steps.

A product is a gradient or a Hessian-vector product. Writes ``bilevel/steps.csv`` (one line an outer
step: products so far, V at the exact solution, error of the hypergradient, its certified bound)
and ``table.md``.

What the recorded run shows: the certified loop's hypergradient is within 2.4 % at every step of
every task, certified within 19 %, for 1,000 to 4,000 products, and on logistic regression too,
where the a-priori theory says nothing. The fixed unrolls (1,000 and 5,000 products) are wrong by
more than their own size somewhere in 6 of 8 rows, by 2,300 times at worst: small penalties raise
the condition number, and the number of steps does not know. The outcome V is up to 9 % worse with
20 steps and the same with 100: a hypergradient of the right sign tunes as well.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy import special

import polyrates as pr
from polyrates.problems.data import load

HERE = Path(__file__).with_suffix("")
DATA = ("diabetes", "breast-cancer")
OUTER = 25
LOW, HIGH = np.log(1e-3), np.log(1e3)
Array = np.ndarray
Model = pr.Ridge | pr.Logistic


@dataclass(frozen=True)
class Task:
    """A family of inner problems, one a θ, and the outer loss on the other rows."""

    name: str
    make: Callable[[Array], Model]
    X: Array
    y: Array
    logistic: bool

    def loss(self, x: Array) -> float:
        """V(x)."""
        z = self.X @ x
        if self.logistic:
            return float(np.mean(np.logaddexp(0, z) - self.y * z))
        return float(np.mean((z - self.y) ** 2) / 2)

    def slope(self, x: Array, theta: object = None) -> Array:
        """∇V(x)."""
        z = self.X @ x
        return self.X.T @ ((special.expit(z) if self.logistic else z) - self.y) / len(self.y)

    @property
    def lipschitz(self) -> float:
        """Of ∇V."""
        return float(np.linalg.norm(self.X, 2)) ** 2 / len(self.y) / (4 if self.logistic else 1)


def model(kind: type[pr.Ridge] | type[pr.Logistic], X: Array, y: Array, theta: Array) -> Model:
    """The inner problem at log penalties θ."""
    return kind(X, y, np.exp(theta))


def tasks() -> list[Task]:
    """Two models on two data sets."""
    found = []
    for name in DATA:
        data = load(name)
        order = np.random.default_rng(0).permutation(len(data.y))
        cut = int(0.6 * len(order))
        train, valid = order[:cut], order[cut:]
        for logistic in (False, True):
            y = (data.y > np.median(data.y)).astype(float) if name == "diabetes" else data.y
            y = (y > y.mean()).astype(float) if logistic else data.y
            kind = pr.Logistic if logistic else pr.Ridge

            make = partial(model, kind, data.X[train], y[train])
            label = f"{'logistic' if logistic else 'ridge'}, {name}"
            found.append(Task(label, make, data.X[valid], y[valid], logistic))
    return found


def newton(problem: Model, x: Array, products: int) -> Array:
    """x − z, z ≈ ∇²f(x)⁻¹∇f(x) by conjugate gradients; products + 1 in all."""
    g = np.asarray(problem.gradient(x))
    z, r, p = np.zeros_like(x), g.copy(), g.copy()
    for _ in range(products):
        if not np.linalg.norm(r) > 1e-14 * np.linalg.norm(g):
            break
        q = np.asarray(problem.hvp(x, p))
        step = (r @ r) / (p @ q)
        z, fresh = z + step * p, r - step * q
        p, r = fresh + (fresh @ fresh) / (r @ r) * p, fresh
    return x - z


def certified(
    task: Task, problem: Model, x: Array, level: float = 0.2
) -> tuple[Array, Array, float, int]:
    """(x, hypergradient, its bound, products): x is improved until the bound is small enough."""
    outer = (task.slope, lambda x, theta: np.zeros(len(x)))
    spent, k = 0, 4
    while True:
        x = newton(problem, x, k)
        spent += k + 1
        found = pr.hypergradient(
            problem, outer, x, outer_lipschitz=task.lipschitz, columns=False, products=k
        )
        assert found.status == "certified"
        spent += found.products + 2
        if found.bound <= level * float(np.linalg.norm(found.value)) or k > 4 * len(x):
            return x, np.asarray(found.value), found.bound, spent
        k *= 2


def fixed(task: Task, problem: Model, steps: int) -> tuple[Array, Array, int]:
    """(x, hypergradient, products) of an unroll from 0, differentiated in reverse."""
    if isinstance(problem, pr.Ridge):
        values = problem.eigensystem[0]
        method: pr.Method = pr.Chebyshev(float(values[0]), float(values[-1]))
    else:
        method = pr.Nesterov.tuned(problem.constants.ell, problem.constants.L)
    start = np.zeros(problem.dimension)
    x = np.asarray(pr.run(method, problem.gradient, start, steps))
    row = pr.vjp(method, problem, start, steps, task.slope(x)).value
    return x, np.asarray(row), 2 * steps


def truth(task: Task, problem: Model) -> tuple[Array, float]:
    """The exact hypergradient, and V at the exact solution."""
    x = problem.solution
    return task.slope(x) @ problem.solution_jacobian, task.loss(x)


def tune(task: Task, way: str, outer: int = OUTER) -> list[dict[str, object]]:
    """One line an outer step."""
    theta = np.zeros(task.X.shape[1])
    x = np.zeros_like(theta)
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    rows: list[dict[str, object]] = []
    total = 0
    for n in range(1, outer + 1):
        problem = task.make(theta)
        exact, value = truth(task, problem)
        bound = np.nan
        if way == "certified":
            x, slope, bound, spent = certified(task, problem, x)
        else:
            _, slope, spent = fixed(task, problem, int(way.split()[1]))
        total += spent
        error = float(np.linalg.norm(slope - exact))
        assert not error > bound * (1 + 1e-9) + 1e-13
        rows.append({
            "task": task.name, "way": way, "step": n, "products": total, "loss": value,
            "error": error / float(np.linalg.norm(exact)),
            "bound": bound / float(np.linalg.norm(exact)),
        })  # fmt: skip
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        move = first / (1 - 0.9**n) / (np.sqrt(second / (1 - 0.99**n)) + 1e-12)
        theta = np.clip(theta - 0.3 * move, LOW, HIGH)
    return rows


def table(rows: list[dict[str, object]]) -> str:
    """One line a task and way."""
    lines = [
        "| task | way | products | V at the end | largest relative error | largest certified |",
        "|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys((row["task"], row["way"]) for row in rows):
        own = [row for row in rows if (row["task"], row["way"]) == key]
        error, bound = (max(float(str(row[name])) for row in own) for name in ("error", "bound"))
        sure = "–" if np.isnan(bound) else f"{bound:.2g}"
        last = own[-1]
        lines.append(
            f"| {key[0]} | {key[1]} | {last['products']} | {float(str(last['loss'])):.5g} "
            f"| {error:.2g} | {sure} |"
        )
    return "\n".join(lines) + "\n"


def main(outer: int = OUTER) -> None:
    """Tune, write, print; every certified bound was held to the truth on the way."""
    HERE.mkdir(exist_ok=True)
    rows = [
        row
        for task in tasks()
        for way in ("certified", "unroll 20", "unroll 100")
        for row in tune(task, way, outer)
    ]
    with (HERE / "steps.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        for row in rows:
            writer.writerow({
                key: f"{value:.6g}" if isinstance(value, float) else value
                for key, value in row.items()
            })  # fmt: skip
    text = table(rows)
    (HERE / "table.md").write_text(text, encoding="utf-8")
    print(text)
    for row in rows:
        if row["way"] == "certified":
            assert float(str(row["bound"])) <= 0.3, row


if __name__ == "__main__":
    main()
