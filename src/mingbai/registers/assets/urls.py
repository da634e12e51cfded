"""The asset register's own pages."""

from django.urls import path

from mingbai.registers.assets.pages import cards, count, wear

urlpatterns = [
    path("assets/books/", wear.index, name="assets-books"),
    path("assets/books/<slug:code>/", wear.show, name="assets-wear"),
    path("assets/books/<slug:code>/book/", wear.book, name="assets-wear-book"),
    path("assets/books/<slug:code>/table/", wear.table, name="assets-wear-table"),
    path("assets/books/<slug:code>/count/", count.show, name="assets-count"),
    path("assets/books/<slug:code>/count/save/", count.save, name="assets-count-save"),
    path("assets/count/<int:pk>/<slug:form>/", count.file, name="assets-count-file"),
    path("assets/<int:pk>/dispose/", cards.dispose, name="asset-dispose"),
]
