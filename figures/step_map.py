"""Make this figure beside this script: ``python figures/step_map.py``."""

from pathlib import Path

from polyrates.gallery import step_map

if __name__ == "__main__":
    folder = Path(__file__).parent
    step_map.compute(folder)
    step_map.draw(folder)
    step_map.check(folder)
