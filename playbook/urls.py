"""Addresses under /criteria/."""

from django.urls import path

from playbook import views

app_name = "playbook"
urlpatterns = [
    path("", views.newest, name="criterion-list"),
    path("<slug:slug>/<str:version>/", views.version, name="version"),
    path("<slug:slug>/<str:version>/<int:number>/", views.criterion_detail, name="criterion-detail"),
]
