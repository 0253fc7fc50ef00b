"""Make this figure beside this script: ``python figures/sobolev.py``."""

from pathlib import Path

from polyrates.gallery import sobolev

if __name__ == "__main__":
    folder = Path(__file__).parent
    sobolev.compute(folder)
    sobolev.draw(folder)
    sobolev.check(folder)
