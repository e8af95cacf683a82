"""Why a file is not taken."""

from assessments.limits import MB


class Refused(Exception):
    """A file is not taken. The message is a sentence for the person who sent it, and says what to do."""


def megabytes(size: int) -> str:
    """34 MB, or 20.1 MB; from bytes, rounded up, so that what is over a limit never reads like the limit."""
    tenths = -(-size * 10 // MB)
    return f"{tenths // 10:,} MB" if tenths % 10 == 0 else f"{tenths // 10:,}.{tenths % 10} MB"
