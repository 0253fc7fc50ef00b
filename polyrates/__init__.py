"""polyrates: how wrong is the Jacobian of a differentiated solver, and what cures it.

A first-order method is a recurrence of residual polynomials P_t in the eigenvalue λ of the Hessian,
x_t − x* = P_t(H)(x_0 − x*), P_t(0) = 1. Differentiating it estimates ∂x* with the error
R(H)E + C(H)D = (R − λC)(H)E + C(H)G, for unrolling R = P_t and C = P_t′. The spectrum of H lies in
[ell, L]; kappa = ell/L is the inverse condition number; t is the iteration.

Spectra      Interval, Union; Uniform, GegenbauerDensity, JacobiDensity, MarchenkoPastur, Empirical,
             Mixture
Methods      GradientDescent (.large, .short, .flat), HeavyBall and Nesterov (.tuned(ell, L)),
             Chebyshev, Gegenbauer, Orthogonal, Sobolev, HarmonicSobolev, Tabulated,
             Richardson (.leja), WeightedIterates; realize; FISTA, OptimizedGradient,
             TripleMomentum, SilverSteps, ArcsineSteps; around others AveragedIterates,
             ExponentialAverage, Lookahead; ScheduleFree; as torch and optax run them
             HeavyBall.torch, Nesterov.torch, Tabulated.torch, MomentumSchedule
Estimators   Unrolled, Truncated, OneStep, Implicit (inner: any method, or ConjugateGradient)
Problems     Quadratic, Ridge, Logistic, LogCosh, PseudoHuber, NonlinearLeastSquares; Lasso,
             ElasticNet; from_loss of your own loss; or any object with gradient, hvp and cross
Analysis     residual_polynomial, error_polynomials, rate, average, compare, best_step, lower_bound,
             worst_case_problem, frobenius_bound; hypergradient_rate, worst_hypergradient_problem;
             noise, noise_matrix; off quadratics reach, majorant, majorant_example,
             switching_rate, best_stationary, diverging_example
Proofs       lower_bound_certificate, check_certificate; rate(...).initial.certificate(t) and the
             .certificate of an optimum; what is theirs is a ProofFile, a checker's answer a Verdict
Synthesis    sobolev_optimal, minimax_optimal, near_minimax, minimax_asymptotic, best_eta,
             pareto
Choices      best_start, best_split, best_restart, optimal_tail; plan; of warm-started outer loops
             warm_start, best_loop
Execution    run, differentiate, jvp, vjp, verify; sweep, read_sweep; residual_values,
             residual_series
Certificates certify, certify_vjp, hypergradient, at_tolerance: how wrong is the J I hold? Shared by
             many: deflation, Preconditioner
Measurement  estimate_spectrum, measure_spectrum, estimate_sizes, estimate_eta, check_interval;
             beyond quadratics local_model, local_errors, contraction_bound
Presentation latex, cite, derivations, Derivation, published_rates
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from polyrates.ground.homes import HOME

if TYPE_CHECKING:
    from polyrates.analysis.attained import worst_case_problem
    from polyrates.analysis.average import average
    from polyrates.analysis.best_stationary import BestStationary, best_stationary
    from polyrates.analysis.certificates import lower_bound_certificate
    from polyrates.analysis.comparison import Comparison, compare
    from polyrates.analysis.diverging import diverging_example
    from polyrates.analysis.hypergradient_rate import (
        HypergradientRate,
        hypergradient_rate,
        worst_hypergradient_problem,
    )
    from polyrates.analysis.lyapunov import LyapunovCertificate
    from polyrates.analysis.majorant import Majorant, majorant
    from polyrates.analysis.majorant_example import majorant_example
    from polyrates.analysis.noise import Noise, noise, noise_matrix
    from polyrates.analysis.rate import Rate, rate
    from polyrates.analysis.rate_part import RatePart
    from polyrates.analysis.reach import Reach, reach
    from polyrates.analysis.switching import Switching, switching_rate
    from polyrates.analysis.warm_start import WarmStart, warm_start
    from polyrates.choices.choice import Choice
    from polyrates.choices.loop import LoopChoice, best_loop
    from polyrates.choices.optimal_tail import optimal_tail
    from polyrates.choices.plan import Plan, plan
    from polyrates.choices.plan_rows import PlanRow
    from polyrates.choices.searches import best_restart, best_split, best_start
    from polyrates.core.estimators import Estimator, Implicit, OneStep, Truncated, Unrolled
    from polyrates.core.measures.densities import (
        GegenbauerDensity,
        JacobiDensity,
        MarchenkoPastur,
        Uniform,
    )
    from polyrates.core.measures.empirical import Empirical
    from polyrates.core.measures.mixture import Mixture
    from polyrates.core.methods.accelerated import FISTA, OptimizedGradient, TripleMomentum
    from polyrates.core.methods.averaging import AveragedIterates, ExponentialAverage, ScheduleFree
    from polyrates.core.methods.classical import (
        Chebyshev,
        Gegenbauer,
        GradientDescent,
        HeavyBall,
        Nesterov,
    )
    from polyrates.core.methods.conjugate_gradient import ConjugateGradient
    from polyrates.core.methods.extrapolated import ExtrapolatedNesterov
    from polyrates.core.methods.harmonic import HarmonicSobolev
    from polyrates.core.methods.lookahead import Lookahead
    from polyrates.core.methods.momentum_schedule import MomentumSchedule
    from polyrates.core.methods.orthogonal import Orthogonal, Sobolev, SobolevAsymptotic
    from polyrates.core.methods.restarted import Restarted
    from polyrates.core.methods.step_schedules import ArcsineSteps, SilverSteps
    from polyrates.core.methods.tabulated import Richardson, Tabulated, WeightedIterates
    from polyrates.core.recurrence import Method, Stationary
    from polyrates.core.spectra import Interval, Spectrum, Union
    from polyrates.core.transition import Transition
    from polyrates.execution.preconditioner import Preconditioner
    from polyrates.execution.reverse import jvp, vjp
    from polyrates.execution.run import run
    from polyrates.execution.sweeps import read_sweep, sweep
    from polyrates.execution.trajectory import Trajectory, differentiate
    from polyrates.ground.certificates import ProofFile, Verdict, check_certificate
    from polyrates.ground.errors import (
        HorizonError,
        InexactError,
        InvalidType,
        InvalidValue,
        NoClosedForm,
        NonFiniteError,
        NoShortRecurrence,
        NotCommuting,
        PolyratesError,
        Undecided,
    )
    from polyrates.ground.numbers import lam, t
    from polyrates.ground.references import cite
    from polyrates.ground.typeset import latex
    from polyrates.measurement.certify import Certified, certify, deflation
    from polyrates.measurement.contraction import contraction_bound
    from polyrates.measurement.hypergradient import Hypergradient, certify_vjp, hypergradient
    from polyrates.measurement.local_model import local_errors, local_model
    from polyrates.measurement.measured_sizes import estimate_eta, estimate_sizes
    from polyrates.measurement.spectrum import check_interval, estimate_spectrum, measure_spectrum
    from polyrates.measurement.tolerance import at_tolerance
    from polyrates.measurement.verify import Verification, verify
    from polyrates.numeric.suprema.two_variable import frobenius_bound
    from polyrates.numeric.values import residual_series, residual_values
    from polyrates.problems.from_loss import LossProblem, from_loss
    from polyrates.problems.lasso import ElasticNet, Lasso
    from polyrates.problems.losses import (
        Constants,
        LogCosh,
        Logistic,
        NonlinearLeastSquares,
        PseudoHuber,
    )
    from polyrates.problems.quadratic import Problem, Quadratic, Ridge
    from polyrates.symbolic.derivations.registry import derivations
    from polyrates.symbolic.polynomials import (
        ErrorPolynomials,
        error_polynomials,
        residual_polynomial,
    )
    from polyrates.symbolic.proofs.derivation import Derivation
    from polyrates.symbolic.proofs.steps import DerivationError
    from polyrates.symbolic.theorems.bounds import best_step, lower_bound
    from polyrates.symbolic.theorems.published import published_rates
    from polyrates.synthesis.minimax import minimax_optimal
    from polyrates.synthesis.near_minimax import best_eta, minimax_asymptotic, near_minimax
    from polyrates.synthesis.optimum import Optimum
    from polyrates.synthesis.pareto import Front, pareto
    from polyrates.synthesis.realize import realize
    from polyrates.synthesis.sobolev import sobolev_optimal

__version__ = "0.1.0"

__all__ = [
    "FISTA",
    "ArcsineSteps",
    "AveragedIterates",
    "BestStationary",
    "Certified",
    "Chebyshev",
    "Choice",
    "Comparison",
    "ConjugateGradient",
    "Constants",
    "Derivation",
    "DerivationError",
    "ElasticNet",
    "Empirical",
    "ErrorPolynomials",
    "Estimator",
    "ExponentialAverage",
    "ExtrapolatedNesterov",
    "Front",
    "Gegenbauer",
    "GegenbauerDensity",
    "GradientDescent",
    "HarmonicSobolev",
    "HeavyBall",
    "HorizonError",
    "Hypergradient",
    "HypergradientRate",
    "Implicit",
    "InexactError",
    "Interval",
    "InvalidType",
    "InvalidValue",
    "JacobiDensity",
    "Lasso",
    "LogCosh",
    "Logistic",
    "Lookahead",
    "LoopChoice",
    "LossProblem",
    "LyapunovCertificate",
    "Majorant",
    "MarchenkoPastur",
    "Method",
    "Mixture",
    "MomentumSchedule",
    "Nesterov",
    "NoClosedForm",
    "NoShortRecurrence",
    "Noise",
    "NonFiniteError",
    "NonlinearLeastSquares",
    "NotCommuting",
    "OneStep",
    "OptimizedGradient",
    "Optimum",
    "Orthogonal",
    "Plan",
    "PlanRow",
    "PolyratesError",
    "Preconditioner",
    "Problem",
    "ProofFile",
    "PseudoHuber",
    "Quadratic",
    "Rate",
    "RatePart",
    "Reach",
    "Restarted",
    "Richardson",
    "Ridge",
    "ScheduleFree",
    "SilverSteps",
    "Sobolev",
    "SobolevAsymptotic",
    "Spectrum",
    "Stationary",
    "Switching",
    "Tabulated",
    "Trajectory",
    "Transition",
    "TripleMomentum",
    "Truncated",
    "Undecided",
    "Uniform",
    "Union",
    "Unrolled",
    "Verdict",
    "Verification",
    "WarmStart",
    "WeightedIterates",
    "at_tolerance",
    "average",
    "best_eta",
    "best_loop",
    "best_restart",
    "best_split",
    "best_start",
    "best_stationary",
    "best_step",
    "certify",
    "certify_vjp",
    "check_certificate",
    "check_interval",
    "cite",
    "compare",
    "contraction_bound",
    "deflation",
    "derivations",
    "differentiate",
    "diverging_example",
    "error_polynomials",
    "estimate_eta",
    "estimate_sizes",
    "estimate_spectrum",
    "frobenius_bound",
    "from_loss",
    "hypergradient",
    "hypergradient_rate",
    "jvp",
    "lam",
    "latex",
    "local_errors",
    "local_model",
    "lower_bound",
    "lower_bound_certificate",
    "majorant",
    "majorant_example",
    "measure_spectrum",
    "minimax_asymptotic",
    "minimax_optimal",
    "near_minimax",
    "noise",
    "noise_matrix",
    "optimal_tail",
    "pareto",
    "plan",
    "published_rates",
    "rate",
    "reach",
    "read_sweep",
    "realize",
    "residual_polynomial",
    "residual_series",
    "residual_values",
    "run",
    "sobolev_optimal",
    "sweep",
    "switching_rate",
    "t",
    "verify",
    "vjp",
    "warm_start",
    "worst_case_problem",
    "worst_hypergradient_problem",
]


def __getattr__(name: str) -> object:
    """A public name, from the module that defines it."""
    if name not in HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{HOME[name]}"), name)
    globals()[name] = value  # from now on an attribute like any other
    return value


def __dir__() -> list[str]:
    return __all__
