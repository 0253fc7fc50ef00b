"""``polyrates certificate``: re-prove what a saved certificate says, or copy out the checker."""

from __future__ import annotations

import argparse

from polyrates.cli.output import print_json, say
from polyrates.ground.errors import did, refuse_value

__all__ = ["TEXT", "add_options", "run"]

TEXT = """\
Re-prove the statement of a certificate in exact arithmetic and print it. Exit
status 0 where it is proved, 1 where a clause fails (the clause is named), 2
where the file is no certificate.

With --checker, write check.py into the current folder: the same checker as one
file that needs Python's standard library alone, for whoever does not trust this
package. Then: python check.py FILE

examples
  polyrates optimal --ell 1 --L 100 --t 40 --minimax --certificate best.json
  polyrates certificate best.json
  polyrates certificate --checker
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates certificate`` takes."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a saved certificate")
    parser.add_argument(
        "--checker", action="store_true", help="write check.py into the current folder"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict."""
    from polyrates.ground.certificates import check_certificate, write_checker

    if arguments.file is None:
        if not arguments.checker:
            refuse_value(
                "FILE",
                did("is not given"),
                "there is nothing to check",
                "give a file, or --checker",
            )
        where = str(write_checker())
        if arguments.json:
            print_json({"checker": where})
        else:
            say(f"{where}: python check.py FILE")
        return 0
    verdict = check_certificate(arguments.file)
    if verdict.clause == "form":
        why = f"is no certificate ({verdict.statement})"
        refuse_value("FILE", arguments.file, why, "give a file that --certificate wrote")
    written = {"checker": str(write_checker())} if arguments.checker else {}
    if arguments.json:
        said = {"ok": verdict.ok, "clause": verdict.clause, "statement": verdict.statement}
        print_json(said | written)
        return 0 if verdict.ok else 1
    if written:
        say(f"{written['checker']}: python check.py FILE")
    if verdict.ok:
        say(f"proved: {verdict.statement}")
    else:
        say(f"refused, clause {verdict.clause!r}: {verdict.statement}")
    return 0 if verdict.ok else 1
