"""The folder that carries messages where there is no Redis."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from config.celery import app


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "m").mkdir()
    names = {"data_folder_in": "m", "data_folder_out": "m", "control_folder": "c"}
    return {option: str(tmp_path / name) for option, name in names.items()}


def test_a_message_is_whole_as_soon_as_a_worker_can_take_it(
    folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.conf.task_default_queue == "mail"  # the application is what makes it so
    with Connection("filesystem://localhost", transport_options=folders) as connection:
        channel = connection.channel()
        seen = []
        replace = Path.replace

        def look_first(part: Path, name: Path) -> Path:
            seen.append(part.read_bytes())
            with pytest.raises(Empty):
                channel._get("mail")
            return replace(part, name)

        monkeypatch.setattr(Path, "replace", look_first)
        channel._put("mail", {"body": "one"})
        assert seen == [b'{"body": "one"}']
        assert channel._get("mail") == {"body": "one"}
        with pytest.raises(Empty):
            channel._get("mail")
