"""The pages for contracts on paper."""

from django.urls import path

from mingbai.scans import pages

urlpatterns = [
    path("papers/", pages.index, name="papers"),
    path("papers/<int:pk>/", pages.show, name="paper"),
    path("papers/<int:pk>/pages/<int:number>/", pages.picture, name="paper-page"),
    path("papers/<int:pk>/confirm/", pages.confirm, name="paper-confirm"),
    path("papers/<int:pk>/arrange/", pages.arrange, name="paper-arrange"),
    path("papers/<int:pk>/accept/", pages.accept, name="paper-accept"),
    path("papers/<int:pk>/settle/", pages.settle, name="paper-settle"),
    path("papers/<int:pk>/drop/", pages.drop, name="paper-drop"),
]
