"""Lyapunov certificates of a switching rate: they check, they bound, and corrupted ones fail."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr


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
