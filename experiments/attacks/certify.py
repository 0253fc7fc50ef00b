"""Certificates attacked: is the bound ever below the truth, or the lower bound above it?

    python experiments/attacks/certify.py            # 100,000 + 10,000 + 5,000 + 5,000 cases
    python experiments/attacks/certify.py --share .01
    python experiments/attacks/certify.py --only rows

Random quadratics (κ from 1 to 1e-8, d to 200, up to 5 parameters, commuting or not, ∂H = cI too, in
any units), logistic, log-cosh and pseudo-Huber losses with their constants, products in 32 bits,
and rows vᵀ∂x*. J is near ∂x*, equal to it, huge, zero, or off along the smallest eigenvector; x is
near x*, far or equal to it; ℓ is sharp, loose, or the problem's own; some certificates have a
deflating preconditioner. The truth is refined in 80 bits, from residuals formed in 80 bits. Writes
``certify/table.md``; the exit status is 1 where a bound was violated.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import polyrates as pr

HERE = Path(__file__).with_suffix("")
Array = np.ndarray
Long = np.longdouble
KINDS = ("near", "exact", "huge", "zero", "smallest eigenvector")
SIZES = {"quadratic": 100_000, "loss": 10_000, "32 bits": 5_000, "rows": 5_000}


@dataclass
class Tally:
    """What one family of cases came to."""

    cases: int = 0
    violations: int = 0
    infinite: int = 0
    ratios: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def add(self, found: pr.Certified, error: float, slop: float, what: str) -> None:
        """One case: the truth is ``error`` to within ``slop``."""
        self.cases += 1
        if found.bound < error - slop or found.lower > error + slop:
            self.violations += 1
            self.told.append(f"{what}: {found.lower!r} {error!r} {found.bound!r} ± {slop!r}")
        if not np.isfinite(found.bound):
            self.infinite += 1
        elif error > 1e3 * slop:
            self.ratios.append(found.bound / error)


def refined(H: Array, right: Array) -> Array:
    """H⁻¹·right in 80 bits: solved in 64, three steps of refinement."""
    inverse = np.linalg.inv(H.astype(float))
    wide = H.astype(Long)
    found = (inverse @ right.astype(float)).astype(Long)
    for _ in range(3):
        found = found + inverse @ (right - wide @ found).astype(float)
    return found


def draw_quadratic(rng: np.random.Generator) -> tuple[pr.Quadratic, Array, float]:
    """A problem, the eigenvector of its smallest eigenvalue, and that eigenvalue."""
    d = int(rng.choice([rng.integers(1, 13), rng.integers(13, 61), rng.integers(61, 201)],
                       p=[0.9, 0.095, 0.005]))  # fmt: skip
    p = int(rng.integers(0, 6))
    values = 10.0 ** rng.uniform(rng.uniform(-8, 0), 0, d)
    if rng.random() < 0.1:
        values[:] = values[0]
    values *= 10.0 ** rng.uniform(-6, 6)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    H = (Q * values) @ Q.T
    way = rng.integers(3)

    def derivative() -> Array:
        if way == 0:
            return rng.standard_normal() * np.eye(d)
        full = rng.standard_normal((d, d)) if way == 1 else (Q * rng.standard_normal(d)) @ Q.T
        return (full + full.T) / 2

    dH = derivative() if p == 0 else np.stack([derivative() for _ in range(p)])
    db = rng.standard_normal(d) if p == 0 else rng.standard_normal((p, d))
    problem = pr.Quadratic((H + H.T) / 2, rng.standard_normal(d), dH, db)
    smallest, vectors = np.linalg.eigh(problem.H)
    return problem, vectors[:, 0], float(smallest[0])


def truth_of(problem: pr.Quadratic) -> tuple[Array, Array]:
    """x* and ∂x* in 80 bits."""
    x = refined(problem.H, -problem.b.astype(Long))
    dH = problem.dH if problem.dH.ndim == 3 else problem.dH[None]
    right = np.stack([each.astype(Long) @ x for each in dH], axis=1)
    right = right + np.atleast_2d(problem.db).T
    J = refined(problem.H, -right)
    return x, J[:, 0] if problem.dH.ndim == 2 else J


def aim(rng: np.random.Generator, kind: str, J: Array, vector: Array) -> Array:
    """The estimate that is certified, 64 bits."""
    size = float(np.linalg.norm(J.astype(float)))
    if kind == "exact":
        return J.astype(float)
    if kind == "zero":
        return np.zeros(J.shape)
    if kind == "huge":
        return 10.0 ** rng.uniform(3, 12) * (J.astype(float) + size * rng.standard_normal(J.shape))
    away = 10.0 ** rng.uniform(-12, 2) * size
    if kind == "near":
        noise = rng.standard_normal(J.shape)
        return J.astype(float) + away * noise / np.linalg.norm(noise)
    off = vector if J.ndim == 1 else np.outer(vector, np.eye(J.shape[1])[0])
    return J.astype(float) + away * off


def start(rng: np.random.Generator, x: Array) -> Array:
    """Equal to x*, near it, or far."""
    if rng.random() < 0.15:
        return x.astype(float)
    size = float(np.linalg.norm(x.astype(float)))
    return x.astype(float) + 10.0 ** rng.uniform(-12, 1) * size * rng.standard_normal(len(x))


def off(J: Array, truth: Array) -> float:
    """‖J − truth‖ in 80 bits."""
    return float(np.sqrt(np.sum((J.astype(Long) - truth) ** 2)))


def quadratics(rng: np.random.Generator, count: int) -> Iterator[tuple[str, Any]]:
    """10⁵ of them: (family, what to add to its tally)."""
    done = 0
    while done < count:
        problem, vector, lowest = draw_quadratic(rng)
        largest = float(np.linalg.norm(problem.H, 2))
        if not lowest > 3e-9 * largest:
            continue
        star, truth = truth_of(problem)
        d = len(star)
        # refinement in 80 bits leaves about κd·2⁻⁶⁴ of ∂x* in it, and x* enters with another κ
        size = float(np.linalg.norm(truth.astype(float)))
        slop = 64 * d * 2.0**-64 * largest / lowest * size
        x = start(rng, star)
        sharp = lowest * (1 - 1e-6) - 1e-15 * d * largest
        loose = lowest * 10.0 ** -rng.uniform(0, 3)
        for kind in KINDS:
            ell = (None, sharp, loose)[rng.integers(3)]
            if ell is not None and ell <= 0:
                ell = loose
            pre = None
            if ell is not None and rng.random() < 0.1 and ell > 1e-11 * largest:
                pre = pr.deflation(problem, x, int(rng.integers(1, 20)), ell=ell)
            k = int(rng.integers(1, 17))
            J = aim(rng, kind, truth, vector)
            found = pr.certify(problem, x, J, ell=ell, products=k, preconditioner=pre)
            assert found.status == "certified"
            family = f"quadratic, J {kind}"
            yield (
                family,
                (found, off(J, truth), slop + 1e-17 * float(np.linalg.norm(J)), repr((d, k))),
            )
            done += 1
            if done == count:
                return


class Single:
    """A quadratic whose products and gradients come in 32 bits."""

    def __init__(self, base: pr.Quadratic, lowest: float) -> None:
        self.base, self.H = base, base.H.astype(np.float32)
        flat = base.dH.reshape(-1, len(base.b))
        self.constants = pr.Constants(
            lowest * 0.9, np.inf, 0.0, float(np.linalg.norm(flat, 2)) * (1 + 1e-9)
        )

    def gradient(self, x: Array) -> Array:
        """∇f."""
        return self.base.gradient(x).astype(np.float32)

    def hvp(self, x: Array, v: Array) -> Array:
        """Hv."""
        return (self.H @ v.astype(np.float32)).astype(np.float32)

    def cross(self, x: Array) -> Array:
        """∂_θ∇f."""
        return self.base.cross(x).astype(np.float32)


def singles(rng: np.random.Generator, count: int) -> Iterator[tuple[str, Any]]:
    """Products in 32 bits, κ ≥ 1e-3 so that they leave something."""
    done = 0
    while done < count:
        problem, vector, lowest = draw_quadratic(rng)
        if not lowest > 1e-3 * float(np.linalg.norm(problem.H, 2)) or len(problem.b) > 60:
            continue
        star, truth = truth_of(problem)
        if not 1e-20 < float(np.linalg.norm(star.astype(float))) < 1e20:
            continue
        for kind in KINDS:
            J = aim(rng, kind, truth, vector)
            x = start(rng, star)
            found = pr.certify(Single(problem, lowest), x, J, products=int(rng.integers(1, 12)))
            yield "32 bits", (found, off(J, truth), 0.0, kind)
            done += 1


Slopes = Callable[[Array, Array], tuple[Array, Array]]


def _logistic(z: Array, y: Array) -> tuple[Array, Array]:
    p = 1 / (1 + np.exp(-z))
    return p - y, p * (1 - p)


def _log_cosh(z: Array, y: Array) -> tuple[Array, Array]:
    t = np.tanh(z - y)
    return t, 1 - t * t


def _pseudo_huber(z: Array, y: Array) -> tuple[Array, Array]:
    root = np.sqrt(1 + (z - y) ** 2)
    return (z - y) / root, root**-3


LOSSES: dict[str, tuple[Any, Slopes]] = {
    "logistic": (pr.Logistic, _logistic),
    "log-cosh": (pr.LogCosh, _log_cosh),
    "pseudo-Huber": (pr.PseudoHuber, _pseudo_huber),
}


def losses(rng: np.random.Generator, count: int) -> Iterator[tuple[str, Any]]:
    """Off quadratics, with the constants of the problem."""
    done = 0
    while done < count:
        name = list(LOSSES)[(done // len(KINDS)) % 3]
        make, slopes = LOSSES[name]
        n, d = int(rng.integers(3, 40)), int(rng.integers(1, 9))
        X = rng.standard_normal((n, d)) * 10.0 ** rng.uniform(-1, 0.5)
        y = (rng.random(n) > 0.5) * 1.0 if name == "logistic" else 2 * rng.standard_normal(n)
        penalty = 10.0 ** rng.uniform(-3, 0.5, None if rng.random() < 0.5 else d)
        problem = make(X, y, penalty)
        try:
            w = problem.solution.astype(Long)
        except pr.PolyratesError:  # a small penalty on outliers: Newton's method gives up
            continue
        wide, rho = X.astype(Long), np.asarray(penalty, Long)
        for _ in range(4):
            first, second = slopes(wide @ w, y.astype(Long))
            H = (wide.T * second) @ wide / n + np.diag(np.broadcast_to(rho, (d,)))
            w = w - refined(H, wide.T @ first / n + rho * w)
        H = (wide.T * slopes(wide @ w, y.astype(Long))[1]) @ wide / n
        H = H + np.diag(np.broadcast_to(rho, (d,)))
        right = rho * w if rho.ndim == 0 else np.diag(rho * w)
        truth = refined(H, -right)
        values, vectors = np.linalg.eigh(H.astype(float))
        slop = 1e-15 * float(values[-1] / values[0]) * float(np.linalg.norm(truth.astype(float)))
        noise = rng.standard_normal(d)
        # within the basin M‖∇f‖ < ℓ², where the bound is finite, or anywhere
        reach = problem.constants.ell / max(problem.constants.hessian_lipschitz, 1e-300)
        scale = reach * values[0] / values[-1] * 10.0 ** rng.uniform(-8, 1)
        x = w.astype(float) + scale * noise
        for kind in KINDS:
            J = aim(rng, kind, truth, vectors[:, 0])
            found = pr.certify(problem, x, J, products=int(rng.integers(1, 12)))
            assert found.status == "certified"
            yield name, (found, off(J, truth), slop, kind)
            done += 1


def rows(rng: np.random.Generator, count: int) -> Iterator[tuple[str, Any]]:
    """vᵀ∂x* against rows near it, off by as much as it, and 0."""
    done = 0
    while done < count:
        problem, vector, lowest = draw_quadratic(rng)
        largest = float(np.linalg.norm(problem.H, 2))
        if not lowest > 1e-7 * largest or len(problem.b) > 60:
            continue
        star, truth = truth_of(problem)
        v = vector if rng.random() < 0.3 else rng.standard_normal(len(star))
        true = np.atleast_1d(v.astype(Long) @ truth)
        size = float(np.linalg.norm(true.astype(float)))
        for away in (0.0, 10.0 ** rng.uniform(-10, 0), 1e6):
            row = true.astype(float) + away * size * rng.standard_normal(len(true))
            given = row if problem.dH.ndim == 3 else row[0]
            found = pr.certify_vjp(
                problem, start(rng, star), v, given, products=int(rng.integers(1, 17))
            )
            slop = 1e-17 * largest / lowest * len(star) * float(np.linalg.norm(truth.astype(float)))
            yield "rows", (found, off(row, true), slop * float(np.linalg.norm(v)), repr(away))
            done += 1


MAKERS: dict[str, Callable[[np.random.Generator, int], Iterator[tuple[str, Any]]]] = {
    "quadratic": quadratics, "loss": losses, "32 bits": singles, "rows": rows,
}  # fmt: skip


def attack(group: str, share: float = 1.0, seed: int = 0) -> dict[str, Tally]:
    """The families of one group, ``share`` of its cases."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    rng = np.random.default_rng([seed, list(MAKERS).index(group)])
    for family, case in MAKERS[group](rng, int(SIZES[group] * share)):
        tallies[family].add(*case)
    return tallies


