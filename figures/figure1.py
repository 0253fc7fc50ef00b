"""Make this figure beside this script: ``python figures/figure1.py``."""

from pathlib import Path

from polyrates.gallery import figure1

if __name__ == "__main__":
    folder = Path(__file__).parent
    figure1.compute(folder)
    figure1.draw(folder)
    figure1.check(folder)
