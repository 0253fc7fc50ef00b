"""The entries of accelerated methods, step schedules and wrappers."""

from __future__ import annotations

import sympy

from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.accelerated import FISTA, OptimizedGradient, TripleMomentum
from polyrates.core.methods.averaging import AveragedIterates, ExponentialAverage, ScheduleFree
from polyrates.core.methods.classical import GradientDescent, Nesterov
from polyrates.core.methods.conjugate_gradient import ConjugateGradient
from polyrates.core.methods.entry import Entry, Given, register, together
from polyrates.core.methods.lookahead import Lookahead
from polyrates.core.methods.step_schedules import ArcsineSteps, SilverSteps
from polyrates.core.recurrence import Method
from polyrates.ground.drawing import Look
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number

# of gradient descent whose step changes
_UPDATE = r"x_{t+1} = x_t - h_t\,\nabla f(x_t)"
_PRODUCT = r"P_t(\lambda) = \prod_{s<t} (1 - h_s\lambda)"


def _step(L: Number, given: Given) -> Number:
    """As given, else 1/L."""
    return given.get("step", 1 / L)


def _descent(L: Number, given: Given) -> GradientDescent:
    return GradientDescent(_step(L, given))


def _beside(L: Number, given: Given, option: str) -> tuple[GradientDescent, Number]:
    """Gradient descent and an option: both in floats where one is."""
    step, value = together(_step(L, given), given[option])
    return GradientDescent(step), value


def _fista(ell: Number, L: Number, given: Given) -> Method:
    return FISTA(*together(_step(L, given), *([given["a"]] if "a" in given else [])))


def _whole(given: Given, option: str, least: int) -> int:
    """An option that counts something."""
    value = sympy.sympify(given[option])
    if not value.is_Integer or int(value) < least:
        refuse_value(option, value, f"must be an integer ≥ {least}", f"give for instance {least}")
    return int(value)


def _lookahead(ell: Number, L: Number, given: Given) -> Method:
    base, share = _beside(L, given, "share")
    return Lookahead(base, _whole(given, "period", 1), share)


