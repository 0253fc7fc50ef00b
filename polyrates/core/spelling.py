"""What to write instead of another library's optimiser, for the error that says so.

No library is imported: torch's optimisers are told by ``param_groups``, optax's transformations by
``init`` and ``update``.
"""

from __future__ import annotations

__all__ = ["spelling_of"]

_LINEAR = (
    "write optax.sgd(lr) as pr.GradientDescent(lr), optax.sgd(lr, m) as pr.HeavyBall.torch(lr, m), "
    "with nesterov=True as pr.Nesterov.torch(lr, m), a schedule as pr.Tabulated.torch(lrs, m); "
    "Adam and its like divide by their gradients, are not linear and have no residual polynomial"
)


def spelling_of(value: object) -> tuple[str, str] | None:
    """(requirement, remedy) where ``value`` is an optimiser of torch or optax, or its class."""
    made_by = type(value) if not isinstance(value, type) else value
    module = made_by.__module__.split(".")[0]
    groups = getattr(value, "param_groups", None)
    if isinstance(groups, list) and groups:
        return _torch(type(value).__name__, groups)
    if module == "torch" and hasattr(made_by, "zero_grad"):
        return "is a class of optimisers, not a method", _LINEAR.replace("optax.sgd", "SGD")
    if callable(getattr(value, "init", None)) and callable(getattr(value, "update", None)):
        return "is an optax transformation, whose formula cannot be read off it", _LINEAR
    return None


def _torch(name: str, groups: list[dict[str, object]]) -> tuple[str, str]:
    if name != "SGD":
        return (
            f"is torch's {name}, which is not linear in the gradients: it has no residual "
            "polynomial",
            "use a linear method, such as pr.HeavyBall.torch(lr, momentum)",
        )
    settings = groups[0]
    words = [
        f"{settings.get('lr')}",
        f"{settings.get('momentum', 0)}",
    ]
    if not settings.get("momentum"):
        spelled = f"pr.GradientDescent({words[0]})"
    elif settings.get("nesterov"):
        spelled = f"pr.Nesterov.torch({', '.join(words)})"
    else:
        if settings.get("dampening"):
            words.append(f"dampening={settings['dampening']}")
        spelled = f"pr.HeavyBall.torch({', '.join(words)})"
    decay = settings.get("weight_decay")
    extra = f", and add {decay}·‖x‖²/2 to the loss (its weight_decay)" if decay else ""
    return "is torch's SGD, not a method", f"give {spelled}{extra}"
