from django.apps import AppConfig


class Board(AppConfig):
    name = "mingbai.board"
    label = "board"
    verbose_name = "数字"

    def ready(self) -> None:
        from mingbai.board import fsck, tallies  # noqa: F401 - fsck names its job

        tallies.declare()
