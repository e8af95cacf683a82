"""Addresses under /accounts/ that are ours; the rest are allauth's."""

from django.urls import path

from users import views

app_name = "users"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("mail/", views.mute, name="mute"),
    path("mail/<str:token>/", views.mute_open, name="mute-open"),
    path("staff/", views.staff_list, name="staff-list"),
    path("staff/<int:pk>/", views.staff_edit, name="staff-edit"),
]
