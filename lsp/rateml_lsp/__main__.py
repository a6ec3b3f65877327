"""``rateml-lsp``: over standard input and output, or ``--tcp``."""

from __future__ import annotations

import argparse
import sys


def main() -> None:
    """Start the server and stay until the client ends it."""
    parser = argparse.ArgumentParser(
        prog="rateml-lsp",
        description="The language server of RateML. An editor starts it and talks to it over standard input.",
    )
    parser.add_argument("--stdio", action="store_true", help="talk over standard input and output (the default)")
    parser.add_argument("--tcp", action="store_true", help="listen on a port instead")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen with --tcp (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=2087, help="the port to listen on with --tcp (default: %(default)s)"
    )
    parser.add_argument("--log-file", metavar="FILE", help="write a log to FILE instead of standard error")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    parser.add_argument("--version", action="store_true", help="print the version and end")
    options = parser.parse_args()
    if options.version:
        from importlib.metadata import version

        sys.stdout.write(f"rateml-lsp {version('rateml')}\n")
        return
    try:
        from rateml_lsp.logs import start_log
        from rateml_lsp.server import make_server
        from rateml_lsp.stdio import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        sys.exit('rateml-lsp needs pygls: pip install "rateml[lsp]"')
    start_log(options.log_level, options.log_file)
    server = make_server()
    try:
        if options.tcp:
            server.start_tcp(options.host, options.port)
        else:
            serve(server)
    finally:
        server.close()


if __name__ == "__main__":
    main()
