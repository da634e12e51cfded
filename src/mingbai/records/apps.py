from django.apps import AppConfig


class Records(AppConfig):
    name = "mingbai.records"
    label = "records"
    verbose_name = "记录"

    def ready(self) -> None:
        from django.contrib.auth.models import update_last_login
        from django.contrib.auth.signals import user_logged_in

        from mingbai.records import guard

        guard.install()
        user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")  # it would write beside the door
