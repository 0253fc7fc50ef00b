"""Make this figure beside this script: ``python figures/estimators.py``."""

from pathlib import Path

from polyrates.gallery import estimators

if __name__ == "__main__":
    folder = Path(__file__).parent
    estimators.compute(folder)
    estimators.draw(folder)
    estimators.check(folder)
