"""The contract register's own pages."""

from django.urls import path

from mingbai.registers.contracts.pages import life

urlpatterns = [
    path("contracts/<int:pk>/life/<slug:kind>/", life.add, name="life-event"),
    path("contracts/life/<int:pk>/undo/", life.undo, name="life-undo"),
]
