"""Run docker/grants.sql with the rights of whoever owns the tables; all of it or nothing."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402 -- the checkout has to be on the path first
from django.db import connection, transaction  # noqa: E402

django.setup()
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute((ROOT / "docker" / "grants.sql").read_text(encoding="utf-8"))
