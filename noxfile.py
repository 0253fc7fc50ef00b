"""The checks by name: ``nox -s lint types fast`` before a commit, ``nox`` before a release.

Sessions make their own environments; ``nox --no-venv -s fast`` runs in the present one.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nox
from nox.virtualenv import PassthroughEnv

nox.options.sessions = ["lint", "types", "tests", "docs"]
PYTHONS = ["3.11", "3.12", "3.13"]
PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
QUIET = ("-m", "not slow", "-W", "ignore::pytest.PytestConfigWarning")
SETTINGS = {"OMP_NUM_THREADS": "1", "CI": "true"}


def install(session: nox.Session, *packages: str) -> None:
    """Into the session's own environment; with ``--no-venv`` what is there is used as it is."""
    if not isinstance(session.virtualenv, PassthroughEnv):
        session.install(*packages)


def lowest() -> list[str]:
    """The declared minimum of every dependency that the package imports, as pins."""
    extras = PROJECT["optional-dependencies"]
    pins = []
    for line in PROJECT["dependencies"] + extras["report"] + extras["notebook"]:
        found = re.match(r"([A-Za-z0-9_.-]+(?:\[\w+\])?)>=([0-9.]+)", line)
        if found:
            pins.append(f"{found[1]}=={found[2]}")
    return pins


@nox.session
def lint(session: nox.Session) -> None:
    """Style, complexity, one format."""
    install(session, "ruff>=0.6")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types."""
    install(session, "mypy>=1.11", ".")
    session.run("mypy", "polyrates")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Everything, as README says it; further arguments go to pytest."""
    install(session, ".[all]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs, env=SETTINGS)


@nox.session
def fast(session: nox.Session) -> None:
    """What answers in under a minute."""
    install(session, ".[test]")
    session.run(
        "python", "-m", "pytest", "-n", "auto", "-m", "not slow", *session.posargs, env=SETTINGS
    )


@nox.session
def slow(session: nox.Session) -> None:
    """Measure every test anew and rewrite tests/slow.txt."""
    install(session, ".[all]")
    session.run("python", "-m", "pytest", "--write-slow", *session.posargs, env=SETTINGS)


@nox.session
def times(session: nox.Session) -> None:
    """The processor time of every test, as a table; what takes too much without an excuse fails."""
    install(session, ".[all]")
    table = session.env.get("POLYRATES_TIMES", str(Path(session.create_tmp()) / "times.csv"))
    session.run(
        "python", "-m", "pytest", "-n", "auto", *session.posargs,
        env={**SETTINGS, "POLYRATES_TIMES": table},
    )  # fmt: skip
    session.log(f"the table is {table}")


@nox.session
def figures(session: nox.Session) -> None:
    """Every number of every figure anew, against the committed ones."""
    install(session, ".[test]")
    settings = {**SETTINGS, "POLYRATES_WHOLE": "1"}
    session.run("python", "-m", "pytest", "tests/gallery", *session.posargs, env=settings)


@nox.session
def docs(session: nox.Session) -> None:
    """The site, built strictly and opened in a browser; README, CONTRIBUTING and docstrings."""
    install(session, ".[test,docs]")
    session.run("python", "docs/build.py", "--check", env=SETTINGS)
    session.run(
        "python", "-m", "pytest", "tests/test_readme.py", "tests/test_contributing.py",
        "tests/test_derivations.py", "tests/test_notebook_formulas.py", "tests/test_quality.py",
        *session.posargs, env=SETTINGS,
    )  # fmt: skip


@nox.session
def mutants(session: nox.Session) -> None:
    """Change every number, sign and exponent of every proof; rewrites tests/mutants.csv."""
    install(session, ".[test]")
    session.run("python", "tests/mutants.py", *session.posargs, env=SETTINGS)


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks; give ``-- --save new.json --against old.json`` to compare two runs."""
    install(session, ".[all]")
    session.run("python", "benchmarks/run.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def attack(session: nox.Session) -> None:
    """Bounds against the truth on 133,000 problems and off quadratics; none may be violated."""
    install(session, ".[all]")
    session.run("python", "experiments/attacks/run.py", env=SETTINGS)
    session.run("python", "experiments/off_quadratics.py", env=SETTINGS)
    session.run("python", "experiments/near_minimax.py", "--random", "10000", env=SETTINGS)
    session.run("python", "experiments/attacks/certify.py", *session.posargs, env=SETTINGS)


@nox.session
def survive(session: nox.Session) -> None:
    """2,000 random command lines, and 500 kills of reports and figures; rewrites both tables."""
    install(session, ".[report]")
    session.run("python", "experiments/attacks/commands.py", *session.posargs, env=SETTINGS)
    session.run("python", "experiments/attacks/kills.py", env=SETTINGS)


@nox.session(python="3.11")
def minimum(session: nox.Session) -> None:
    """The oldest versions the package says it works with."""
    install(session, *lowest())
    install(session, ".[report,notebook]", "pytest>=8", "hypothesis>=6.100")
    install(session, *lowest())  # what the line above may have raised
    old = ("-m", "not slow", "-W", "default::DeprecationWarning")  # of others, whom time overtook
    session.run("python", "-m", "pytest", *old, *session.posargs, env=SETTINGS)


@nox.session
@nox.parametrize("ground", ["python", "flint"])
def ground_types(session: nox.Session, ground: str) -> None:
    """sympy's exact numbers as Python's own, and as flint's."""
    install(session, ".[test]")
    settings = {**SETTINGS, "SYMPY_GROUND_TYPES": ground}
    session.run("python", "-m", "pytest", "-m", "not slow", *session.posargs, env=settings)


@nox.session
def optimized(session: nox.Session) -> None:
    """Without assert statements (-O): what is checked is not checked by them."""
    install(session, ".[test]")
    session.run("python", "-O", "-m", "pytest", *QUIET, *session.posargs, env=SETTINGS)


@nox.session
def warned(session: nox.Session) -> None:
    """Every warning an error from the first import on, in child processes too."""
    install(session, ".[test]")
    settings = {**SETTINGS, "PYTHONWARNINGS": "error"}
    session.run("python", "-c", "import polyrates", env=settings)
    session.run("python", "-m", "pytest", "-m", "not slow", *session.posargs, env=SETTINGS)


@nox.session(python=PYTHONS[-1])
def newest(session: nox.Session) -> None:
    """The newest version of every dependency that is allowed."""
    install(session, "--upgrade", "--upgrade-strategy", "eager", ".[all]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs, env=SETTINGS)
