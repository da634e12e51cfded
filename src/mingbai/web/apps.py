from django.apps import AppConfig


class Web(AppConfig):
    name = "mingbai.web"
    label = "web"
    verbose_name = "页面"