register(
    Entry(
        "fista",
        "FISTA",
        "FISTA",
        _fista,
        options=("step", "a"),
        update=r"x_{t+1} = y_t - h\,\nabla f(y_t),\quad y_t = x_t + m_t (x_t - x_{t-1})",
        residual=r"P_{t+1} = (1 - h\lambda)\left((1+m_t) P_t - m_t P_{t-1}\right)",
        about="step (1/L), a: with it the rational schedule (t-1)/(t+a)",
        look=Look("#1F78B4", (0, (8, 2, 2, 2))),
        kind=FISTA,
    )
)
register(
    Entry(
        "convex-nesterov",
        "Nesterov, convex schedule",
        "Nesterov  t/(t+3)",
        lambda ell, L, given: Nesterov.convex(_step(L, given)),
        options=("step",),
        update=r"y_{t+1} = x_{t+1} + \frac{t}{t+3} (x_{t+1} - x_t)",
        residual=r"P_t = \frac{2 s^{t+1}}{t(t+1)} p_t'(s),\quad s = \sqrt{1 - h\lambda}",
        about="step (1/L): momentum t/(t+3)",
        look=Look("#6A3D9A", (0, (3, 1, 1, 1))),
    )
)
register(
    Entry(
        "triple-momentum",
        "triple momentum",
        "triple momentum",
        lambda ell, L, _: TripleMomentum.tuned(ell, L),
        update=r"\xi_{t+1} = \xi_t + \beta (\xi_t - \xi_{t-1}) - h\,\nabla f(\xi_t + "
        r"\gamma (\xi_t - \xi_{t-1}))",
        about="the fastest known on smooth strongly convex functions",
        look=Look("#B15928", (0, (5, 1, 1, 1, 1, 1))),
        kind=TripleMomentum,
        needs_gap=True,
    )
)
register(
    Entry(
        "optimized-gradient",
        "optimized gradient method",
        "OGM",
        lambda ell, L, given: OptimizedGradient(_step(L, given), _whole(given, "horizon", 1)),
        options=("step", "horizon"),
        defaults={"horizon": "20"},
        about="step (1/L), horizon (20): the best bound for convex functions",
        look=Look("#33A02C", (0, (6, 2, 1, 2, 1, 2))),
        kind=OptimizedGradient,
    )
)
register(
    Entry(
        "conjugate-gradients",
        "conjugate gradients on a density",
        "CG",
        lambda ell, L, given: ConjugateGradient().on(
            GegenbauerDensity(*together(ell, L, given["alpha"]))
        ),
        options=("alpha",),
        defaults={"alpha": "1/2"},
        update=r"x_{t+1} = x_t + \alpha_t p_t,\quad p_{t+1} = -g_{t+1} + \beta_t p_t",
        residual=r"P_t = \arg\min_{P(0)=1} \int P^2 / \lambda \, d\mu",
        about="alpha (1/2, uniform): their polynomials where the first\n"
        "gradient is spread so over [ell, L]",
        look=Look("#1B7837", (0, (3, 1, 1, 1, 1, 1))),
    )
)
register(
    Entry(
        "silver",
        "gradient descent, silver steps",
        "GD  silver",
        lambda ell, L, given: SilverSteps(_step(L, given)),
        options=("step",),
        update=_UPDATE,
        residual=_PRODUCT,
        about="step (1/L): steps sqrt(2), 2, sqrt(2), 2+sqrt(2), ... over L",
        look=Look("#7F7F7F", (0, (2, 1))),
        kind=SilverSteps,
    )
)
register(
    Entry(
        "arcsine",
        "gradient descent, arcsine steps",
        "GD  arcsine",
        lambda ell, L, _: ArcsineSteps(ell, L),
        update=_UPDATE,
        residual=_PRODUCT,
        about="Chebyshev's rate without momentum",
        look=Look("#E31A1C", (0, (1, 1.5))),
        kind=ArcsineSteps,
    )
)
register(
    Entry(
        "averaged",
        "gradient descent, averaged",
        "GD averaged",
        lambda ell, L, given: AveragedIterates(_descent(L, given), _whole(given, "start", 0)),
        options=("step", "start"),
        defaults={"start": "0"},
        update=r"\bar{x}_{t+1} = \bar{x}_t + \frac{1}{t+2} (x_{t+1} - \bar{x}_t)",
        residual=r"\bar{P}_t = \frac{1}{t+1} \sum_{k \le t} (1 - h\lambda)^k",
        about="step (1/L), start (0): the mean of the iterates from there on",
        look=Look("#A6761D", (0, (4, 2))),
        kind=AveragedIterates,
    )
)
register(
    Entry(
        "exponential-average",
        "gradient descent, exponential average",
        "GD  EMA",
        lambda ell, L, given: ExponentialAverage(*_beside(L, given, "decay")),
        options=("step", "decay"),
        defaults={"decay": "9/10"},
        update=r"\bar{x}_{t+1} = d\,\bar{x}_t + (1 - d) x_{t+1}",
        about="step (1/L), decay (9/10)",
        look=Look("#666600", (0, (4, 1, 2, 1))),
        kind=ExponentialAverage,
    )
)
register(
    Entry(
        "schedule-free",
        "schedule-free gradient descent",
        "schedule-free",
        lambda ell, L, given: ScheduleFree(*together(_step(L, given), given["beta"])),
        options=("step", "beta"),
        defaults={"beta": "9/10"},
        update=r"x_{t+1} = (1 - c) x_t + c z_{t+1},\quad z_{t+1} = z_t - h\,\nabla f(y_t)",
        about="step (1/L), beta (9/10)",
        look=Look("#E7298A", (0, (7, 1, 1, 1))),
        kind=ScheduleFree,
    )
)
register(
    Entry(
        "lookahead",
        "lookahead around gradient descent",
        "lookahead",
        _lookahead,
        options=("step", "period", "share"),
        defaults={"period": "5", "share": "1/2"},
        update=r"\phi^+ = \phi + \alpha (x_k - \phi)",
        residual=r"P_k(\lambda) = 1 - \alpha + \alpha (1 - h\lambda)^k",
        about="step (1/L), period (5), share (1/2)",
        look=Look("#17BECF", (0, (2, 2, 6, 2))),
        kind=Lookahead,
    )
)
