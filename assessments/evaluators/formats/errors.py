"""Why a file could not be read, as a sentence for the person who added it."""


class Unreadable(ValueError):
    """The file is not what it was taken for; the message is a sentence that says what to do."""


class HeaderOnly(Unreadable):
    """A header and nothing else: nothing can be decided from it."""


class TooLarge(Unreadable):
    """A cap is exceeded."""
