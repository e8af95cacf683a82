"""What is checked of the settings before anything starts."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from assessments.reports import brand_settings
from assessments.reports.brand import BrandRefused


def check_brand(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Logo and colour of the organisation: a document must not fail for them weeks later."""
    try:
        brand_settings.configured()
    except BrandRefused as error:
        return [Error(str(error), id="assessments.E001")]
    return []
