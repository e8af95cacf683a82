"""What Django's own applications need to be told."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Collects what pages use, and of the libraries' files no others: hashing and compressing each takes time."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        # Of Bootstrap pages use bootstrap.min.css alone; the scripts are ours.
        "js-lib-bootstrap5/css/bootstrap-*",
        "js-lib-bootstrap5/css/bootstrap.rtl*",
        "js-lib-bootstrap5/css/bootstrap.css*",
        "js-lib-bootstrap5/js/*",
        # Of htmx they use htmx-2.min.js. Some extensions import "htmx" by its bare name, which stops the hashing.
        "django_htmx/ext/*",
        "django_htmx/htmax-*",
        "django_htmx/htmx-4*",
        "django_htmx/htmx-2.js",
    ]
