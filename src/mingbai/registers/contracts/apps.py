from django.apps import AppConfig


class Contracts(AppConfig):
    name = "mingbai.registers.contracts"
    label = "contracts"
    verbose_name = "合同台账"
