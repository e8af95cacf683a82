"""A machine for the collector."""

from pathlib import Path

import pytest

from tests.collector.running import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
