"""The module that defines each public name, so that a question loads what it needs and no more.

``import polyrates`` alone loads no other library. A name is imported when it is first asked for;
type checkers read the imports of the contents page, and a test holds that both say the same.
"""

from __future__ import annotations

__all__ = ["HOME"]

_NAMES = {
    "analysis.attained": "worst_case_problem",
    "analysis.average": "average",
    "analysis.best_stationary": "BestStationary best_stationary",
    "analysis.certificates": "lower_bound_certificate",
    "analysis.comparison": "Comparison compare",
    "analysis.diverging": "diverging_example",
    "analysis.hypergradient_rate": (
        "HypergradientRate hypergradient_rate worst_hypergradient_problem"
    ),
    "analysis.lyapunov": "LyapunovCertificate",
    "analysis.majorant": "Majorant majorant",
    "analysis.majorant_example": "majorant_example",
    "analysis.noise": "Noise noise noise_matrix",
    "analysis.rate": "Rate rate",
    "analysis.rate_part": "RatePart",
    "analysis.reach": "Reach reach",
    "analysis.switching": "Switching switching_rate",
    "analysis.warm_start": "WarmStart warm_start",
    "choices.choice": "Choice",
    "choices.loop": "LoopChoice best_loop",
    "choices.optimal_tail": "optimal_tail",
    "choices.plan": "Plan plan",
    "choices.plan_rows": "PlanRow",
    "choices.searches": "best_restart best_split best_start",
    "core.estimators": "Estimator Implicit OneStep Truncated Unrolled",
    "core.measures.densities": "GegenbauerDensity JacobiDensity MarchenkoPastur Uniform",
    "core.measures.empirical": "Empirical",
    "core.measures.mixture": "Mixture",
    "core.methods.accelerated": "FISTA OptimizedGradient TripleMomentum",
    "core.methods.averaging": "AveragedIterates ExponentialAverage ScheduleFree",
    "core.methods.classical": "Chebyshev Gegenbauer GradientDescent HeavyBall Nesterov",
    "core.methods.conjugate_gradient": "ConjugateGradient",
    "core.methods.extrapolated": "ExtrapolatedNesterov",
    "core.methods.harmonic": "HarmonicSobolev",
    "core.methods.lookahead": "Lookahead",
    "core.methods.momentum_schedule": "MomentumSchedule",
    "core.methods.orthogonal": "Orthogonal Sobolev SobolevAsymptotic",
    "core.methods.restarted": "Restarted",
    "core.methods.step_schedules": "ArcsineSteps SilverSteps",
    "core.methods.tabulated": "Richardson Tabulated WeightedIterates",
    "core.recurrence": "Method Stationary",
    "core.spectra": "Interval Spectrum Union",
    "core.transition": "Transition",
    "execution.preconditioner": "Preconditioner",
    "execution.reverse": "jvp vjp",
    "execution.run": "run",
    "execution.sweeps": "read_sweep sweep",
    "execution.trajectory": "Trajectory differentiate",
    "ground.certificates": "ProofFile Verdict check_certificate",
    "ground.errors": (
        "HorizonError InexactError InvalidType InvalidValue NoClosedForm NonFiniteError "
        "NoShortRecurrence NotCommuting PolyratesError Undecided"
    ),
    "ground.numbers": "lam t",
    "ground.references": "cite",
    "ground.typeset": "latex",
    "measurement.certify": "Certified certify deflation",
    "measurement.contraction": "contraction_bound",
    "measurement.hypergradient": "Hypergradient certify_vjp hypergradient",
    "measurement.local_model": "local_errors local_model",
    "measurement.measured_sizes": "estimate_eta estimate_sizes",
    "measurement.spectrum": "check_interval estimate_spectrum measure_spectrum",
    "measurement.tolerance": "at_tolerance",
    "measurement.verify": "Verification verify",
    "numeric.suprema.two_variable": "frobenius_bound",
    "numeric.values": "residual_series residual_values",
    "problems.from_loss": "LossProblem from_loss",
    "problems.lasso": "ElasticNet Lasso",
    "problems.losses": "Constants LogCosh Logistic NonlinearLeastSquares PseudoHuber",
    "problems.quadratic": "Problem Quadratic Ridge",
    "symbolic.derivations.registry": "derivations",
    "symbolic.polynomials": "ErrorPolynomials error_polynomials residual_polynomial",
    "symbolic.proofs.derivation": "Derivation",
    "symbolic.proofs.steps": "DerivationError",
    "symbolic.theorems.bounds": "best_step lower_bound",
    "symbolic.theorems.published": "published_rates",
    "synthesis.minimax": "minimax_optimal",
    "synthesis.near_minimax": "best_eta minimax_asymptotic near_minimax",
    "synthesis.optimum": "Optimum",
    "synthesis.pareto": "Front pareto",
    "synthesis.realize": "realize",
    "synthesis.sobolev": "sobolev_optimal",
}

HOME = {name: home for home, names in _NAMES.items() for name in names.split()}
