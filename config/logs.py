"""Log lines as JSON, one event a line, so that nothing a stranger sends can forge another line."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Django's own lines name the path of a request that was refused, and these paths end in a secret that still works:
# a mail scanner that asks with HEAD is refused and leaves the link as good as before.
_SECRET = re.compile(r"(/join/|/accounts/confirm-email/|/accounts/mail/|/accounts/password/reset/key/)[^/\s\"']+")


def _hide_secrets(logger: object, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No log holds a usable link."""
    return {key: _SECRET.sub(r"\1[hidden]", value) if isinstance(value, str) else value for key, value in line.items()}


_SHARED = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(allow={"reference", "error", "task", "mail", "report", "kind"}),
]


def json_formatter() -> logging.Formatter:
    """The formatter named in LOGGING."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
    )
