"""Every address of the application. A register may bring pages of its own: a ``urls.py`` in its folder."""

from importlib.util import find_spec

from django.urls import include, path

from mingbai.kit.furniture import furnished

urlpatterns = [
    path("", include("mingbai.notices.urls")),
    path("", include("mingbai.books.urls")),
    path("", include("mingbai.web.urls")),
    path("", include("mingbai.kit.urls")),
    *(
        path("", include(f"mingbai.registers.{name}.urls"))
        for name in furnished()
        if find_spec(f"mingbai.registers.{name}.urls")
    ),
    path("", include("mingbai.scans.urls")),
]
