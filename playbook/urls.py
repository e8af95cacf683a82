"""Addresses under /criteria/."""

from django.urls import path, register_converter

from playbook import views


class VersionConverter:
    """A playbook's version as its schema allows it; anything else, such as a NUL, never reaches the database."""

    regex = "[0-9A-Za-z][0-9A-Za-z.-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VersionConverter, "playbook_version")

app_name = "playbook"
urlpatterns = [
    path("", views.newest, name="criterion-list"),
    path("<slug:slug>/<playbook_version:version>/", views.version, name="version"),
    path("<slug:slug>/<playbook_version:version>/mappings.csv", views.mappings_download, name="mappings-download"),
    path("<slug:slug>/<playbook_version:version>/oscal.json", views.oscal_download, name="oscal-download"),
    path("<slug:slug>/<playbook_version:version>/<int:number>/", views.criterion_detail, name="criterion-detail"),
]
