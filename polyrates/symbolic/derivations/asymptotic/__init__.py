r"""V* for large t: by Zolotarev's argument, by Schwarz and Pick, by harmonic measure.

The hull is mapped to [−1, 1] by −m, so that λ = 0 is c = (ξ + 1/ξ)/2 > 1, and [−1, 1] is opened by
y = (w + 1/w)/2, |w| ≤ 1, w = e^{iθ} on the circle; λ = 0 is w = ξ. A real polynomial of degree t is
Re(w^{−t} f(w)) on the circle. f turns slowly against w^{−t}, so the maximum of |A| is that of |f|,
and what A can reach at c is what f, bounded on the disc, can reach at ξ.

Every derivation says of each result whether it is proved, formal (an expansion whose remainder is
not bounded), or numeric.
"""

from polyrates.symbolic.derivations.asymptotic.least_favourable import least_favourable_limit
from polyrates.symbolic.derivations.asymptotic.notation import Numeric
from polyrates.symbolic.derivations.asymptotic.residual_drift import (
    residual_drift_bounds,
    residual_drift_limit,
)
from polyrates.symbolic.derivations.asymptotic.with_cross import (
    initial_cross_limit,
    initial_cross_value,
    outer_function,
    outer_value,
)
from polyrates.symbolic.derivations.asymptotic.without_cross import zolotarev, zolotarev_bounds

__all__ = [
    "Numeric",
    "initial_cross_limit",
    "initial_cross_value",
    "least_favourable_limit",
    "outer_function",
    "outer_value",
    "residual_drift_bounds",
    "residual_drift_limit",
    "zolotarev",
    "zolotarev_bounds",
]
