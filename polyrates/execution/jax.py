"""JAX: the loop as a ``lax.scan``, and as an optax-compatible gradient transformation.

Both read the coefficients from ``Method.table``. A coefficient that is the same at all steps is
written into the program as a constant, 0 and 1 without a multiplication, so the compiled loop does
the arithmetic of a hand-written one; only coefficients that vary are scanned over. Compile time
does not depend on the number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from polyrates.core.recurrence import Method, as_method, check_steps, is_stationary
from polyrates.core.transition import Transition, advance, combine
from polyrates.execution.checks import Gradient, checked_gradient, start_of
from polyrates.ground.arrays import map_leaves
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import count

PyTree: TypeAlias = jax.Array
"""An array, or nested containers of arrays."""
Points: TypeAlias = tuple[jax.Array, ...]

__all__ = ["GradientTransformation", "State", "evaluate", "scan_run", "transformation"]


@dataclass(frozen=True)
class _Coefficients:
    """A table as constants and columns: a leaf is a Python number or an array over the steps."""

    constant: Transition[float]
    columns: tuple[tuple[str, tuple[int, ...], np.ndarray], ...]

    @property
    def varying(self) -> tuple[np.ndarray, ...]:
        return tuple(values for _, _, values in self.columns)

    def at(self, scanned: Points) -> Transition[jax.Array]:
        """The transition of a step from the values of its varying coefficients."""
        shared: dict[bytes, jax.Array] = {}  # equal columns are one value: equal rows are seen
        places: dict[tuple[str, tuple[int, ...]], jax.Array] = {}
        for (name, index, values), value in zip(self.columns, scanned, strict=True):
            places[name, index] = shared.setdefault(values.tobytes(), value)

        def row(name: str, constants: tuple[float, ...], *above: int) -> Points:
            return tuple(places.get((name, (*above, i)), c) for i, c in enumerate(constants))

        fixed = self.constant
        return Transition(
            row("query", fixed.query),
            tuple(row("mixing", each, i) for i, each in enumerate(fixed.mixing)),
            row("gain", fixed.gain),
            row("output", fixed.output),
        )


def _coefficients(method: Method, steps: int) -> _Coefficients:
    table = method.table(steps)
    n = table.gain.shape[1]
    columns: list[tuple[str, tuple[int, ...], np.ndarray]] = []

    def leaf(name: str, array: np.ndarray, index: tuple[int, ...]) -> float | int:
        values = np.ascontiguousarray(array.reshape(steps, -1)[:, _flat(index, n)])
        if np.all(values == values[0]):
            value = float(values[0])
            return int(value) if value in (0.0, 1.0) else value
        columns.append((name, index, values))
        return 1.0

    query, gain, output = (
        tuple(leaf(name, getattr(table, name), (i,)) for i in range(n))
        for name in ("query", "gain", "output")
    )
    mixing = tuple(tuple(leaf("mixing", table.mixing, (i, j)) for j in range(n)) for i in range(n))
    return _Coefficients(Transition(query, mixing, gain, output), tuple(columns))


def _flat(index: tuple[int, ...], n: int) -> int:
    return index[0] if len(index) == 1 else index[0] * n + index[1]


def _float_type(tree: PyTree) -> object:
    return jnp.result_type(*jax.tree_util.tree_leaves(tree))


def _step(transition: Transition[jax.Array], state: Points, gradient: Gradient) -> Points:
    """One step on a tuple of pytrees (or arrays): the package's own step on Trees."""
    return advance(transition, tuple(start_of(point) for point in state), gradient)


def scan_run(
    method: Method,
    gradient: Gradient,
    x0: PyTree,
    steps: int,
    history: bool = False,
    unroll: int = 1,
) -> PyTree:
    """:func:`polyrates.run` as one ``lax.scan``: the same iterates, to rounding.

    May be jitted, vmapped, differentiated forwards and backwards; reverse mode stores the states.

    Parameters
    ----------
    method : Method
        Its coefficients are computed outside the trace, once.
    gradient : callable
        x ↦ ∇f(x), traceable.
    x0 : JAX array or pytree of them
    steps : int ≥ 0
        Static.
    history : bool
        True: x_0, …, x_steps along a new first axis of every leaf.
    unroll : int
        Of ``lax.scan``.

    Raises
    ------
    As :func:`polyrates.run`, but values, finite or not, are not looked at.
    """
    steps = check_steps(as_method(method), steps)
    if not callable(gradient):
        refuse_type("gradient", gradient, "must be callable", "give a function x -> ∇f(x)")
    x0 = jnp.asarray(x0) if isinstance(x0, np.ndarray) else x0
    start = start_of(x0)
    value = _value(start)
    if steps == 0:
        return jax.tree_util.tree_map(lambda leaf: leaf[None], value) if history else value
    coefficients = _coefficients(method, steps)
    dtype = _float_type(value)
    scanned = tuple(jnp.asarray(column, dtype) for column in coefficients.varying)
    checked = checked_gradient(gradient, start)

    def body(state: Points, row: Points) -> tuple[Points, PyTree | None]:
        transition = coefficients.at(row)
        after = _step(transition, state, checked)
        kept = _value(combine(transition.output, after)) if history else None
        return tuple(_value(point) for point in after), kept

    points = (value,) * len(coefficients.constant.gain)
    state, outputs = jax.lax.scan(body, points, scanned, length=steps, unroll=unroll)
    if history:
        return jax.tree_util.tree_map(
            lambda first, rest: jnp.concatenate([first[None], rest]), value, outputs
        )
    last = coefficients.at(tuple(column[-1] for column in scanned))
    return _value(combine(last.output, tuple(start_of(point) for point in state)))


