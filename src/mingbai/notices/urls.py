"""The public pages: reached without signing in."""

from django.urls import path

from mingbai.notices.pages import public

urlpatterns = [
    path("g/", public.index, name="public"),
    path("g/answer/", public.receipt, name="public-receipt"),
    path("g/n/<str:number>/", public.show, name="public-notice"),
    path("g/n/<str:number>/file/", public.file, name="public-file"),
    path("g/n/<str:number>/wall/", public.paper, name="public-wall"),
    path("g/n/<str:number>/object/<int:line>/", public.object_to, name="public-object"),
    path("g/<slug:code>/", public.village, name="public-village"),
    path("g/<slug:code>/code/", public.gate, name="public-gate"),
]
