"""What a card says in words: how a method is made, its lead, the meaning of every symbol in it."""

from __future__ import annotations

import re

__all__ = ["CALLS", "LEADS", "defined"]

_DESCENT = 'pr.GradientDescent("1/100")'
CALLS = {
    "large": "pr.GradientDescent.large(1, 100)",
    "short": "pr.GradientDescent.short(1, 100)",
    "flat": "pr.GradientDescent.flat(1, 100)",
    "gradient-descent": _DESCENT,
    "heavy-ball": "pr.HeavyBall.tuned(1, 100)",
    "nesterov": "pr.Nesterov.tuned(1, 100)",
    "chebyshev": "pr.Chebyshev(1, 100)",
    "gegenbauer": "pr.Gegenbauer(1, 100, 1)",
    "sobolev": "pr.Sobolev(pr.GegenbauerDensity(1, 100, 0), eta=100)",
    "harmonic": 'pr.HarmonicSobolev(1, 100, 100, "residual/drift")',
    "fista": 'pr.FISTA("1/100")',
    "convex-nesterov": 'pr.Nesterov.convex("1/100")',
    "triple-momentum": "pr.TripleMomentum.tuned(1, 100)",
    "optimized-gradient": 'pr.OptimizedGradient("1/100", 20)',
    "conjugate-gradients": 'pr.ConjugateGradient().on(pr.GegenbauerDensity(1, 100, "1/2"))',
    "silver": 'pr.SilverSteps("1/100")',
    "arcsine": "pr.ArcsineSteps(1, 100)",
    "averaged": f"pr.AveragedIterates({_DESCENT}, 0)",
    "exponential-average": f'pr.ExponentialAverage({_DESCENT}, "9/10")',
    "schedule-free": 'pr.ScheduleFree("1/100", "9/10")',
    "lookahead": f'pr.Lookahead({_DESCENT}, 5, "1/2")',
}
"""How each method of the catalogue is made on [1, 100]; a test holds them to the catalogue."""

_STEP = r"$x_{t+1} = x_t - h\,\nabla f(x_t)$, so that $P_t(\lambda) = (1 - h\lambda)^t$"
LEADS = {
    "large": rf"{_STEP}, with $h = 2/(L + \ell)$: the constant step that is fastest for the "
    rf"iterates.",
    "short": rf"{_STEP}, with $h = 1/L$.",
    "flat": rf"{_STEP}, with $h = \sqrt{{2}}/L$: the largest without burn-in for a wrong start.",
    "gradient-descent": f"{_STEP}.",
    "heavy-ball": r"A gradient step from $x_t$ and a share $m$ of the last move (Polyak 1964); the "
    "first step is a gradient step of its own.",
    "nesterov": r"A gradient step from the extrapolated $y_t$ (Nesterov 1983); the residual "
    r"polynomial "
    "is that of $x_t$.",
    "chebyshev": r"The polynomial with the smallest $\max |P_t|$ on $[\ell, L]$ of all with "
    r"$P_t(0) = 1$ (Flanders and Shortley 1950).",
    "gegenbauer": r"Polynomials orthogonal on $[\ell, L]$ for $(1 - \sigma^2)^{\alpha - 1/2}$ "
    r"(DLMF 18.3).",
    "sobolev": r"At every $t$ the $P$ with $P(0) = 1$ and degree at most $t$ that minimizes "
    r"$\int P^2 d\mu + \eta \int P'^2 d\mu$.",
    "harmonic": r"At every $t$ the $P$ with $P(0) = 1$ and degree at most $t$ that minimizes "
    r"$\int P^2 d\mu + \eta \int P'^2 d\mu$, $\mu$ the harmonic measure of $[\ell, L]$ seen "
    r"from 0.",
    "fista": r"Nesterov's step with momenta $m_t$ that grow to 1.",
    "convex-nesterov": r"Nesterov's step with the momentum $t/(t+3)$.",
    "triple-momentum": r"A momentum each for step, query and output: $\beta$, $\gamma$ and "
    r"$\delta$ "
    "(Van Scoy, Freeman and Lynch 2018).",
    "optimized-gradient": r"OGM: $y_{t+1} = x_t - h\,\nabla f(x_t)$, $x_{t+1} = y_{t+1} + "
    r"\frac{\theta_t - 1}{\theta_{t+1}} (y_{t+1} - y_t) + \frac{\theta_t}{\theta_{t+1}} "
    r"(y_{t+1} - x_t)$, "
    "for a horizon known beforehand.",
    "conjugate-gradients": r"The polynomials of conjugate gradients where the first gradient is "
    r"spread "
    r"over $[\ell, L]$ as a density says: $P_t(\lambda) = p_t(\lambda)/p_t(0)$, $p_t$ orthogonal.",
    "silver": r"Gradient descent with steps $h_t = h(1 + \rho^{\nu(t+1) - 1})$, $\rho = 1 + "
    r"\sqrt{2}$, "
    r"$\nu(n)$ the number of twos in $n$.",
    "arcsine": r"Gradient descent with steps $h_t = 1/\lambda_t$, $\lambda_t = \frac{L+\ell}{2} - "
    r"\frac{L-\ell}{2} \cos(\pi v_{t+1})$, $v_n$ van der Corput's sequence.",
    "averaged": r"The uniform average $\bar{x}_t$ of the iterates of gradient descent (Polyak, "
    r"Juditsky).",
    "exponential-average": r"The moving average $\bar{x}_t$ of the iterates of gradient descent, "
    r"$\bar{x}_0 = x_0$.",
    "schedule-free": r"The gradient is taken at $y_t = (1 - \beta) z_t + \beta x_t$, and $x$ "
    r"averages "
    "the $z$ (Defazio et al. 2024).",
    "lookahead": r"Every $k$ steps the slow weights $\phi$ and the fast ones $x$ meet (Zhang "
    r"2019).",
}
"""A sentence for each; a method without one has its docstring's."""

