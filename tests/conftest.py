"""Hypothesis profiles (random on a developer's machine, derandomized in CI); no skips in CI; slow.

A test is ``slow`` where ``tests/slow.txt`` says so: a measured list, rewritten by ``nox -s slow``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers share the cores; small arrays gain nothing

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

SLOW = Path(__file__).with_name("slow.txt")
LIMIT = 0.25
"""Processor seconds that all cases of a fast test take together."""
SPENT: dict[str, float] = defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-slow", action="store_true", help="measure, and rewrite slow.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lines = SLOW.read_text(encoding="utf-8").splitlines() if SLOW.exists() else []
    slow = {line for line in lines if line and not line.startswith("#")}
    for item in items:
        name = item.nodeid.split("[", maxsplit=1)[0]
        if name in slow or name.split("::", maxsplit=1)[0] in slow:
            item.add_marker(pytest.mark.slow)


def spent() -> float:
    """Processor seconds of this process and of those it started: the machine may be shared."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """What a fixture takes is its file's: without one test it is another's."""
    begin = spent()
    yield
    SPENT[item.nodeid.split("::", maxsplit=1)[0]] += spent() - begin


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    begin = spent()
    try:
        yield
    finally:
        SPENT[item.nodeid.split("[", maxsplit=1)[0]] += spent() - begin


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--write-slow"):
        header = f"# Over {LIMIT} processor seconds, all cases together; rewritten by nox -s slow\n"
        names = sorted(name for name, seconds in SPENT.items() if seconds > LIMIT)
        SLOW.write_text(header + "\n".join(names) + "\n", encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Iterator[Any]:
    """Where everything is installed (POLYRATES_REQUIRE=all), a skip is a failure."""
    report = yield
    strict = os.environ.get("POLYRATES_REQUIRE") == "all"
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report
