"""The log of mails, and the pages of an installation whose mail goes into a folder (the demo)."""

from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.mail_list, name="mail-list"),
    path("log/", views.mail_log, name="mail-log"),
    path("<int:number>/", views.mail_detail, name="mail-detail"),
]
