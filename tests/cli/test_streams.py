"""Commands on streams of any encoding, closed, full or unread, and beside a model that prints."""

from __future__ import annotations

import json
import os
import signal
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from support import finished

import polyrates
import polyrates.cli.output as output
from polyrates.cli.entry import main
from polyrates.cli.streams import spelled, spelling

RATE = ["rate", "--method", "gradient-descent", "--step", "2/11", "--ell", "1", "--L", "10"]
RATE += ["--steps", "5"]
COMMANDS = [
    [*RATE, "--initial", "1", "--cross", "1"],
    [*RATE, "--json"],
    [*RATE, "--method", "no such thing ‖κ‖ 漢"],
    ["optimal", "--ell", "1", "--L", "100", "--t", "3"],
    ["optimal", "--ell", "1", "--L", "9", "--t", "3", "--minimax"],
    ["plan", "--ell", "1", "--L", "10", "--budget", "6", "--residual", "1", "--drift", "1"],
]

MODEL = """
import sys
import numpy as np
print("loaded")
class Own:
    dimension = 2
    def gradient(self, x): print("called"); return 2 * x - 1
    def hvp(self, x, v): return 2 * v
    def cross(self, x): return x
class Leaves(Own):
    def gradient(self, x): sys.exit(0)
def leaves(): sys.exit(0)
"""


class Streams:
    """stdout and stderr of an encoding."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
        self.out, self.err = (TextIOWrapper(BytesIO(), encoding=encoding) for _ in range(2))
        monkeypatch.setattr(sys, "stdout", self.out)
        monkeypatch.setattr(sys, "stderr", self.err)
        self.encoding = encoding

    def said(self) -> tuple[str, str]:
        """What was printed on both."""
        texts = []
        for stream in (self.out, self.err):
            stream.flush()
            assert isinstance(stream.buffer, BytesIO)
            texts.append(stream.buffer.getvalue().decode(self.encoding))
        return texts[0], texts[1]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: " ".join(argv)[:60])
def test_every_encoding_has_an_answer(
    argv: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(encoding: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            streams = Streams(patch, encoding)
            return main(argv), *streams.said()

    status, out, err = run(encoding)
    wanted, whole, complaint = run("utf-8")
    assert status == wanted and "Traceback" not in err
    assert (status == 0) == bool(out)
    if "--json" in argv:
        assert json.loads(out) == json.loads(whole)
    elif encoding == "ascii":
        assert out == spelling(whole) and err == spelling(complaint)


def test_every_letter_of_the_package_has_a_spelling() -> None:
    letters: set[str] = set()
    for path in Path(polyrates.__file__).parent.rglob("*.py"):
        letters |= set(path.read_text(encoding="utf-8"))
    assert {c for c in letters if c != "?" and "?" in spelling(c)} == set()


def test_spelled_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch, "ascii")
    with spelled():
        print("‖κ‖ ≤ 1, é, 漢, \udcff")
    assert streams.said()[0] == "||kappa|| <= 1, e, ?, ?\n"
    with pytest.raises(UnicodeEncodeError):
        print("κ", flush=True)


def test_a_document_is_bytes_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch, "ascii")
    assert output.write_document("-", "κ".encode()) == 0
    assert isinstance(streams.out.buffer, BytesIO)
    assert streams.out.buffer.getvalue() == "κ".encode()


class Broken(BytesIO):
    """A stream whose reader is gone, or whose disk is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _: object) -> int:
        raise self.error

    def close(self) -> None:
        """Nothing is left to write."""


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
        (OSError(9, "Bad file descriptor"), 2, "Bad file descriptor"),
    ],
)
def test_what_cannot_be_written_is_one_line(
    error: OSError, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(monkeypatch, "utf-8")
    stream = TextIOWrapper(Broken(error), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(RATE) == status
    said = streams.said()[1]
    assert words in said and said.count("\n") == bool(words)
    stream.buffer.write = lambda data: len(data)  # type: ignore[method-assign, arg-type]


def test_closed_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch, "utf-8")
    monkeypatch.setattr(sys, "stdout", None)
    assert main(RATE) == 2
    assert "stdout is closed" in streams.said()[1] and streams.said()[1].count("\n") == 1
    monkeypatch.undo()
    streams = Streams(monkeypatch, "utf-8")
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["rate", "--no-such"]) == 2
    assert sys.stderr is not None
    sys.stderr.close()
    monkeypatch.undo()
    assert (
        isinstance(streams.out.buffer, BytesIO) and streams.out.buffer.getvalue() == b""
    )  # a complaint is no answer


