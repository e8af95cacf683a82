"""Addresses under /collector/."""

from django.urls import path

from collector import views

app_name = "collector"
urlpatterns = [
    path("", views.page, name="page"),
    path("files/<str:name>", views.download, name="download"),
]
