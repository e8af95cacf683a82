"""What Django's own applications need to be told."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Collects what pages use."""

    # htmx extensions that no page uses; some import "htmx" by its bare name, which has no file and stops the hashing.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
