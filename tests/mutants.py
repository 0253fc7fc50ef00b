"""Proofs with one thing changed: every number, sign and exponent of every step of the registry.

    python tests/mutants.py [--cap SECONDS] [--sample N] [NAME ...]

changes both sides of every step, its conditions, and the formulas of the statement, one thing at a
time, and asks whether the changed derivation is refused. It rewrites the rows of the derivations it
ran in tests/mutants.csv: how many mutants there are; how many were refused; how many say the same
as before (|−x| for |x|, 0 times another number); how many the checker did not decide within the
cap, in seconds of the processor, and so did not pass; and how many passed, which must be none.
"""

from __future__ import annotations

import argparse
import csv
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import sympy as sp

import polyrates as pr
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.extremes import MaxAbs
from polyrates.symbolic.proofs.steps import Argued, Numeric, Step
from polyrates.symbolic.proofs.vanishing import vanishes

__all__ = ["TABLE", "VERDICTS", "Mutant", "mutants", "of_step", "verdict"]

TABLE = Path(__file__).parent / "mutants.csv"
VERDICTS = ("refused", "same", "undecided", "passed")
Change = Callable[[sp.Basic], sp.Basic]


@dataclass(frozen=True)
class Mutant:
    """One expression changed, in a step or in a formula of the statement: what it was, and is."""

    changed: Step | sp.Rel
    steps: tuple[Step, ...]  # of the derivation: one must yield the formula of a statement
    old: sp.Basic
    new: sp.Basic
    side: bool = True  # a side of a relation, not a condition

    def __str__(self) -> str:
        place = self.changed.why if isinstance(self.changed, Step) else "the statement"
        return f"[{place}] {self.old} became {self.new}"


def places(
    expression: sp.Basic, wanted: Callable[[sp.Basic], bool]
) -> Iterator[Callable[[Change], sp.Basic]]:
    """For every such part of an expression, a function that rebuilds it with that part changed."""
    if wanted(expression):
        yield lambda change: change(expression)
        return
    for i, argument in enumerate(expression.args):
        for rebuild in places(argument, wanted):

            def outer(
                change: Change,
                i: int = i,
                rebuild: Callable[[Change], sp.Basic] = rebuild,
            ) -> sp.Basic:
                arguments = list(expression.args)
                arguments[i] = rebuild(change)
                return expression.func(*arguments)

            yield outer


def changes(expression: sp.Basic) -> list[sp.Basic]:
    """A number raised by one or negated; one more; another sign; a term doubled or negated."""
    numbers = list(places(expression, lambda part: isinstance(part, sp.Number)))
    kinds: list[tuple[list[Callable[[Change], sp.Basic]], Change]] = [
        (numbers, lambda value: value + 1),
        (numbers, lambda value: -value),
    ]
    found: list[sp.Basic] = []
    if isinstance(expression, sp.Expr):
        terms = sp.Add.make_args(expression)
        found += [expression + 1, -expression]
        if len(terms) > 1:
            found += [expression + term for term in terms]
            found += [expression - 2 * term for term in terms]
    for rebuilds, change in kinds:
        for rebuild in rebuilds:
            try:
                found.append(rebuild(change))
            except Exception:
                continue  # no expression
    return [each for each in dict.fromkeys(found) if each != expression]


def mutants(derivation: Derivation) -> Iterator[Mutant]:
    """Every derivation with one thing changed."""
    for step in derivation.steps:
        yield from of_step(step)
    for claim in derivation.statement:
        if isinstance(claim, str):
            continue  # words must be those of a step, to the letter
        for side in (0, 1):
            for new in changes(claim.args[side]):
                arguments = list(claim.args)
                arguments[side] = new
                wrong = claim.func(*arguments, evaluate=False)
                yield Mutant(wrong, derivation.steps, claim.args[side], new)


