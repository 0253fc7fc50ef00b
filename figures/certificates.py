"""Make this figure beside this script: ``python figures/certificates.py``."""

from pathlib import Path

from polyrates.gallery import certificates

if __name__ == "__main__":
    folder = Path(__file__).parent
    certificates.compute(folder)
    certificates.draw(folder)
    certificates.check(folder)
