from django.apps import AppConfig


class Kit(AppConfig):
    name = "mingbai.kit"
    label = "kit"
    verbose_name = "台账工具"

    def ready(self) -> None:
        from mingbai.kit import findings, intake, recheck  # noqa: F401 - they name their recomputation and their jobs
