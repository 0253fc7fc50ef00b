"""mpmath's precision is what it was, whatever many threads computed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction as F

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
from support import ROOT

import polyrates as pr
from polyrates.ground.numbers import floating
from polyrates.ground.precision import evaluated, own_context, working_bits, working_digits
from polyrates.numeric.scaled import Scaled
from polyrates.symbolic.theorems.base import Asymptotic

w = sp.Symbol("w")
BEFORE = 77  # bits: nobody's default

TALL = sp.LambertW(F(1, 3)) + sp.gamma(F(1, 3)) + sp.acosh(sp.sqrt(5))
DEEP = sp.zeta(F(7, 2)) + sp.erf(F(1, 3))
W3 = Asymptotic(w * F(1, 7), "", ((w, sp.Eq(w, 1), sp.LambertW(3)),))

WORK: list[Callable[[], object]] = [
    lambda: pr.minimax_optimal(pr.Interval(1, 10), 3, initial=1, cross=1, digits=25).upper,
    lambda: pr.rate(pr.HeavyBall.tuned(1, 10), pr.Interval(1, 10)).initial(4),
    lambda: pr.rate(pr.Nesterov(F(1, 10), F(1, 3)), pr.Interval(1, 10)).drift.burn_in,
    lambda: floating(TALL),
    lambda: evaluated(DEEP, 60),
    lambda: Scaled(np.array([0.75]), np.array([-3000])).numbers()[0],
    W3.evaluate,
]


def exactly(value: object) -> object:
    """A number without its text, which follows the precision in force."""
    return getattr(value, "_mpf_", value)


def test_eight_threads_of_mixed_work_leave_the_precision_and_agree() -> None:
    before, balls = mpmath.mp.prec, flint.ctx.prec
    mpmath.mp.prec = BEFORE
    try:
        alone = [exactly(work()) for work in WORK]
        with ThreadPoolExecutor(8) as pool:
            rounds = [pool.submit(work) for _ in range(5) for work in WORK]
            together = [exactly(each.result()) for each in rounds]
        assert mpmath.mp.prec == BEFORE and flint.ctx.prec == balls
    finally:
        mpmath.mp.prec = before
    assert together == alone * 5


def test_two_threads_cannot_put_back_each_others_precision() -> None:
    """The order that leaves the wrong one: in, in, out, out; here the second waits to come in."""
    before, inside, free = mpmath.mp.prec, threading.Event(), threading.Event()
    order = []

    def first() -> None:
        with working_bits(200):
            inside.set()
            assert not free.wait(0.2), "the other thread came in"
            order.append(mpmath.mp.prec)

    def second() -> None:
        inside.wait()
        with working_digits(50):
            free.set()
            order.append(mpmath.mp.dps)

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert order == [200, 50] and mpmath.mp.prec == before


def test_what_is_certified_has_a_precision_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may change mpmath's at any moment: at 20 bits all along, the digits stay."""

    def asked() -> list[str]:
        found = pr.minimax_optimal(pr.Interval(1, 10), 3, initial=1, cross=1, digits=25)
        assert isinstance(found.lower, mpmath.mpf) and isinstance(found.upper, mpmath.mpf)
        return [str(each._mpf_) for each in (found.lower, found.upper)]

    alone = asked()
    monkeypatch.setattr(mpmath.mp, "_prec_rounding", [20, "n"])
    monkeypatch.setattr(mpmath.mp.mpf, "_ctxdata", (*mpmath.mp.mpf._ctxdata[:2], [20, "n"]))
    assert asked() == alone
    with own_context(30) as mp:
        assert mp.dps == 30 and mp.mpf(1) / 3 != mpmath.mpf(1) / 3


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning", "ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_does_not_wait_for_a_thread_it_has_not() -> None:
    with ThreadPoolExecutor(1) as pool:
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with working_bits(100):
                held.set()
                done.wait(10)

        future = pool.submit(hold)
        held.wait()
        child = os.fork()
        if child == 0:
            with working_bits(90):
                os._exit(0 if mpmath.mp.prec == 90 else 1)
        done.set()
        future.result()
    for _ in range(1000):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.waitstatus_to_exitcode(status) == 0
            return
        threading.Event().wait(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the child waits for a lock that nobody holds")


def test_nothing_else_changes_the_precision() -> None:
    words = (
        "workprec",
        "workdps",
        "extraprec",
        "extradps",
        "mp.prec =",
        "mp.dps =",
        "ctx.prec =",
        ".evalf(",
    )
    for path in sorted((ROOT / "polyrates").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != "precision.py":
            assert not [word for word in words if word in text], path
