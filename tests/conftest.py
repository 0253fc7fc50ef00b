"""Hypothesis profiles, what is slow, what tests may cost, and how workers share them.

Profiles: random on a developer's machine, derandomized in CI; where everything is required, a skip
is a failure. A test is ``slow`` where ``tests/slow.txt`` says so: a measured list, rewritten by
``nox -s slow``. A test or a file that takes more processor time than it may, and is not excused
with a reason in ``tests/heavy.txt``, fails the session ``nox -s times``.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers share the cores; small arrays gain nothing
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # programs here run once or twice

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

SLOW = Path(__file__).with_name("slow.txt")
HEAVY = Path(__file__).with_name("heavy.txt")
FAST = 0.25
"""Processor seconds that all cases of a test take together if it is not slow."""
MOST, MOST_OF_A_FILE = 6.0, 20.0
"""Processor seconds that a test, all cases together, and a file may take without an excuse."""
SPENT: dict[str, float] = defaultdict(float)
"""By test without its parameters; what fixtures take, by file: without one test it is another's."""
PHASE = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-slow", action="store_true", help="measure, and rewrite slow.txt")


def lines(path: Path) -> list[str]:
    """What a list says, without its comments."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = set(lines(SLOW))
    for item in items:
        name = item.nodeid.split("[", maxsplit=1)[0]
        if name in slow or name.split("::", maxsplit=1)[0] in slow:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers take whole stretches, and from each other where one is done: none ends alone."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def processor() -> float:
    """Processor seconds of this process and of those it started: the machine may be shared."""
    return sum(os.times()[:4])


def measured(item: pytest.Item) -> Iterator[None]:
    begin = processor()
    try:
        return (yield)
    finally:
        item.stash[PHASE] = processor() - begin


pytest_runtest_setup = pytest.hookimpl(wrapper=True)(measured)
pytest_runtest_teardown = pytest.hookimpl(wrapper=True)(measured)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    return (yield from measured(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Where everything is installed (POLYRATES_REQUIRE=all), a skip is a failure."""
    report = yield
    report.processor = item.stash.get(PHASE, 0.0)  # travels from a worker to where it is summed
    strict = os.environ.get("POLYRATES_REQUIRE") == "all"
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    parts = "[" if report.when == "call" else "::"
    SPENT[report.nodeid.split(parts, maxsplit=1)[0]] += report.processor  # type: ignore[attr-defined]


def too_heavy() -> list[str]:
    """Tests and files over what they may take, without an excuse."""
    excused = {line.split(": ", maxsplit=1)[0] for line in lines(HEAVY)}
    files: dict[str, float] = defaultdict(float)
    for name, seconds in SPENT.items():
        files[name.split("::", maxsplit=1)[0]] += seconds
    over = {name: s for name, s in SPENT.items() if "::" in name and s > MOST}
    over |= {name: s for name, s in files.items() if s > MOST_OF_A_FILE}
    return [f"{over[name]:6.1f} s  {name}" for name in sorted(over) if name not in excused]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return  # where the workers' reports are summed, not in a worker
    if session.config.getoption("--write-slow"):
        header = f"# Over {FAST} processor seconds, all cases together; rewritten by nox -s slow\n"
        names = sorted(name for name, seconds in SPENT.items() if seconds > FAST)
        SLOW.write_text(header + "\n".join(names) + "\n", encoding="utf-8")
    if table := os.environ.get("POLYRATES_TIMES"):
        with Path(table).open("w", encoding="utf-8", newline="") as file:
            rows = sorted(SPENT.items(), key=lambda row: -row[1])
            csv.writer(file).writerows([("test", "seconds"), *((n, f"{s:.2f}") for n, s in rows)])
        if too_heavy():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if os.environ.get("POLYRATES_TIMES"):
        terminalreporter.section(f"processor time: {sum(SPENT.values()):.0f} s")
        for line in too_heavy():
            terminalreporter.write_line(f"{line}: make it cheaper, or excuse it in heavy.txt")
