"""Make this figure beside this script: ``python figures/minimax.py``."""

from pathlib import Path

from polyrates.gallery import minimax

if __name__ == "__main__":
    folder = Path(__file__).parent
    minimax.compute(folder)
    minimax.draw(folder)
    minimax.check(folder)
