"""Run the command line: `python -m sproutcast_pi` and the `sproutcast` script."""

from __future__ import annotations

import sys

from sproutcast_pi.cli import run


def main() -> None:
    """Exit with the status of the command in `sys.argv`."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