_OF_ENTRY = {
    "heavy-ball": r"$P_0 = 1$ and $P_1 = 1 - h_0\lambda$, $h_0$ the first step, $h/(1 + m)$ unless "
    r"it is given",
    "nesterov": r"$P_0 = 1$ and $P_1 = 1 - h\lambda$",
    "chebyshev": r"$m_t = T_{t-1}(\sigma(0))/T_{t+1}(\sigma(0))$ and "
    r"$h_t = -4\,T_t(\sigma(0)) / ((L - \ell)\,T_{t+1}(\sigma(0)))$ for $t \ge 1$; "
    r"$m_0 = 0$, $h_0 = 2/(L + \ell)$",
    "gegenbauer": r"$m_t = \frac{t + 2\alpha - 1}{t + 1} C_{t-1}(\sigma(0))/C_{t+1}(\sigma(0))$ "
    r"and "
    r"$h_t = -4\,\frac{t + \alpha}{t + 1} C_t(\sigma(0)) / ((L - \ell)\,C_{t+1}(\sigma(0)))$ "
    r"for $t \ge 1$, $C_t = C_t^{(\alpha)}$; $m_0 = 0$, $h_0 = 2/(L + \ell)$",
    "fista": r"$P_0 = 1$ and $P_1 = 1 - h\lambda$; $m_t = (s_t - 1)/s_{t+1}$, $s_1 = 1$, "
    r"$s_{t+1} = (1 + \sqrt{1 + 4 s_t^2})/2$",
    "convex-nesterov": r"$p_t$ Legendre's polynomial",
    "triple-momentum": r"the iterate $x_t = \xi_t + \delta (\xi_t - \xi_{t-1})$; $\beta$, "
    r"$\gamma$ and $\delta$ the momenta",
    "lookahead": r"$\alpha$ the share, $k$ the period, $x_k$ the fast iterate after $k$ steps",
    "conjugate-gradients": r"$p_t$ the direction, $g_t$ the gradient, $\alpha_t$ and $\beta_t$ the "
    r"numbers of conjugate gradients",
    "schedule-free": r"$c = 1/(t+1)$, $\beta$ the share of $x$ in the query",
    "optimized-gradient": r"$h$ the step, $\theta_0 = 1$, $\theta_{t+1} = (1 + \sqrt{1 + 4 "
    r"\theta_t^2})/2$ (8 for 4 in the last "
    r"step); $s_t$ the points of the state, $A$, $b$ and $c$ the coefficients of the step",
}
_SYMBOLS = (
    (
        r"\\sigma",
        r"$\sigma(\lambda) = (2\lambda - L - \ell)/(L - \ell)$, which maps $[\ell, L]$ to $[-1, "
        r"1]$",
    ),
    (r"T_\{?t", r"$T_t$ Chebyshev's polynomial of the first kind"),
    (r"C_\{?t", r"$C_t^{(\alpha)}$ Gegenbauer's polynomial, $\alpha$ its parameter"),
    (r"U_\{?t", r"$U_t$ Chebyshev's polynomial of the second kind"),
    (r"d\\mu", r"$\mu$ the measure on the spectrum"),
    (r"\\eta", r"$\eta$ the weight of the slopes, in units of $\lambda^2$"),
    (r"(?<!\w)a_t\b", r"$a_t$ the share of the new point $z_t$"),
    (r"(?<![\w_])h(?![\w_])", r"$h$ the step"),
    (r"h_[ts]", r"$h_t$ the step at $t$"),
    (r"m_t", r"$m_t$ the momentum at $t$"),
    (r"(?<![\w_])m(?![\w_])", r"$m$ the momentum"),
    (r"(?<![\w\\])d(?=\\,|\))", r"$d$ the decay"),
)
_ALWAYS = (
    r"$x_t$ the iterate, $f$ the function, $\lambda$ an eigenvalue of its Hessian $H$, "
    r"all in $[\ell, L]$",
    r"$P_t$ the residual polynomial: $x_t - x_\star = P_t(H)(x_0 - x_\star)$ on a quadratic",
)


def defined(key: str, *formulas: str) -> str:
    """The symbols of the formulas of a card, each with its meaning."""
    own = _OF_ENTRY.get(key, "")
    text = " ".join(formulas)
    said = [words for pattern, words in _SYMBOLS if re.search(pattern, text)]
    return "\n".join(["Symbols:", "", *(f"- {each}." for each in (*_ALWAYS, *said, own) if each)])
