"""The language server, which ends on the spot when it starts a process, opens a connection or reads a secret."""

import os
import sys

FORBIDDEN = {
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "subprocess.Popen",
    "socket.connect",
    "socket.getaddrinfo",
    "urllib.Request",
}


def watch(event: str, args: tuple[object, ...]) -> None:
    if event in FORBIDDEN or (event == "open" and "secret" in str(args[0])):
        os._exit(99)


sys.addaudithook(watch)
exec(os.environ.get("PLANTED", ""))  # a fault, to see that it is seen

from rateml_lsp.__main__ import main  # noqa: E402  # what is loaded is watched too

main()
