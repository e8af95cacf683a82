"""Static files with hashed names that reach into ES module imports."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """A file that changes gets a new address, so it can be cached for ever."""

    support_js_module_import_aggregation = True
