"""``python -m rateml`` and the ``rateml`` command."""

from __future__ import annotations

import sys

from rateml.cli.stopping import ending, leave, watch


def main() -> None:
    """Run the command line; exits with the code of the command."""
    try:
        watch()
        for stream in (sys.stdout, sys.stderr):
            # A name or a sign that the terminal cannot show is no reason to fail.
            getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
        from rateml.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt as stop:  # outside of the command line's care
        code = ending(stop)
    leave(code)


if __name__ == "__main__":
    main()