def _value(point: PyTree) -> PyTree:
    return point.value if hasattr(point, "rebuild") else point


class State(NamedTuple):
    """The state of the optax form: steps done, the points s_i, and the coefficients of reading."""

    step: jax.Array
    points: Points
    output: jax.Array


class GradientTransformation(NamedTuple):
    """``init`` and ``update``, which is all that optax asks of a transformation."""

    init: Callable[[PyTree], State]
    update: Callable[..., tuple[PyTree, State]]


def transformation(method: Method, steps: int = 1000) -> GradientTransformation:
    """A stationary or anytime method for ``optax`` training loops.

    optax evaluates the gradient at the parameters it is given, so here *the parameters are the
    query points* Σ c_i s_i of the method. They are its iterates for gradient descent, heavy ball
    and Chebyshev's method; for Nesterov's and Sobolev the method's output is another point of the
    state: read it with :func:`evaluate`. The update is the next query point minus this one, so
    nothing may be chained after it that changes updates.

    Parameters
    ----------
    method : Method
        Without a horizon: a fixed-horizon method is optimal at its last step only, which an optax
        loop does not know; take :func:`scan_run` for it.
    steps : int ≥ 1
        How many steps of coefficients are computed. After them the last ones are repeated; they
        have settled by then for every anytime method here (stationary methods need only two).

    Examples
    --------
    >>> import jax.numpy as jnp, polyrates as pr                           # doctest: +SKIP
    >>> tx = transformation(pr.Chebyshev(1, 10))                           # doctest: +SKIP
    >>> state = tx.init(params)                                            # doctest: +SKIP
    >>> updates, state = tx.update(grads, state, params)                   # doctest: +SKIP
    >>> params = optax.apply_updates(params, updates)                      # doctest: +SKIP
    """
    as_method(method)
    if method.horizon is not None:
        refuse_value(
            "method",
            method.name,
            f"has a fixed horizon of {method.horizon} steps, which an optax loop does not know",
            "use scan_run, or an anytime method",
        )
    length = 3 if is_stationary(method) else count(steps, "steps", 1) + 1
    coefficients = _coefficients(method, length)
    n = len(coefficients.constant.gain)

    def row(step: jax.Array, dtype: object) -> Transition[jax.Array]:
        k = jnp.minimum(step, length - 1)
        return coefficients.at(
            tuple(jnp.asarray(column, dtype)[k] for column in coefficients.varying)
        )

    def reading(transition: Transition[jax.Array], dtype: object) -> jax.Array:
        return jnp.stack([jnp.asarray(c, dtype) for c in transition.output])

    def init(params: PyTree) -> State:
        dtype = _float_type(params)
        output = jnp.zeros(n, dtype).at[0].set(1)
        return State(jnp.zeros((), jnp.int32), (params,) * n, output)

    def update(
        updates: PyTree, state: State, params: PyTree = None, **_: object
    ) -> tuple[PyTree, State]:
        if params is None:
            refuse_value(
                "params",
                None,
                "must be given: the update is a difference of points",
                "call update(grads, state, params)",
            )
        dtype = _float_type(params)
        transition = row(state.step, dtype)
        g = start_of(updates)
        after = _step(transition, state.points, lambda _: g)
        points = tuple(_value(point) for point in after)
        ahead = _value(combine(row(state.step + 1, dtype).query, after))
        change = jax.tree_util.tree_map(lambda new, old: new - old, ahead, params)
        return change, State(state.step + 1, points, reading(transition, dtype))

    return GradientTransformation(init, update)


def evaluate(state: State) -> PyTree:
    """x_t, the method's output, from the state of :func:`transformation`."""
    points = tuple(start_of(point) for point in state.points)
    weights = tuple(state.output[i] for i in range(len(points)))
    return _value(map_leaves(lambda *leaves: combine(weights, leaves), *points))
