"""Bounds off quadratics: the scalar run, the kernels, the circle and the certificate.

    python benchmarks/beyond.py

Goals: t = 1000 in the scalar form under a millisecond, the Volterra form at t = 200 under a second
(processor seconds). No public package bounds the error of an unrolled Jacobian; for the iterates
alone PEPit and AutoLyap solve semidefinite programs, on ℓ-strongly convex, L-smooth functions: the
worst ‖x_3 − x*‖ from 1 (PEPit, a program that grows with t) and a rate of ‖x_t − x*‖ (AutoLyap).
Our rows beside them are the majorant of the same three steps at M = 0 and the exact rate of ∂x_t
under changing Hessians. Then bound over error on real data, ten steps.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

import polyrates as pr
from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.core.recurrence import orbit
from polyrates.measurement.local_model import local_errors, start_at
from polyrates.numeric.suprema.kernels import kernels

ELL, L = 0.01, 1.0
T = TypeVar("T")


def best(call: Callable[[], object], repeats: int) -> float:
    """The shortest of some runs, in seconds."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    """One line a measurement."""
    sizes = Sizes(0.1 * ELL, 0.02, 1.0, 1.0)
    methods = (
        pr.GradientDescent.large(ELL, L),
        pr.HeavyBall.tuned(ELL, L),
        pr.Nesterov.tuned(ELL, L),
        pr.Chebyshev(ELL, L),
    )
    anytime = pr.HarmonicSobolev(ELL, L, ELL)
    known = {"hessian_lipschitz": 0.1 * ELL, "cross_lipschitz": 0.02, "distance": 1, "residual": 1}
    curve = best(lambda: pr.majorant(anytime, (ELL, L), 200, **known), 3)
    print(f"{anytime.name:<17} majorant without condition K, t = 0, …, 200: {curve:5.2f} s")
    for method in methods:
        run = best(lambda m=method: float_run(m, (ELL, L), sizes, 1000), 20)
        table = best(lambda m=method: kernels(m, (ELL, L), 200), 3)
        print(
            f"{method.name:<17} scalar form, t = 1000: {1e3 * run:6.2f} ms    "
            f"kernels, t = 200: {table:5.2f} s"
        )
    for method in methods[:3]:
        rate = best(lambda m=method: pr.switching_rate(m, (ELL, L)), 3)
        certificate = best(lambda m=method: pr.switching_rate(m, (ELL, L)).certificate, 3)
        print(
            f"{method.name:<17} switching rate: {1e3 * rate:6.1f} ms    "
            f"with its certificate: {1e3 * certificate:6.1f} ms"
        )

    peers(methods)
    looseness()


def peers(methods: Sequence[pr.Method]) -> None:
    """Iterates by PEPit and AutoLyap, Jacobians by polyrates, with the time each takes."""
    if importlib.util.find_spec("PEPit") is None or importlib.util.find_spec("autolyap") is None:
        print("PEPit and AutoLyap are absent; pip install 'polyrates[peers]'")
        return
    for method in methods:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            their_bound, pepit = timed(lambda m=method: by_pepit(m, 3))
            their_rate, lyap = timed(lambda m=method: by_autolyap(m))
        run, scalar = timed(
            lambda m=method: pr.majorant(
                m, (ELL, L), 3, hessian_lipschitz=0, cross_lipschitz=0, distance=1, residual=0
            )
        )
        print(
            f"{method.name:<17} PEPit ‖x_3 − x*‖ ≤ {their_bound:.6f} ({1e3 * pepit:.0f} ms), "
            f"majorant at M = 0 {run.iterates[3]:.6f} ({1e3 * scalar:.1f} ms)"
        )
        if isinstance(method, pr.Chebyshev):  # its steps change: no stationary rate
            continue
        rate, ours = timed(lambda m=method: float(pr.switching_rate(m, (ELL, L)).rate))
        said = "no certificate" if their_rate is None else f"{their_rate:.6f}"
        print(
            f"{'':<17} AutoLyap's rate of iterates: {said} ({1e3 * lyap:.0f} ms), "
            f"rate of tangents: {rate:.6f} ({1e3 * ours:.1f} ms)"
        )


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """An answer and its processor seconds."""
    start = time.process_time()
    return call(), time.process_time() - start


def by_pepit(method: pr.Method, steps: int) -> float:
    """The worst ‖x_t − x*‖ over ℓ-strongly convex, L-smooth functions, ‖x_0 − x*‖ = 1."""
    from PEPit import PEP
    from PEPit.functions import SmoothStronglyConvexFunction

    class Points:
        def number(self, value: object) -> float:
            return float(value)

    problem, carrier = PEP(), Points()
    f = problem.declare_function(SmoothStronglyConvexFunction, mu=ELL, L=L)
    star = f.stationary_point()
    carrier.start, carrier.gradient = problem.set_initial_point(), f.gradient
    problem.set_initial_condition((carrier.start - star) ** 2 <= 1)
    *_, x = orbit(method, carrier, steps)
    problem.set_performance_metric((x - star) ** 2)
    return float(problem.solve(verbose=0, solver="CLARABEL")) ** 0.5


def by_autolyap(method: pr.Method) -> float | None:
    """The certified rate of ‖x_t − x*‖; None where no certificate is found or steps change."""
    from autolyap import IterationIndependent, SolverOptions, algorithms
    from autolyap.problemclass import InclusionProblem, SmoothStronglyConvex

    if isinstance(method, pr.GradientDescent):
        theirs = algorithms.GradientMethod(float(method.step))
    elif isinstance(method, pr.Nesterov):
        theirs = algorithms.NesterovConstant(ELL, L)
    elif isinstance(method, pr.HeavyBall):
        theirs = algorithms.HeavyBallMethod(float(method.step), float(method.momentum))
    else:
        return None
    rates = IterationIndependent.LinearConvergence
    P, p, S, s = rates.get_parameters_distance_to_solution(theirs)
    found = rates.bisection_search_rho(
        InclusionProblem([SmoothStronglyConvex(ELL, L)]),
        theirs,
        P,
        S,
        p=p,
        t=s,
        S_equals_T=True,
        s_equals_t=True,
        remove_C3=True,
        tol=1e-9,
        verbosity=0,
        solver_options=SolverOptions(backend="cvxpy", cvxpy_solver="CLARABEL"),
    )
    return float(found["rho"]) ** 0.5 if found["status"] == "feasible" else None


def looseness() -> None:
    """Bound over error, the range over four methods, on logistic regression."""
    from polyrates.report.subject import logistic, read_data

    data = read_data("breast-cancer", None)
    for penalty in ("1", "0.1", "0.01"):
        loss = logistic(data, penalty)
        values = np.linalg.eigvalsh(loss.hessian(loss.solution))
        ends = float(values[0]), float(values[-1])
        for distance in (1e-3, 0.1):
            found = []
            for make in (
                pr.GradientDescent.large,
                pr.HeavyBall.tuned,
                pr.Nesterov.tuned,
                pr.Chebyshev,
            ):
                run = local_errors(make(*ends), loss, start_at(loss, distance), 10)
                found.append(float(run.looseness[10]))
            print(
                f"breast-cancer, penalty {penalty:>4}, distance {distance:<5}: "
                f"bound/error {min(found):.3g} to {max(found):.3g}"
            )


if __name__ == "__main__":
    main()
