"""Every address of the site. Handlers for errors are here as well."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("session-check", views.session_check, name="session-check"),
    path("health", views.health, name="health"),
    path("words/<slug:language>.js", views.words, name="words"),
    path("accounts/", include("users.urls")),
    path("accounts/", include("allauth.urls")),
    path("collector/", include("collector.urls")),
    path("criteria/", include("playbook.urls")),
    path("mail/", include("outbox.urls")),
    path("", include("vendors.urls")),
    path("", include("assessments.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
