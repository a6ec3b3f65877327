"""``python -m rateml`` and the ``rateml`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; exits with the code of the command."""
    from rateml.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
