"""Every address of the application."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingbai.notices.urls")),
    path("", include("mingbai.books.urls")),
    path("", include("mingbai.web.urls")),
    path("", include("mingbai.kit.urls")),
    path("", include("mingbai.scans.urls")),
]
