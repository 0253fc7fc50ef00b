"""Make this figure beside this script: ``python figures/beyond.py``."""

from pathlib import Path

from polyrates.gallery import beyond

if __name__ == "__main__":
    folder = Path(__file__).parent
    beyond.compute(folder)
    beyond.draw(folder)
    beyond.check(folder)
