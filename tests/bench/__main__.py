"""`bin/bench NAME`: run one of the measurements below and print its tables as they come."""

import argparse
import importlib
import itertools
import sys

from tests.bench.measure import machine

NAMES = {
    "evaluators": "reading and evaluating evidence: credential reports, bundles, hostile files",
    "report": "laying out a report with many screenshots",
}
"""A module beside this one, whose `lines(is_quick=...)` yields what to print line by line, and what it measures."""


def main(arguments: list[str]) -> int:
    """Exit status 0, or 2 for wrong usage."""
    names = "\n".join(f"  {name:12} {what}" for name, what in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description=f"names:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", choices=NAMES, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one run: to see that it works")
    options = parser.parse_args(arguments)
    if options.name is None:
        parser.print_help()
        return 0
    bench = importlib.import_module(f"tests.bench.{options.name}")
    for line in itertools.chain([machine()], bench.lines(is_quick=options.quick)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