def lines(tallies: dict[str, Tally]) -> list[str]:
    """One line a family."""
    found = []
    for name, tally in tallies.items():
        middle, high = np.quantile(tally.ratios, [0.5, 0.99]) if tally.ratios else (np.nan, np.nan)
        found.append(
            f"| {name} | {tally.cases} | {tally.violations} | {tally.infinite} | {middle:.3g} "
            f"| {high:.3g} |"
        )
    return found


HEAD = [
    "| family | cases | violations | bound = ∞ | bound/true, median | 99 % |",
    "|---|---|---|---|---|---|",
]


def main(argv: list[str] | None = None) -> int:
    """Attack, write, print; 1 where a bound was violated."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the cases (1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(MAKERS), help="one group; its lines are replaced")
    given = parser.parse_args(argv)
    violated = 0
    print("\n".join(HEAD), flush=True)
    for group in MAKERS if given.only is None else (given.only,):
        tallies = attack(group, given.share, given.seed)
        print("\n".join(lines(tallies)), flush=True)
        for tally in tallies.values():
            violated += tally.violations
            print("\n".join(tally.told[:5]), end="\n" if tally.told else "", flush=True)
        if given.seed == 0:
            record(group, lines(tallies))
    return int(violated > 0)


def record(group: str, found: list[str]) -> None:
    """Keep a group's lines, and write the table of all that are kept."""
    HERE.mkdir(exist_ok=True)
    (HERE / f"{group}.txt").write_text("\n".join(found) + "\n", encoding="utf-8")
    kept = [path for each in MAKERS if (path := HERE / f"{each}.txt").exists()]
    table = [*HEAD, *(path.read_text(encoding="utf-8").rstrip() for path in kept)]
    (HERE / "table.md").write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
