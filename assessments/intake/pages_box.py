"""Run by itself, in a process with little memory and time: becomes the program that draws one page of a PDF.

The PDF comes on standard input and the page leaves as a PNG on standard output, so that no file is opened or written.
"""

import os
import resource
import sys


def main(memory: int, seconds: int, page: int, side: int, program: str) -> None:
    """Bytes, seconds of processor time; the number of the page, its longer side in pixels, and the path of pdftoppm."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    words = ["pdftoppm", "-q", "-png", "-f", str(page), "-l", str(page), "-scale-to", str(side), "-"]
    os.execv(program, words)  # noqa: S606 -- a program of the distribution, found by whoever starts this


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:5]), sys.argv[5])
