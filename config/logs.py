"""Log lines as JSON, one event a line, so that nothing a stranger sends can forge another line."""

import logging

import structlog

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
            structlog.processors.JSONRenderer(),
        ],
    )
