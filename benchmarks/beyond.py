"""Bounds off quadratics: the scalar run, the kernels, the circle and the certificate.

    python benchmarks/beyond.py

Goals: t = 1000 in the scalar form under a millisecond, the Volterra form at t = 200 under a second.
No public package bounds the error of an unrolled Jacobian; for the iterates alone PEPit and
AutoLyap solve semidefinite programs, PEPit's of a size that grows with t.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import polyrates as pr
from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.numeric.suprema.kernels import kernels

ELL, L = 0.01, 1.0


def best(call: Callable[[], object], repeats: int) -> float:
    """The shortest of some runs, in seconds."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
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


if __name__ == "__main__":
    main()
