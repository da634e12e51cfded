from django.apps import AppConfig


class Contracts(AppConfig):
    name = "mingbai.registers.contracts"
    label = "contracts"
    verbose_name = "合同台账"

    def ready(self) -> None:
        from mingbai.books import claims
        from mingbai.registers.contracts.claims import Contracts as Owed

        claims.told_by(Owed())
