"""The tests reach no other machine, and that is enforced, not hoped for."""

import socket
import threading

import pytest

from tests.conftest import NetworkUsed


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "vendor.example"), (socket.AF_INET6, "2001:db8::1")],
)
def test_other_machines_cannot_be_reached(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as probe, pytest.raises(NetworkUsed, match=f"connection to {address}:80"):
        probe.connect((address, 80))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        socket.create_connection(server.getsockname(), timeout=5).close()
        thread.join(5)
        assert not thread.is_alive()
