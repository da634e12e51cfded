from django.apps import AppConfig


class Scans(AppConfig):
    name = "mingbai.scans"
    label = "scans"
    verbose_name = "纸质合同"

    def ready(self) -> None:
        from mingbai.scans import desk, sources  # noqa: F401 - they name their job and the way back to the paper