@pytest.mark.skipif(os.name == "nt", reason="there are no shells of this kind")
def test_closed_streams_of_a_process() -> None:
    done = finished(
        ["sh", "-c", f"{sys.executable} -m polyrates {' '.join(RATE)} >&-; echo $? >&2"]
    )
    assert done.stderr == (
        "polyrates: stdout is closed; redirect it to a file, or to /dev/null\n2\n"
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(MODEL, encoding="utf-8")
    Path("x.txt").write_text("0.5 0.5", encoding="utf-8")
    return "mine.py"


def certify(what: str) -> list[str]:
    return ["certify", "--model", what, "--x", "x.txt", "--jacobian", "x.txt", "--ell", "2"]


def test_what_a_model_prints_is_not_the_answer(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*certify(f"{model}:Own"), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["met"] is True
    assert "loaded\n" in err and "called\n" in err


@pytest.mark.parametrize("name", ["leaves", "Leaves"])
@pytest.mark.parametrize("command", ["report", "certify", "plan"])
def test_a_model_that_exits_is_no_success(
    name: str, command: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    what = f"{model}:{name}"
    rest = {"report": [], "plan": ["--budget", "5", "--x0", "zero"]}
    argv = certify(what) if command == "certify" else [command, "--model", what, *rest[command]]
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == "" and "exit" in err.lower() and "Traceback" not in err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
@pytest.mark.parametrize("file", ["fifo", "/dev/zero"])
@pytest.mark.parametrize(
    "argv",
    [
        ["report", "--column", "y", "--data"],
        ["verify", "--column", "y", "--data"],
        ["plan", "--budget", "9", "--column", "y", "--data"],
        ["report", "--data", "data.csv", "--column", "y", "--x0"],
        ["certify", "--model", "mine.py:Own", "--jacobian", "x.txt", "--x"],
        ["report", "--model"],
        ["certificate"],
    ],
    ids=lambda argv: " ".join(argv),
)
def test_a_file_without_an_end_is_refused(
    argv: list[str], file: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("data.csv").write_text("a,y\n1,2\n2,3\n4,9\n", encoding="utf-8")
    os.mkfifo("fifo")
    assert main([*argv, file + (".py:make" if argv[-1] == "--model" else "")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err


def test_a_long_command_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    streams = Streams(monkeypatch, "utf-8")
    monkeypatch.setattr(output.Overdue, "FIRST", 0.05)
    with output.Overdue("polyrates rate"), output.Progress() as progress:
        progress("t = 3")
        time.sleep(0.3)
    said = streams.said()[1].splitlines()
    assert 1 <= len(said) <= 3  # at 0.05 s and each time that has doubled
    assert all("polyrates rate: still at work after" in line for line in said)
    assert "(t = 3)" in said[-1]
    time.sleep(0.1)
    assert len(streams.said()[1].splitlines()) == len(said)


def test_signals_end_a_command_and_ignored_ones_do_not(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("stops.py").write_text(
        "import os, signal\ndef hup(): os.kill(os.getpid(), signal.SIGHUP)\n"
        "def term(): os.kill(os.getpid(), signal.SIGTERM)\n",
        encoding="utf-8",
    )
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored
    assert main(certify("stops.py:hup")) == 129
    assert main(certify("stops.py:term")) == 143
    assert capsys.readouterr().err.count("interrupted\n") == 2
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert main(certify("stops.py:hup")) == 2  # it went on, and hup() returned None
    finally:
        signal.signal(signal.SIGHUP, before)
