from django.apps import AppConfig


class Assets(AppConfig):
    name = "mingbai.registers.assets"
    label = "assets"
    verbose_name = "资产台账"
