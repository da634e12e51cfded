"""The asset register's own pages."""

from django.urls import path

from mingbai.registers.assets.pages import cards, wear

urlpatterns = [
    path("assets/books/", wear.index, name="assets-books"),
    path("assets/books/<slug:code>/", wear.show, name="assets-wear"),
    path("assets/books/<slug:code>/book/", wear.book, name="assets-wear-book"),
    path("assets/books/<slug:code>/table/", wear.table, name="assets-wear-table"),
    path("assets/<int:pk>/dispose/", cards.dispose, name="asset-dispose"),
]
