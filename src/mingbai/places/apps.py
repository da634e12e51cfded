from django.apps import AppConfig


class Places(AppConfig):
    name = "mingbai.places"
    label = "places"
    verbose_name = "组织与人员"
