"""A seeded sample of the attacks on the command line, and what the whole of them found."""

from __future__ import annotations

import csv
import os
import random
from pathlib import Path

import pytest
from attacks import commands, kills
from support import ROOT

ATTACKS = ROOT / "experiments" / "attacks"
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning", "ignore:.*fork:DeprecationWarning"),
]


def recorded(name: str) -> list[dict[str, str]]:
    """The rows that the whole attack wrote."""
    with (ATTACKS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_random_command_lines_end_as_commands_may() -> None:
    counts, wrong = commands.attack(25, 7, 60.0)
    assert wrong == [] and sum(row["lines"] for row in counts.values()) == 25


def test_a_fault_of_a_command_is_seen() -> None:
    def ended(status: int | None, out: str = "", err: str = "", seconds: float = 1.0) -> set[str]:
        found = commands.Ended(status, out, err, seconds)
        return {each.split()[0] for each in commands.faults(["plan", "x"], found, {"a"}, {"a"})}

    assert ended(0, "answer") == ended(2, err="why\n") == ended(1, "no", "why\n") == set()
    assert (
        ended(70) and ended(-9) and ended(2, "answer", "why\n") and ended(2) and ended(0, "", "?")
    )
    assert ended(2, err="one\ntwo\n") and ended(1, err="Traceback (most recent call last)\n")
    assert ended(None, seconds=40.0) == {"40"}
    assert not ended(None, err="still at work after 10 s\n", seconds=40.0)
    left = list(commands.faults(["plan"], commands.Ended(0, "", "", 1.0), {"a"}, {"a", ".out.x"}))
    assert left == ["leaves ['.out.x']"]


def test_command_lines_are_drawn_from_a_seed_and_reach_every_command() -> None:
    def drawn() -> list[list[str]]:
        chance = random.Random(3)
        return [commands.command_line(chance) for _ in range(400)]

    lines = drawn()
    assert lines == drawn() and {line[0] for line in lines} >= set(commands.WEIGHTS)


def test_kills_at_random_moments_leave_the_old_folder_or_the_new(tmp_path: Path) -> None:
    with kills.cached():
        place = kills.Place("figures", tmp_path)
        chance = random.Random(5)
        for number in kills.SIGNALS:
            there, _, stray = place.kill("new", int(number), chance.uniform(0.3, 1) * place.length)
            assert there in place.whole and not stray


def test_what_the_whole_attacks_found() -> None:
    *_, total = recorded("commands")
    assert int(total["lines"]) == 2000 and total["faults"] == "0"
    assert int(total["exit 0"]) > 400 and int(total["exit 2"]) > 400
    *rows, total = recorded("kills")
    assert int(total["kills"]) == 500 and {row["command"] for row in rows} == {"report", "figures"}
    assert total["lost"] == total["half-written"] == total["strays"] == "0"
    assert int(total["old"]) > 50 and int(total["new"]) > 50
