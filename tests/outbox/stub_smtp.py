"""A mail server of the tests, on this machine: it takes mail, refuses it, hangs, or hangs up in the middle."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GOOD = "good"
HANGS = "hangs"  # takes the connection and never says a word
CUT = "cut"  # hangs up after the text of the mail, before it says whether it has it


@dataclass
class Stub:
    """What came in. `behaviour` is GOOD, HANGS, CUT, or the line that answers a recipient, as "550 no such user"."""

    behaviour: str = GOOD
    port: int = 0
    connections: int = 0
    messages: list[bytes] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        """One conversation."""
        self.connections += 1
        with connection, connection.makefile("rb") as lines:
            if self.behaviour == HANGS:
                lines.read()  # until the other side gives up
                return
            self._say(connection, "220 stub")
            for line in lines:
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"DATA":
                    self._say(connection, "354 go on")
                    self.messages.append(b"".join(iter(lines.readline, b".\r\n")))
                    if self.behaviour == CUT:
                        return
                elif verb == b"RCPT" and self.behaviour != GOOD and self.behaviour != CUT:
                    self._say(connection, self.behaviour)
                    continue
                self._say(connection, "250 ok")

    def _say(self, connection: socket.socket, words: str) -> None:
        try:
            connection.sendall(f"{words}\r\n".encode())
        except OSError:
            pass  # the other side has gone, as a client may


@contextmanager
def stub_smtp(behaviour: str = GOOD) -> Iterator[Stub]:
    """A server on a port of its own until the block ends."""
    stub = Stub(behaviour)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stub.port = listener.getsockname()[1]
        conversations = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the block has ended
                    return
                conversation = threading.Thread(target=stub.talk, args=(connection,), daemon=True)
                conversations.append(conversation)
                conversation.start()

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield stub
        listener.shutdown(socket.SHUT_RDWR)
        server.join()
        for conversation in conversations:
            conversation.join()
