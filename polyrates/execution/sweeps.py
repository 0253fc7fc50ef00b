"""Sweeps over a grid of settings: resumable, with progress, through any executor.

Every finished setting is one line of a JSON Lines file, written by one append and synced before the
next is asked for. A sweep that was stopped, even in the middle of a line, continues where it was:
settings whose line is complete are not run again.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from polyrates.ground.errors import InvalidValue, described, refuse_type, refuse_value

__all__ = ["SweepFailed", "read_sweep", "settings", "sweep"]

Row = dict[str, Any]
Grid = Mapping[str, Sequence[object]]
Function = Callable[..., Mapping[str, object]]


class Future(Protocol):
    """What an executor promises: ``result`` waits or raises, the callback is told when it ends."""

    def result(self) -> Mapping[str, object]:
        """What the function returned, or its exception raised."""
        ...

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None:
        """Call ``fn`` with the future when it is done."""
        ...


class Executor(Protocol):
    """Anything with ``submit``: of concurrent.futures, of Dask, of a cluster."""

    def submit(self, fn: Function, /, **setting: object) -> Future:
        """Start fn(**setting)."""
        ...


class SweepFailed(InvalidValue):
    """Some settings raised; all the others are in the file, and a new call retries these."""


def settings(grid: Grid) -> list[Row]:
    """All combinations of a grid {name: values}, the last name running fastest."""
    if not isinstance(grid, Mapping) or not grid:
        refuse_type("grid", grid, "must be a nonempty mapping", 'give {"kappa": [0.1, 0.01], …}')
    for name, values in grid.items():
        if isinstance(values, (str, bytes)) or not isinstance(values, Sequence) or not values:
            refuse_type(f"grid[{name!r}]", values, "must be a nonempty sequence", "give a list")
    rows = [dict(zip(grid, row, strict=True)) for row in itertools.product(*grid.values())]
    for row in rows:
        _key(row)
    return rows


def sweep(
    function: Function,
    grid: Grid,
    path: str | Path,
    executor: Executor | None = None,
    progress: bool | None = None,
    window: int = 64,
) -> list[Row]:
    """``function(**setting)`` for every setting of a grid, each result a line of a file.

    Parameters
    ----------
    function : callable
        Returns a mapping of names to JSON values. With processes or a cluster it must pickle: a
        function of a module.
    grid : mapping of names to sequences of JSON values
        (κ, t, eta, method, data, seed, …): plain numbers and strings, from which the function makes
        its objects, so that the file says everything.
    path : str or Path
        The JSON Lines file; created with its folder, or continued. One sweep at a time.
    executor : object with submit(), optional
        Any ``concurrent.futures`` executor, a Dask client or its ``get_executor()``, …; whatever
        futures it returns need ``result`` and ``add_done_callback``. None runs in this process.
    progress : bool, optional
        A bar on stderr; None shows it on a terminal only.
    window : int ≥ 1
        How many settings are in flight at once.

    Returns
    -------
    list of dict
        Setting and result together, in the order of the grid; infinities and NaN come back as they
        went.

    Raises
    ------
    SweepFailed
        After all others are done, if the function raised for some; it names the first.
    """
    if not callable(function):
        refuse_type("function", function, "must be callable", "give a function of the settings")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        refuse_type("executor", executor, "has no submit()", "give a concurrent.futures executor")
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        refuse_value("window", window, "must be an integer ≥ 1", "give for instance 64")
    wanted = settings(grid)
    file = Path(path)
    done = {_key(row["setting"]): row for row in _read(file, repair=True)}
    todo = [row for row in wanted if _key(row) not in done]
    shown = sys.stderr.isatty() if progress is None else bool(progress)
    failures: list[tuple[Row, BaseException]] = []
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        finished = len(wanted) - len(todo)
        for setting, result in _results(function, todo, executor, window):
            finished += 1
            if isinstance(result, BaseException):
                failures.append((setting, result))
            else:
                row = {"setting": setting, "result": result}
                done[_key(setting)] = row
                _append(handle, row)
            if shown:
                bar = "█" * (30 * finished // len(wanted))
                failed = f", {len(failures)} failed" if failures else ""
                line = f"\r|{bar:30}| {finished} of {len(wanted)}{failed}"
                print(line, end="", file=sys.stderr, flush=True)
    finally:
        os.close(handle)
        if shown:
            print(file=sys.stderr)
    if failures:
        setting, error = failures[0]
        raise SweepFailed(
            "function",
            setting,
            f"raised {type(error).__name__}: {error}"
            + (f" (and {len(failures) - 1} settings more failed)" if len(failures) > 1 else ""),
            "correct it and call again: what is finished is kept",
        ) from error
    return [_flat(done[_key(row)]) for row in wanted]


def read_sweep(path: str | Path) -> list[Row]:
    """The finished settings of a sweep's file with their results, in the order they finished."""
    if not Path(path).exists():
        refuse_value("path", str(path), "does not exist", "run the sweep first")
    return [_flat(row) for row in _read(Path(path))]


