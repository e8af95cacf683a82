"""Why a file is not taken."""

from assessments.limits import MB
from assessments.marking import Said, said


class Refused(Exception):
    """A file is not taken. The message is a sentence for the person who sent it, and says what to do.

    It is marked (`Said`), and translated by who shows it: files are also read where there is no framework.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message if isinstance(message, Said) else said(message))

    @property
    def message(self) -> Said:
        """The sentences."""
        return self.args[0]


def megabytes(size: int) -> Said:
    """34 MB, or 20.1 MB; from bytes, rounded up, so that what is over a limit never reads like the limit."""
    tenths = -(-size * 10 // MB)
    return said("%(count)s MB", count=tenths // 10 if tenths % 10 == 0 else tenths / 10)
