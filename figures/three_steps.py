"""Make this figure beside this script: ``python figures/three_steps.py``."""

from pathlib import Path

from polyrates.gallery import three_steps

if __name__ == "__main__":
    folder = Path(__file__).parent
    three_steps.compute(folder)
    three_steps.draw(folder)
    three_steps.check(folder)
