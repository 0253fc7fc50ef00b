"""Every program that a test starts has a hard end, and what it started ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import ROOT, finished, started

PARENT = (
    "import os, sys, time\nargs = [sys.executable, '-S', '-c', 'import time; time.sleep(60)']\n"
    "print(os.spawnv(os.P_NOWAIT, sys.executable, args), flush=True)\ntime.sleep(60)\n"
)


def alive(number: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] not in "ZX"


def gone(number: int) -> bool:
    for _ in range(200):
        if not alive(number):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_a_program_and_its_children_end_with_the_block() -> None:
    with (
        pytest.raises(KeyError),
        started([sys.executable, "-S", "-c", PARENT], stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert alive(child) and alive(process.pid)
        raise KeyError
    assert gone(child) and process.poll() is not None


def test_a_program_that_does_not_end_is_ended() -> None:
    begin = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        finished([sys.executable, "-S", "-c", "import time; time.sleep(60)"], timeout=0.3)
    assert time.monotonic() - begin < 30


def test_forks_of_tests_are_waited_for() -> None:
    """A test that forks says what kills the child, or who waits for it."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "os.fork()" in text and path != Path(__file__):
            assert "os._exit(" in text, path
            assert "os.kill(" in text and "os.wait" in text, path
    assert hasattr(os, "fork") or os.name == "nt"
