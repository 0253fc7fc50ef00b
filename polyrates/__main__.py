"""``python -m polyrates`` is the command ``polyrates``."""

from polyrates.cli.entry import main

if __name__ == "__main__":
    raise SystemExit(main())
