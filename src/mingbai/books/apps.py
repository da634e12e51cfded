from django.apps import AppConfig


class Books(AppConfig):
    name = "mingbai.books"
    label = "books"
    verbose_name = "账簿"
