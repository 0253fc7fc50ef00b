"""Sweeps: complete, resumable after any interruption, the same through every executor."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rate_point import rate_point
from support import require

import polyrates as pr
from polyrates.execution.sweeps import SweepFailed, read_sweep, sweep
from polyrates.execution.sweeps import settings as combinations

GRID = {"kappa": [0.1, 0.01], "t": [5, 10], "method": ["Chebyshev", "Sobolev", "gradient descent"]}


def test_every_setting_once_in_the_order_of_the_grid(tmp_path: Path) -> None:
    rows = sweep(rate_point, GRID, tmp_path / "new" / "s.jsonl")
    assert [(r["kappa"], r["t"], r["method"]) for r in rows] == [
        (r["kappa"], r["t"], r["method"]) for r in combinations(GRID)
    ]
    assert len(rows) == 12
    first = rows[0]
    truth = pr.rate(pr.Chebyshev(0.1, 1.0), pr.Interval(0.1, 1.0))
    assert first["initial"] == float(truth.initial(5)) and first["status"] == truth.initial.status
    assert sorted(map(str, read_sweep(tmp_path / "new" / "s.jsonl"))) == sorted(map(str, rows))


@settings(max_examples=25)
@given(cut=st.integers(0, 2000))
def test_a_sweep_cut_off_anywhere_continues(tmp_path_factory: Any, cut: int) -> None:
    """The file is truncated at any byte: complete lines are kept, the rest is done again."""
    path = tmp_path_factory.mktemp("sweep") / "s.jsonl"
    calls: list[int] = []

    def square(a: int) -> dict[str, int]:
        calls.append(a)
        return {"square": a * a}

    grid = {"a": list(range(40))}
    rows = sweep(square, grid, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    kept = whole[:cut].count(b"\n")
    calls.clear()
    assert sweep(square, grid, path) == rows
    assert calls == list(range(kept, 40))
    assert len(read_sweep(path)) == 40


def test_executors_give_the_same(tmp_path: Path) -> None:
    rows = sweep(rate_point, GRID, tmp_path / "plain.jsonl")
    with ThreadPoolExecutor(2) as threads:
        assert sweep(rate_point, GRID, tmp_path / "threads.jsonl", threads, window=3) == rows
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert sweep(rate_point, GRID, tmp_path / "processes.jsonl", processes) == rows


@pytest.mark.filterwarnings("ignore")  # the cluster's own
def test_a_dask_cluster(tmp_path: Path) -> None:
    require("dask", importlib.util.find_spec("distributed") is not None)
    from distributed import Client, LocalCluster

    rows = sweep(rate_point, GRID, tmp_path / "plain.jsonl")
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        assert sweep(rate_point, GRID, tmp_path / "client.jsonl", client) == rows
        assert sweep(rate_point, GRID, tmp_path / "pool.jsonl", client.get_executor()) == rows


def test_failures_are_named_and_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with pytest.raises(SweepFailed, match=r"\{'a': 0\}.*ZeroDivisionError.*1 settings more"):
        sweep(lambda a: {"value": 1 / a}, {"a": [1, 0, 2, 0.0]}, path)
    assert [row["a"] for row in read_sweep(path)] == [1, 2]
    with ThreadPoolExecutor(2) as threads, pytest.raises(SweepFailed):
        sweep(lambda a: {"value": 1 / a}, {"a": [1, 0, 3]}, path, threads)
    rows = sweep(lambda a: {"value": -1.0}, {"a": [1, 0, 2, 3]}, path)  # corrected: only 0 is run
    assert [row["value"] for row in rows] == [1.0, -1.0, 0.5, 1 / 3]


def test_values_come_back_as_they_went(tmp_path: Path) -> None:
    def odd(a: str) -> dict[str, Any]:
        return {"inf": math.inf, "nan": math.nan, "array": np.arange(2.0), "n": np.int64(3), "é": a}

    for _ in range(2):
        (row,) = sweep(odd, {"a": ["κ"]}, tmp_path / "s.jsonl")
        assert row["inf"] == math.inf and math.isnan(row["nan"])
        assert list(row["array"]) == [0.0, 1.0] and row["n"] == 3 and row["é"] == "κ"


def test_progress_on_demand_and_silence_in_a_pipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep(lambda a: {"b": a}, {"a": [1, 2]}, tmp_path / "quiet.jsonl")
    assert capsys.readouterr() == ("", "")
    sweep(lambda a: {"b": a}, {"a": [1, 2]}, tmp_path / "loud.jsonl", progress=True)
    captured = capsys.readouterr()
    assert captured.out == "" and "| 2 of 2" in captured.err


def test_rates_on_data_and_of_divergent_input() -> None:
    here = rate_point(0.01, 10, "Chebyshev", data="breast-cancer")
    everywhere = rate_point(0.01, 10, "Chebyshev")
    assert 0.5 * everywhere["initial"] < here["initial"] <= everywhere["initial"] * (1 + 1e-9)
    with pytest.raises(pr.InvalidValue, match="method"):
        rate_point(0.1, 5, "Newton")
    with pytest.raises(pr.InvalidValue, match="kappa"):
        rate_point(1.5, 5)


def test_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    good = lambda a: {"b": a}  # noqa: E731
    for grid in ({}, [1], {"a": []}, {"a": "xy"}, {"a": 3}, {"a": [object()]}):
        with pytest.raises(pr.InvalidType):
            sweep(good, grid, path)  # type: ignore[arg-type]
    with pytest.raises(pr.InvalidType, match="executor"):
        sweep(good, {"a": [1]}, path, executor=3)
    with pytest.raises(pr.InvalidValue, match="window"):
        sweep(good, {"a": [1]}, path, window=0)
    with pytest.raises(SweepFailed, match="must return a mapping"):
        sweep(lambda a: a, {"a": [1]}, path)
    with pytest.raises(SweepFailed, match="JSON"):
        sweep(lambda a: {"b": object()}, {"a": [1]}, path)
    path.write_text(json.dumps({"other": 1}) + "\n", encoding="utf-8")
    with pytest.raises(pr.InvalidValue, match="line 1"):
        sweep(good, {"a": [1]}, path)
    with pytest.raises(pr.InvalidValue, match="does not exist"):
        read_sweep(tmp_path / "none.jsonl")


def dies_once(seed: int, folder: str) -> dict[str, object]:
    """Kills its own process at seed 3, as a machine without memory does, the first time."""
    mark = Path(folder) / "killed"
    if seed == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"value": seed**2}


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning", "ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed here")
def test_a_killed_worker_is_a_failure_that_a_new_call_mends(tmp_path: Path) -> None:
    grid = {"seed": list(range(8)), "folder": [str(tmp_path)]}
    file = tmp_path / "sweep.jsonl"
    fresh = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(1, fresh) as pool, pytest.raises(SweepFailed) as caught:
        sweep(dies_once, grid, file, pool, window=2)
    assert "terminated abruptly" in str(caught.value) and isinstance(
        caught.value, pr.PolyratesError
    )
    kept = read_sweep(file)
    assert 0 < len(kept) < 8 and all(row["value"] == row["seed"] ** 2 for row in kept)
    with ProcessPoolExecutor(1, fresh) as pool:
        rows = sweep(dies_once, grid, file, pool)
    assert [row["value"] for row in rows] == [seed**2 for seed in range(8)]
    assert len(file.read_text(encoding="utf-8").splitlines()) == 8
