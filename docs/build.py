"""Build the site: ``python docs/build.py``, and ``--check`` to crawl it and open it in a browser.

It needs the extra ``docs`` and, in the clone, KaTeX from npm
(``npm install --no-save katex@0.16 axe-core@4``); nothing is fetched.
A warning, a broken link, a cell that fails or a public name without an entry ends it with an error.
The site is in ``build/site/html``: open ``index.html``, no server is needed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from making import crawl, stage
from making.facts import ROOT

BUILD = ROOT / "build" / "site"


def main() -> int:
    """Stage, build, crawl; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="open every page in a browser, too")
    parser.add_argument("--quick", action="store_true", help="keep the notebooks' saved outputs")
    arguments = parser.parse_args()
    if arguments.quick:
        os.environ["POLYRATES_DOCS_QUICK"] = "1"
    stage.require_katex()
    begun = time.perf_counter()
    source, site = BUILD / "source", BUILD / "html"
    say("writing the sources: derivations, methods, figures, names")
    say(f"{stage.stage(source)} pages staged; running what changed of their cells and typesetting")
    environment = {
        **os.environ,
        "POLYRATES_ROOT": str(ROOT),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(source / "making" / "ipython"),
        "MATPLOTLIBRC": str(source / "making" / "matplotlibrc"),
    }
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "2", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(BUILD / "doctrees"), str(source), str(site)],
        env=environment,
        check=False,
    )
    if done.returncode:
        return done.returncode
    say("crawling the links")
    faults = crawl.faults(site)
    for fault in faults:
        print(fault, file=sys.stderr)
    report(begun, site)
    if faults:
        return 1
    if arguments.check:
        say("opening every page in a browser")
        from making import browser

        return browser.main(site, BUILD / "seen")
    return 0


def say(words: str) -> None:
    """What is done now; a first build takes minutes."""
    print(words, flush=True)


def report(begun: float, site: Path) -> None:
    """One line: seconds, CPU seconds, pages, megabytes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    files = [path for path in site.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    size = sum(path.stat().st_size for path in files) / 1e6
    say(
        f"built {pages} pages, {size:.1f} MB, in {time.perf_counter() - begun:.0f} s "
        f"({used.ru_utime + used.ru_stime:.0f} s of CPU): {site / 'index.html'}"
    )


if __name__ == "__main__":
    sys.exit(main())
