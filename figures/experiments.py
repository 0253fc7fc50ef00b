"""Make this figure beside this script: ``python figures/experiments.py``."""

from pathlib import Path

from polyrates.gallery import experiments

if __name__ == "__main__":
    folder = Path(__file__).parent
    experiments.compute(folder)
    experiments.draw(folder)
    experiments.check(folder)
