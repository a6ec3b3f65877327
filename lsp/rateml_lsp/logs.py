"""The log: what the server was asked and could not do is there in one line, a fault of its own with its traceback."""

from __future__ import annotations

import logging

from pygls.exceptions import JsonRpcException, JsonRpcInternalError


class RefusalsInOneLine(logging.Filter):
    """An answer that says why not, such as that a name is taken, is no fault: pygls would log a traceback of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            record.exc_info, record.exc_text = None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "refused: %s", (error.message,)
            return logging.getLogger("rateml_lsp").isEnabledFor(logging.INFO)
        return True


def start_log(level: str, file: str | None) -> None:
    """Log to a file or to standard error."""
    logging.basicConfig(level=level.upper(), filename=file, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls.protocol.json_rpc").addFilter(RefusalsInOneLine())
