"""Kombu's folder as a broker, with messages that appear whole.

Kombu 5.7 writes a message under its final name. The worker may take it in the moment between opening and writing, finds
nothing in it, and ends with a JSONDecodeError.
"""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):  # type: ignore[misc]  # Kombu has no types
    """Kombu's channel, but for the way a message is written."""

    def _put(self, queue: str, payload: dict[str, Any], **_: object) -> None:
        """Write it under a name that no reader looks for, then give it its own."""
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        part = Path(self.data_folder_out, f"{name}.part")
        try:
            part.write_bytes(str_to_bytes(dumps(payload)))
            part.replace(part.with_name(name))
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {self.data_folder_out}") from error


class Transport(filesystem.Transport):  # type: ignore[misc]
    """Kombu's transport, with our channel."""

    Channel = Channel


def use() -> None:
    """Let `filesystem://` mean this transport, in this process."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
