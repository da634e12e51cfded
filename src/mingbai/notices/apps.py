from django.apps import AppConfig


class Notices(AppConfig):
    name = "mingbai.notices"
    label = "notices"
    verbose_name = "公示"