def _results(
    function: Function, todo: list[Row], executor: Executor | None, window: int
) -> Iterator[tuple[Row, Row | BaseException]]:
    """Each setting with its result, or with what the function raised."""
    if executor is None:
        for setting in todo:
            try:
                result = _checked(function(**setting))
            except Exception as error:  # any failure of a user's function is reported, not fatal
                yield setting, error
            else:
                yield setting, result
        return
    ready: queue.SimpleQueue[int] = queue.SimpleQueue()
    waiting = iter(todo)
    flying: dict[int, tuple[Row, Future]] = {}
    refused: list[tuple[Row, BaseException]] = []

    def launch() -> None:
        for setting in itertools.islice(waiting, window - len(flying)):
            try:
                future = executor.submit(function, **setting)
            except Exception as error:  # a pool whose worker was killed takes nothing more
                refused.append((setting, error))
                continue
            number = id(future)
            flying[number] = (setting, future)  # kept alive, so that its id stays its own
            future.add_done_callback(partial(_told, ready, number))

    launch()
    while flying or refused:
        if refused:
            yield refused.pop()
            launch()
            continue
        setting, future = flying.pop(ready.get())
        try:
            result = _checked(future.result())
        except Exception as error:
            yield setting, error
        else:
            yield setting, result
        launch()


def _told(ready: queue.SimpleQueue[int], number: int, _: object) -> None:
    ready.put(number)


def _checked(result: object) -> Row:
    if not isinstance(result, Mapping):
        refuse_type("function", result, "must return a mapping", 'return {"value": …}')
    _text(dict(result))  # refuses what JSON cannot say, with the setting that made it
    return dict(result)


def _append(handle: int, row: Row) -> None:
    """One line, in one write, on the disk before it counts."""
    data = (_text(row) + "\n").encode()
    written = os.write(handle, data)
    while written < len(data):  # a full pipe or a signal; a torn line is repaired on resuming
        written += os.write(handle, data[written:])
    os.fsync(handle)


def _read(file: Path, repair: bool = False) -> list[Row]:
    if not file.exists():
        return []
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if repair and len(whole) < len(data):
        os.truncate(file, len(whole))  # a line that was cut off
    rows = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            row = json.loads(line)
            rows.append({"setting": row["setting"], "result": row["result"]})
        except (ValueError, KeyError, TypeError):
            refuse_value(
                "path",
                described(f"{file}, line {number}"),
                "is not a line of a sweep",
                "give another path",
            )
    return rows


def _text(value: object) -> str:
    try:
        return json.dumps(_plain(value), ensure_ascii=False)
    except (TypeError, ValueError):
        refuse_type(
            "sweep",
            value,
            "has a value that JSON cannot hold",
            "use numbers, strings, booleans, None, and lists and dicts of them",
        )


def _plain(value: object) -> object:
    """numpy scalars and arrays as Python's own."""
    if hasattr(value, "tolist") and not isinstance(value, (str, bytes)):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _key(setting: Row) -> str:
    return json.dumps(json.loads(_text(dict(sorted(setting.items())))), sort_keys=True)


def _flat(row: Row) -> Row:
    return {**row["setting"], **row["result"]}
