from django.apps import AppConfig


class Letters(AppConfig):
    name = "mingbai.letters"
    label = "letters"
    verbose_name = "文书"
