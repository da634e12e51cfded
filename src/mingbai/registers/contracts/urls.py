"""The contract register's own pages."""

from django.urls import path

from mingbai.registers.contracts.pages import calendar, life, prices, reports

urlpatterns = [
    path("contracts/<int:pk>/life/<slug:kind>/", life.add, name="life-event"),
    path("contracts/life/<int:pk>/undo/", life.undo, name="life-undo"),
    path("contracts/calendar/", calendar.show, name="calendar"),
    path("contracts/calendar/xlsx/", calendar.export, name="calendar-xlsx"),
    path("contracts/prices/", prices.show, name="prices"),
    path("contracts/reports/", reports.index, name="self-reports"),
    path("contracts/reports/new/", reports.new, name="self-report-new"),
    path("contracts/reports/<int:pk>/", reports.show, name="self-report"),
    path("contracts/reports/<int:pk>/decide/", reports.decide, name="self-report-decide"),
]
