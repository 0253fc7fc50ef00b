"""The methods that have a name: one entry each, which everything that lists methods reads.

An entry says what the command line calls a method, what a page and a plot call it, how it is drawn,
its options and their defaults, and how it is made for a spectrum in [ℓ, L]. The command line, the
reports, the plots, ``plan`` and the catalogues of the tests go through :data:`NAMES`; a method of
your own joins them by :func:`register`. Its formula, parameters and sources are its class's.
"""

from __future__ import annotations

from collections.abc import Callable

from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.methods.entry import (
    NAMES,
    Entry,
    Given,
    entry_of,
    look_of,
    register,
    standard_methods,
    together,
)
from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.ground.drawing import SPARE_LOOKS, Look
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating

__all__ = ["NAMES", "Entry", "entry_of", "look_of", "register", "standard_methods"]


def _gradient_descent(ell: Number, L: Number, given: Given) -> Method:
    if "step" not in given:
        refuse_value(
            "method",
            "gradient-descent",
            "needs its step",
            "give the step, or take large, short or flat, which are tuned",
        )
    return GradientDescent(given["step"])


def _heavy_ball(ell: Number, L: Number, given: Given) -> Method:
    if not given:
        return HeavyBall.tuned(ell, L)
    h, m = _step_and_momentum(HeavyBall.tuned, ell, L, given)
    return HeavyBall(h, m, given.get("first_step"))


def _nesterov(ell: Number, L: Number, given: Given) -> Method:
    return Nesterov(*_step_and_momentum(Nesterov.tuned, ell, L, given))


def _step_and_momentum(
    tuned: Callable[[Number, Number], HeavyBall | Nesterov], ell: Number, L: Number, given: Given
) -> tuple[Number, Number]:
    """As given, else tuned; tuning asks for ell > 0, so it is done only where it is needed."""
    both = {"step", "momentum"} <= set(given)
    fallback = None if both else tuned(ell, L)
    step = given.get("step", getattr(fallback, "step", None))
    momentum = given.get("momentum", getattr(fallback, "momentum", None))
    assert step is not None and momentum is not None
    h, m = together(step, momentum)
    return h, m


def _sobolev(ell: Number, L: Number, given: Given) -> Method:
    density = GegenbauerDensity(*together(ell, L, given["alpha"]))
    eta = given["eta"]
    return Sobolev(density, floating(eta) if isinstance(density.ell, float) else eta)


def _harmonic(ell: Number, L: Number, given: Given) -> Method:
    low, high, eta = together(ell, L, given["eta"])
    return HarmonicSobolev(low, high, eta, "residual/drift")


_GD_STEP = r"x_{t+1} = x_t - h\,\nabla f(x_t)"
_MOMENTUM_STEP = r"x_{t+1} = x_t + m_t (x_t - x_{t-1}) - h_t \nabla f(x_t)"
_SOBOLEV_STEP = r"x_{t+1} = (1 - a_t) x_t + a_t z_t,\quad z_t \text{ a short recurrence}"
_SOBOLEV_POLYNOMIAL = r"P_t = \arg\min_{P(0)=1} \int P^2 d\mu + \eta \int P'^2 d\mu"


def _descent(
    key: str,
    step: str,
    typeset: str,
    make: Callable[[Number, Number], Method],
    about: str,
    look: Look,
    planned: str = "",
) -> None:
    """Gradient descent with a step that is tuned; ``step`` and 1 − hλ ``typeset``."""
    register(
        Entry(
            key,
            f"gradient descent, h = {step}",
            f"GD  {step}",
            lambda ell, L, _: make(ell, L),
            update=_GD_STEP,
            residual=rf"P_t(\lambda) = \left(1 - {typeset}\right)^t",
            about=about,
            look=look,
            planned=planned,
        )
    )


