"""Which method, and which way to differentiate it, for a budget: ranked by guaranteed error.

The cost of an estimate is N = gradients + Hessian-vector products. Every row is a method, an
estimator and a split of N between the two, with the error that no problem of the given sizes
exceeds. Implicit differentiation usually wins: its inner solve starts where the gradient steps
ended, its two halves contract one after the other, while an unrolled run pays two products a step
for one contraction. By how much depends on (ℓ, L, ‖E‖, ‖D‖, N), and here it is said. An exact
implicit solve is left out: what it costs is not a number of products.
"""

from polyrates.plan.build import plan, plan_curves, plan_from_arguments
from polyrates.plan.ranking import minimax_choice, ranked, standard_methods
from polyrates.plan.table import FAMILIES, Plan, PlanCurve, PlanRow

__all__ = [
    "FAMILIES",
    "Plan",
    "PlanCurve",
    "PlanRow",
    "minimax_choice",
    "plan",
    "plan_curves",
    "plan_from_arguments",
    "ranked",
    "standard_methods",
]
