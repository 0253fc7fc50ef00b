"""Bounds off quadratics: the scalar run, the kernels, the circle and the certificate.

    python benchmarks/beyond.py

Goals: t = 1000 in the scalar form under a millisecond, the Volterra form at t = 200 under a second
(processor seconds). No public package bounds the error of an unrolled Jacobian; for the iterates
alone PEPit and AutoLyap solve semidefinite programs, PEPit's of a size that grows with t
(tests/analysis/test_beside_pepit.py has both numbers; AutoLyap is not among the peers). Then bound
over error on real data, ten steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

import polyrates as pr
from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.measurement.local_model import local_errors, start_at
from polyrates.numeric.suprema.kernels import kernels

ELL, L = 0.01, 1.0


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
    table = best(lambda: kernels(anytime, (ELL, L), 200), 1)
    print(f"{anytime.name:<17} kernels without condition K, t = 200: {table:5.2f} s")
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

    looseness()


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
