"""Why a file is not taken."""

from assessments.limits import MB


class Refused(Exception):
    """A file is not taken. The message is a sentence for the person who sent it, and says what to do."""


def megabytes(size: int) -> str:
    """34 MB, or 0.4 MB; from bytes."""
    return f"{size / MB:,.0f} MB" if size >= MB else f"{size / MB:.1f} MB"
