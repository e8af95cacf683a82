"""Addresses of vendors, their people and their invitations."""

from django.urls import path

from vendors.views import joining, people, vendors

app_name = "vendors"
urlpatterns = [
    path("vendors/new/", vendors.create, name="create"),
    path("vendors/<int:pk>/", vendors.detail, name="detail"),
    path("vendors/<int:pk>/edit/", vendors.edit, name="edit"),
    path("vendors/<int:pk>/archive", vendors.archive, name="archive"),
    path("vendors/<int:pk>/people/", people.people, name="people"),
    path("invitations/<int:pk>/revoke", people.invitation_revoke, name="invitation-revoke"),
    path("invitations/<int:pk>/resend", people.invitation_resend, name="invitation-resend"),
    path("members/<int:pk>/remove", people.member_remove, name="member-remove"),
    path("join/", joining.accept, name="invitation-accept"),
    path("join/<str:token>/", joining.open_link, name="invitation-open"),
]
