from django.apps import AppConfig


class Inspections(AppConfig):
    name = "mingbai.registers.inspections"
    label = "inspections"
    verbose_name = "督导整改台账"
