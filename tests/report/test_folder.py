"""A folder is old or new, whole, whatever the moment at which its writer was stopped."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import pytest

from polyrates.report import folder as module
from polyrates.report.folder import MARKER, check_target, write_folder

OLD = {"a": b"1", "sub/b": b"2" * 1000, "sub/deep/c": b"old"}
NEW = {"a": b"3", "d": b"4" * 1000}


def held(out: Path) -> dict[str, bytes]:
    """What is in a folder, but for the marker, which must be there."""
    found = {
        each.relative_to(out).as_posix(): each.read_bytes()
        for each in out.rglob("*")
        if each.is_file()
    }
    del found[MARKER]
    return found


@pytest.fixture(params=["in one step", "in two"])
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "in two":
        monkeypatch.setattr(module, "exchanged", lambda *_: False)
    return str(request.param)


class Stop(BaseException):
    """Ctrl-C."""


def stopped_at(moment: int, out: Path, files: Mapping[str, bytes]) -> bool:
    """Write, stopped before the line of that number that is run in the module; whether it was."""
    left = moment

    def line(frame: FrameType, event: str, _: object) -> object:
        nonlocal left
        if event == "line":
            if left == 0:
                left = -1
                raise Stop
            left -= 1
        return line

    def call(frame: FrameType, event: str, _: object) -> object:
        ours = frame.f_code.co_filename == module.__file__
        return line if ours and left >= 0 else None

    before = sys.gettrace()
    sys.settrace(call)  # type: ignore[arg-type]
    try:
        write_folder(out, files)
    except Stop:
        return True
    finally:
        sys.settrace(before)
    return False


# a file opened in the very line before the stop is closed by the collector, which says so
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_stopped_before_any_line_the_folder_is_whole(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # the disk is not asked; it is slow
    out = tmp_path / "out"
    write_folder(out, OLD)
    seen, moment = set(), 0
    while stopped_at(moment, out, NEW):
        if step == "in one step":
            assert out.exists()
        check_target(out)  # the next run puts an old folder back
        content = held(out)
        assert content in (OLD, NEW), moment
        seen.add(len(content))
        assert [each.name for each in tmp_path.iterdir()] == ["out"], moment
        write_folder(out, OLD)
        moment += 1
    assert moment > 50 and seen == {len(OLD), len(NEW)} and held(out) == NEW


# threads of libraries that other tests loaded are not in the child, which needs none of them
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning", "ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_kills_at_random_moments(step: str, tmp_path: Path) -> None:
    chance = random.Random(step)
    out = tmp_path / "out"
    write_folder(out, OLD)
    for _ in range(8):
        child = os.fork()
        if child == 0:
            try:
                for _ in range(1000):
                    write_folder(out, NEW)
                    write_folder(out, OLD)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if step == "in one step":
            assert held(out) in (OLD, NEW)
        check_target(out)
        assert held(out) in (OLD, NEW)
        assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_is_at_work_or_not_ours_is_not_swept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with module._temporary(out, "out") as working:
        (working / "new").mkdir()
        (tmp_path / ".out.polyrates-theirs").mkdir()
        (tmp_path / ".out.polyrates-theirs" / "precious").write_bytes(b"")
        (tmp_path / ".out.backup").mkdir()
        (tmp_path / ".out.polyrates-dead").mkdir()
        write_folder(out, OLD)
        assert working.exists()
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == [".out.backup", ".out.polyrates-theirs", "out"]


def test_an_old_folder_comes_back_only_where_there_is_none(tmp_path: Path) -> None:
    out, stray = tmp_path / "out", tmp_path / ".out.polyrates-dead"
    write_folder(out, OLD)
    stray.mkdir()
    os.rename(out, stray / "old")
    assert check_target(out) == out.resolve() and held(out) == OLD
    stray.mkdir()
    (stray / "old").mkdir()
    check_target(out)
    assert held(out) == OLD and not stray.exists()


def test_files_are_synced_before_the_folder_has_its_name(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, told = tmp_path / "out", []
    write_folder(out, OLD)
    real, exchange, rename = os.fsync, module.exchanged, os.rename
    monkeypatch.setattr(os, "fsync", lambda handle: (told.append("sync"), real(handle))[1])
    monkeypatch.setattr(module, "exchanged", lambda *a: (told.append("name"), exchange(*a))[1])
    monkeypatch.setattr(os, "rename", lambda *a: (told.append("name"), rename(*a))[1])
    write_folder(out, NEW)
    first, last = told.index("name"), len(told) - 1 - told[::-1].index("name")
    assert told[:first] == ["sync"] * (len(NEW) + 2)  # with the marker and the folder
    assert told[last + 1 :] == ["sync"]


def test_no_line_of_the_module_swallows_a_signal() -> None:
    """Python goes on after what is raised in __del__, as if there had been no signal."""
    assert "def __del__" not in Path(module.__file__).read_text(encoding="utf-8")
