"""``python -m rateml`` and the ``rateml`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; exits with the code of the command."""
    for stream in (sys.stdout, sys.stderr):
        # A name or a sign that the terminal cannot show is no reason to fail.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        from rateml.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line could take care of it
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
