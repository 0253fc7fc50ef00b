"""The examples run as they are written, and end in an assertion against a framework's answer."""

from __future__ import annotations

import contextlib
import io
import runpy

import pytest
from support import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
NEEDED = ("jax", "jaxopt", "optimistix", "sklearn", "torch")


def test_there_is_one_for_every_way_in() -> None:
    assert {path.stem for path in EXAMPLES} == {
        "jax_logistic", "maml", "own_loops", "several_hyperparameters", "sklearn_data",
        "symmetric_fixed_point", "torch_mlp",
    }  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_an_example_runs_and_its_last_assertion_holds(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    for name in NEEDED:
        if f"import {name}" in text or f"from {name}" in text:
            pytest.importorskip(name)
    assert text.rstrip().splitlines()[-1].startswith(("assert", "    assert"))
    assert "jax.jacfwd" in text or "torch.autograd" in text
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(str(path), run_name="__main__")
    finally:
        jax.config.update("jax_enable_x64", before)
    assert out.getvalue().strip()
