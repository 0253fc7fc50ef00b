"""What to write instead of another library's optimizer, for the error that says so.

No library is imported. torch's optimizers are told by ``param_groups``, optax's transformations by
``init`` and ``update``, whose closures hold their numbers, the solvers of jaxopt and optimistix by
the modules of their classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["spelling_of"]

_LINEAR = (
    "write optax.sgd(lr) as pr.GradientDescent(lr), optax.sgd(lr, m) as pr.HeavyBall.torch(lr, m), "
    "with nesterov=True as pr.Nesterov.torch(lr, m), a schedule as pr.Tabulated.torch(lrs, m); "
    "Adam and its like divide by their gradients, are not linear and have no residual polynomial"
)
_ADAPTIVE = (
    "use a linear method, such as pr.HeavyBall.torch(lr, momentum), or differentiate the fixed "
    "point that it finds: pr.Implicit()"
)


def spelling_of(value: object) -> tuple[str, str] | None:
    """(requirement, remedy) where ``value`` is another library's optimizer, or its class."""
    made_by = type(value) if not isinstance(value, type) else value
    module = made_by.__module__.split(".")[0]
    groups = getattr(value, "param_groups", None)
    if isinstance(groups, list) and groups:
        return _torch(type(value).__name__, groups)
    if module == "torch" and hasattr(made_by, "zero_grad"):
        return "is a class of optimizers, not a method", _LINEAR.replace("optax.sgd", "SGD")
    update = getattr(value, "update", None)
    if module in ("jaxopt", "optimistix") and not isinstance(value, type):
        return _solver(value, module)
    if callable(getattr(value, "init", None)) and callable(update):
        return _optax(update)
    return None


def _torch(name: str, groups: list[dict[str, object]]) -> tuple[str, str]:
    if name != "SGD":
        return (
            f"is torch's {name}, which is not linear in the gradients: it divides by a mean of "
            "their squares or the like, so it has no residual polynomial",
            _ADAPTIVE,
        )
    settings = groups[0]
    momentum, nesterov = settings.get("momentum", 0), bool(settings.get("nesterov"))
    spelled = _spelled(settings.get("lr"), momentum, nesterov, settings.get("dampening"))
    decay = settings.get("weight_decay")
    extra = f", and add {decay}·‖x‖²/2 to the loss (its weight_decay)" if decay else ""
    return "is torch's SGD, not a method", f"give {spelled}{extra}"


def _spelled(lr: object, momentum: object, nesterov: bool, dampening: object = 0) -> str:
    if not momentum:
        return f"pr.GradientDescent({lr})"
    if nesterov:
        return f"pr.Nesterov.torch({lr}, {momentum})"
    damped = f", dampening={dampening}" if dampening else ""
    return f"pr.HeavyBall.torch({lr}, {momentum}{damped})"


_SCALES = {"scale", "trace", "scale_by_schedule"}  # what optax.sgd is made of …
_GLUE = {"chain", "with_extra_args_support", "identity", "scale_by_learning_rate"}  # … and held by


def _optax(update: Callable[..., object]) -> tuple[str, str]:
    found = list(_parts(update))
    parts = dict(found)
    once = all(sum(name == each for each, _ in found) <= 1 for name in _SCALES)
    if not (once and parts.keys() <= _SCALES | _GLUE):
        names = sorted(name for name in parts.keys() - _SCALES - _GLUE if name.startswith("scale"))
        made = f" ({', '.join(names)})" if names else ""
        return (
            f"is an optax transformation{made} whose formula cannot be read off it as linear",
            _LINEAR,
        )
    trace, scale = parts.get("trace", {}), parts.get("scale", {})
    momentum, nesterov = trace.get("decay", 0), bool(trace.get("nesterov"))
    rate = scale.get("step_size")
    requirement = "is an optax transformation, not a method"
    if "scale_by_schedule" in parts:
        ahead = ", nesterov=True" if nesterov else ""
        return requirement, f"give pr.Tabulated.torch(lrs, {momentum}{ahead}), one rate a step"
    if not isinstance(rate, (int, float)):
        return requirement, _LINEAR
    return requirement, f"give {_spelled(-rate, momentum, nesterov)}"


def _parts(function: object) -> Iterator[tuple[str, dict[str, object]]]:
    """(name, the numbers it closes over) of every transformation inside an update function."""
    code, cells = getattr(function, "__code__", None), getattr(function, "__closure__", None)
    if code is None or not getattr(function, "__module__", "").startswith("optax"):
        return
    words = getattr(function, "__qualname__", "").split(".")
    if words[-1].startswith("init"):
        return
    held: dict[str, object] = {}
    for name, cell in zip(code.co_freevars, cells or (), strict=True):
        try:
            content = cell.cell_contents
        except ValueError:  # not yet filled
            continue
        held[name] = content
        for each in content if isinstance(content, (tuple, list)) else ():
            yield from _parts(each)
    yield words[0], held


def _solver(value: object, library: str) -> tuple[str, str]:
    name, step = type(value).__name__, getattr(value, "stepsize", None)
    requirement = f"is {library}'s {name}, a solver and not a method"
    if name == "GradientDescent" and library == "jaxopt" and isinstance(step, float) and step > 0:
        faster = getattr(value, "acceleration", False)
        return requirement, f"give pr.{'FISTA' if faster else 'GradientDescent'}({step})"
    return requirement, (
        "gradient descent with a fixed rate is pr.GradientDescent(lr), accelerated pr.FISTA(lr); "
        "line searches and quasi-Newton steps depend on the problem and are not linear"
    )
