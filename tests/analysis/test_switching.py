"""The rate under changing Hessians: closed forms, circle, Lyapunov certificate, thresholds."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from tests.support import require

KAPPAS = (F(1, 10_000), F(1, 100), F(1, 10), F(3, 10), F(9, 10))


def circle(method, ell, L, points=4001):
    """The largest spectral radius of M − λgq on the circle, by numpy on a grid: a lower bound."""
    step = method.transition(float)
    M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
    angles = np.linspace(0, np.pi, points)
    lams = (L + ell) / 2 + (L - ell) / 2 * np.exp(1j * angles)
    return max(np.max(np.abs(np.linalg.eigvals(M - lam * np.outer(g, q)))) for lam in lams)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_closed_forms_exactly(kappa):
    root = sp.sqrt(sp.Rational(kappa))
    xi = (1 - root) / (1 + root)
    q = sp.Rational((1 - kappa) / (1 + kappa))
    for d in (1, 2, 7):
        large = pr.switching_rate(pr.GradientDescent.large(kappa, 1), (kappa, 1), d)
        ball = pr.switching_rate(pr.HeavyBall.tuned(kappa, 1), (kappa, 1), d)
        momentum = pr.switching_rate(pr.Nesterov.tuned(kappa, 1), (kappa, 1), d)
        power = sp.Rational(2, 5) if d == 1 else sp.Rational(1, 2)
        assert large.rate == q
        assert abs((ball.rate - (1 + sp.sqrt(2)) * xi).evalf(60)) < 1e-55
        assert abs((momentum.rate - 2**power * (1 - root)).evalf(60)) < 1e-55
        for found in (large, ball, momentum):
            assert found.enclosure[0] <= float(found.rate) * (1 + 1e-15)
            assert float(found.rate) <= found.enclosure[1] * (1 + 1e-15)
            assert found.enclosure[1] - found.enclosure[0] <= 1e-15 * found.enclosure[1] * 4


@pytest.mark.parametrize("seed", range(12))
def test_enclosures_of_random_methods_hold_the_circle(seed):
    rng = np.random.default_rng(seed)
    ell = float(rng.choice([1e-3, 0.1, 0.6]))
    method = (pr.HeavyBall, pr.Nesterov)[seed % 2](rng.uniform(0.1, 2.5), rng.uniform(-0.3, 0.95))
    found = pr.switching_rate(method, (ell, 1.0))
    fine = circle(method, ell, 1.0)
    assert found.status == "certified"
    assert fine <= found.rate * (1 + 1e-13)
    assert found.enclosure[0] <= fine * (1 + 1e-5)


class Triple(pr.Stationary):
    """A three-point method of a user: x⁺ = x + m(x − x₋) + n(x₋ − x₌) − h∇f(x)."""

    name, parameters = "three points", ()

    def transition(self, number):
        """Rows that sum to one."""
        a, b, c = (number(sp.Rational(v)) for v in (F(5, 4), F(-3, 8), F(1, 8)))
        zero, one = number(sp.Integer(0)), number(sp.Integer(1))
        return pr.Transition(
            (one, zero, zero),
            ((a, b, c), (one, zero, zero), (zero, one, zero)),
            (number(sp.Rational(9, 10)), zero, zero),
            (one, zero, zero),
        )


def test_a_method_with_three_points():
    found = pr.switching_rate(Triple(), (0.05, 1.0))
    assert circle(Triple(), 0.05, 1.0) == pytest.approx(found.rate, rel=1e-6)
    assert found.certificate.check()


def test_thresholds():
    two = 3 - 2 * sp.sqrt(2)
    heavy = pr.switching_rate(pr.HeavyBall.tuned(1, 10), (1, 10))
    plane = pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10))
    line = pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10), 1)
    assert sp.simplify(heavy.threshold - two) == 0
    assert sp.simplify(plane.threshold - two / 2) == 0
    assert float(line.threshold) == pytest.approx(0.0586326110, abs=1e-10)
    for make, threshold in ((pr.HeavyBall.tuned, float(two)), (pr.Nesterov.tuned, float(two) / 2)):
        for factor, diverges in ((1 - 1e-9, True), (1 + 1e-9, False)):
            kappa = threshold * factor
            assert pr.switching_rate(make(kappa, 1.0), (kappa, 1.0)).diverges is diverges
    assert pr.switching_rate(pr.GradientDescent.large(1, 10), (1, 10)).threshold == 0
    assert pr.switching_rate(pr.GradientDescent(F(5, 2)), (F(1, 10), 1)).threshold == 1


@pytest.mark.parametrize("kappa", [0.01, 0.1, 0.5])
def test_best_stationary(kappa):
    best = pr.best_stationary(kappa)
    q = (1 - kappa) / (1 + kappa)
    assert best.safe_momentum == sp.Rational(1, 3)
    assert sp.simplify(best.heavy_ball.safe_momentum - (5 - sp.sqrt(17)) / 4) == 0
    for choice, maker in ((best.nesterov, pr.Nesterov), (best.heavy_ball, pr.HeavyBall)):
        for other in np.linspace(0.0, 0.6, 13):
            rate = pr.switching_rate(maker(1.0, float(other)), (kappa, 1.0)).rate
            assert choice.rate <= rate * (1 + 1e-9)
        assert choice.rate >= q  # nothing with fixed coefficients beats gradient descent
    for wrong in (0, 1, -1, 2):
        with pytest.raises(pr.InvalidValue):
            pr.best_stationary(wrong)


@pytest.mark.parametrize("kappa", [1e-4, 0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("make", [pr.GradientDescent.large, pr.HeavyBall.tuned, pr.Nesterov.tuned])
def test_certificates_check_and_corrupted_ones_do_not(make, kappa):
    method = make(kappa, 1.0)
    found = pr.switching_rate(method, (kappa, 1.0))
    certificate = found.certificate
    assert certificate.check()
    assert found.rate <= float(certificate.rate) <= found.rate * (1 + 2e-4)
    first, second = certificate.constants
    assert first >= 1 and second > 0
    if make is pr.Nesterov.tuned:  # V = ‖Ê‖² + 2‖ΔÊ‖² gives √(1 + 2κ); the optimum is no worse
        assert first <= math.sqrt(1 + 2 * kappa) * (1 + 1e-4)
    lower = dataclasses.replace(certificate, rate=certificate.rate * F(999, 1000))
    skew = dataclasses.replace(
        certificate, P=tuple(tuple(-value for value in row) for row in certificate.P)
    )
    wider = dataclasses.replace(certificate, L=certificate.L * F(101, 100))
    assert not lower.check() and not skew.check()
    assert not wider.check() or make is not pr.GradientDescent.large


def test_the_bound_of_the_certificate_holds_against_adversaries():
    kappa = 0.3
    for method in (
        pr.Nesterov.tuned(kappa, 1.0),
        pr.HeavyBall(1.2, 0.2, first_step=1.2),
        pr.GradientDescent(1.9),
    ):
        found = pr.switching_rate(method, (kappa, 1.0)).certificate
        step = method.transition(float)
        M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
        rng = np.random.default_rng(3)
        for _ in range(30):
            E = rng.standard_normal(3)
            S, size = np.tile(E, (len(g), 1)), np.linalg.norm(E)
            for t in range(1, 25):
                Q = np.linalg.qr(rng.standard_normal((3, 3)))[0]
                H = Q @ np.diag(rng.choice([kappa, 1.0], 3)) @ Q.T
                S = M @ S - np.outer(g, H @ (q @ S))
                assert np.linalg.norm(step.output @ S) <= found.bound(t, size) * (1 + 1e-12)
    here = pr.switching_rate(pr.GradientDescent(1.9), (kappa, 1.0))
    assert here.bound(3, 2.0, 0.1, 1.0) == here.certificate.bound(3, 2.0, 0.1, 1.0)
    with pytest.raises(pr.InvalidValue):  # its first step is another
        pr.switching_rate(pr.HeavyBall.tuned(kappa, 1.0), (kappa, 1.0)).bound(3, 1.0)


@pytest.mark.parametrize("kappa", [0.01, 0.2])
@pytest.mark.parametrize("make", [pr.GradientDescent.large, pr.HeavyBall.tuned, pr.Nesterov.tuned])
def test_against_a_solver_of_matrix_inequalities(make, kappa):
    """The smallest ρ with ρ²P ≥ A(λ)ᵀPA(λ) at both ends for some P, by Clarabel."""
    try:
        import cvxpy as cp
    except ImportError:
        require("cvxpy", False)
    method = make(kappa, 1.0)
    step = method.transition(float)
    M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
    rate = float(pr.switching_rate(method, (kappa, 1.0)).rate)
    n = len(g)

    def slack(rho):
        """The least s with ρ²P − A(λ)ᵀPA(λ) + sI ≥ 0 at both ends for some P ≥ 0 of trace 1."""
        P, s = cp.Variable((n, n), symmetric=True), cp.Variable()
        rules = [P >> 0, cp.trace(P) == 1]
        for end in (kappa, 1.0):
            A = M - end * np.outer(g, q)
            rules.append(rho**2 * P - A.T @ P @ A + s * np.eye(n) >> 0)
        cp.Problem(cp.Minimize(s), rules).solve(solver=cp.CLARABEL)
        return float(s.value)

    # s is smooth in ρ and vanishes at the smallest feasible one: a parabola through three values
    places = np.array([-1.0, 0.0, 1.0]) * 1e-3
    values = [slack(rate * (1 + place)) for place in places]
    roots = np.roots(np.polyfit(places, values, 2))
    assert min(abs(roots)) < 1e-7


def test_refusals():
    with pytest.raises(pr.InvalidType):
        pr.switching_rate(pr.Chebyshev(1, 10), (1, 10))
    with pytest.raises(pr.InvalidValue):
        h, m = sp.symbols("h m", positive=True)
        pr.switching_rate(pr.Nesterov(h, m), (1, 10))
    with pytest.raises(pr.InvalidValue):
        pr.switching_rate(pr.HeavyBall.tuned(1, 10), (1, 10)).certificate  # noqa: B018
    with pytest.raises(pr.InvalidValue):
        pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10), 0)


def test_symbols_and_what_is_shown():
    ell, L = sp.symbols("ell L", positive=True)
    found = pr.switching_rate(pr.Nesterov.tuned(ell, L), (ell, L))
    value = found.rate.subs({ell: 1, L: 4})
    assert sp.simplify(value - sp.sqrt(2) / 2) == 0
    assert found._repr_latex_().startswith("$$\\rho =")


def test_saving_a_certificate(tmp_path):
    import json

    certificate = pr.switching_rate(pr.Nesterov.tuned(0.2, 1.0), (0.2, 1.0)).certificate
    certificate.save(tmp_path / "rate.json")
    fields = json.loads((tmp_path / "rate.json").read_text(encoding="utf-8"))
    assert F(fields["rate"]) == certificate.rate
    assert [[F(v) for v in row] for row in fields["P"]] == [list(row) for row in certificate.P]
    said = pr.check_certificate(tmp_path / "rate.json")
    assert said.ok and f"r = {certificate.rate}" in said.statement


def test_a_changed_certificate_is_refused_by_the_clause_that_fails():
    """Each claim a little stronger than what is true, and what has no meaning."""
    proof = pr.switching_rate(pr.Nesterov.tuned(F(1, 4), 1), (F(1, 4), 1)).certificate.proof
    content = proof.content
    P, mixing = content["P"], content["mixing"]
    at = {name: F(str(content[name])) for name in ("rate", "residual", "drift")}
    skew = [[P[0][0], str(F(P[0][1]) + 1)], P[1]]
    harm = {
        "rate": ({"rate": str(at["rate"] * F(9998, 10000))}, "decrease"),
        "residual": ({"residual": str(at["residual"] * F(999999, 10**6))}, "constants"),
        "drift": ({"drift": str(at["drift"] * F(999999, 10**6))}, "constants"),
        "no drift": ({"drift": "0"}, "constants"),
        "wider": ({"ell": "1/5"}, "decrease"),
        "ends": ({"ell": "2"}, "question"),
        "no rate": ({"rate": "0"}, "question"),
        "gain": ({"gain": ["3", "0"]}, "decrease"),
        "rows": ({"mixing": [mixing[1], ["1", "1"]]}, "question"),
        "query": ({"query": ["1", "1"]}, "question"),
        "output": ({"output": ["2", "0"]}, "question"),
        "skew": ({"P": skew}, "matrix"),
        "negative": ({"P": [["-1", "0"], ["0", "1"]]}, "matrix"),
        "singular": ({"P": [["1", "1"], ["1", "1"]]}, "matrix"),
        "short": ({"P": [["1"]]}, "question"),
        "empty": ({"P": [], "mixing": [], "gain": [], "query": [], "output": []}, "question"),
        "number": ({"rate": "1.0.0"}, "form"),
    }
    assert proof.check().ok
    for name, (change, clause) in harm.items():
        verdict = type(proof)({**content, **change}).check()
        assert not verdict.ok and verdict.clause == clause, (name, verdict)
