"""The notebooks of derivations/ run in a kernel, keep their outputs, end in assertions."""

from __future__ import annotations

import importlib
import os
import re

import pytest
from support import LONGEST, ROOT

FOLDER = ROOT / "derivations"
BOOKS = sorted(FOLDER.glob("*.ipynb"))


def load(path):
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(path, as_version=4)


def test_the_derivations_are_there():
    assert {
        "01_master_identity", "02_gradient_descent", "03_heavy_ball_and_nesterov",
        "04_chebyshev", "05_lower_bound", "06_two_horns", "07_worst_case", "08_sobolev",
        "09_minimax", "10_estimators",
    } <= {path.stem for path in BOOKS}  # fmt: skip


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_outputs_are_kept_and_readable(path):
    code = [cell for cell in load(path).cells if cell.cell_type == "code"]
    assert "assert" in code[-1].source
    outputs = [output for cell in code for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert "image/png" in kinds
    for output in outputs:
        assert output.output_type != "error"
        for kind in ("text/latex", "text/markdown", "text/html"):
            text = output.get("data", {}).get(kind, "")
            assert not re.search(r"Poly\(|Traceback|/home/|/tmp/", text)


@pytest.fixture(scope="module")
def kernel():
    """One kernel for all: what they import is loaded once, what they name is forgotten between."""
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    manager = importlib.import_module("jupyter_client.manager").KernelManager()
    root = str(FOLDER.parent)
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    manager.start_kernel(cwd=root, env={**os.environ, "PYTHONPATH": path})
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=LONGEST)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


FORGET = """
import matplotlib.pyplot
matplotlib.pyplot.close("all")
matplotlib.pyplot.rcdefaults()
get_ipython().run_line_magic("reset", "-f")
"""


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs(path, kernel):
    kernel.execute(FORGET, reply=True, timeout=LONGEST)
    for cell in load(path).cells:
        if cell.cell_type == "code":
            reply = kernel.execute_interactive(
                cell.source, timeout=LONGEST, store_history=False, output_hook=lambda _: None
            )
            assert reply["content"]["status"] == "ok", reply["content"].get("traceback")
