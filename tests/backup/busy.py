"""Make a backup on a machine where somebody saves in the middle of it. Takes the path of the backup."""

import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- after django.setup()
from django.db import connections  # noqa: E402

from backup import tables  # noqa: E402
from tests import factories  # noqa: E402
from vendors.models import Vendor  # noqa: E402

read = tables.rows


def rows(model: Any) -> Iterator[tables.Row]:
    """The rows; after those of the first table, a vendor is added over another connection."""
    tables.rows = read
    yield from read(model)
    mine, connections["default"] = connections["default"], connections["default"].copy()
    try:
        factories.make_vendor("Cedar Billing")
        connections["default"].close()
    finally:
        connections["default"] = mine


tables.rows = rows
call_command("backup", sys.argv[1])
print(f"There are {Vendor.objects.count()} vendors now.")  # noqa: T201 -- for the test that started it
