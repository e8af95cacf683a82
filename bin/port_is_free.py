#!/usr/bin/env python3
"""Exit with 0 if a web server could listen on ADDRESS and PORT, else with 1. Needs nothing but Python.

bin/port_is_free.py 127.0.0.1 8000
"""

import socket
import sys


def is_free(address: str, port: int) -> bool:
    """Whether ADDRESS can be bound, and nobody answers on the other loopback address that "localhost" may mean."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            probe.bind((address, port))
        except OSError:
            return False
    for other in ("127.0.0.1", "::1"):
        try:
            socket.create_connection((other, port), timeout=1).close()
        except OSError:
            continue
        return False
    return True


if __name__ == "__main__":
    sys.exit(not is_free(sys.argv[1], int(sys.argv[2])))