def of_step(step: Step) -> Iterator[Mutant]:
    """A step with a side changed, or a condition that matters to it."""
    if isinstance(step, Argued | Numeric):
        return
    for side, other in (("left", "right"), ("right", "left")):
        old = sp.sympify(getattr(step, side))
        for new in changes(old):
            if new != -old or sp.sympify(getattr(step, other)) != 0:  # −0 = 0
                yield Mutant(replace(step, **{side: new}), (), old, new)
    where, rest = getattr(step, "where", ()), None
    for i, (symbol, value) in enumerate(where):
        rest = sp.sympify(step.left) - sp.sympify(step.right) if rest is None else rest
        if rest.subs(symbol, value) != rest:
            for new in changes(sp.sympify(value)):
                pairs = (*where[:i], (symbol, new), *where[i + 1 :])
                yield Mutant(replace(step, where=pairs), (), sp.sympify(value), new, False)
        rest = rest.subs(symbol, value)


class Late(BaseException):
    """Out of time; no handler of exceptions in between catches it."""


def verdict(mutant: Mutant, cap: float | None = None) -> str:
    """What becomes of a mutant: one of VERDICTS."""

    def late(signum: int, frame: FrameType | None) -> None:
        raise Late

    if cap is not None:
        signal.signal(signal.SIGVTALRM, late)
        signal.setitimer(signal.ITIMER_VIRTUAL, cap)
    try:
        if _refused(mutant):
            return "refused"
        return "same" if _equal(mutant) else "passed"
    except Late:
        return "undecided"
    finally:
        if cap is not None:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _refused(mutant: Mutant) -> bool:
    try:
        if not isinstance(mutant.changed, Step):
            return not any(step.yields(mutant.changed) for step in mutant.steps)
        mutant.changed.check()
    except Exception:  # whatever stops a check, it did not pass
        return True
    return False


def _equal(mutant: Mutant) -> bool:
    """Whether a change changed nothing under the step's conditions: |−x|, or 0 times another."""
    one, other = mutant.old, mutant.new
    if one.has(sp.zoo, sp.nan) or not isinstance(one, sp.Expr) or one.has(MaxAbs):
        return False
    try:
        difference = one - other
        for old, new in getattr(mutant.changed, "where", ()) if mutant.side else ():
            difference = difference.subs(old, new)
        return vanishes(difference.doit())
    except Exception:
        return False


_DONE: dict[tuple[object, tuple[Step, ...], sp.Basic], str] = {}  # steps that proofs share


def run(name: str, cap: float, sample: int | None) -> tuple[dict[str, str], list[str]]:
    """The row of a derivation, and what passed."""
    derivation = pr.derivations()[name]()
    derivation.check()  # what is not changed holds
    found = list(mutants(derivation))
    if sample is not None:
        found = random.Random(name).sample(found, min(sample, len(found)))
    count, passed = Counter[str](), []
    for each in found:
        key = (each.changed, each.steps, each.old)
        if key not in _DONE:
            _DONE[key] = verdict(each, cap)
        count[_DONE[key]] += 1
        if _DONE[key] == "passed":
            passed.append(str(each))
    row = {"derivation": name, "mutants": str(len(found))}
    return row | {each: str(count[each]) for each in VERDICTS}, passed


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cap", type=float, default=20.0)
    parser.add_argument(
        "--sample", type=int, help="so many of each derivation; no table is written"
    )
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(arguments)
    known = sorted(pr.derivations())
    rows: dict[str, dict[str, str]] = {}
    if TABLE.exists():
        with open(TABLE, encoding="utf-8") as file:
            rows = {row["derivation"]: row for row in csv.DictReader(file)}
    escaped = 0
    for name in given.names or known:
        row, passed = run(name, given.cap, given.sample)
        rows[name], escaped = row, escaped + len(passed)
        print(
            ", ".join(f"{key} {value}" for key, value in row.items()),
            *passed,
            sep="\n  ",
            flush=True,
        )
        if given.sample is None:
            with open(TABLE, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, ["derivation", "mutants", *VERDICTS])
                writer.writeheader()
                writer.writerows(rows[each] for each in known if each in rows)
    total = sum(int(row["mutants"]) for row in rows.values())
    print(f"{total} mutants of {len(rows)} derivations; {escaped} passed in this run")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
