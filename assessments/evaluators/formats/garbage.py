"""Python's collector of reference cycles, which only costs time where much is built that holds none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Let the collector rest: it would go through all that is being built again and again, and find nothing.

    Memory is freed as ever, when the last reference goes. It goes on afterwards, unless it was off before.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