_descent(
    "large",
    "2/(L+ℓ)",
    r"\frac{2\lambda}{L+\ell}",
    GradientDescent.large,
    "gradient descent, step 2/(L+ell): fastest for the iterates",
    Look("#D55E00"),
    "gradient descent",
)
_descent(
    "short",
    "1/L",
    r"\frac{\lambda}{L}",
    GradientDescent.short,
    "gradient descent, step 1/L",
    Look("#E69F00", (0, (1.2, 1.2))),
    "gradient descent, short step",
)
_descent(
    "flat",
    "√2/L",
    r"\frac{\sqrt{2}\,\lambda}{L}",
    GradientDescent.flat,
    "gradient descent, step sqrt(2)/L: the largest without burn-in\nof the initial part",
    Look("#8c6a00", (0, (5, 1.6))),
)
register(
    Entry(
        "gradient-descent",
        "gradient descent",
        "GD",
        _gradient_descent,
        options=("step",),
        update=_GD_STEP,
        residual=r"P_t(\lambda) = (1 - h\lambda)^t",
        about="needs step",
        look=Look("#D55E00"),
        kind=GradientDescent,
    )
)
register(
    Entry(
        "heavy-ball",
        "heavy ball",
        "heavy ball",
        _heavy_ball,
        options=("step", "momentum", "first_step"),
        update=r"x_{t+1} = x_t + m (x_t - x_{t-1}) - h\,\nabla f(x_t)",
        residual=r"P_{t+1} = (1 + m - h\lambda) P_t - m P_{t-1}",
        about="step, momentum, first_step",
        look=Look("#CC79A7", (0, (6, 1.5, 1.2, 1.5))),
        kind=HeavyBall,
        planned="heavy ball",
        needs_gap=True,
    )
)
register(
    Entry(
        "nesterov",
        "Nesterov",
        "Nesterov",
        _nesterov,
        options=("step", "momentum"),
        update=r"x_{t+1} = y_t - h\,\nabla f(y_t),\quad y_t = x_t + m (x_t - x_{t-1})",
        residual=r"P_{t+1} = (1 - h\lambda)\left((1+m) P_t - m P_{t-1}\right)",
        about="step, momentum",
        look=Look("#56B4E9", (0, (3, 1.4))),
        kind=Nesterov,
        planned="Nesterov",
        needs_gap=True,
    )
)
register(
    Entry(
        "chebyshev",
        "Chebyshev",
        "Chebyshev",
        lambda ell, L, _: Chebyshev(ell, L),
        update=_MOMENTUM_STEP,
        residual=r"P_t(\lambda) = \frac{T_t(\sigma(\lambda))}{T_t(\sigma(0))}",
        about="the fastest of all for the iterates in the worst case",
        look=Look("#0072B2"),
        kind=Chebyshev,
        planned="Chebyshev",
    )
)
register(
    Entry(
        "gegenbauer",
        "Gegenbauer",
        "Gegenbauer",
        lambda ell, L, given: Gegenbauer(*together(ell, L, given["alpha"])),
        options=("alpha",),
        defaults={"alpha": "1"},
        update=_MOMENTUM_STEP,
        residual=r"P_t(\lambda) = \frac{C_t^{(\alpha)}(\sigma(\lambda))}"
        r"{C_t^{(\alpha)}(\sigma(0))}",
        about="alpha (1)",
        look=Look("#004c78", (0, (4, 1.2, 1, 1.2, 1, 1.2))),
        kind=Gegenbauer,
    )
)
register(
    Entry(
        "sobolev",
        "Sobolev",
        "Sobolev",
        _sobolev,
        options=("eta", "alpha"),
        defaults={"alpha": "0", "eta": "1"},
        update=_SOBOLEV_STEP,
        residual=_SOBOLEV_POLYNOMIAL,
        about="eta, alpha (0): made for the Jacobian",
        look=Look("#009E73", "-", 2.6),
        kind=Sobolev,
    )
)
register(
    Entry(
        "harmonic",
        "Sobolev, harmonic measure",
        "Sobolev, harmonic",
        _harmonic,
        options=("eta",),
        defaults={"eta": "1"},
        update=_SOBOLEV_STEP,
        residual=_SOBOLEV_POLYNOMIAL,
        about="eta: near the best worst case at every t, for --residual\n"
        "and --drift with eta = (drift/residual)^2",
        look=SPARE_LOOKS[0],
        kind=HarmonicSobolev,
    )
)

import polyrates.core.methods.further  # noqa: E402, F401  its entries follow these
